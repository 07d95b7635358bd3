"""What the page knows of its run, and who is looking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from bulq.components.facts import call, live_var
from bulq.components.operations import local
from bulq.components.texts import t
from bulq.domain.phases import Unit
from bulq.queries.accounts import Me
from bulq.queries.case_proposals import CaseProposals
from bulq.queries.pick_up import LeftOverFacts, PickUp, PickUpLine
from bulq.queries.run_facts import RunFacts, RunPerson
from bulq.queries.shares import Split
from bulq.queries.shopping import BidderNote, PriceSeen

ROWS = "$/public/run/rows.js"
NEXT = "$/public/run/next.js"
ACTS = "$/public/run/acts.js"
LEADING = "$/public/run/leading.js"

run = live_var(RunFacts, "run")
picking = live_var(PickUp, "pick_up")
split = live_var(Split, "split")
cases = live_var(CaseProposals, "cases")
me = live_var(Me, "me")


@dataclass(frozen=True)
class Pill:
    """A bidder of a row."""

    number: str
    name: str
    quantity: int
    interested: bool
    mine: bool


@dataclass(frozen=True)
class Row:
    """A product as the viewer sees it; `quantity` is what they want or got. assets/run/rows.js makes these."""

    id: str
    name: str
    content: tuple[int, Unit] | None
    brand: str
    unit: Unit
    step: int
    price: PriceSeen | None
    wanted: int
    bought: int
    cost: int | None
    estimate: bool
    status: str
    tone: str
    quantity: int
    low: int
    high: int
    adjustable: bool
    interested: bool
    bids: bool
    note: str
    notes: list[BidderNote]
    edited_from: int | None
    case_size: int
    case_begun: int
    case_full: int
    case_missing: int
    up_to: int
    cheaper_more: int
    cheaper_less: int
    waits: bool
    settled: bool
    pills: list[Pill]
    more: int


@dataclass(frozen=True)
class Section:
    """Rows that stand together. The only one has no title."""

    id: str
    title: str
    rows: list[Row]


@dataclass(frozen=True)
class TagChoice:
    """A tag to choose products by, and how many have it."""

    id: str
    name: str
    count: int


@dataclass(frozen=True)
class PartLine:
    """What the viewer wants of a product, and what that is expected to cost."""

    id: str
    name: str
    content: tuple[int, Unit] | None
    unit: Unit
    quantity: int
    cost: int | None


@dataclass(frozen=True)
class PersonRow:
    """A participant with what the run costs them and what they paid."""

    id: str
    name: str
    username: str
    leads: bool
    helps: bool
    ready: bool
    left: bool
    part: int
    spent: int


@dataclass(frozen=True)
class Helper:
    id: str
    name: str
    helps: bool


@dataclass(frozen=True)
class BidOn:
    """One person's bid on the product whose bids are looked at."""

    id: str
    name: str
    product: str
    product_name: str
    content: tuple[int, Unit] | None
    unit: Unit
    step: int
    quantity: int
    interested: bool
    note: str
    edited_from: int | None
    up_to: int
    waits: bool


@dataclass(frozen=True)
class Named:
    """Somebody or something that a question names."""

    id: str
    name: str
    content: tuple[int, Unit] | None


@dataclass(frozen=True)
class Statement:
    """What a person gets and owes: `lines` that are looked for; of `count` to pick up `picked` are."""

    id: str
    name: str
    username: str
    lines: list[PickUpLine]
    beside: int
    total: int
    count: int
    picked: int
    open: bool
    mine: bool


def var(value: Any, kind: Any = str) -> Any:
    """A fact as the var it is, where pyright knows it as the fact."""
    return rx.Var.create(value).to(kind)


def known(value: Any) -> rx.Var[bool]:
    """Whether a fact is there: not None, and not the empty text."""
    return rx.Var.create(value).bool()


def rows_call(function: str, kind: Any, *arguments: Any) -> Any:
    return call(ROWS, function, kind, *arguments)


def phase_is(*phases: str) -> rx.Var[bool]:
    return rx.Var.create(list(phases)).contains(var(run.phase))


def leads() -> rx.Var[bool]:
    return var(run.leader_id) == var(me.id)


def helps() -> rx.Var[bool]:
    return rows_call("helps", bool, run.people, me.id, run.leader_id)


def takes_part() -> rx.Var[bool]:
    return rows_call("takesPart", bool, run.people, me.id)


def is_open() -> rx.Var[bool]:
    return ~phase_is("completed", "cancelled")


BIDDING = phase_is("planning", "active")
GIVEN_OUT = phase_is("distributing", "completed")


def sums() -> rx.Var[str]:
    """Whether figures are estimated, running or final."""
    return t(rx.Var.create("run.sums_") + rows_call("sumsAre", str, run.phase, run.products))


def all_rows() -> Any:
    return rows_call("rowsOf", list[Row], run.products, run.people, run.phase, me.id, me.name)


def sections() -> Any:
    return rows_call(
        "sectionsOf",
        list[Section],
        all_rows(),
        run.tags,
        local("run.find", ""),
        local("run.shown", "all"),
        local("run.tag", ""),
        local("run.grouped", False, bool),
        run.id,
        run.phase,
        t("tags.uncategorized"),
        t("run.settled"),
    )


def tag_choices() -> Any:
    return rows_call("choices", list[TagChoice], run.tags)


def next_step() -> rx.Var[str]:
    """Who has to do what next, in a sentence for whoever looks; nothing once the run has ended."""
    facts = (run.phase, run.products, run.people, run.members, picking.people, run.leader_id, me.id)
    return call(NEXT, "nextStep", str, *facts, run.to_pick_up, run.picked_up)


def my_lines() -> Any:
    return rows_call("myLines", list[PartLine], run.products, run.people, me.id)


def people_rows() -> Any:
    return rows_call("peopleRows", list[PersonRow], run.people, run.members, run.parts, run.spent, run.leader_id)


def my_part() -> Any:
    return rows_call("sumOf", int, run.parts, run.people, me.id)


def my_spending() -> Any:
    return rows_call("sumOf", int, run.spent, run.people, me.id)


def name_of(user_id: Any) -> Any:
    return rows_call("nameIn", str, run.people, run.members, user_id)


def still_to_buy() -> Any:
    return rows_call("stillToBuy", list[Named], run.products)


def not_ready() -> Any:
    return rows_call("notReady", list[RunPerson], run.people)


def bought_count() -> Any:
    return rows_call("boughtCount", int, run.products)


def open_cases() -> Any:
    return rows_call("openCases", int, run.products)


def left_over_rows() -> Any:
    return rows_call("leftOver", list[LeftOverFacts], picking.left_over)


def dialog_is(name: str) -> rx.Var[bool]:
    return local("run.dialog", "") == name
