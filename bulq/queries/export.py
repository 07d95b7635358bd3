"""A run as it leaves Bulq in a file: what was wanted and bought, and what each person got and owes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.costs import CostKind, CostRule
from bulq.domain.errors import Forbidden, NotFound
from bulq.domain.exports import Basis, Became, basis, became
from bulq.domain.phases import Phase, Unit
from bulq.domain.prices import Offer, Price, paid_price
from bulq.i18n import product_name
from bulq.models import Cost, ListItem, Product
from bulq.queries.access import group_for, own_run_for
from bulq.queries.runs import PersonLine, ProductLine, RunView, run_view, view_of


@dataclass(frozen=True, slots=True)
class Portion:
    """One person's part of a product: thousandths, and minor units.

    `got` is None until goods are given out, `cost` until anything is known about it.
    """

    user_id: str
    wanted: int
    got: int | None
    cost: int | None
    note: str


@dataclass(frozen=True, slots=True)
class Goods:
    """A product: thousandths of its unit, and minor units.

    `price` is the offer at the store that counts for what is wanted, `unit_price` that of what was bought, as it was
    paid; `cost` what was paid, or else is expected, None while unknown; `left_over` and `left_cost` what nobody takes,
    which the payers bear as `borne` says.
    """

    product_id: str
    name: str
    brand: str
    unit: Unit
    price: Offer | None
    unit_price: Price | None
    wanted: int
    bought: int
    paid: int
    cost: int | None
    became: Became
    left_over: int
    left_cost: int
    borne: Mapping[str, int]
    portions: tuple[Portion, ...]


@dataclass(frozen=True, slots=True)
class CostOut:
    """A cost beside the goods in minor units: `parts` is what each person bears, nobody yet if it is empty.

    `product` names the only goods that count.
    """

    kind: CostKind
    rule: CostRule
    amount: int
    product: str
    note: str
    parts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Taker:
    """Somebody in the run: what their portions and costs come to, and what they paid at the till, in minor units."""

    user_id: str
    name: str
    username: str
    total: int
    paid: int


@dataclass(frozen=True, slots=True)
class RunExport:
    """Portions, costs, what is left over and what is `unshared` cost `total` together.

    Once nothing more is bought that is what was `paid`. Of what is unshared nobody knows yet who bears it.
    """

    id: str
    viewer_id: str
    group: str
    store: str
    phase: Phase
    basis: Basis
    currency: str
    time_zone: str
    shopping_day: date | None
    started_on: date
    leader_id: str
    note: str
    cancel_reason: str
    goods: tuple[Goods, ...]
    costs: tuple[CostOut, ...]
    people: tuple[Taker, ...]
    left_cost: int
    unshared: int
    total: int
    paid: int
    unpriced: int


def run_export(session: Session, viewer: Actor, run_id: UUID) -> RunExport:
    """For those who take part in the run. As many queries as the run page needs, and one."""
    run = run_view(session, viewer, run_id)
    if str(viewer.id) not in {person.user_id for person in run.people}:
        raise Forbidden("participants_only")
    return _export(session, run, viewer)


def run_export_for_admins(session: Session, viewer: Actor, group_id: UUID, run_id: UUID) -> RunExport:
    """A run of the group for an admin of the group, who need not have taken part."""
    group_for(session, viewer, group_id).need_admin()
    run = run_view(session, viewer, run_id)
    if UUID(run.group_id) != group_id:
        raise NotFound()
    return _export(session, run, viewer)


def own_export(session: Session, viewer: Actor, run_id: UUID) -> RunExport:
    """The viewer's own lines of a run they took part in, even when they have left the group or it was closed.

    Nobody else's lines, and nothing that was said in the group: its name by now, notes, who leads.
    """
    export = _export(session, view_of(session, own_run_for(session, viewer, run_id)), viewer)
    mine = str(viewer.id)
    me = next(person for person in export.people if person.user_id == mine)
    goods = tuple(
        replace(each, wanted=0, bought=0, paid=0, cost=None, left_over=0, left_cost=0, borne={}, portions=portions)
        for each in export.goods
        if (portions := tuple(portion for portion in each.portions if portion.user_id == mine))
    )
    return replace(
        export,
        group="",
        leader_id="",
        note="",
        cancel_reason="",
        shopping_day=None,
        goods=goods,
        costs=tuple(
            replace(cost, amount=0, parts={mine: cost.parts[mine]}) for cost in export.costs if mine in cost.parts
        ),
        people=(me,),
        left_cost=0,
        unshared=0,
        total=me.total,
        paid=me.paid,
        unpriced=0,
    )


def _export(session: Session, run: RunView, viewer: Actor) -> RunExport:
    paid, final = sum(person.spent for person in run.people), basis(run.phase) is Basis.FINAL
    costs = _costs(session, run)
    # Several payers may have paid more than the lines of their receipt explain.
    difference = paid - run.parts.total if final else 0
    return RunExport(
        id=run.id,
        viewer_id=str(viewer.id),
        group=run.group,
        store=run.store,
        phase=run.phase,
        basis=basis(run.phase),
        currency=run.currency,
        time_zone=run.time_zone,
        shopping_day=run.shopping_day,
        started_on=run.history[0].entered_at.date(),
        leader_id=run.leader_id,
        note=run.note,
        cancel_reason=run.cancel_reason,
        goods=tuple(_goods(line, run) for line in run.products),
        costs=costs,
        people=tuple(_taker(person) for person in sorted(run.people, key=_by_name)),
        left_cost=run.parts.left_over,
        unshared=sum(cost.amount for cost in costs if not cost.parts) + difference,
        total=run.parts.total + difference,
        paid=paid,
        unpriced=run.parts.unpriced,
    )


def _costs(session: Session, run: RunView) -> tuple[CostOut, ...]:
    rows = session.execute(
        select(Cost, col(Product.name))
        .outerjoin(ListItem, col(ListItem.id) == col(Cost.item_id))
        .outerjoin(Product, col(Product.id) == col(ListItem.product_id))
        .where(col(Cost.run_id) == UUID(run.id))
        .order_by(col(Cost.added_at), col(Cost.id))
    )
    return tuple(
        CostOut(cost.kind, cost.rule, cost.amount, product or "", cost.note, run.costs.get(str(cost.id), {}))
        for cost, product in rows
    )


def _goods(line: ProductLine, run: RunView) -> Goods:
    shares = line.shares
    known = line.expected is not None or bool(line.bought) or line.closed
    return Goods(
        product_id=line.product_id,
        name=product_name(line.name, line.content_key),
        brand=line.brand,
        unit=line.unit,
        price=line.offer,
        unit_price=paid_price(line.paid, line.bought, line.unit) if line.bought else None,
        wanted=line.listed if line.item_id else line.wanted,
        bought=line.bought,
        paid=line.paid,
        cost=sum(shares.costs.values()) + shares.left_cost if known else None,
        became=became(run.phase, listed=bool(line.item_id), bought=bool(line.bought), missing=line.missing),
        left_over=shares.left_over,
        left_cost=shares.left_cost,
        borne={payer: part.amount for payer, part in shares.borne.items()},
        portions=_portions(line, shares.costs if known else None),
    )


def _portions(line: ProductLine, shares: Mapping[str, int] | None) -> tuple[Portion, ...]:
    """Of everybody who wants or gets something of it; being interested only counts nowhere."""
    wanted = {bid.user_id: bid.quantity if bid.wanted is None else bid.wanted for bid in line.bids}
    notes = {bid.user_id: bid.note for bid in line.bids}
    got = line.got
    takers = [user for user, amount in wanted.items() if amount is not None]
    takers += [user for user in got or () if user not in set(takers)]
    return tuple(
        Portion(
            user,
            wanted.get(user) or 0,
            None if got is None else got.get(user, 0),
            None if shares is None else shares.get(user, 0),
            notes.get(user, ""),
        )
        for user in takers
    )


def _taker(person: PersonLine) -> Taker:
    return Taker(person.user_id, person.name, person.username, person.part, person.spent)


def _by_name(person: PersonLine) -> tuple[str, str]:
    return person.name.casefold(), person.username
