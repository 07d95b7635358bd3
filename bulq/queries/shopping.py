"""The shopping list as it is held in the hand."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.phases import Phase, Unit
from bulq.domain.prices import Offer, Price
from bulq.i18n import product_name
from bulq.models import Bid, ListItem, Participant, PriceObservation, Product, Purchase, Run, Store, User
from bulq.queries.access import run_for
from bulq.queries.newest import offers_at
from bulq.queries.own_lists import is_seen
from bulq.queries.people import Member, members_of

RECENT = 3


@dataclass(frozen=True, slots=True)
class SeenPrice:
    """From how many thousandths on it counts is `minimum`; 0: from any."""

    price: Price
    minimum: int
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class BidderNote:
    name: str
    note: str


@dataclass(frozen=True, slots=True)
class ItemLine:
    """Thousandths and minor units; at this store, `prices` are the newest three, `offers` the current ones."""

    item_id: str
    product_id: str
    name: str
    brand: str
    unit: Unit
    step: int
    wanted: int
    bought: int
    paid: int
    missing: bool
    notes: tuple[BidderNote, ...]
    prices: tuple[SeenPrice, ...]
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class PurchaseLine:
    purchase_id: str
    item_id: str
    quantity: int
    total: int
    payer_id: str
    payer: str
    bought_at: datetime


@dataclass(frozen=True, slots=True)
class ShoppingView:
    """`purchases` stand in the order in which things were bought, as on the receipt."""

    run_id: str
    group_id: str
    store: str
    shopping_day: date | None
    currency: str
    time_zone: str
    phase: Phase
    leader_id: str
    helpers: frozenset[str]
    items: tuple[ItemLine, ...]
    purchases: tuple[PurchaseLine, ...]
    members: tuple[Member, ...]
    paid: int


def shopping(session: Session, viewer: Actor, run_id: UUID) -> ShoppingView:
    """The list for a member of the group; buying is for helpers. Nine queries whatever its size."""
    access = run_for(session, viewer, run_id)
    run, group = access.run, access.group
    items = _items(session, run, group.currency)
    purchases = tuple(
        PurchaseLine(str(row[0]), str(row[1]), row[2], row[3], str(row[4]), row[5], row[6])
        for row in session.execute(
            select(
                col(Purchase.id),
                col(Purchase.item_id),
                col(Purchase.quantity),
                col(Purchase.total),
                col(Purchase.payer_id),
                col(User.name),
                col(Purchase.bought_at),
            )
            .join(User, col(User.id) == col(Purchase.payer_id))
            .where(col(Purchase.run_id) == run_id)
            .order_by(col(Purchase.bought_at), col(Purchase.id))
        )
    )
    return ShoppingView(
        run_id=str(run_id),
        group_id=str(group.id),
        store=session.execute(select(col(Store.name)).where(col(Store.id) == run.store_id)).scalar_one(),
        shopping_day=run.shopping_day,
        currency=group.currency,
        time_zone=group.time_zone,
        phase=run.phase,
        leader_id=str(run.leader_id),
        helpers=_helpers(session, run_id),
        items=items,
        purchases=purchases,
        members=tuple(members_of(session, group.id)),
        paid=sum(line.total for line in purchases),
    )


def _helpers(session: Session, run_id: UUID) -> frozenset[str]:
    query = select(col(Participant.user_id)).where(
        col(Participant.run_id) == run_id, col(Participant.helper_since).is_not(None)
    )
    return frozenset(str(user_id) for user_id in session.execute(query).scalars())


def _items(session: Session, run: Run, currency: str) -> tuple[ItemLine, ...]:
    notes: dict[UUID, list[BidderNote]] = defaultdict(list)
    for product_id, name, note in session.execute(
        select(col(Bid.product_id), col(User.name), col(Bid.note))
        .join(User, col(User.id) == col(Bid.user_id))
        .where(col(Bid.run_id) == run.id, col(Bid.note) != "", col(Bid.quantity).is_not(None))
        .order_by(col(Bid.id))
    ):
        notes[product_id].append(BidderNote(name, note))
    prices = _recent_prices(session, run, currency)
    listed = select(col(ListItem.product_id)).where(col(ListItem.run_id) == run.id)
    offers = offers_at(session, run.store_id, currency, listed, [run.group_id])
    rows = session.execute(
        select(ListItem, Product)
        .join(Product, col(Product.id) == col(ListItem.product_id))
        .where(col(ListItem.run_id) == run.id)
        .order_by(col(Product.name_key), col(Product.id))
    )
    return tuple(
        ItemLine(
            str(item.id),
            str(product.id),
            product_name(product.name, product.content_key),
            product.brand,
            product.unit,
            product.step,
            item.wanted,
            item.bought,
            item.line_total,
            item.missing,
            tuple(notes[product.id]),
            tuple(prices[product.id]),
            offers.get(product.id, ()),
        )
        for item, product in rows
    )


def _recent_prices(session: Session, run: Run, currency: str) -> dict[UUID, list[SeenPrice]]:
    """The newest prices of every listed product at the store, a few each."""
    newest_first = col(PriceObservation.seen_at).desc(), col(PriceObservation.id).desc()
    rank = func.row_number().over(partition_by=col(PriceObservation.product_id), order_by=newest_first).label("rank")
    listed = select(col(ListItem.product_id)).where(col(ListItem.run_id) == run.id)
    ranked = (
        select(
            col(PriceObservation.product_id),
            col(PriceObservation.price),
            col(PriceObservation.per),
            col(PriceObservation.minimum_quantity),
            col(PriceObservation.seen_at),
            rank,
        )
        .where(
            col(PriceObservation.product_id).in_(listed),
            col(PriceObservation.store_id) == run.store_id,
            col(PriceObservation.currency) == currency,
            col(PriceObservation.withdrawn_at).is_(None),
            is_seen(PriceObservation, [run.group_id]),
        )
        .subquery()
    )
    query = (
        select(ranked.c.product_id, ranked.c.price, ranked.c.per, ranked.c.minimum_quantity, ranked.c.seen_at)
        .where(ranked.c.rank <= RECENT)
        .order_by(ranked.c.product_id, ranked.c.rank)
    )
    prices: dict[UUID, list[SeenPrice]] = defaultdict(list)
    for product_id, price, per, minimum, seen_at in session.execute(query):
        prices[product_id].append(SeenPrice(Price(price, per), minimum, seen_at))
    return prices
