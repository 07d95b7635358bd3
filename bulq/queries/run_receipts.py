"""The receipts of a run as rows: who paid each, and the costs on them that are no purchases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.costs import Cost, CostRule
from bulq.domain.money import share_money
from bulq.domain.statements import Part
from bulq.models import Cost as CostRow
from bulq.models import CostShare, Receipt, ReceiptPayer


@dataclass(frozen=True, slots=True)
class RunReceipts:
    """By receipt: the payers with their amounts (None for a single payer), its costs, what the till said if typed."""

    payers: Mapping[str, Mapping[str, int | None]]
    costs: Mapping[str, list[Cost]] = field(default_factory=dict[str, list[Cost]])
    totals: Mapping[str, int] = field(default_factory=dict[str, int])

    @property
    def all_costs(self) -> list[Cost]:
        return [cost for costs in self.costs.values() for cost in costs]

    def several(self, receipt_id: str) -> dict[str, int]:
        """Who paid this receipt with which amount, if more than one person did."""
        found = self.payers.get(receipt_id, {})
        return {payer: amount or 0 for payer, amount in found.items()} if len(found) > 1 else {}

    def parts(self, receipt_id: str, item_id: str, payer_id: str, bought: Part) -> dict[str, Part]:
        """What each payer bought of an item on this receipt: several payers by what each of them paid."""
        amounts = self.several(receipt_id)
        if not amounts:
            return {payer_id: bought}
        quantities = share_money(bought.quantity, amounts, item_id)
        costs = share_money(bought.amount, amounts, item_id)
        return {payer: Part(quantities[payer], costs[payer]) for payer in amounts}

    def paid(self, bought: Mapping[str, int]) -> dict[str, int]:
        """Minor units that each payer paid at the tills; `bought` is the sum of the purchases by receipt."""
        found: dict[str, int] = defaultdict(int)
        for receipt_id, payers in self.payers.items():
            several = self.several(receipt_id)
            for payer in payers:
                found[payer] += several[payer] if several else self._lines(receipt_id, bought)
        return found

    def unexplained(self, bought: Mapping[str, int]) -> int:
        """Minor units by which totals of receipts and their lines differ, together; `bought` is as for `paid`."""
        return sum(abs(total - self._lines(receipt_id, bought)) for receipt_id, total in self.totals.items())

    def _lines(self, receipt_id: str, bought: Mapping[str, int]) -> int:
        return bought.get(receipt_id, 0) + sum(cost.amount for cost in self.costs.get(receipt_id, ()))


def receipts_in(session: Session, run_id: UUID) -> RunReceipts:
    """Two queries."""
    payers: dict[str, dict[str, int | None]] = defaultdict(dict)
    totals: dict[str, int] = {}
    for receipt_id, user_id, amount, total in session.execute(
        select(*(col(ReceiptPayer.receipt_id), col(ReceiptPayer.user_id), col(ReceiptPayer.amount), col(Receipt.total)))
        .join(Receipt, col(Receipt.id) == col(ReceiptPayer.receipt_id))
        .where(col(ReceiptPayer.run_id) == run_id)
    ):
        payers[str(receipt_id)][str(user_id)] = amount
        if total is not None:
            totals[str(receipt_id)] = total
    return RunReceipts(payers, _costs(session, run_id), totals)


def _costs(session: Session, run_id: UUID) -> dict[str, list[Cost]]:
    rows = session.execute(
        select(
            *(col(CostRow.receipt_id), col(CostRow.id), col(CostRow.amount), col(CostRow.rule), col(CostRow.item_id)),
            *(col(CostShare.user_id), col(CostShare.share)),
        )
        .outerjoin(CostShare, col(CostShare.cost_id) == col(CostRow.id))
        .where(col(CostRow.run_id) == run_id)
        .order_by(col(CostRow.id))
    )
    about: dict[UUID, tuple[str, int, CostRule, str | None]] = {}
    shares: dict[UUID, dict[str, int]] = defaultdict(dict)
    for receipt_id, cost_id, amount, rule, item_id, user_id, share in rows:
        about[cost_id] = str(receipt_id), amount, rule, str(item_id) if item_id else None
        if user_id:
            shares[cost_id][str(user_id)] = share or 0
    found: dict[str, list[Cost]] = defaultdict(list)
    for cost_id, (receipt_id, amount, rule, item_id) in about.items():
        found[receipt_id].append(Cost(str(cost_id), amount, rule, item_id, shares[cost_id]))
    return found
