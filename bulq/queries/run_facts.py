"""A run as facts for its page: the same for everybody who looks, and each product's bids apart from all others."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.advances import AdvanceShare
from bulq.domain.catalogue import TagKind
from bulq.domain.open_cases import cases_of
from bulq.domain.packs import basket, better
from bulq.domain.parts import Line, estimated, is_unpriced
from bulq.domain.payments import PaymentState
from bulq.domain.phases import BIDDING, Phase, Unit
from bulq.domain.prices import Offer, content_in, shown_price
from bulq.domain.savings import NOTHING, Got, Savings
from bulq.models import Participant, Payment, Product, Run
from bulq.queries.access import run_for
from bulq.queries.newest import CurrentOffer, offers_at
from bulq.queries.runs import BidLine, PersonLine, PhaseStep, ProductLine, RunView, bids_of, offer_for, view_of
from bulq.queries.savings import saved_in
from bulq.queries.shopping import PriceSeen
from bulq.queries.tags import RunTag, tags_in

FEW = 20  # products whose bids are read again one by one; more of them are read with all others

# Quantity, what it costs (minor units, None when unknown), note, quantity wanted when shopping ended, quantity before
# the leader changed it. Without quantity and wanted it is interest only. A plain tuple: JSON takes thousands of these
# five times as fast as named ones.
BidFacts = tuple[int | None, int | None, str, int | None, int | None]


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """How full the cases are of what is sold in whole cases only: thousandths.

    So many `cases` can be bought, with what flexible people take more; `missing` is what fills the next one then.
    """

    size: int
    cases: int
    missing: int


@dataclass(frozen=True, slots=True)
class RunProduct:
    """A product of the run: thousandths of its unit, minor units. `bids` and `got` are by the person's number.

    `content` is [thousandths, unit] where the name doesn't say it. `price` is what counts for all that is wanted, and
    `expected` what all of that costs by it; both None when nobody knows. `flexible` says of whoever takes more than
    they bid where that fills a case: up to how much, and what more may cost at most. `cheaper` is with how many more
    all costs no more, and how much less (minor units). The fields from `item_id` on are filled once there is a shopping
    list; `got` once goods are given out.
    """

    id: str
    name: str
    content: tuple[int, Unit] | None
    brand: str
    unit: Unit
    step: int
    price: PriceSeen | None
    wanted: int
    expected: int | None
    unpriced: bool
    bids: Mapping[str, BidFacts]
    flexible: Mapping[str, tuple[int, int | None]]
    case: CaseFacts | None
    cheaper: tuple[int, int] | None
    item_id: str | None
    bought: int
    paid: int
    missing: bool
    listed: int
    got: Mapping[str, int] | None


@dataclass(frozen=True, slots=True)
class RunPerson:
    """A participant. `number` is what bids and sums know them by."""

    id: str
    number: int
    name: str
    username: str
    helps: bool
    ready: bool


@dataclass(frozen=True, slots=True)
class TagFacts:
    """A tag with the products of the run that have it."""

    id: str
    kind: TagKind
    name: str
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AdvanceFacts:
    """What somebody is asked to pay the leader in advance, or says they paid, or what came: minor units."""

    id: str  # of the payment
    user_id: str
    receiver_id: str
    amount: int
    state: PaymentState


@dataclass(frozen=True, slots=True)
class RunFacts:
    """Everything that a run's page shows. `members` are the names of those in the group, by their ids.

    `parts` is what the run costs each person, `spent` what they paid at the till: minor units by the person's number.
    `people` holds no sums: whoever shows a name is not drawn anew by every bid. `weight` is that of what was bought, in
    thousandths of a kilogram, without the `unweighed` products of which nobody knows it. `unexplained` is what receipts
    come to beyond their lines, or lack, in minor units. `advance` is how much of the estimate the leader asks for,
    `advances` are the payments of it. `saved` is what goods of a completed run cost less than in ordinary shops, for
    `saved_known` of `saved_of` products; None when nobody knows of any.
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
    members: Mapping[str, str]
    products: Mapping[str, RunProduct]
    people: Mapping[str, RunPerson]
    tags: Mapping[str, TagFacts]
    parts: Mapping[str, int]
    spent: Mapping[str, int]
    total: int
    left_over: int
    unpriced: int
    history: tuple[PhaseStep, ...]
    picked_up: int
    to_pick_up: int
    weight: int
    unweighed: int
    unexplained: int
    advance: AdvanceShare
    advances: Mapping[str, AdvanceFacts]
    saved: int | None
    saved_known: int
    saved_of: int


def run_facts(session: Session, viewer: Actor, run_id: UUID) -> RunFacts:
    """The run for a member of its group. Thirteen queries, whatever its size, one more once it is completed."""
    access = run_for(session, viewer, run_id)
    view = view_of(session, access)
    tags, advances = tags_in(session, run_id), advances_in(session, run_id)
    saved = (
        saved_in(session, access.run, access.group, _got_in(view)) if access.run.phase is Phase.COMPLETED else NOTHING
    )
    return facts_of(view, tags, access.run.advance, advances, saved)


def _got_in(view: RunView) -> list[Got]:
    """What all people together got of each product, and what that cost, without what nobody took."""
    return [
        Got(line.product_id, sum(line.shares.got.values()), sum(line.shares.costs.values())) for line in view.products
    ]


def advances_in(session: Session, run_id: UUID) -> dict[str, AdvanceFacts]:
    """The advances of a run that were not withdrawn, the oldest first."""
    query = (
        select(
            *(col(Payment.id), col(Payment.sender_id), col(Payment.receiver_id)),
            *(col(Payment.amount), col(Payment.state)),
        )
        .where(col(Payment.run_id) == run_id, col(Payment.state) != PaymentState.WITHDRAWN)
        .order_by(col(Payment.id))
    )
    return {
        str(payment_id): AdvanceFacts(str(payment_id), str(sender), str(receiver), amount, state)
        for payment_id, sender, receiver, amount, state in session.execute(query)
    }


def facts_of(
    view: RunView,
    tags: Collection[RunTag],
    advance: AdvanceShare,
    advances: Mapping[str, AdvanceFacts],
    saved: Savings,
) -> RunFacts:
    bought = [line.weight for line in view.products if line.bought]
    numbers = {person.user_id: str(number) for number, person in enumerate(view.people)}
    return RunFacts(
        id=view.id,
        group_id=view.group_id,
        group=view.group,
        currency=view.currency,
        time_zone=view.time_zone,
        store_id=view.store_id,
        store=view.store,
        phase=view.phase,
        note=view.note,
        shopping_day=view.shopping_day,
        bids_close_at=view.bids_close_at,
        leader_id=view.leader_id,
        hand_over_to=view.hand_over_to,
        cancel_reason=view.cancel_reason,
        members=view.members,
        products={line.product_id: _product(line, numbers) for line in view.products},
        people={person.user_id: _person(person, number) for number, person in enumerate(view.people)},
        tags={str(tag.id): TagFacts(str(tag.id), tag.kind, tag.name, tuple(map(str, tag.product_ids))) for tag in tags},
        parts={numbers[person.user_id]: person.part for person in view.people},
        spent={numbers[person.user_id]: person.spent for person in view.people if person.spent},
        total=view.parts.total,
        left_over=view.parts.left_over,
        unpriced=view.parts.unpriced,
        history=view.history,
        picked_up=view.picked_up,
        to_pick_up=view.to_pick_up,
        weight=sum(weight or 0 for weight in bought),
        unweighed=bought.count(None),
        unexplained=view.unexplained,
        advance=advance,
        advances=advances,
        saved=saved.saved,
        saved_known=saved.known,
        saved_of=saved.products,
    )


def _person(person: PersonLine, number: int) -> RunPerson:
    return RunPerson(person.user_id, number, person.name, person.username, person.helps, person.ready)


def _product(line: ProductLine, numbers: Mapping[str, str]) -> RunProduct:
    return RunProduct(
        id=line.product_id,
        name=line.name,
        content=content_in(line.content_key),
        brand=line.brand,
        unit=line.unit,
        step=line.step,
        price=_price(line.offer, line.unit),
        wanted=line.wanted,
        expected=line.expected,
        unpriced=line.unpriced,
        bids=_bids(line.bids, line.shares.costs, numbers),
        flexible=_flexible(line.bids, numbers),
        case=None if line.item_id else _case(line.offers, line.bids, line.step),
        cheaper=None if line.item_id else _cheaper(line.offers, line.wanted, line.step),
        item_id=line.item_id,
        bought=line.bought,
        paid=line.paid,
        missing=line.missing,
        listed=line.listed,
        got=None if line.got is None else {numbers[who]: got for who, got in line.got.items() if who in numbers},
    )


def _price(offer: CurrentOffer | None, unit: Unit) -> PriceSeen | None:
    if offer is None:
        return None
    price, exact = shown_price(offer.price, unit)
    return PriceSeen(price.amount, price.per, exact, offer.minimum, offer.pack, offer.seen_at)


def _flexible(bids: Collection[BidLine], numbers: Mapping[str, str]) -> dict[str, tuple[int, int | None]]:
    """Who takes more than they want. Most bids say nothing of it."""
    return {
        numbers[bid.user_id]: (bid.up_to, bid.up_to_cap)
        for bid in bids
        if bid.up_to and bid.quantity and bid.up_to > bid.quantity and bid.user_id in numbers
    }


def _case(offers: Sequence[Offer], bids: Collection[BidLine], step: int) -> CaseFacts | None:
    """Nothing where all is sold in any quantity, as most goods are."""
    if not any(offer.pack for offer in offers):
        return None
    found = cases_of(offers, {bid.user_id: bid for bid in bids}, step)
    return CaseFacts(found.size, found.cases, found.missing) if found else None


def _cheaper(offers: Sequence[Offer], wanted: int, step: int) -> tuple[int, int] | None:
    if (few_more := better(offers, wanted, step)) is None or (exact := basket(offers, wanted)) is None:
        return None
    return few_more.quantity - wanted, exact.cost - few_more.cost


def _bids(bids: Collection[BidLine], costs: Mapping[str, int], numbers: Mapping[str, str]) -> dict[str, BidFacts]:
    return {
        numbers[user]: (quantity, costs.get(user), note, wanted, edited_from)
        for user, quantity, wanted, note, edited_from, *_ in bids
        if user in numbers
    }


def reread_bids(session: Session, facts: RunFacts, rows: Collection[str]) -> RunFacts | None:
    """The facts with the bids on these products read again, and the sums that follow. Three queries.

    None when all has to be read: for many products, for another phase, and when people or products came or went.
    """
    if facts.phase not in BIDDING or len(rows) > FEW or not facts.products.keys() >= set(rows):
        return None
    people = _people_still(session, facts)
    if people is None:
        return None
    ids = [UUID(row) for row in rows]
    bids = bids_of(session, UUID(facts.id), ids)
    listed = select(col(Product.id)).where(col(Product.id).in_(ids))
    offers = offers_at(session, UUID(facts.store_id), facts.currency, listed, [UUID(facts.group_id)])
    numbers = {person.id: str(person.number) for person in people.values()}
    products, parts = dict(facts.products), dict(facts.parts)
    unpriced = facts.unpriced
    for row in rows:
        lines = bids.get(row)
        if not lines or any(line.user_id not in numbers for line in lines):
            return None
        before = products[row]
        after = products[row] = _with_bids(before, lines, offers.get(UUID(row), ()), numbers)
        unpriced += after.unpriced - before.unpriced
        for number, cost in _costs(before):
            parts[number] -= cost
        for number, cost in _costs(after):
            parts[number] += cost
    total = facts.left_over + sum(parts.values())
    return replace(facts, products=products, people=people, parts=parts, total=total, unpriced=unpriced)


def _costs(product: RunProduct) -> list[tuple[str, int]]:
    return [(number, bid[1]) for number, bid in product.bids.items() if bid[1]]


def _with_bids(
    product: RunProduct, lines: list[BidLine], offers: tuple[CurrentOffer, ...], numbers: Mapping[str, str]
) -> RunProduct:
    firm = {line.user_id: line.quantity for line in lines if line.quantity}
    expected = Line(product.id, offers, firm)
    wanted = sum(firm.values())
    return replace(
        product,
        price=_price(offer_for(offers, wanted), product.unit),
        wanted=wanted,
        expected=expected.expected,
        unpriced=is_unpriced(expected),
        bids=_bids(lines, estimated(expected).costs, numbers),
        flexible=_flexible(lines, numbers),
        case=_case(offers, lines, product.step),
        cheaper=_cheaper(offers, wanted, product.step),
    )


def _people_still(session: Session, facts: RunFacts) -> Mapping[str, RunPerson] | None:
    """Those who take part, with who of them is ready now; None when they are others, or the phase is another."""
    rows = session.execute(
        select(col(Run.phase), col(Participant.user_id), col(Participant.ready_at))
        .join(Participant, col(Participant.run_id) == col(Run.id))
        .where(col(Run.id) == UUID(facts.id))
    ).all()
    ready = {str(user_id): ready_at is not None for _, user_id, ready_at in rows}
    if ready.keys() != facts.people.keys() or any(phase is not facts.phase for phase, _, _ in rows):
        return None
    if all(ready[person.id] == person.ready for person in facts.people.values()):
        return facts.people
    return {
        person.id: person if person.ready == ready[person.id] else replace(person, ready=ready[person.id])
        for person in facts.people.values()
    }
