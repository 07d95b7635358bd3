"""Who would get what by the group's fair rule, before anybody says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.allocation import matches, share
from bulq.domain.errors import NotFound
from bulq.domain.goodwill import GoodwillBound, share_with_goodwill, steps_owed, worth
from bulq.domain.phases import FairRule, Phase, Unit
from bulq.domain.prices import content_in
from bulq.domain.searching import content_beside
from bulq.models import Bid, BidRaise, ListItem, Product, User
from bulq.queries.access import RunAccess, run_for
from bulq.queries.goodwill import goodwill_in


@dataclass(frozen=True, slots=True)
class PersonShare:
    """Thousandths: asked for before shopping ended, claimed after adjusting by hand, given.

    `alone` is what the rule alone would give; `goodwill` (minor units) is why it is something else.
    """

    user_id: UUID
    name: str
    wanted: int
    claims: int
    gets: int
    alone: int
    goodwill: int


@dataclass(frozen=True, slots=True)
class ItemShare:
    """A bought item: thousandths, and what was `paid` for it in minor units."""

    item_id: UUID
    product_id: UUID
    name: str
    content: tuple[int, Unit] | None
    unit: Unit
    step: int
    bought: int
    paid: int
    people: tuple[PersonShare, ...]

    @property
    def claimed(self) -> int:
        return sum(person.claims for person in self.people)

    @property
    def is_matched(self) -> bool:
        """Whether what people want adds up to what was bought; of weighed goods up to less than a step."""
        return matches(self.claimed, self.bought, self.step)

    @property
    def left_over(self) -> int:
        return self.bought - sum(person.gets for person in self.people)


def effect_of(shares: Sequence[ItemShare]) -> str:
    """A short text that is the same for the same effect: who gets how much of what, what stays left over, and why."""
    gets = [
        f"{item.item_id} {item.bought} {each.user_id} {each.gets}"
        + (f" {each.alone} {each.goodwill}" if each.gets != each.alone else "")
        for item in shares
        for each in item.people
    ]
    return sha256("\n".join(sorted(gets)).encode()).hexdigest()


def fair_shares(session: Session, access: RunAccess) -> list[ItemShare]:
    """Every bought item of the run with each bidder's share. Three queries whatever the size, five with goodwill."""
    run = access.run
    items = session.execute(
        select(
            col(ListItem.id),
            col(ListItem.bought),
            col(ListItem.line_total),
            col(Product.id),
            col(Product.name),
            col(Product.content_key),
            col(Product.unit),
            col(Product.step),
        )
        .join(Product, col(Product.id) == col(ListItem.product_id))
        .where(col(ListItem.run_id) == run.id, col(ListItem.bought) > 0)
        .order_by(col(Product.name_key), col(Product.id))
    ).all()
    bids = session.execute(
        select(col(Bid.product_id), col(Bid.user_id), col(User.name), col(Bid.wanted), col(Bid.quantity))
        .join(User, col(User.id) == col(Bid.user_id))
        .where(col(Bid.run_id) == run.id, col(Bid.wanted).is_not(None))
        .order_by(col(User.name), col(User.id))
    ).all()
    bids_on: dict[UUID, list[tuple[UUID, str, int, int]]] = defaultdict(list)
    for product_id, user_id, name, wanted, quantity in bids:
        bids_on[product_id].append((user_id, name, wanted or 0, quantity or 0))
    raises = raises_of(session, access) if access.group.fair_rule is FairRule.FIRST_COME else {}
    left = _goodwill(session, access)
    # In the order of the list: what somebody comes first for with one product is used up for the next.
    shared = {
        item[0]: _item_share(access, item, bids_on[item[3]], raises.get(item[3], []), left) for item in sorted(items)
    }
    return [shared[item[0]] for item in items]


def _goodwill(session: Session, access: RunAccess) -> dict[str, int]:
    if access.group.goodwill_bound is GoodwillBound.OFF:
        return {}
    return goodwill_in(session, access.group.id, besides=access.run.id)


@dataclass(frozen=True, slots=True)
class SplitPerson:
    """What somebody gets, in thousandths; `more` than by the rule alone (less, below 0), with their `goodwill`."""

    name: str
    wants: int
    gets: int
    more: int
    goodwill: int


@dataclass(frozen=True, slots=True)
class SplitItem:
    """What the fair split gives of an item that people want more or less of than was bought: thousandths."""

    id: str
    name: str
    content: tuple[int, Unit] | None
    unit: Unit
    bought: int
    left_over: int
    people: tuple[SplitPerson, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """The fair split before it is done; `effect` names it, so that exactly this one is done."""

    id: str
    group_id: str
    currency: str
    items: tuple[SplitItem, ...]
    effect: str


def fair_split(session: Session, viewer: Actor, run_id: UUID) -> Split:
    """For the leader of a run in adjusting; to everybody else it is as if it wasn't there."""
    access = run_for(session, viewer, run_id)
    if not access.leads or access.run.phase is not Phase.ADJUSTING:
        raise NotFound()
    shares = fair_shares(session, access)
    return Split(
        id=str(run_id),
        group_id=str(access.group.id),
        currency=access.group.currency,
        items=tuple(
            SplitItem(
                str(item.item_id),
                item.name,
                item.content,
                item.unit,
                item.bought,
                item.left_over,
                tuple(
                    SplitPerson(person.name, person.claims, person.gets, person.gets - person.alone, person.goodwill)
                    for person in item.people
                ),
            )
            for item in shares
            if not item.is_matched
        ),
        effect=effect_of(shares),
    )


def raises_of(session: Session, access: RunAccess) -> dict[UUID, list[tuple[str, int]]]:
    rows = session.execute(
        select(col(Bid.product_id), col(Bid.user_id), col(BidRaise.quantity))
        .join(Bid, col(Bid.id) == col(BidRaise.bid_id))
        .where(col(Bid.run_id) == access.run.id)
        .order_by(col(BidRaise.made_at), col(BidRaise.id))
    )
    raises: dict[UUID, list[tuple[str, int]]] = defaultdict(list)
    for product_id, user_id, quantity in rows:
        raises[product_id].append((str(user_id), quantity))
    return raises


def _item_share(
    access: RunAccess,
    item: Any,
    bids: list[tuple[UUID, str, int, int]],
    raises: list[tuple[str, int]],
    left: dict[str, int],
) -> ItemShare:
    """The item by the group's rule; what is used of the goodwill that is `left` is taken from it."""
    item_id, bought, paid, product_id, name, content_key, unit, step = item
    claims = {str(user_id): quantity for user_id, _, _, quantity in bids if quantity}
    before = {who: left[who] for who in claims if who in left}
    by_rule = access.group.fair_rule, claims, raises, bought, step, str(item_id)
    alone = gets = share(*by_rule) if claims else {}
    if claims and before:
        owed = {who: steps_owed(goodwill, paid, bought, step) for who, goodwill in before.items()}
        gets = share_with_goodwill(*by_rule, owed=owed, bound=access.group.goodwill_bound)
    for who, goodwill in before.items():
        left[who] = goodwill - min(goodwill, worth(max(0, gets[who] - alone[who]), paid, bought))
    people = tuple(
        PersonShare(user_id, person, wanted, quantity, *_of(str(user_id), gets, alone, before))
        for user_id, person, wanted, quantity in bids
    )
    content = content_in(content_beside(name, content_key))
    return ItemShare(item_id, product_id, name, content, unit, step, bought, paid, people)


def _of(who: str, gets: Mapping[str, int], alone: Mapping[str, int], goodwill: Mapping[str, int]) -> tuple[int, ...]:
    return gets.get(who, 0), alone.get(who, 0), goodwill.get(who, 0)
