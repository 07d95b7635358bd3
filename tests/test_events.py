"""What of a page's events reaches a handler: known names, fitting arguments, texts of bounded length."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bulq import events, reflex_internals
from bulq.domain.errors import Invalid
from bulq.state.admin.catalogue_file import CatalogueFileState
from bulq.state.refusals import event_of
from bulq.state.run.adding import AddingState
from bulq.state.search import SearchState
from bulq.state.toasts import ToastState
from tests.states.test_hostile import states

ROOT = "reflex___state____state"
CHOOSE = f"{AddingState.get_full_name()}.choose"
FIND = f"{SearchState.get_full_name()}.find"
BOOT = f"{ROOT}.hydrate_and_load"


def event(name: str = FIND, payload: Any = None, **router: Any) -> dict[str, Any]:
    return {"name": name, "payload": {"typed": "rice"} if payload is None else payload, "router_data": router}


def test_an_event_comes_through_as_it_is() -> None:
    query = {"run_id": "1", "x": "2", "splat": ["no", "where"]}
    page = {"pathname": "/runs/1", "asPath": "/runs/1?x=2", "query": query}

    assert events.checked(event(**page)) == event(**page)
    assert events.checked({"name": BOOT}) == {"name": BOOT, "payload": {}, "router_data": {}}


@pytest.mark.parametrize(
    ("data", "mistake"),
    [
        (None, "a malformed event"),
        ("text", "a malformed event"),
        ([], "a malformed event"),
        (event() | {"payload": []} | {"payload": "text"}, "a malformed event"),
        (event() | {"router_data": "text"}, "a malformed event"),
        ({}, "an unknown event"),
        (event(name=["list"]), "an unknown event"),  # pyright: ignore[reportArgumentType]
        (event(name="__class__"), "an unknown event"),
        (event(name=f"{SearchState.get_full_name()}.nothing"), "an unknown event"),
        (event(f"{SearchState.get_full_name()}.setvar", {"var_name": "text", "value": "x"}), "an unknown event"),
        (event(f"{ROOT}.setvar", {"var_name": "is_hydrated", "value": True}), "an unknown event"),
        (
            event(f"{ROOT}.reflex___state____update_vars_internal_state.update_vars_internal", {"vars": {"a.b": 1}}),
            "an unknown event",
        ),
        (event(payload={"other": "x"}), "wrong arguments"),
        (event(payload={"typed": "x", "more": "x"}), "wrong arguments"),
        (event(CHOOSE, {"product": "x"}), "wrong arguments"),
        (event(BOOT, {"hashes": [{}]}), "wrong arguments"),
        (event(pathname=["x"]), "wrong arguments"),
        (event(query={"run_id": [["x"]]}), "wrong arguments"),
        (event(query="text"), "wrong arguments"),
    ],
)
def test_what_no_page_sends_is_a_mistake_of_its_kind(data: Any, mistake: str) -> None:
    with pytest.raises(events.Wrong, match=mistake):
        events.checked(data)


@pytest.mark.parametrize(
    ("value", "kind", "fits"),
    [
        ("x", str, "x"),
        (2, str, "2"),
        (None, str, ""),
        (2.5, str, "2.5"),
        (True, bool, True),
        (7, int, 7),
        ("-12", int, -12),
        (None, list[str] | None, None),
        (["a"], list[str] | None, ["a"]),
        ({"a": 1}, dict[str, Any], {"a": 1}),
        ({reflex_internals.FORM: [["name", "x"]]}, dict[str, Any], {reflex_internals.FORM: [["name", "x"]]}),
    ],
)
def test_a_value_that_fits_is_taken(value: Any, kind: Any, fits: Any) -> None:
    assert events.fitting(value, kind) == fits


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        *((value, str) for value in (True, [], {})),
        *((value, int) for value in (None, True, "", "x", "1.5", "9" * 16, "１２", 1.5, 2**60, [])),
        *((value, bool) for value in (None, 0, 1, "true")),
        *((value, dict[str, Any]) for value in (None, [], "x", {reflex_internals.FORM: {"a": 1}})),
        ({reflex_internals.FORM: [["name"]]}, dict[str, Any]),
        ({reflex_internals.FORM: [[1, "x"]]}, dict[str, Any]),
        ([1, {}], list[str] | None),
    ],
)
def test_any_other_value_is_refused(value: Any, kind: Any) -> None:
    with pytest.raises(events.Wrong):
        events.fitting(value, kind)


def test_every_text_is_cut_wherever_it_is() -> None:
    long, cut = "ш" * 60_000, "ш" * events.LONGEST_TEXT

    assert events.cut({"a": [long, {long: long}]}) == {"a": [cut, {cut: cut}]}
    assert events.checked(event(payload={"typed": long}, asPath=long, query={"q": long})) == event(
        payload={"typed": cut}, asPath=cut, query={"q": cut}
    )


@pytest.mark.parametrize("text", ["\ud83d", "half an emoji \ude00", "\ud800\ud800"])
def test_half_of_an_emoji_is_refused_as_a_text(text: str) -> None:
    for data in (event(payload={"typed": text}), event(query={"q": text}), event(payload={text: "x", "typed": "x"})):
        with pytest.raises((Invalid, events.Wrong)):
            events.checked(data)
    with pytest.raises(Invalid):
        events.checked(event(payload={"typed": text}))


def test_what_is_nested_without_end_is_refused() -> None:
    nested: Any = "x"
    for _ in range(events.DEEPEST + 1):
        nested = [nested]

    with pytest.raises(events.Wrong):
        events.cut(nested)


def test_a_refusal_can_be_sent_as_the_event_that_shows_it() -> None:
    shown = event_of(Invalid("text_characters"))

    assert shown["name"] == f"{ToastState.get_full_name()}.show"
    assert events.checked(shown) == shown | {"router_data": {}}


def test_every_handler_says_of_each_argument_what_it_takes() -> None:
    """Any would let everything through."""
    for state in states():
        for name in state.event_handlers:
            if name != "setvar":
                known = reflex_internals.handler(f"{state.get_full_name()}.{name}")
                assert known is not None and Any not in known.types.values(), f"{state.__name__}.{name}"


class App:
    """Stands in for Reflex's app as far as a tab's waiting events go."""

    def __init__(self) -> None:
        self.event_processor = self
        self.event_namespace = self
        self.sid_to_token = {"socket": "tab"}
        self._token_queues: dict[str, list[int]] = {}
        self._tasks: dict[str, Any] = {}


async def test_a_socket_is_read_no_further_while_many_of_its_events_wait() -> None:
    app = App()
    guard = events.Events(app, event_of, lambda _root: "")  # pyright: ignore[reportArgumentType]
    app._token_queues["tab"] = [0] * events.MOST_WAITING

    waiting = asyncio.create_task(guard._check("socket", event()))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    app._token_queues["tab"].pop()

    assert await asyncio.wait_for(waiting, 1) == event()


async def test_events_in_the_background_wait_as_well() -> None:
    app = App()
    take_in = f"{CatalogueFileState.get_full_name()}.take_in"
    tasks = [asyncio.create_task(asyncio.sleep(9), name=f"reflex_event|x|tab|{n}") for n in range(events.MOST_WAITING)]
    app._tasks = {task.get_name(): task for task in tasks}
    guard = events.Events(app, event_of, lambda _root: "")  # pyright: ignore[reportArgumentType]

    waiting = asyncio.create_task(guard._check("socket", event(take_in, {})))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    app.sid_to_token.clear()

    assert await asyncio.wait_for(waiting, 1)
    for task in tasks:
        task.cancel()
