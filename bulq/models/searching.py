"""What search looks through: every name, folded, and the words they are made of."""

from secrets import randbits
from uuid import UUID

from sqlalchemy import BigInteger, Index, Integer, text
from sqlmodel import Field, SQLModel

from bulq.domain.catalogue import Named
from bulq.models.base import Row, bytewise, text_of


def new_number() -> int:
    return randbits(63)


def _trigrams(name: str, which: str) -> Index:
    return Index(
        name,
        "key",
        postgresql_using="gin",
        postgresql_ops={"key": "gin_trgm_ops"},
        postgresql_where=text(which),
        postgresql_with={"gin_pending_list_limit": 256},  # kB that every search reads until they are sorted in
    )


class SearchTerm(SQLModel, table=True):
    """One name of a product, a store or a tag as it is looked for, with a blank before it: every word begins with one.

    A product has one for its name with its brand, and one for each other name. services/search_terms.py writes them.
    By the number SQLite's full-text table `search_terms_fts` knows the row. It is drawn, since a sequence would be one
    more thing that whoever reads a database for its backup has to be allowed.
    """

    __tablename__ = "search_terms"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("ix_search_terms_kind_key", "kind", "key"),
        # Products are so many that the few stores and tags would be lost among them.
        _trigrams("ix_search_terms_products_trgm", "kind = 'product'"),
        _trigrams("ix_search_terms_others_trgm", "kind <> 'product'"),
    )

    id: int = Field(
        default_factory=new_number,
        sa_type=BigInteger().with_variant(Integer(), "sqlite"),  # pyright: ignore[reportArgumentType]
        sa_column_kwargs={"autoincrement": False},
        primary_key=True,
    )
    kind: Named = Field(sa_type=text_of(Named))
    target_id: UUID = Field(index=True)
    key: str = Field(sa_type=bytewise(410))  # pyright: ignore[reportArgumentType]


class SearchWord(Row, table=True):
    """A word some name holds, forwards and backwards: what was misspelt is looked for among them.

    Rarely one is there twice, since nobody waits for somebody who adds the same; and it stays when its names go.
    """

    word: str = Field(sa_type=bytewise(40), index=True)  # pyright: ignore[reportArgumentType]
    backwards: str = Field(sa_type=bytewise(40), index=True)  # pyright: ignore[reportArgumentType]
