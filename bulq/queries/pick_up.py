"""Who gets what of a run and owes what for it, as facts for its page: ticked off line by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, NotFound
from bulq.domain.phases import Phase, Unit
from bulq.models import Allocation
from bulq.queries.access import run_for
from bulq.queries.statements import PersonStatement, StatementLine, statements_of


@dataclass(frozen=True, slots=True)
class PickUpLine:
    """What somebody wanted and got of an item: thousandths; `cost` in minor units. `id` is that of the item.

    `waiting` is the id of the line that is still to be picked up. Without `got` the item was not there, or there was
    not enough of it.
    """

    id: str
    name: str
    content: tuple[int, Unit] | None
    brand: str
    unit: Unit
    wanted: int
    got: int
    cost: int
    not_there: bool
    picked_up: bool
    waiting: str | None


@dataclass(frozen=True, slots=True)
class PickUpPerson:
    """`total` is what they owe, in minor units."""

    id: str
    name: str
    username: str
    lines: Mapping[str, PickUpLine]
    total: int


@dataclass(frozen=True, slots=True)
class LeftOverBorne:
    """Part of what nobody took, in minor units, which this person bears since they paid."""

    name: str
    cost: int


@dataclass(frozen=True, slots=True)
class LeftOverFacts:
    """What nobody took of an item, in thousandths, and what it costs, in minor units. `id` is that of the item."""

    id: str
    name: str
    content: tuple[int, Unit] | None
    unit: Unit
    step: int
    quantity: int
    cost: int
    borne_by: tuple[LeftOverBorne, ...]


@dataclass(frozen=True, slots=True)
class PickUp:
    """Statements by person, by name. Together with what is left over they add up to what was paid.

    `taken_until` is when left-over goods of an ended run can no longer be taken.
    """

    id: str
    group_id: str
    phase: Phase
    currency: str
    people: Mapping[str, PickUpPerson]
    left_over: Mapping[str, LeftOverFacts]
    taken_until: datetime | None


def pick_up(session: Session, viewer: Actor, run_id: UUID) -> PickUp:
    """The statements of a run whose goods are given out, for a member of its group. Seven queries whatever its size."""
    access = run_for(session, viewer, run_id)
    try:
        view = statements_of(session, access)
    except Conflict:
        raise NotFound() from None
    waiting = _waiting(session, run_id)
    people = sorted(view.people, key=lambda person: (person.name, person.user_id))
    return PickUp(
        id=str(run_id),
        group_id=str(access.group.id),
        phase=view.phase,
        currency=view.currency,
        people={person.user_id: _person(person, waiting) for person in people},
        left_over={
            left.item_id: LeftOverFacts(
                left.item_id,
                left.name,
                left.content,
                left.unit,
                left.step,
                left.quantity,
                left.cost,
                tuple(LeftOverBorne(bearer.name, bearer.cost) for bearer in left.borne_by),
            )
            for left in view.left_over
        },
        taken_until=view.taken_until,
    )


def _waiting(session: Session, run_id: UUID) -> dict[tuple[str, str], str]:
    """The ids of the lines that are not picked up yet, by person and item."""
    rows = session.execute(
        select(col(Allocation.id), col(Allocation.user_id), col(Allocation.item_id)).where(
            col(Allocation.run_id) == run_id, col(Allocation.picked_up_at).is_(None)
        )
    )
    return {(str(user_id), str(item_id)): str(line_id) for line_id, user_id, item_id in rows}


def _person(person: PersonStatement, waiting: Mapping[tuple[str, str], str]) -> PickUpPerson:
    lines = {line.item_id: _line(line, waiting.get((person.user_id, line.item_id))) for line in person.lines}
    return PickUpPerson(person.user_id, person.name, person.username, lines, person.total)


def _line(line: StatementLine, waiting: str | None) -> PickUpLine:
    return PickUpLine(
        id=line.item_id,
        name=line.name,
        content=line.content,
        brand=line.brand,
        unit=line.unit,
        wanted=line.wanted,
        got=line.got,
        cost=line.cost,
        not_there=line.not_there,
        picked_up=line.picked_up,
        waiting=waiting,
    )
