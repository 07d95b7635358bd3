"""Lists that were imported, what is staged of those under way, how each store's list is read, and what it dropped."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field

from bulq.domain.catalogue import ImportState, Named
from bulq.domain.phases import Unit
from bulq.models.base import Row, UtcTime, text_of

# Groups' own lists that wait for an admin's word.
UNVERIFIED = text("group_id IS NOT NULL AND taken_at IS NOT NULL AND undone_at IS NULL AND verified_at IS NULL")


class CatalogueImport(Row, table=True):
    """A file that somebody takes in, for a group of theirs or (admins) for everybody.

    What a group's list says of prices only the group sees, until an admin verifies the list. Products are everybody's.
    """

    __table_args__ = (
        Index("ix_catalogue_imports_store", "store_id", "created_at"),
        Index("ix_catalogue_imports_unverified", "id", postgresql_where=UNVERIFIED, sqlite_where=UNVERIFIED),
    )

    name: str = Field(max_length=200)  # of the file
    state: ImportState = Field(sa_type=text_of(ImportState))
    created_by: UUID = Field(foreign_key="users.id", index=True)
    created_at: datetime = Field(sa_type=UtcTime)
    store_id: UUID | None = Field(default=None, foreign_key="stores.id")  # None: as the rows say
    group_id: UUID | None = Field(default=None, foreign_key="groups.id", index=True)
    taken_at: datetime | None = Field(default=None, sa_type=UtcTime)
    undone_at: datetime | None = Field(default=None, sa_type=UtcTime)
    undone_by: UUID | None = Field(default=None, foreign_key="users.id")
    verified_at: datetime | None = Field(default=None, sa_type=UtcTime)
    verified_by: UUID | None = Field(default=None, foreign_key="users.id")
    counts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class StagedProduct(Row, table=True):
    """A product an import will make, or change: then `before` has what it was, until the import can't be undone.

    The id is the product's with another import's aside; no foreign key binds what may never come to be.
    """

    __table_args__ = (Index("ix_staged_products_import", "import_id", "is_new", "id"),)

    import_id: UUID
    is_new: bool
    product_id: UUID
    name: str = Field(max_length=100)
    name_key: str = Field(max_length=200)
    brand: str = Field(default="", max_length=100)
    brand_key: str = Field(default="", max_length=200)
    unit: Unit = Field(sa_type=text_of(Unit))
    step: int
    barcode: str | None = Field(default=None, max_length=14)
    content: int | None = Field(default=None, sa_type=BigInteger)
    content_unit: Unit | None = Field(default=None, sa_type=text_of(Unit))
    content_key: str = Field(default="", max_length=40)
    before: dict[str, Any] | None = Field(default=None, sa_type=JSON)


class StagedPrice(Row, table=True):
    """A price an import will note; its id will be that of the observation."""

    import_id: UUID = Field(index=True)
    product_id: UUID
    store_id: UUID
    currency: str = Field(max_length=3)
    price: int = Field(sa_type=BigInteger)
    per: int = Field(default=1000, sa_type=BigInteger)
    minimum_quantity: int = 0
    note: str = Field(default="", max_length=200)
    day: date
    seen_at: datetime = Field(sa_type=UtcTime)


class StagedLabel(Row, table=True):
    """A tag (`tag_id`) or another name a product will have."""

    import_id: UUID = Field(index=True)
    product_id: UUID
    tag_id: UUID | None = None
    name: str = Field(default="", max_length=100)
    name_key: str = Field(default="", max_length=200)
    language: str = Field(default="", max_length=10)


class StagedName(Row, table=True):
    """A store or a tag an import will make; its id will be theirs."""

    import_id: UUID = Field(index=True)
    kind: Named = Field(sa_type=text_of(Named))
    name: str = Field(max_length=100)
    name_key: str = Field(max_length=200)
    tag_kind: str = Field(default="", max_length=20)


class StagedMark(Row, table=True):
    """A "no longer sold" that an import will set, or one that it removed and gives back when it is undone."""

    __table_args__ = (Index("ix_staged_marks_import", "import_id", "is_new", "id"),)

    import_id: UUID
    is_new: bool
    store_id: UUID
    product_id: UUID
    set_by_import: UUID | None = None  # these three of one that was removed
    gone_by: UUID | None = Field(default=None, foreign_key="users.id")
    gone_at: datetime | None = Field(default=None, sa_type=UtcTime)


class StoreList(Row, table=True):
    """How a store's list is read: the answers somebody of the group gave, or an admin (without a group)."""

    __table_args__ = (
        Index(
            "uq_store_lists_store_id_group_id",
            *("store_id", "group_id"),
            unique=True,
            postgresql_where=text("group_id IS NOT NULL"),
            sqlite_where=text("group_id IS NOT NULL"),
        ),
        Index(
            "uq_store_lists_store_id",
            "store_id",
            unique=True,
            postgresql_where=text("group_id IS NULL"),
            sqlite_where=text("group_id IS NULL"),
        ),
    )

    store_id: UUID = Field(foreign_key="stores.id")
    group_id: UUID | None = Field(default=None, foreign_key="groups.id", index=True)
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    headings: str = Field(default="", max_length=64)  # a hash: for other headings the columns are guessed anew
    saved_by: UUID = Field(foreign_key="users.id")
    saved_at: datetime = Field(sa_type=UtcTime)


class GoneProduct(Row, table=True):
    """A product a store no longer sells, as a list says. Those see it who see the prices of the list."""

    __table_args__ = (UniqueConstraint("store_id", "product_id", "import_id"),)

    store_id: UUID = Field(foreign_key="stores.id")
    product_id: UUID = Field(foreign_key="products.id", index=True)
    import_id: UUID | None = Field(default=None, foreign_key="catalogue_imports.id", index=True)
    group_id: UUID | None = Field(default=None, foreign_key="groups.id")  # as with prices
    gone_by: UUID = Field(foreign_key="users.id")
    gone_at: datetime = Field(sa_type=UtcTime)
