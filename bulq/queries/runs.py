"""A run as its page shows it, read once for everybody who looks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import String, and_, cast, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.packs import estimate
from bulq.domain.parts import Line, Parts, estimated, is_unpriced, parts_of
from bulq.domain.phases import FINAL, Phase, Unit
from bulq.domain.prices import best_offer, content_in, weight_of
from bulq.domain.searching import content_beside
from bulq.domain.statements import NOTHING, Shares
from bulq.models import Bid, ListItem, Membership, Participant, PhaseEntry, Product, Store, User
from bulq.queries.access import RunAccess, run_for
from bulq.queries.item_shares import GIVEN_OUT, Bought, RunShares, beside_goods, shares_of
from bulq.queries.newest import CurrentOffer, offers_at


class BidLine(NamedTuple):
    """One person's bid, in thousandths; without a quantity it is interest only. `up_to_cap` is in minor units.

    Not a dataclass: there are thousands of them, and a frozen one takes several times as long to make.
    """

    user_id: str
    quantity: int | None
    wanted: int | None
    note: str
    edited_from: int | None
    up_to: int | None
    up_to_cap: int | None


@dataclass(frozen=True, slots=True)
class ProductLine:
    """A product of the run. Thousandths of its unit; `paid` in minor units; `offers` are the current ones at the store.

    `content_key` is what stands beside the name where the name doesn't say it.

    The fields from `item_id` on are filled once there is a shopping list, `got` (per person) once goods are given out.
    `shares` is what each person pays, estimated as long as nothing is bought; `unpriced` when nobody knows how much;
    `closed` when nothing more is bought of it. `weight` is that of what was bought in thousandths of a kilogram, None
    where nobody knows it.
    """

    product_id: str
    name: str
    content_key: str
    brand: str
    unit: Unit
    step: int
    offers: tuple[CurrentOffer, ...]
    wanted: int
    bids: tuple[BidLine, ...]
    shares: Shares = NOTHING
    unpriced: bool = False
    item_id: str | None = None
    bought: int = 0
    paid: int = 0
    missing: bool = False
    listed: int = 0
    closed: bool = False
    got: Mapping[str, int] | None = None
    weight: int | None = None

    @property
    def offer(self) -> CurrentOffer | None:
        return offer_for(self.offers, self.wanted)

    @property
    def expected(self) -> int | None:
        """What all that is wanted is estimated to cost, in minor units; None when no offer is reached.

        What was bought costs what was paid, and what is not bought any more costs nothing.
        """
        return None if self.bought or self.closed else estimate(self.offers, self.wanted)


def offer_for(offers: tuple[CurrentOffer, ...], wanted: int) -> CurrentOffer | None:
    """What counts for all that is wanted; while that reaches none, what counts for the least."""
    best = best_offer(offers, wanted)
    return next((offer for offer in offers if offer is best), None) or next(iter(offers), None)


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A participant. `part` is what the run costs them, `spent` what they paid at the till: minor units."""

    user_id: str
    name: str
    username: str
    leads: bool
    helps: bool
    ready: bool
    left: bool
    bids: int
    part: int
    spent: int


@dataclass(frozen=True, slots=True)
class PhaseStep:
    phase: Phase
    who: str | None
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class RunView:
    """Everything about a run that is the same for all who may see it; `members` are those who may, with their names.

    `unexplained` is what totals of receipts and their lines differ by; `costs` is what each person bears of each cost
    beside the goods. Both are in minor units.
    """

    id: str
    group_id: str
    group: str
    currency: str
    time_zone: str
    store_id: str
    store: str
    phase: Phase
    note: str
    shopping_day: date | None
    bids_close_at: datetime | None
    leader_id: str
    hand_over_to: str | None
    cancel_reason: str
    products: tuple[ProductLine, ...]
    people: tuple[PersonLine, ...]
    parts: Parts
    history: tuple[PhaseStep, ...]
    members: Mapping[str, str]
    picked_up: int
    to_pick_up: int
    unexplained: int
    costs: Mapping[str, Mapping[str, int]]


def run_view(session: Session, viewer: Actor, run_id: UUID) -> RunView:
    """The run for a member of its group. Eleven queries, whatever its size."""
    return view_of(session, run_for(session, viewer, run_id))


def view_of(session: Session, access: RunAccess) -> RunView:
    """The same for who has been let in."""
    run, group, run_id = access.run, access.group, access.run.id
    bids = bids_of(session, run_id)
    listed = _products(session, access, bids)
    shares = _shares(session, access, listed)
    products = tuple(_with_shares(line, run.phase, shares) for line in listed)
    unshared, unpriced = sum(shares.unshared.values()), sum(line.unpriced for line in products)
    parts = parts_of((line.shares for line in products), beside_goods(shares), unshared, unpriced)
    costs = {cost_id: {who: part.amount for who, part in each.items()} for cost_id, each in shares.costs.items()}
    store, members = _store_and_members(session, access)
    return RunView(
        id=str(run.id),
        group_id=str(group.id),
        group=group.name,
        currency=group.currency,
        time_zone=group.time_zone,
        store_id=str(run.store_id),
        store=store,
        phase=run.phase,
        note=run.note,
        shopping_day=run.shopping_day,
        bids_close_at=run.bids_close_at,
        leader_id=str(run.leader_id),
        hand_over_to=str(run.hand_over_to) if run.hand_over_to else None,
        cancel_reason=run.cancel_reason,
        products=products,
        people=_people(session, access, bids, parts, shares.spent, members),
        parts=parts,
        history=_history(session, run_id),
        members=members,
        picked_up=len(shares.picked_up),
        to_pick_up=shares.to_pick_up,
        unexplained=shares.unexplained,
        costs=costs,
    )


def _store_and_members(session: Session, access: RunAccess) -> tuple[str, dict[str, str]]:
    """The name of the store, and the names of the members of the group by their ids."""
    rows = session.execute(
        select(col(Store.name), col(User.id), col(User.name))
        .select_from(Store)
        .outerjoin(Membership, col(Membership.group_id) == access.group.id)
        .outerjoin(User, col(User.id) == col(Membership.user_id))
        .where(col(Store.id) == access.run.store_id)
        .order_by(col(User.name), col(User.id))
    ).all()
    return rows[0][0], {str(user_id): name for _, user_id, name in rows if user_id}


def bids_of(session: Session, run_id: UUID, product_ids: Collection[UUID] | None = None) -> dict[str, list[BidLine]]:
    """The bids of a run per product, oldest first; with `product_ids` those on these products only."""
    only = [] if product_ids is None else [col(Bid.product_id).in_(product_ids)]
    query = (
        select(
            cast(col(Bid.product_id), String),
            cast(col(Bid.user_id), String),
            col(Bid.quantity),
            col(Bid.wanted),
            col(Bid.note),
            col(Bid.edited_from),
            col(Bid.up_to),
            col(Bid.up_to_cap),
        )
        .where(col(Bid.run_id) == run_id, *only)
        .order_by(col(Bid.id))
    )
    # On the connection itself: the session would take every row into its hands once more. And all at once: one by one,
    # each row goes through six functions before it is here.
    rows = session.connection().execute(query).all()
    ours = cache(_our_writing)
    bids: dict[str, list[BidLine]] = {}
    for product, user, quantity, wanted, note, edited_from, up_to, cap in rows:
        line = BidLine(ours(user), quantity, wanted, note, edited_from, up_to, cap)
        bids.setdefault(product, []).append(line)
    return {ours(product): lines for product, lines in bids.items()}


def _our_writing(written: str) -> str:
    """An id as the database writes it as text, which each does in its own way, as we write it.

    Making ten thousand UUIDs of few people and products would take longer than all else about bids.
    """
    return str(UUID(written))


def _products(
    session: Session,
    access: RunAccess,
    bids: dict[str, list[BidLine]],
) -> list[ProductLine]:
    run = access.run
    in_run = select(col(Bid.product_id)).where(col(Bid.run_id) == run.id)
    offers = offers_at(session, run.store_id, access.group.currency, in_run, [run.group_id])
    rows = session.execute(
        select(
            col(Product.id),
            col(Product.name),
            col(Product.content_key),
            col(Product.brand),
            col(Product.unit),
            col(Product.step),
            col(ListItem.id),
            col(ListItem.bought),
            col(ListItem.line_total),
            col(ListItem.missing),
            col(ListItem.wanted),
        )
        .outerjoin(ListItem, and_(col(ListItem.product_id) == col(Product.id), col(ListItem.run_id) == run.id))
        .where(col(Product.id).in_(in_run))
        .order_by(col(Product.name_key), col(Product.id))
    )
    lines: list[ProductLine] = []
    for product_id, name, content, brand, unit, step, item_id, bought, paid, missing, listed in rows:
        key = str(product_id)
        mine = tuple(bids.get(key, ()))
        wanted = sum(bid.quantity or 0 for bid in mine)
        offered = offers.get(product_id, ())
        line = ProductLine(key, name, content_beside(name, content), brand, unit, step, offered, wanted, mine)
        if item_id:
            weight = weight_of(bought, unit, content_in(content))
            about = {"bought": bought, "paid": paid, "missing": missing, "listed": listed, "weight": weight}
            line = replace(line, item_id=str(item_id), **about)
        lines.append(line)
    return lines


def _shares(session: Session, access: RunAccess, lines: list[ProductLine]) -> RunShares:
    items = [
        Bought(line.item_id, line.product_id, line.step, line.bought, line.paid, line.weight)
        for line in lines
        if line.item_id and line.bought
    ]
    return shares_of(session, access.run, items, {line.product_id: _firm(line) for line in lines if line.bought})


def _firm(line: ProductLine) -> dict[str, int]:
    return {bid.user_id: bid.quantity for bid in line.bids if bid.quantity}


def _is_closed(line: ProductLine, phase: Phase) -> bool:
    return line.missing or phase in (Phase.ADJUSTING, Phase.DISTRIBUTING, *FINAL)


def _with_shares(line: ProductLine, phase: Phase, shares: RunShares) -> ProductLine:
    """The product with what each person gets and pays: of what was bought the exact shares, else an estimate."""
    closed = _is_closed(line, phase)
    if line.item_id and line.bought:
        mine = shares.items[line.item_id]
        return replace(line, closed=closed, shares=mine, got=mine.got if phase in GIVEN_OUT else None)
    expected = Line(line.product_id, line.offers, _firm(line), closed)
    got: Mapping[str, int] | None = {} if line.item_id and phase in GIVEN_OUT else line.got
    return replace(line, closed=closed, shares=estimated(expected), unpriced=is_unpriced(expected), got=got)


def _people(
    session: Session,
    access: RunAccess,
    bids: dict[str, list[BidLine]],
    parts: Parts,
    spent: Mapping[str, int],
    members: Collection[str],
) -> tuple[PersonLine, ...]:
    run = access.run
    counts: dict[str, int] = defaultdict(int)
    for lines in bids.values():
        for bid in lines:
            counts[bid.user_id] += 1
    rows = session.execute(
        select(
            col(User.id),
            col(User.name),
            col(User.username),
            col(Participant.helper_since),
            col(Participant.ready_at),
        )
        .join(Participant, col(Participant.user_id) == col(User.id))
        .where(col(Participant.run_id) == run.id)
        .order_by(col(Participant.joined_at), col(Participant.id))
    )
    return tuple(
        PersonLine(
            user_id=str(user_id),
            name=name,
            username=username,
            leads=user_id == run.leader_id,
            helps=helper_since is not None,
            ready=ready_at is not None,
            left=str(user_id) not in members,
            bids=counts[str(user_id)],
            part=parts.people.get(str(user_id), 0),
            spent=spent.get(str(user_id), 0),
        )
        for user_id, name, username, helper_since, ready_at in rows
    )


def _history(session: Session, run_id: UUID) -> tuple[PhaseStep, ...]:
    rows = session.execute(
        select(col(PhaseEntry.phase), col(User.name), col(PhaseEntry.entered_at))
        .outerjoin(User, col(User.id) == col(PhaseEntry.actor_id))
        .where(col(PhaseEntry.run_id) == run_id)
        .order_by(col(PhaseEntry.entered_at), col(PhaseEntry.id))
    )
    return tuple(PhaseStep(*row) for row in rows)
