"""What holds for every view that pages look at: who may read it, and how one edition becomes the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy.orm import Session

from bulq.domain.actor import Actor
from bulq.domain.errors import NotFound
from bulq.domain.phases import Phase
from bulq.editions import edition, merge, order, patch, reorder, to_json
from bulq.views import LONGEST, VIEWS, View, view_at
from tests.addresses import addresses_of
from tests.cast import World, build
from tests.conftest import Scene
from tests.services.use_cases import USE_CASES, UseCase, stage

ID = UUID("01900000-0000-7000-8000-000000000000")
STORE = next(view for view in VIEWS if view.name == "store")
EVERYBODY = ("ana", "bojan", "mila", "eva", "ada")
HAPPENS = [(case, phase) for case in USE_CASES for phase in (case.phases[:1] if case.in_run else (Phase.SHOPPING,))]


@pytest.fixture
def world(scene: Scene) -> World:
    return scene(build)


def names(case: object) -> str:
    return case.name if isinstance(case, View | UseCase) else str(case)


def facts_of(session: Session, view: View[Any], address: str, viewer: Actor) -> Any:
    """None when there is nothing for this person."""
    try:
        return view.read(session, viewer, **view_at(address, VIEWS)[1])
    except NotFound:
        return None


@pytest.mark.parametrize("view", VIEWS, ids=names)
def test_the_audience_is_whoever_may_read_it(session: Session, world: World, view: View[Any]) -> None:
    shown = 0
    for address in addresses_of(view, world):
        read = {who: facts_of(session, view, address, getattr(world.cast, who)) for who in EVERYBODY}
        facts = next((each for each in read.values() if each is not None), None)
        shown += facts is not None
        if view.audience is None or facts is None:  # nothing is picked up before goods are given out
            continue

        allowed = view.audience(session, facts)

        assert {who for who in EVERYBODY if str(getattr(world.cast, who).id) in allowed} == {
            who for who, found in read.items() if found is not None
        }
        assert {edition(found).tag for found in read.values() if found is not None} == {edition(facts).tag}
    assert shown


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(("case", "phase"), HAPPENS, ids=names)
def test_patching_from_any_change_gives_the_same_as_reading_anew(
    session: Session, world: World, case: UseCase, phase: Phase
) -> None:
    at = stage(session, world, phase)
    if case.before:
        case.before(at)
    session.flush()
    before = seen_by_all(session, world, phase)

    case.call(at, getattr(world.cast, case.who))

    session.flush()
    session.expire_all()
    for key, (old, new) in pairs(before, seen_by_all(session, world, phase)):
        change, moved = orjson.loads(to_json([patch(old, new), order(old, new)]))
        merged = reorder(merge(without_nulls(orjson.loads(edition(old).body)), change), moved)
        assert merged == without_nulls(orjson.loads(edition(new).body)), key
        assert list(keys_of(merged, new)) == [[*map(str, rows)] for rows in maps_in(new)], key
        assert bool(change or moved) == (edition(old).tag != edition(new).tag), key


def seen_by_all(session: Session, world: World, phase: Phase) -> dict[tuple[str, str], Any]:
    """What all see of one run and of all else; a view with an audience is the same for all."""
    elsewhere = {str(run) for each, run in world.runs.items() if each is not phase}
    return {
        (address, who): facts
        for view in VIEWS
        for address in addresses_of(view, world)
        if not any(run in address for run in elsewhere)
        for who in (("ana",) if view.audience else ("ana", "bojan"))
        if (facts := facts_of(session, view, address, getattr(world.cast, who))) is not None
    }


def pairs(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> Iterator[tuple[Any, tuple[Any, Any]]]:
    return ((key, (before[key], after[key])) for key in before if key in after)


def maps_in(facts: Any) -> Iterator[Mapping[Any, Any]]:
    if isinstance(facts, Mapping):
        yield facts
    inside = facts.values() if isinstance(facts, Mapping) else [getattr(facts, each.name) for each in fields(facts)]
    for each in inside:
        if isinstance(each, Mapping) or is_dataclass(each):
            yield from maps_in(each)


def keys_of(merged: Any, facts: Any) -> Iterator[list[str]]:
    """Of decoded JSON the keys of what is a map in the facts, in the order of `maps_in`."""
    if isinstance(facts, Mapping):
        yield list(merged)
        inside = [(str(name), each) for name, each in facts.items()]
    else:
        inside = [(each.name, getattr(facts, each.name)) for each in fields(facts)]
    for name, each in inside:
        if isinstance(each, Mapping) or is_dataclass(each):
            yield from keys_of(merged[name], each)


def without_nulls(value: Any) -> Any:
    """As a browser reads facts: a key with null and no key are the same."""
    if isinstance(value, dict):
        return {key: without_nulls(each) for key, each in value.items() if each is not None}
    return value


@pytest.mark.parametrize("view", VIEWS, ids=names)
def test_the_address_of_a_view_is_its_own(view: View[Any]) -> None:
    ids = dict.fromkeys(view.ids, ID)
    address = view.address_of(**ids)

    assert [each for each in VIEWS if each.arguments_in(address) is not None] == [view]
    assert view_at(address, VIEWS)[0] is view
    for wrong in (address.upper() if ids else "ME", f"{address}/", f"/{address}", f"{address}\n", f"{address}?page=0"):
        with pytest.raises(NotFound):
            view_at(wrong, VIEWS)


def test_keys_of_maps_are_no_numbers() -> None:
    """Browsers put keys that are whole numbers first, whatever order the server wrote them in."""
    for view in VIEWS:
        for each in fields(view.facts):
            assert "Mapping[int" not in str(each.type), f"{view.name}.{each.name}"


@pytest.mark.parametrize(
    ("arguments", "address"),
    [
        ({}, f"stores/{ID}"),
        ({"page": 2}, f"stores/{ID}?page=2"),
        ({"q": "milk"}, f"stores/{ID}?q=milk"),
        ({"q": "Čaj & мед?=#%'", "page": 3}, f"stores/{ID}?q=%C4%8Caj%20%26%20%D0%BC%D0%B5%D0%B4%3F%3D%23%25'&page=3"),
        ({"q": "蜂" * 100}, f"stores/{ID}?q=" + "%E8%9C%82" * 100),
    ],
)
def test_what_is_asked_for_follows_the_ids(arguments: dict[str, Any], address: str) -> None:
    assert STORE.address_of(store_id=ID, **arguments) == address
    assert view_at(address, VIEWS) == (STORE, {"store_id": ID, **arguments})


@pytest.mark.parametrize(
    "rest",
    ["?page=0", "?page=-1", "?page=2&q=milk", "?q=", "?q=a b", "?x=1", "&page=2", "?q=a&q=b", "?page=1000000", "/"],
)
def test_what_no_page_asks_for_is_not_there(rest: str) -> None:
    with pytest.raises(NotFound):
        view_at(f"stores/{ID}{rest}", VIEWS)


@pytest.mark.parametrize("address", [None, 7, "", "stores", f"stores/{ID}?q=" + "x" * LONGEST, f"stores/{ID}\n"])
def test_what_is_no_address_is_not_there(address: object) -> None:
    with pytest.raises(NotFound):
        view_at(address, VIEWS)
