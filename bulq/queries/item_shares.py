"""What of the bought goods each person gets and owes: the one place from which every page, file and figure has it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.costs import Goods, shared
from bulq.domain.parts import so_far
from bulq.domain.phases import FINAL, Phase
from bulq.domain.prices import content_in, weight_of
from bulq.domain.statements import Entry, Part, Purchase, Shares, Taking, divided, shares_in
from bulq.models import Allocation, Bid, Group, LeftoverTaking, ListItem, Product, Run, StatementLine
from bulq.models import Purchase as PurchaseRow
from bulq.queries.run_receipts import RunReceipts, receipts_in

BEFORE_SHOPPING = (Phase.PLANNING, Phase.ACTIVE, Phase.CONFIRMED)
GIVEN_OUT = (Phase.DISTRIBUTING, Phase.COMPLETED)  # from here on everybody knows what they get and owe


class Bought(NamedTuple):
    """A list item of which something was bought: thousandths, minor units, thousandths of a kilogram if known."""

    item_id: str
    product_id: str
    step: int
    quantity: int
    total: int
    weight: int | None


@dataclass(frozen=True, slots=True)
class RunShares:
    """Shares per bought item; `spent` is what each payer paid at the till, in minor units.

    `costs` is what each person bears of each cost beside the goods, with their weight by its rule. `unshared` has the
    amounts of costs that nobody can bear yet, since nobody has goods by which they are shared. `unexplained` is what
    totals of receipts and their lines differ by. `picked_up` holds (person, item) once goods are given out,
    `to_pick_up` counts these and the others.
    """

    items: Mapping[str, Shares]
    spent: Mapping[str, int]
    picked_up: frozenset[tuple[str, str]]
    to_pick_up: int
    costs: Mapping[str, Mapping[str, Part]] = field(default_factory=dict[str, Mapping[str, Part]])
    unshared: Mapping[str, int] = field(default_factory=dict[str, int])
    unexplained: int = 0


def run_shares(session: Session, run: Run) -> RunShares:
    """The shares of a run in whatever phase. Six queries at most."""
    items = _bought_in(session, run)
    bids: dict[str, dict[str, int]] = defaultdict(dict)
    if run.phase is not Phase.DISTRIBUTING and run.phase not in FINAL:
        firm = select(col(Bid.product_id), col(Bid.user_id), col(Bid.quantity)).where(
            col(Bid.run_id) == run.id, col(Bid.quantity).is_not(None)
        )
        for product_id, user_id, quantity in session.execute(firm):
            bids[str(product_id)][str(user_id)] = quantity or 0
    return shares_of(session, run, items, bids)


def _bought_in(session: Session, run: Run) -> list[Bought]:
    rows = session.execute(
        select(
            *(col(ListItem.id), col(ListItem.product_id), col(Product.step)),
            *(col(ListItem.bought), col(ListItem.line_total)),
            *(col(Product.unit), col(Product.content_key)),
        )
        .join(Product, col(Product.id) == col(ListItem.product_id))
        .where(col(ListItem.run_id) == run.id, col(ListItem.bought) > 0)
    )
    return [
        Bought(str(item), str(product), step, bought, total, weight_of(bought, unit, content_in(content)))
        for item, product, step, bought, total, unit, content in rows
    ]


def shares_of(
    session: Session, run: Run, items: Collection[Bought], bids: Mapping[str, Mapping[str, int]]
) -> RunShares:
    """The shares of these bought items of the run: four queries. `bids` has firm bids per product and person.

    An ended run has them in its statement lines. While goods are picked up they follow from the allocations, before
    from bids. Costs are shared by the goods that each person has by then.
    """
    if run.phase in BEFORE_SHOPPING:
        return RunShares({}, {}, frozenset(), 0)
    receipts = receipts_in(session, run.id)
    paid, bought = _paid_in(session, run.id, receipts)
    spent = receipts.paid(bought)
    picked_up: frozenset[tuple[str, str]] = frozenset()
    to_pick_up = 0
    if run.phase in FINAL:
        entries, costs = _entries(session, run.id)
        shares = {item.item_id: shares_in(entries.get(item.item_id, ())) for item in items}
        if run.phase is Phase.COMPLETED:
            picked_up = frozenset((who, item) for item, each in shares.items() for who, got in each.got.items() if got)
            to_pick_up = len(picked_up)
        open_costs = {cost.id: cost.amount for cost in receipts.all_costs if cost.id not in costs}
        return RunShares(shares, spent, picked_up, to_pick_up, costs, open_costs)
    if run.phase is Phase.DISTRIBUTING:
        got, takings, picked_up, to_pick_up = _allocations(session, col(Allocation.run_id) == run.id)
        shares = {
            item.item_id: _given_out(item.item_id, item.total, item.quantity, got, takings, paid) for item in items
        }
    else:
        shares = {
            item.item_id: so_far(
                item.item_id,
                item.quantity,
                item.total,
                item.step,
                bids.get(item.product_id, {}),
                paid.get(item.item_id, {}),
            )
            for item in items
        }
    open_difference = receipts.unexplained(bought)
    return _with_costs(RunShares(shares, spent, picked_up, to_pick_up, unexplained=open_difference), items, receipts)


def _with_costs(shares: RunShares, items: Collection[Bought], receipts: RunReceipts) -> RunShares:
    goods = goods_of(shares, items)
    costs: dict[str, Mapping[str, Part]] = {}
    unshared: dict[str, int] = {}
    for cost in receipts.all_costs:
        if parts := shared(cost, goods):
            costs[cost.id] = parts
        else:
            unshared[cost.id] = cost.amount
    return replace(shares, costs=costs, unshared=unshared)


def goods_of(shares: RunShares, items: Collection[Bought]) -> dict[str, dict[str, Goods]]:
    """What everybody has of each bought item, by which costs are shared."""
    return {
        item.item_id: {
            person: Goods(mine.costs.get(person, 0), (item.weight or 0) * got // item.quantity, got)
            for person, got in mine.got.items()
        }
        for item in items
        if (mine := shares.items[item.item_id])
    }


def spent_in(session: Session, run_id: UUID) -> dict[str, int]:
    """Minor units that each payer paid at the tills. Three queries."""
    receipts = receipts_in(session, run_id)
    return receipts.paid(_paid_in(session, run_id, receipts)[1])


def run_goods(session: Session, run: Run) -> dict[str, dict[str, Goods]]:
    """What everybody has of each bought item of the run by now."""
    items = _bought_in(session, run)
    return goods_of(shares_of(session, run, items, {}), items)


def beside_goods(shares: RunShares) -> dict[str, int]:
    """By person what they bear of costs beside the goods, in minor units."""
    beside: dict[str, int] = defaultdict(int)
    for parts in shares.costs.values():
        for person, part in parts.items():
            beside[person] += part.amount
    return beside


def owed_in(shares: RunShares) -> dict[str, int]:
    """By person what they owe for goods and costs, and bear of what nobody took, in minor units."""
    owed = beside_goods(shares)
    for each in shares.items.values():
        for person, cost in each.costs.items():
            owed[person] += cost
        for payer, part in each.borne.items():
            owed[payer] += part.amount
    return owed


def given_out_to(session: Session, user_id: UUID) -> dict[tuple[UUID, str], int]:
    """What somebody owes for goods that are being picked up, by item and currency. Three queries, however many runs."""
    mine = (
        select(col(Allocation.item_id))
        .join(Run, col(Run.id) == col(Allocation.run_id))
        .where(col(Allocation.user_id) == user_id, col(Run.phase) == Phase.DISTRIBUTING)
    )
    items = session.execute(
        select(col(ListItem.id), col(ListItem.line_total), col(ListItem.bought), col(Group.currency))
        .join(Run, col(Run.id) == col(ListItem.run_id))
        .join(Group, col(Group.id) == col(Run.group_id))
        .where(col(ListItem.id).in_(mine))
    ).all()
    if not items:
        return {}
    paid = _paid(session, col(PurchaseRow.item_id).in_(mine))
    got, takings, _, _ = _allocations(session, col(Allocation.item_id).in_(mine))
    return {
        (item_id, currency): _given_out(str(item_id), total, bought, got, takings, paid).costs.get(str(user_id), 0)
        for item_id, total, bought, currency in items
    }


def _given_out(
    item_id: str,
    total: int,
    bought: int,
    got: Mapping[str, Mapping[str, int]],
    takings: Mapping[str, Collection[Taking]],
    paid: Mapping[str, Mapping[str, Part]],
) -> Shares:
    """The shares of an item whose goods are being picked up."""
    purchase = Purchase(item_id, total, bought, got.get(item_id, {}), takings.get(item_id, ()))
    return divided(purchase, paid.get(item_id, {}))


def _paid(session: Session, where: ColumnElement[bool]) -> dict[str, dict[str, Part]]:
    """Per item what each payer bought of it, and for how much, as if each receipt had one payer."""
    rows = session.execute(
        select(
            col(PurchaseRow.item_id),
            col(PurchaseRow.payer_id),
            func.sum(col(PurchaseRow.quantity)),
            func.sum(col(PurchaseRow.total)),
        )
        .where(where)
        .group_by(col(PurchaseRow.item_id), col(PurchaseRow.payer_id))
    )
    paid: dict[str, dict[str, Part]] = defaultdict(dict)
    for item_id, payer_id, quantity, total in rows:
        paid[str(item_id)][str(payer_id)] = Part(int(quantity), int(total))
    return paid


def _paid_in(
    session: Session, run_id: UUID, receipts: RunReceipts
) -> tuple[dict[str, dict[str, Part]], dict[str, int]]:
    """Per item what each payer bought of it, and for how much; and per receipt the sum of its purchases."""
    by = col(PurchaseRow.item_id), col(PurchaseRow.receipt_id), col(PurchaseRow.payer_id)
    rows: Any = session.execute(
        select(*by, func.sum(col(PurchaseRow.quantity)), func.sum(col(PurchaseRow.total)))
        .where(col(PurchaseRow.run_id) == run_id)
        .group_by(*by)
    )
    paid: dict[str, dict[str, Part]] = defaultdict(dict)
    bought: dict[str, int] = defaultdict(int)
    for item_id, receipt_id, payer_id, quantity, total in rows:
        item, receipt = str(item_id), str(receipt_id)
        bought[receipt] += int(total)
        for payer, part in receipts.parts(receipt, item, str(payer_id), Part(int(quantity), int(total))).items():
            before = paid[item].get(payer, Part(0, 0))
            paid[item][payer] = Part(before.quantity + part.quantity, before.amount + part.amount)
    return paid, bought


def _entries(session: Session, run_id: UUID) -> tuple[dict[str, list[Entry]], dict[str, dict[str, Part]]]:
    """The statement lines of an ended run: by item, and what each person bears of each cost."""
    rows = session.execute(
        select(
            col(StatementLine.item_id),
            col(StatementLine.cost_id),
            col(StatementLine.user_id),
            col(StatementLine.kind),
            col(StatementLine.quantity),
            col(StatementLine.amount),
        ).where(col(StatementLine.run_id) == run_id)
    )
    entries: dict[str, list[Entry]] = defaultdict(list)
    costs: dict[str, dict[str, Part]] = defaultdict(dict)
    for item_id, cost_id, user_id, kind, quantity, amount in rows:
        if cost_id:
            before = costs[str(cost_id)].get(str(user_id), Part(0, 0))
            costs[str(cost_id)][str(user_id)] = Part(before.quantity + quantity, before.amount + amount)
        else:
            entries[str(item_id)].append(Entry(str(user_id), kind, quantity, amount))
    return entries, costs


class _Given(NamedTuple):
    """Per list item what everybody gets and what of it was left over first; which lines are picked up; how many."""

    got: dict[str, dict[str, int]]
    takings: dict[str, list[Taking]]
    picked_up: frozenset[tuple[str, str]]
    lines: int


def _allocations(session: Session, where: ColumnElement[bool]) -> _Given:
    taken = (col(LeftoverTaking.item_id) == col(Allocation.item_id)) & (
        col(LeftoverTaking.user_id) == col(Allocation.user_id)
    )
    rows: Any = session.execute(
        select(
            *(col(Allocation.item_id), col(Allocation.user_id), col(Allocation.quantity), col(Allocation.picked_up_at)),
            *(col(LeftoverTaking.id), col(LeftoverTaking.quantity)),
        )
        .outerjoin(LeftoverTaking, taken)
        .where(where)
    )
    got: dict[str, dict[str, int]] = defaultdict(dict)
    takings: dict[str, list[Taking]] = defaultdict(list)
    picked_up: set[tuple[str, str]] = set()
    for item_id, user_id, quantity, picked_up_at, taking_id, part in rows:
        item, person = str(item_id), str(user_id)
        got[item][person] = quantity
        if picked_up_at is not None:
            picked_up.add((person, item))
        if taking_id is not None:
            takings[item].append(Taking(str(taking_id), person, part))
    return _Given(got, takings, frozenset(picked_up), sum(map(len, got.values())))
