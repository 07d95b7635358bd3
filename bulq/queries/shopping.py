"""The shopping list as it is held in the hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.allocation import matches
from bulq.domain.money import line_total, unit_price
from bulq.domain.packs import Basket, price_for, whole_packs
from bulq.domain.phases import Phase, Unit
from bulq.domain.prices import ONE, SMALL, Offer, Price, content_in, paid_price, shown_price, typed_per
from bulq.domain.searching import content_beside
from bulq.models import Bid, ListItem, Participant, PriceObservation, Product, Purchase, Run, Store, User
from bulq.queries.access import run_for
from bulq.queries.newest import offers_at
from bulq.queries.own_lists import is_seen
from bulq.queries.people import members_of

RECENT = 3

Sight = tuple[Price, int, int, datetime]  # price, from how many on it counts, in packs of how many, when it was seen


@dataclass(frozen=True, slots=True)
class PriceSeen:
    """A price at this store as people compare it: minor units for `per` thousandths, from `minimum` thousandths on.

    In whole packs of `pack` thousandths only; 0: in any quantity.
    """

    amount: int
    per: int
    exact: bool
    minimum: int
    pack: int
    at: datetime


@dataclass(frozen=True, slots=True)
class BidderNote:
    name: str
    note: str


@dataclass(frozen=True, slots=True)
class Item:
    """A product on the list. Thousandths of its unit; `prices` are the newest three at the store.

    `content` is [thousandths, unit] where the name doesn't say it. `settled` is whether what was bought is what was
    wanted. `price` is what was paid last, or else the best one known, in minor units for `per` thousandths. `packs` are
    how many of which size make what is wanted, where packs are of use; beside them `loose` thousandths.
    """

    id: str
    product_id: str
    name: str
    content: tuple[int, Unit] | None
    brand: str
    unit: Unit
    step: int
    wanted: int
    bought: int
    missing: bool
    settled: bool
    notes: tuple[BidderNote, ...]
    prices: tuple[PriceSeen, ...]
    price: int | None
    per: int
    packs: tuple[tuple[int, int], ...]
    loose: int


@dataclass(frozen=True, slots=True)
class Line:
    """A purchase. The price it comes to is `price` minor units for `per` thousandths, exactly or about.

    Whoever mends the line is asked for `typed_price` for `typed_per` thousandths.
    """

    id: str
    item_id: str
    quantity: int
    total: int
    price: int
    per: int
    exact: bool
    typed_price: int
    typed_per: int
    payer_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ShoppingList:
    """The list of a run at the shop, and its receipt in the order in which things were bought.

    `names` are of members and payers by their id; `members` are in the group now.
    """

    id: str
    group_id: str
    store: str
    shopping_day: date | None
    currency: str
    time_zone: str
    phase: Phase
    leader_id: str
    helpers: tuple[str, ...]
    members: tuple[str, ...]
    names: Mapping[str, str]
    items: Mapping[str, Item]
    lines: Mapping[str, Line]
    paid: int


def shopping_list(session: Session, viewer: Actor, run_id: UUID) -> ShoppingList:
    """The list for a member of the group; buying is for helpers. Nine queries whatever its size."""
    access = run_for(session, viewer, run_id)
    run, group = access.run, access.group
    members = members_of(session, group.id)
    purchases = _purchases(session, run_id)
    items = _items(session, run, group.currency, {purchase.item_id: purchase for purchase, _ in purchases})
    return ShoppingList(
        id=str(run_id),
        group_id=str(group.id),
        store=session.execute(select(col(Store.name)).where(col(Store.id) == run.store_id)).scalar_one(),
        shopping_day=run.shopping_day,
        currency=group.currency,
        time_zone=group.time_zone,
        phase=run.phase,
        leader_id=str(run.leader_id),
        helpers=_helpers(session, run_id),
        members=tuple(str(member.user_id) for member in members),
        names={str(member.user_id): member.name for member in members}
        | {str(purchase.payer_id): name for purchase, name in purchases},
        items=items,
        lines={str(purchase.id): _line(purchase, items[str(purchase.item_id)].unit) for purchase, _ in purchases},
        paid=sum(purchase.total for purchase, _ in purchases),
    )


def _helpers(session: Session, run_id: UUID) -> tuple[str, ...]:
    query = select(col(Participant.user_id)).where(
        col(Participant.run_id) == run_id, col(Participant.helper_since).is_not(None)
    )
    return tuple(sorted(str(user_id) for user_id in session.execute(query).scalars()))


def _purchases(session: Session, run_id: UUID) -> list[tuple[Purchase, str]]:
    """Each with the name of who paid, in the order in which things were bought."""
    query = (
        select(Purchase, col(User.name))
        .join(User, col(User.id) == col(Purchase.payer_id))
        .where(col(Purchase.run_id) == run_id)
        .order_by(col(Purchase.bought_at), col(Purchase.id))
    )
    return [(purchase, name) for purchase, name in session.execute(query)]


def _line(purchase: Purchase, unit: Unit) -> Line:
    per = ONE * ONE if unit in SMALL else ONE  # nobody knows what one gram costs
    price = unit_price(purchase.total, purchase.quantity, per)
    paid = paid_price(purchase.total, purchase.quantity, unit)
    typed = typed_per(paid, unit)
    return Line(
        id=str(purchase.id),
        item_id=str(purchase.item_id),
        quantity=purchase.quantity,
        total=purchase.total,
        price=price,
        per=per,
        exact=line_total(purchase.quantity, price, per) == purchase.total,
        typed_price=paid.cost(typed),
        typed_per=typed,
        payer_id=str(purchase.payer_id),
        at=purchase.bought_at,
    )


def _items(session: Session, run: Run, currency: str, last: Mapping[UUID, Purchase]) -> dict[str, Item]:
    notes = _notes(session, run.id)
    prices = _recent_prices(session, run, currency)
    listed = select(col(ListItem.product_id)).where(col(ListItem.run_id) == run.id)
    offers = offers_at(session, run.store_id, currency, listed, [run.group_id])
    rows = session.execute(
        select(ListItem, Product)
        .join(Product, col(Product.id) == col(ListItem.product_id))
        .where(col(ListItem.run_id) == run.id)
        .order_by(col(Product.name_key), col(Product.id))
    )
    return {
        str(item.id): _item(
            item,
            product,
            notes.get(product.id, ()),
            prices.get(product.id, ()),
            _price_now(item, product.unit, last.get(item.id), offers.get(product.id, ())),
            whole_packs(offers.get(product.id, ()), item.wanted),
        )
        for item, product in rows
    }


def _item(
    item: ListItem,
    product: Product,
    notes: Iterable[BidderNote],
    seen: Iterable[Sight],
    price: Price | None,
    held: Basket | None,
) -> Item:
    per = typed_per(price, product.unit)
    return Item(
        id=str(item.id),
        product_id=str(product.id),
        name=product.name,
        content=content_in(content_beside(product.name, product.content_key)),
        brand=product.brand,
        unit=product.unit,
        step=product.step,
        wanted=item.wanted,
        bought=item.bought,
        missing=item.missing,
        settled=matches(item.wanted, item.bought, product.step),
        notes=tuple(notes),
        prices=tuple(_seen(each, product.unit) for each in seen),
        price=price.cost(per) if price else None,
        per=per,
        packs=held.packs if held else (),
        loose=held.loose if held else 0,
    )


def _price_now(item: ListItem, unit: Unit, last: Purchase | None, offers: tuple[Offer, ...]) -> Price | None:
    """What was paid for the item last, else what all that is wanted costs by the cheapest offers."""
    if last is not None:
        return paid_price(last.total, last.quantity, unit)
    return price_for(offers, item.wanted)


def _seen(sight: Sight, unit: Unit) -> PriceSeen:
    price, minimum, pack, at = sight
    shown, exact = shown_price(price, unit)
    return PriceSeen(shown.amount, shown.per, exact, minimum, pack, at)


def _notes(session: Session, run_id: UUID) -> dict[UUID, list[BidderNote]]:
    notes: dict[UUID, list[BidderNote]] = defaultdict(list)
    for product_id, name, note in session.execute(
        select(col(Bid.product_id), col(User.name), col(Bid.note))
        .join(User, col(User.id) == col(Bid.user_id))
        .where(col(Bid.run_id) == run_id, col(Bid.note) != "", col(Bid.quantity).is_not(None))
        .order_by(col(Bid.id))
    ):
        notes[product_id].append(BidderNote(name, note))
    return notes


def _recent_prices(session: Session, run: Run, currency: str) -> dict[UUID, list[Sight]]:
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
            col(PriceObservation.pack),
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
        select(
            *(ranked.c.product_id, ranked.c.price, ranked.c.per),
            *(ranked.c.minimum_quantity, ranked.c.pack, ranked.c.seen_at),
        )
        .where(ranked.c.rank <= RECENT)
        .order_by(ranked.c.product_id, ranked.c.rank)
    )
    prices: dict[UUID, list[Sight]] = defaultdict(list)
    for product_id, price, per, minimum, pack, seen_at in session.execute(query):
        prices[product_id].append((Price(price, per), minimum, pack, seen_at))
    return prices
