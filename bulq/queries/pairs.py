"""What stands twice once two products, stores or accounts are one: a row of the one beside a row of the other."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ScalarSelect, Select, and_, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session, aliased
from sqlmodel import SQLModel, col

from bulq.domain.merging import changes_sums
from bulq.domain.phases import Phase
from bulq.domain.statements import Purchase, Taking
from bulq.models import Allocation, LeftoverTaking, ListItem, PriceObservation, Run
from bulq.queries.newest import same_price
from bulq.queries.own_lists import is_seen_instead

T = TypeVar("T", bound=SQLModel)
AnyRows = Select[*tuple[Any, ...]]


def pairs(table: type[T], by: str, kept_id: UUID, moved_id: UUID, *same: str) -> Select[T, T]:
    """(kept, moved) rows that belong to one and the other in the column `by`, and agree in the `same` columns."""
    kept, moved = aliased(table), aliased(table)
    alike = and_(*(getattr(kept, name) == getattr(moved, name) for name in same))
    return (
        select(kept, moved)
        .join(moved, alike)
        .where(getattr(kept, by) == kept_id, getattr(moved, by) == moved_id)
        .execution_options(populate_existing=True)
    )


def double_sightings(by: str, other: str, kept_id: UUID, moved_id: UUID) -> Select[PriceObservation, PriceObservation]:
    """The same price on the same day, which counts once; what was withdrawn or not all see may stand beside it."""
    kept, moved = aliased(PriceObservation), aliased(PriceObservation)
    names = (other, "day", "currency", "minimum_quantity", "pack")
    same = (getattr(kept, name) == getattr(moved, name) for name in names)
    alike = (*same, same_price(kept, moved.price, moved.per))
    stand = (col(each.withdrawn_at).is_(None) for each in (kept, moved))
    moved_first = tuple_(moved.seen_at, moved.id) < tuple_(kept.seen_at, kept.id)
    enough = or_(and_(moved_first, is_seen_instead(moved, kept)), and_(~moved_first, is_seen_instead(kept, moved)))
    return (
        select(kept, moved)
        .join(moved, and_(*alike, *stand, enough))
        .where(getattr(kept, by) == kept_id, getattr(moved, by) == moved_id)
    )


def load(session: Session, query: Select[T, T]) -> list[tuple[T, T]]:
    return [(kept, moved) for kept, moved in session.execute(query)]


def number(query: AnyRows) -> ScalarSelect[int]:
    """How many rows, to stand in a select beside others."""
    rows = query.with_only_columns(literal(1), maintain_column_froms=True).subquery()
    return select(func.count()).select_from(rows).scalar_subquery()


def runs_with_other_sums(session: Session, kept_id: UUID, moved_id: UUID) -> int:
    """In how many runs somebody knows by now what they owe, and would owe something else if both products were one.

    What a run that has ended comes to is in the ledger, which no merge changes.
    """
    both = load(session, pairs(ListItem, "product_id", kept_id, moved_id, "run_id"))
    given_out = set(
        session.scalars(
            select(col(Run.id)).where(
                col(Run.phase) == Phase.DISTRIBUTING,
                col(Run.id).in_(select(col(ListItem.run_id)).where(col(ListItem.product_id) == moved_id)),
            )
        )
    )
    shares = _shares(session, kept_id, moved_id) if both else {}
    takings = _takings(session, kept_id, moved_id) if both else {}
    return sum(
        changes_sums(_line(kept, shares, takings), _line(moved, shares, takings))
        for kept, moved in both
        if kept.run_id in given_out
    )


def _shares(session: Session, *product_ids: UUID) -> dict[UUID, dict[str, int]]:
    """Per list item what each person gets."""
    shares: dict[UUID, dict[str, int]] = defaultdict(dict)
    rows = session.execute(
        select(col(Allocation.item_id), col(Allocation.user_id), col(Allocation.quantity))
        .join(ListItem, col(ListItem.id) == col(Allocation.item_id))
        .where(col(ListItem.product_id).in_(product_ids))
    )
    for item_id, user_id, quantity in rows:
        shares[item_id][str(user_id)] = quantity
    return shares


def _takings(session: Session, *product_ids: UUID) -> dict[UUID, list[Taking]]:
    """Per list item what was taken of the goods that were left over."""
    takings: dict[UUID, list[Taking]] = defaultdict(list)
    rows = session.execute(
        select(
            *(col(LeftoverTaking.item_id), col(LeftoverTaking.id)),
            *(col(LeftoverTaking.user_id), col(LeftoverTaking.quantity)),
        )
        .join(ListItem, col(ListItem.id) == col(LeftoverTaking.item_id))
        .where(col(ListItem.product_id).in_(product_ids))
    )
    for item_id, taking_id, user_id, quantity in rows:
        takings[item_id].append(Taking(str(taking_id), str(user_id), quantity))
    return takings


def _line(item: ListItem, shares: dict[UUID, dict[str, int]], takings: dict[UUID, list[Taking]]) -> Purchase:
    got, taken = shares.get(item.id, {}), takings.get(item.id, ())
    return Purchase(str(item.id), item.line_total, item.bought, got, taken)
