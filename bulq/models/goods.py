"""What was bought in a run, by whom, and who gets it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint
from sqlmodel import Field

from bulq.models.base import Row, UtcTime


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
    """One line of the receipt. The total is the truth; the unit price follows from it."""

    __table_args__ = (CheckConstraint("quantity > 0 AND total >= 0", name="positive"),)

    run_id: UUID = Field(foreign_key="runs.id", index=True)
    item_id: UUID = Field(foreign_key="list_items.id", index=True, ondelete="CASCADE")
    quantity: int = Field(sa_type=BigInteger)  # thousandths
    total: int = Field(sa_type=BigInteger)  # minor units
    payer_id: UUID = Field(foreign_key="users.id")
    bought_by: UUID = Field(foreign_key="users.id")
    bought_at: datetime = Field(sa_type=UtcTime)


class Allocation(Row, table=True):
    """What of a bought item one participant gets; more than nothing."""

    __table_args__ = (UniqueConstraint("item_id", "user_id"), CheckConstraint("quantity > 0", name="quantity"))

    run_id: UUID = Field(foreign_key="runs.id", index=True)
    item_id: UUID = Field(foreign_key="list_items.id", ondelete="CASCADE")
    user_id: UUID = Field(foreign_key="users.id", index=True)
    quantity: int = Field(sa_type=BigInteger)  # thousandths
    picked_up_at: datetime | None = Field(default=None, sa_type=UtcTime)
    picked_up_by: UUID | None = Field(default=None, foreign_key="users.id")
