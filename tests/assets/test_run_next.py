"""Who has to do what next: one sentence for each phase and for whoever looks."""

from __future__ import annotations

from typing import Any

from bulq.i18n import catalogue
from tests.assets.node import for_each
from tests.assets.test_run_rows import product

PEOPLE = {
    who: {"id": who, "number": number, "name": who.title(), "helps": who == "mila", "ready": False}
    for number, who in enumerate(("ana", "bojan", "mila", "eva", "vera"))
}
MEMBERS = {who: who.title() for who in (*PEOPLE, "nikola")}


def ready(*who: str) -> dict[str, Any]:
    return {one: {**person, "ready": one in who} for one, person in PEOPLE.items()}


def bid(quantity: int | None = 1000, wanted: int | None = None) -> list[Any]:
    return [quantity, None, "", wanted, None]


def goods(bought: Any = 0, *, missing: Any = False, **bids: Any) -> dict[str, Any]:
    numbered = {str(PEOPLE[who]["number"]): each for who, each in bids.items()}
    wanted = sum(each[0] or 0 for each in numbered.values())
    more: dict[str, Any] = {"item_id": "item", "listed": wanted, "bought": bought, "missing": missing}
    return {"rice": product("rice", step=1000, wanted=wanted, bids=numbered, **more)}


def open_case() -> dict[str, Any]:
    """Two packs are wanted of what is sold by six."""
    numbered = {str(PEOPLE[who]["number"]): bid() for who in ("bojan", "mila")}
    return {"rice": product("rice", step=1000, wanted=2000, bids=numbered, case={"size": 6000})}


BOTH = {"bojan": bid(), "mila": bid()}
SHORT = {"bojan": bid(2000, 2000), "mila": bid(1000, 1000)}
ALL = tuple(PEOPLE)

# Phase, products, people, who looks, lines waiting for them, lines handed out of lines in all → sentence.
SENTENCES: list[tuple[str, dict[str, Any], dict[str, Any], str, int, tuple[int, int], str]] = [
    ("planning", {}, PEOPLE, "ana", 0, (0, 0), "plan_lead_empty"),
    ("planning", goods(ana=bid()), PEOPLE, "ana", 0, (0, 0), "plan_lead"),
    ("planning", goods(ana=bid()), PEOPLE, "nikola", 0, (0, 0), "plan_bid"),
    ("planning", goods(bojan=bid()), PEOPLE, "bojan", 0, (0, 0), "plan_waits"),
    ("active", goods(bojan=bid(None)), PEOPLE, "ana", 0, (0, 0), "no_quantity"),
    ("active", goods(**BOTH), ready("bojan"), "ana", 0, (0, 0), "confirm_waits"),
    ("active", goods(**BOTH), ready(*ALL[1:]), "ana", 0, (0, 0), "confirm_rest"),
    ("active", goods(**BOTH), ready(*ALL), "ana", 0, (0, 0), "confirm"),
    ("active", goods(**BOTH), PEOPLE, "nikola", 0, (0, 0), "bid"),
    ("active", goods(bojan=bid()), PEOPLE, "mila", 0, (0, 0), "bid"),  # a helper without bids
    ("active", goods(**BOTH), PEOPLE, "bojan", 0, (0, 0), "ready"),
    ("active", goods(**BOTH), ready("bojan"), "bojan", 0, (0, 0), "waits"),
    ("active", goods(**BOTH), ready(*ALL), "bojan", 0, (0, 0), "all_ready"),
    ("confirmed", goods(**BOTH), PEOPLE, "ana", 0, (0, 0), "start"),
    ("confirmed", open_case(), PEOPLE, "ana", 0, (0, 0), "cases"),
    ("confirmed", goods(**BOTH), PEOPLE, "mila", 0, (0, 0), "start_help"),
    ("confirmed", goods(**BOTH), PEOPLE, "bojan", 0, (0, 0), "start_waits"),
    ("shopping", goods(**BOTH), PEOPLE, "ana", 0, (0, 0), "buy"),
    ("shopping", goods(**BOTH), PEOPLE, "mila", 0, (0, 0), "buy"),
    ("shopping", goods(**BOTH), PEOPLE, "bojan", 0, (0, 0), "shops"),
    ("shopping", goods(2000, **BOTH), PEOPLE, "ana", 0, (0, 0), "finish"),
    ("shopping", goods(missing=True, **BOTH), PEOPLE, "ana", 0, (0, 0), "finish_nothing"),
    ("shopping", goods(2000, **BOTH), PEOPLE, "mila", 0, (0, 0), "finish_waits"),
    ("adjusting", goods(2000, **SHORT), PEOPLE, "bojan", 0, (0, 0), "adjust"),
    ("adjusting", goods(2000, ana=bid(2000, 2000), mila=bid()), PEOPLE, "ana", 0, (0, 0), "adjust_lead"),
    ("adjusting", goods(2000, **SHORT), PEOPLE, "ana", 0, (0, 0), "share"),
    ("adjusting", goods(2000, **SHORT), PEOPLE, "eva", 0, (0, 0), "share_waits"),
    ("adjusting", goods(3000, **SHORT), PEOPLE, "ana", 0, (0, 0), "finish_adjusting"),
    ("adjusting", goods(3000, **SHORT), PEOPLE, "bojan", 0, (0, 0), "adjusted_waits"),
    ("distributing", {}, PEOPLE, "ana", 1, (1, 3), "hand_out"),
    ("distributing", {}, PEOPLE, "mila", 0, (1, 3), "hand_out"),
    ("distributing", {}, PEOPLE, "bojan", 2, (1, 3), "pick_up"),
    ("distributing", {}, PEOPLE, "bojan", 0, (1, 3), "pick_up_others"),
    ("distributing", {}, PEOPLE, "ana", 0, (3, 3), "complete"),
    ("distributing", {}, PEOPLE, "bojan", 0, (3, 3), "complete_waits"),
]


def test_whoever_looks_reads_what_is_next_and_who_has_to_do_it() -> None:
    asked = [
        (phase, products, people, MEMBERS, _lines(me, waiting), "ana", me, total, done)
        for phase, products, people, me, waiting, (done, total), _ in SENTENCES
    ]

    found = for_each(
        'const { nextStep } = await assets("run/next.js"); const i18next = (await import("i18next")).default;'
        # The key instead of the sentence.
        " i18next.t = (key, values) => (key.startsWith('run.next.') ? key.slice(9) : String(values.count));"
        " return nextStep;",
        asked,
    )

    assert found == [sentence for *_, sentence in SENTENCES]
    keys = [key.removeprefix("run.next.") for key in catalogue("en") if key.startswith("run.next.")]
    assert {key.removesuffix("_one").removesuffix("_other") for key in keys} == set(found)


def test_they_say_it_in_words_a_member_uses() -> None:
    asked = [
        ("active", goods(**BOTH), ready("bojan"), "bojan"),
        ("shopping", goods(**BOTH), PEOPLE, "bojan"),
        ("completed", goods(2000, **BOTH), PEOPLE, "bojan"),
    ]

    found = for_each(
        'const { nextStep } = await assets("run/next.js"); return nextStep;',
        [(phase, products, people, MEMBERS, {}, "ana", me, 0, 0) for phase, products, people, me in asked],
    )

    assert found == [
        "You're ready. Waiting for Ana, Mila and 2 more.",
        "Ana is shopping, with 1 product to go. Nothing for you to do yet.",
        "",
    ]


def _lines(me: str, waiting: int) -> dict[str, Any]:
    lines = {str(number): {"got": 1000, "picked_up": number >= waiting} for number in range(3)}
    return {me: {"id": me, "lines": lines}}
