"""Stores, products and what they were seen to cost: shared by all groups of the server."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, UniqueConstraint, event, false, text
from sqlmodel import Field

from bulq.domain.catalogue import TagKind
from bulq.domain.phases import Unit
from bulq.domain.prices import content_key
from bulq.models.base import Row, UtcTime, text_of


class Store(Row, table=True):
    name: str = Field(max_length=100)
    name_key: str = Field(max_length=200, unique=True)  # without case and accents
    chain: str = Field(default="", max_length=100)
    address: str = Field(default="", max_length=200)
    # Minutes from midnight to open and to close, in turn, for each day from Monday on; None: not known.
    hours: list[list[int]] | None = Field(default=None, sa_type=JSON)
    time_zone: str = Field(default="", max_length=64)  # IANA, in which the hours are meant
    created_by: UUID = Field(foreign_key="users.id")
    created_at: datetime = Field(sa_type=UtcTime)
    verified_at: datetime | None = Field(default=None, sa_type=UtcTime)
    verified_by: UUID | None = Field(default=None, foreign_key="users.id")


class Product(Row, table=True):
    __table_args__ = (
        UniqueConstraint("name_key", "brand_key", "content_key"),
        CheckConstraint("step > 0", name="step"),
        CheckConstraint("content > 0", name="content"),
    )

    name: str = Field(max_length=100)
    name_key: str = Field(max_length=200)
    brand: str = Field(default="", max_length=100)
    brand_key: str = Field(default="", max_length=200)
    unit: Unit = Field(sa_type=text_of(Unit))
    step: int  # thousandths of the unit
    barcode: str | None = Field(default=None, max_length=14, unique=True)
    # What is in one unit, such as 5000 thousandths of a kg in a pack, so that prices can be compared; None: not known.
    content: int | None = Field(default=None, sa_type=BigInteger)
    content_unit: Unit | None = Field(default=None, sa_type=text_of(Unit))
    # 500 g and 5 kg of one name and brand are two products. Follows the content by itself when a session writes it.
    content_key: str = Field(default="", max_length=40, sa_column_kwargs={"server_default": ""})
    created_by: UUID = Field(foreign_key="users.id")
    created_at: datetime = Field(sa_type=UtcTime)
    verified_at: datetime | None = Field(default=None, sa_type=UtcTime)
    verified_by: UUID | None = Field(default=None, foreign_key="users.id")


@event.listens_for(Product, "before_insert")
@event.listens_for(Product, "before_update")
def _key_content(_mapper: Any, _connection: Any, product: Product) -> None:
    product.content_key = content_key(product.content, product.content_unit)


class ProductAlias(Row, table=True):
    """Another name of a product."""

    __table_args__ = (UniqueConstraint("product_id", "name_key"),)

    product_id: UUID = Field(foreign_key="products.id")
    name: str = Field(max_length=100)
    name_key: str = Field(max_length=200, index=True)
    language: str = Field(default="", max_length=10)  # of the name; empty: of any
    created_by: UUID = Field(foreign_key="users.id")
    created_at: datetime = Field(sa_type=UtcTime)


class Tag(Row, table=True):
    """What products have in common: a category, a brand's line, a diet, anything."""

    __table_args__ = (UniqueConstraint("kind", "name_key"),)

    kind: TagKind = Field(sa_type=text_of(TagKind))
    name: str = Field(max_length=50)
    name_key: str = Field(max_length=100)
    created_by: UUID = Field(foreign_key="users.id")
    created_at: datetime = Field(sa_type=UtcTime)
    verified_at: datetime | None = Field(default=None, sa_type=UtcTime)
    verified_by: UUID | None = Field(default=None, foreign_key="users.id")


class ProductTag(Row, table=True):
    __table_args__ = (UniqueConstraint("product_id", "tag_id"),)

    product_id: UUID = Field(foreign_key="products.id")
    tag_id: UUID = Field(foreign_key="tags.id", index=True)
    created_by: UUID = Field(foreign_key="users.id")
    created_at: datetime = Field(sa_type=UtcTime)


# The same price twice a day is one observation. What was withdrawn, or stands on another's list, may be seen again.
STANDS = text("withdrawn_at IS NULL")
NOTED = text("withdrawn_at IS NULL AND import_id IS NULL")


class PriceObservation(Row, table=True):
    """An amount per a quantity, seen by someone at a time. Append-only: a wrong one is withdrawn and counts nowhere.

    Current are, of a product at a store in a currency, the newest observations of each minimum quantity.
    """

    __table_args__ = (
        Index(
            "uq_price_observations_standing",
            *("product_id", "store_id", "day", "currency", "price", "per", "minimum_quantity", "pack"),
            *("import_id", "group_id"),
            unique=True,
            postgresql_where=STANDS,
            sqlite_where=STANDS,
        ),
        # What came with no list, in which two rows without one are two.
        Index(
            "uq_price_observations_noted",
            *("product_id", "store_id", "day", "currency", "price", "per", "minimum_quantity", "pack"),
            unique=True,
            postgresql_where=NOTED,
            sqlite_where=NOTED,
        ),
        # What is asked of the current offers of a product at a store, so that the index alone answers it.
        Index(
            "ix_price_observations_current",
            *(
                "store_id",
                "product_id",
                "currency",
                "minimum_quantity",
                "seen_at",
                "id",
                "price",
                "per",
                "pack",
                "group_id",
                "import_id",
            ),
            postgresql_where=STANDS,
            sqlite_where=STANDS,
        ),
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint("per > 0", name="per"),
        CheckConstraint("minimum_quantity >= 0", name="minimum_quantity"),
        CheckConstraint("pack = 0 OR pack > 0 AND minimum_quantity >= pack", name="pack"),
    )

    product_id: UUID = Field(foreign_key="products.id", index=True)
    store_id: UUID = Field(foreign_key="stores.id", index=True)
    currency: str = Field(max_length=3)
    price: int = Field(sa_type=BigInteger)  # minor units of the currency
    # For how many thousandths of the unit; what is bought at once may be much.
    per: int = Field(default=1000, sa_type=BigInteger, sa_column_kwargs={"server_default": text("1000")})
    # From how many thousandths on it counts; 0: from any.
    minimum_quantity: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    # At this price it is sold in whole packs of so many thousandths; 0: in any quantity.
    pack: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": text("0")})
    note: str = Field(default="", max_length=200)
    day: date  # in the time zone of the group of whoever saw it
    seen_by: UUID = Field(foreign_key="users.id")
    seen_at: datetime = Field(sa_type=UtcTime, index=True)
    import_id: UUID | None = Field(
        default=None, foreign_key="catalogue_imports.id", index=True
    )  # of the list it came with
    # Whose list that is, as long as no admin has verified it: only they see the price. None: everybody does.
    group_id: UUID | None = Field(default=None, foreign_key="groups.id")
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcTime)
    # Withdrawn by hand, rather than with the purchase or the list it came from.
    found_wrong: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    withdrawn_by: UUID | None = Field(default=None, foreign_key="users.id")


class OrdinaryPrice(Row, table=True):
    """What something costs in an ordinary shop, as somebody saw it on a day: evidence of what buying together saves.

    Apart from `PriceObservation`, since nobody can buy at this price in a run: it is no offer of any store.
    Append-only, too: a wrong one is withdrawn and counts nowhere.
    """

    __table_args__ = (
        Index("ix_ordinary_prices_newest", "product_id", "currency", "day"),
        CheckConstraint("price > 0 AND per > 0", name="price"),
    )

    product_id: UUID = Field(foreign_key="products.id")
    currency: str = Field(max_length=3)
    price: int = Field(sa_type=BigInteger)  # minor units of the currency
    per: int = Field(default=1000, sa_type=BigInteger)  # for how many thousandths of the unit
    shop: str = Field(default="", max_length=100)
    day: date
    seen_by: UUID = Field(foreign_key="users.id", index=True)
    seen_at: datetime = Field(sa_type=UtcTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcTime)
    withdrawn_by: UUID | None = Field(default=None, foreign_key="users.id")
