"""Stores, products and what they were seen to cost: shared by all groups of the server."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from bulq.domain.phases import Unit
from bulq.models.base import Row, UtcTime, text_of


class Store(Row, table=True):
    name: str = Field(max_length=100)
    name_key: str = Field(max_length=200, unique=True)  # without case and accents
    created_by: UUID = Field(foreign_key="users.id")
    created_at: datetime = Field(sa_type=UtcTime)
    verified_at: datetime | None = Field(default=None, sa_type=UtcTime)
    verified_by: UUID | None = Field(default=None, foreign_key="users.id")


class Product(Row, table=True):
    __table_args__ = (UniqueConstraint("name_key", "brand_key"), CheckConstraint("step > 0", name="step"))

    name: str = Field(max_length=100)
    name_key: str = Field(max_length=200)
    brand: str = Field(default="", max_length=100)
    brand_key: str = Field(default="", max_length=200)
    unit: Unit = Field(sa_type=text_of(Unit))
    step: int  # thousandths of the unit
    barcode: str | None = Field(default=None, max_length=14, index=True)
    created_by: UUID = Field(foreign_key="users.id")
    created_at: datetime = Field(sa_type=UtcTime)
    verified_at: datetime | None = Field(default=None, sa_type=UtcTime)
    verified_by: UUID | None = Field(default=None, foreign_key="users.id")


class PriceObservation(Row, table=True):
    """A price of one unit, seen by someone at a time. Append-only; the same price twice a day is one observation."""

    __table_args__ = (
        UniqueConstraint("product_id", "store_id", "day", "currency", "price"),
        Index("ix_price_observations_newest", "product_id", "store_id", "currency", "seen_at"),
        CheckConstraint("price >= 0", name="price"),
    )

    product_id: UUID = Field(foreign_key="products.id")
    store_id: UUID = Field(foreign_key="stores.id", index=True)
    currency: str = Field(max_length=3)
    price: int = Field(sa_type=BigInteger)  # minor units of the currency for one unit
    minimum_quantity: int | None = None  # thousandths
    note: str = Field(default="", max_length=200)
    day: date  # in the time zone of the group of whoever saw it
    seen_by: UUID = Field(foreign_key="users.id")
    seen_at: datetime = Field(sa_type=UtcTime)
