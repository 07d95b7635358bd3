"""What was bought in a run, by whom, who gets it, and what each owes for it once the run is over."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint
from sqlmodel import Field

from bulq.domain.statements import EntryKind
from bulq.models.base import Row, UtcTime, text_of
from bulq.models.runs import participant_key


class ListItem(Row, table=True):
    """A product on the shopping list. `bought` and `line_total` are the sums of its purchases."""

    __table_args__ = (
        UniqueConstraint("run_id", "product_id"),
        CheckConstraint("bought >= 0 AND line_total >= 0", name="not_negative"),
    )

    run_id: UUID = Field(foreign_key="runs.id")
    product_id: UUID = Field(foreign_key="products.id", index=True)
    wanted: int = Field(sa_type=BigInteger)  # thousandths: the sum of firm bids
    bought: int = Field(default=0, sa_type=BigInteger)  # thousandths
    line_total: int = Field(default=0, sa_type=BigInteger)  # minor units
    missing: bool = False  # looked for and not there


class Purchase(Row, table=True):
    """One line of a receipt. The total is the truth; the unit price follows from it.

    The payer is the one of the receipt, or one of several.
    """

    __table_args__ = (
        CheckConstraint("quantity > 0 AND total >= 0", name="positive"),
        participant_key("purchases", "payer_id"),
    )

    run_id: UUID = Field(foreign_key="runs.id", index=True)
    receipt_id: UUID = Field(foreign_key="receipts.id", index=True)
    item_id: UUID = Field(foreign_key="list_items.id", index=True, ondelete="CASCADE")
    quantity: int = Field(sa_type=BigInteger)  # thousandths
    total: int = Field(sa_type=BigInteger)  # minor units
    payer_id: UUID = Field(foreign_key="users.id")
    bought_by: UUID = Field(foreign_key="users.id")
    bought_at: datetime = Field(sa_type=UtcTime)


class Allocation(Row, table=True):
    """What of a bought item one participant gets; more than nothing."""

    __table_args__ = (
        UniqueConstraint("item_id", "user_id"),
        CheckConstraint("quantity > 0", name="quantity"),
        participant_key("allocations", "user_id"),
    )

    run_id: UUID = Field(foreign_key="runs.id", index=True)
    item_id: UUID = Field(foreign_key="list_items.id", ondelete="CASCADE")
    user_id: UUID = Field(foreign_key="users.id", index=True)
    quantity: int = Field(sa_type=BigInteger)  # thousandths
    picked_up_at: datetime | None = Field(default=None, sa_type=UtcTime)
    picked_up_by: UUID | None = Field(default=None, foreign_key="users.id")


class LeftoverTaking(Row, table=True):
    """So much of what nobody took went to somebody in pick-up; their allocation includes the quantity.

    The takings of an item in their order say what each costs, so that none changes what anybody else owes.
    """

    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        participant_key("leftover_takings", "user_id"),
    )

    run_id: UUID = Field(foreign_key="runs.id", index=True)
    item_id: UUID = Field(foreign_key="list_items.id", index=True, ondelete="CASCADE")
    user_id: UUID = Field(foreign_key="users.id", index=True)
    quantity: int = Field(sa_type=BigInteger)  # thousandths
    taken_at: datetime = Field(sa_type=UtcTime)


class StatementLine(Row, table=True):
    """Written when a run ends: what somebody owes for goods or a cost, or bears for left-over goods.

    A line is about a list item or about a cost. Quantity and amount are never changed and no line is removed (the
    database refuses both). Whatever happens later is a further line, perhaps a negative one. A merge of products or
    accounts moves `item_id` or `user_id`.
    """

    __table_args__ = (participant_key("statement_lines", "user_id"),)

    run_id: UUID = Field(foreign_key="runs.id", index=True)
    item_id: UUID | None = Field(default=None, foreign_key="list_items.id", index=True)
    cost_id: UUID | None = Field(default=None, foreign_key="costs.id", index=True)
    user_id: UUID = Field(foreign_key="users.id", index=True)
    kind: EntryKind = Field(sa_type=text_of(EntryKind))
    quantity: int = Field(sa_type=BigInteger)  # thousandths; of a cost the person's weight by its rule
    amount: int = Field(sa_type=BigInteger)  # minor units
    entered_at: datetime = Field(sa_type=UtcTime)
