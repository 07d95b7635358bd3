"""From what is known about a run to what its page shows: texts instead of numbers, once for everybody who looks."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from bulq.config import settings
from bulq.domain.phases import BIDDING, FINAL, Phase
from bulq.i18n import day, moment, text
from bulq.queries.runs import BidLine, PersonLine, ProductLine, RunView
from bulq.state.run_rows import NOBODY, Mine, Part, Row, Totals, mine_of, money, part_of, row_of, since, totals_of

PEOPLE = 100


@dataclass(frozen=True)
class Person:
    id: str
    name: str
    username: str
    leads: bool
    helps: bool
    ready: bool
    left: bool
    bids: int
    spent: str


@dataclass(frozen=True)
class Step:
    phase: str
    who: str
    at: str


@dataclass(frozen=True)
class Page:
    """One page of a run's products or of some of them, the same for all who look at it."""

    number: int
    pages: int
    rows: list[Row]
    totals: dict[str, Totals]
    lines: list[ProductLine]
    differences: dict[int, tuple[dict[str, Totals], tuple[dict[str, Totals], dict[str, Totals]]]]

    def since(self, sent: dict[str, Totals]) -> tuple[dict[str, Totals], dict[str, Totals]]:
        """`since(sent, totals)`. Most tabs were sent the very same, so it is found out once."""
        known = self.differences.get(id(sent))
        if known is None or known[0] is not sent:
            known = self.differences[id(sent)] = sent, since(sent, self.totals)
        return known[1]


@dataclass(frozen=True)
class Screen:
    """A run's page without anything personal, ready to be shown to each viewer."""

    view: RunView
    shared: dict[str, Any]  # vars of the state that are the same for everybody
    people: dict[str, PersonLine]
    numbered: dict[str, tuple[str, int]]  # name and number of each
    bids: Mapping[str, Mapping[str, BidLine]]  # by person and product
    known: dict[tuple[frozenset[str] | None, int], Page] = field(default_factory=dict)

    def page(self, number: int, only: frozenset[str] | None) -> Page:
        """The page of this number, within bounds, of all products or of `only` some."""
        if (only, number) not in self.known:
            chosen = [line for line in self.view.products if only is None or line.product_id in only]
            pages = max(1, -(-len(chosen) // settings.page_size))
            number = min(max(1, number), pages)
            lines = chosen[(number - 1) * settings.page_size : number * settings.page_size]
            self.known[only, number] = Page(
                number,
                pages,
                [row_of(line, self.view.currency) for line in lines],
                {line.product_id: totals_of(line, self.view, self.numbered) for line in lines},
                lines,
                {},
            )
        return self.known[only, number]


def screen(view: RunView) -> Screen:
    names = {person.user_id: person.name for person in view.people}
    return Screen(
        view=view,
        shared=_shared(view, names),
        people={person.user_id: person for person in view.people},
        numbered={person.user_id: (person.name, number) for number, person in enumerate(view.people)},
        bids=_by_person(view),
    )


def _shared(view: RunView, names: Mapping[str, str]) -> dict[str, Any]:
    shopping, closes = _dates(view)
    people = view.people[:PEOPLE]
    return {
        "group_name": view.group,
        "group_href": f"/groups/{view.group_id}",
        "store": view.store,
        "store_href": f"/stores/{view.store_id}",
        "phase": str(view.phase),
        "shopping": shopping,
        "closes": closes,
        "closes_iso": view.bids_close_at.isoformat() if view.bids_close_at and closes else "",
        "note": view.note,
        "cancel_reason": view.cancel_reason,
        "leader": names.get(view.leader_id, ""),
        "currency": view.currency,
        "history": [_step(step.phase, step.who, step.entered_at, view.time_zone) for step in view.history],
        "asked": names.get(view.hand_over_to or "", ""),
        "products": len(view.products),
        "unmatched": sum(line.wanted != line.bought for line in view.products if line.bought),
        "listed": sum(line.item_id is not None for line in view.products),
        "bought": sum(line.bought > 0 for line in view.products),
        "gone": sum(line.missing for line in view.products),
        "spent": money(sum(line.paid for line in view.products), view.currency),
        "people": [_person(person, view.currency) for person in people],
        "parts": {person.user_id: money(person.part, view.currency) for person in people},
        "people_count": len(view.people),
        "ready_count": sum(person.ready for person in view.people),
        "sums": _sums(view.phase),
        "total": money(view.parts.total, view.currency),
        "left_over": money(view.parts.left_over, view.currency) if view.parts.left_over else "",
        "unpriced": view.parts.unpriced,
        "picked_up": view.picked_up,
        "to_pick_up": view.to_pick_up,
    }


def personal(
    seen: Screen, page: Page, user_id: str, sent_totals: dict[str, Totals], sent_mine: dict[str, Mine]
) -> dict[str, Any]:
    """The vars that differ from viewer to viewer, for one who looks at `page` and has what was sent."""
    view, me = seen.view, seen.people.get(user_id)
    totals, changed = page.since(sent_totals)
    mine, mine_changed = since(sent_mine, _mine_in(seen, user_id, page))
    return {
        "leads": view.leader_id == user_id,
        "helps": view.leader_id == user_id or bool(me and me.helps),
        "takes_part": me is not None,
        "paid": bool(me and me.spent),
        "ready": bool(me and me.ready),
        "number": seen.numbered.get(user_id, NOBODY)[1],
        "asked_me": view.hand_over_to == user_id,
        "rows": page.rows,
        "totals": totals,
        "changed": changed,
        "mine": mine,
        "mine_changed": mine_changed,
        "page": page.number,
        "pages": page.pages,
        "part": money(me.part if me else 0, view.currency),
        "part_lines": _my_lines(seen, user_id) if view.phase in (*BIDDING, Phase.CONFIRMED) else [],
    }


def _by_person(view: RunView) -> dict[str, dict[str, BidLine]]:
    bids: dict[str, dict[str, BidLine]] = defaultdict(dict)
    for line in view.products:
        for bid in line.bids:
            bids[bid.user_id][line.product_id] = bid
    return bids


def _mine_in(seen: Screen, user_id: str, page: Page) -> dict[str, Mine]:
    """My bid on each product of the page, with the range the server would accept right now."""
    bids, phase = seen.bids.get(user_id, {}), seen.view.phase
    return {line.product_id: mine_of(bids.get(line.product_id), line, phase) for line in page.lines}


def _my_lines(seen: Screen, user_id: str) -> list[Part]:
    """My firm bids with what each is expected to cost, at most as many as fit beside the page."""
    bids, currency = seen.bids.get(user_id, {}), seen.view.currency
    lines: list[Part] = []
    for line in seen.view.products:
        bid = bids.get(line.product_id)
        if bid is not None and bid.quantity and not line.missing:
            lines.append(part_of(line.name, bid.quantity, line.unit, line.shares.costs.get(user_id), currency))
    return lines[:PEOPLE]


@lru_cache(maxsize=8192)
def _person(person: PersonLine, currency: str) -> Person:
    return Person(
        id=person.user_id,
        name=person.name,
        username=person.username,
        leads=person.leads,
        helps=person.helps,
        ready=person.ready,
        left=person.left,
        bids=person.bids,
        spent=money(person.spent, currency) if person.spent else "",
    )


def _step(phase: Phase, who: str | None, at: datetime, time_zone: str) -> Step:
    return Step(str(phase), who or "", moment(at, time_zone))


def _dates(view: RunView) -> tuple[str, str]:
    """The shopping day, and the deadline in the group's time zone; empty where there is none."""
    shopping = text("run.shopping_on", day=day(view.shopping_day)) if view.shopping_day else ""
    closes = moment(view.bids_close_at, view.time_zone) if view.bids_close_at and view.phase in BIDDING else ""
    return shopping, closes


def _sums(phase: Phase) -> str:
    if phase in FINAL or phase is Phase.DISTRIBUTING:
        return "final"
    return "so_far" if phase in (Phase.SHOPPING, Phase.ADJUSTING) else "estimated"
