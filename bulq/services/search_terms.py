"""What search finds things by: to be called by whoever writes, changes or removes a name of the catalogue.

Each call looks at what the session holds by then, replaces the terms of the things it is given, and commits nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq.domain.catalogue import Named
from bulq.domain.searching import may_be_misspelt, term_of
from bulq.models import Product, ProductAlias, SearchTerm, SearchWord, Store, Tag
from bulq.models.base import new_id
from bulq.models.searching import new_number

T = TypeVar("T")

AT_ONCE = 1000


def index_product(session: Session, product: Product) -> None:
    """After its name, brand, content or other names have changed, or it is new."""
    index_products(session, [product.id])


def index_store(session: Session, store: Store) -> None:
    _write(session, Named.STORE, {store.id: [term_of(store.name_key)]})


def index_tag(session: Session, tag: Tag) -> None:
    _write(session, Named.TAG, {tag.id: [term_of(tag.name_key)]})


def drop_terms(session: Session, kind: Named, target_id: UUID) -> None:
    """The thing is gone, or was merged into another (whose other names may have changed: index that one)."""
    session.execute(delete(SearchTerm).where(col(SearchTerm.kind) == kind, col(SearchTerm.target_id) == target_id))


def index_products(session: Session, product_ids: Collection[UUID]) -> None:
    """`index_product` for many at once, in memory that doesn't grow with them."""
    for ids in _in_pieces(list(product_ids)):
        names: dict[UUID, list[str]] = defaultdict(list)
        others: dict[UUID, tuple[str, str]] = {}
        columns = Product.id, Product.name_key, Product.brand_key, Product.content_key
        for product_id, name, brand, content in session.execute(select(*columns).where(col(Product.id).in_(ids))):
            others[product_id] = brand, content
            names[product_id].append(term_of(name, brand, content))
        aliases = select(ProductAlias.product_id, ProductAlias.name_key).where(col(ProductAlias.product_id).in_(ids))
        for product_id, name in session.execute(aliases):
            names[product_id].append(term_of(name, *others[product_id]))
        _write(session, Named.PRODUCT, names)


def index_stores(session: Session, store_ids: Collection[UUID]) -> None:
    for ids in _in_pieces(list(store_ids)):
        stores = session.execute(select(Store.id, Store.name_key).where(col(Store.id).in_(ids)))
        _write(session, Named.STORE, {store_id: [term_of(name)] for store_id, name in stores})


def index_tags(session: Session, tag_ids: Collection[UUID]) -> None:
    for ids in _in_pieces(list(tag_ids)):
        tags = session.execute(select(Tag.id, Tag.name_key).where(col(Tag.id).in_(ids)))
        _write(session, Named.TAG, {tag_id: [term_of(name)] for tag_id, name in tags})


def _write(session: Session, kind: Named, names: Mapping[UUID, Sequence[str]]) -> None:
    if not names:
        return
    # By ids alone: asked for the kind as well, SQLite would go through all of it for each piece.
    old = delete(SearchTerm).where(col(SearchTerm.target_id).in_(names))
    session.execute(old.execution_options(synchronize_session=False))
    named = [(target_id, key) for target_id, keys in names.items() for key in set(keys)]
    # In the order of numbers, and with something to return so that many are one statement: SQLite's full-text index
    # writes what it has collected at the end of each statement, and whenever a number is less than the one before.
    numbers = sorted(new_number() for _ in named)
    terms = [
        {"id": number, "kind": kind, "target_id": target_id, "key": key}
        for number, (target_id, key) in zip(numbers, named, strict=True)
    ]
    session.execute(insert(SearchTerm).returning(col(SearchTerm.id)), terms).all()
    _learn(session, {word for term in terms for word in str(term["key"]).split() if may_be_misspelt(word)})


def _learn(session: Session, words: Collection[str]) -> None:
    """Add the words that are new."""
    for piece in _in_pieces(sorted(words)):
        known = set(session.scalars(select(SearchWord.word).where(col(SearchWord.word).in_(piece))))
        if new := [_word(word) for word in piece if word not in known]:
            session.execute(insert(SearchWord), new)


def _word(word: str) -> dict[str, object]:
    return {"id": new_id(), "word": word, "backwards": word[::-1]}


def _in_pieces(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), AT_ONCE):
        yield items[start : start + AT_ONCE]
