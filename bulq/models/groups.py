"""Groups and who is in them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field

from bulq.domain.goodwill import GoodwillBound
from bulq.domain.phases import FairRule
from bulq.models.base import Row, UtcTime, text_of


class Group(Row, table=True):
    name: str = Field(max_length=100)
    # Without case and accents: what admins look through.
    name_key: str = Field(default="", max_length=200, index=True, sa_column_kwargs={"server_default": ""})
    currency: str = Field(max_length=3)  # ISO 4217
    time_zone: str = Field(max_length=64)  # IANA
    fair_rule: FairRule = Field(default=FairRule.PROPORTIONAL, sa_type=text_of(FairRule))
    # How far whoever was short before comes first when there is too little again.
    goodwill_bound: GoodwillBound = Field(
        default=GoodwillBound.OFF, sa_type=text_of(GoodwillBound), sa_column_kwargs={"server_default": "off"}
    )
    price_per_km: int | None = Field(default=None, sa_type=BigInteger)  # minor units, for transport; None: not agreed
    invite_token: str = Field(max_length=64, unique=True)
    joining_open: bool = True
    confirm_after_days: int | None = None  # a payment that nobody answered for so long counts as confirmed
    # How far below zero bids may take somebody's balance, in minor units; None: as far as they like.
    debt_limit: int | None = Field(default=None, sa_type=BigInteger)
    created_by: UUID = Field(foreign_key="users.id")
    created_at: datetime = Field(sa_type=UtcTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Membership(Row, table=True):
    """Deleted when someone leaves or is removed: coming back starts clean."""

    __table_args__ = (UniqueConstraint("group_id", "user_id"),)

    group_id: UUID = Field(foreign_key="groups.id")
    user_id: UUID = Field(foreign_key="users.id", index=True)
    is_admin: bool = False
    joined_at: datetime = Field(sa_type=UtcTime)
