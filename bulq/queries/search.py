"""Finding products, stores and my groups from any page, tolerant of case, accents, script and one typo."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, select
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.barcodes import barcode_in
from bulq.domain.catalogue import Named
from bulq.domain.paging import page_of
from bulq.domain.phases import Unit
from bulq.domain.prices import Offer, Price
from bulq.domain.searching import as_held, distance, is_enough, may_be_misspelt, term_of, typed_key, words_of
from bulq.i18n import product_name
from bulq.models import Group, Membership, PriceObservation, Product, ProductAlias, ProductTag, Store
from bulq.queries.newest import is_gone
from bulq.queries.own_lists import Groups, is_seen
from bulq.queries.terms import Term, Words, respelt, that_begin, that_hold

FEW = 4  # of each kind while typing
PAGE = 25
MOST = 250  # of each kind that results tell apart; who looks for something types more
STORES = 50
TAGS = 20
RANKED = 100  # names among which the best are chosen, when their order in the index says nothing


@dataclass(frozen=True, slots=True)
class PriceHit:
    """What a product was seen for at a store; `gone` when the store's newest list has it no longer."""

    offer: Offer
    currency: str
    store: str
    gone: bool = False


@dataclass(frozen=True, slots=True)
class ProductHit:
    """`known_as` is the other name it was found by; empty when it was found by its own. `price` is the newest seen."""

    id: UUID
    name: str
    brand: str
    known_as: str
    unit: Unit
    price: PriceHit | None


@dataclass(frozen=True, slots=True)
class NameHit:
    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Hits:
    """A page of what was found. `respelt` says that nothing is written quite as typed; `more` that MOST cut it off."""

    products: tuple[ProductHit, ...]
    stores: tuple[NameHit, ...]
    groups: tuple[NameHit, ...]
    found: int
    more: bool
    page: int
    pages: int
    respelt: bool


NOTHING = Hits((), (), (), 0, False, 1, 1, False)


def search(session: Session, viewer: Actor, typed: str) -> Hits:
    """A few of each kind, the best first, while somebody types; nothing for a single letter."""
    return _search(session, viewer, typed, page=1, size=FEW, most=FEW)


def results(session: Session, viewer: Actor, typed: str, *, page: int = 1) -> Hits:
    """Everything found, products in pages."""
    return _search(session, viewer, typed, page=page, size=PAGE, most=MOST)


def products_named(session: Session, typed: str, most: int) -> list[UUID]:
    """The best products of that name, with no typo forgiven; the first by name when nothing is typed."""
    key = typed_key(typed)
    return _named(session, key, [[word] for word in words_of(typed)], min(most, MOST))[0]


def _search(session: Session, viewer: Actor, typed: str, *, page: int, size: int, most: int) -> Hits:
    key = typed_key(typed)
    if not key or not is_enough(typed):
        return NOTHING
    words = words_of(typed)
    groups = _groups(session, viewer)
    products, stores = _named(session, key, [[word] for word in words], most + 1)
    products = _of_barcode(session, typed) or products
    mine = [hit for hit, name in groups if _holds_all(name, words)]
    ways = respelt(session, words) if not (products or stores or mine) else ()
    again = any(len(each) > 1 for each in ways)
    if again:
        products, stores = _named(session, "", ways, most + 1)
    if ways:
        mine = [hit for hit, name in groups if all(_is_near(name, word) for word in words)]
    more, products = len(products) > most, products[:most]
    page, pages = page_of(page, len(products), size)
    shown = products[(page - 1) * size : page * size]
    return Hits(
        products=_products(session, shown, () if ways else words, [group.id for group, _ in groups]),
        stores=_stores(session, stores[: min(most, STORES)]),
        groups=tuple(mine[:most]),
        found=len(products),
        more=more,
        page=page,
        pages=pages,
        respelt=bool(ways) and bool(products or stores or mine),
    )


def _of_barcode(session: Session, typed: str) -> list[UUID]:
    code = barcode_in(typed)
    return list(session.execute(select(col(Product.id)).where(col(Product.barcode) == code)).scalars()) if code else []


def _named(session: Session, key: str, words: Words, most: int) -> tuple[list[UUID], list[UUID]]:
    """Products and stores: those of that name, those that begin so, those that hold it, those with a tag of it."""
    # A thing may come by several of its names.
    terms = that_begin(session, key, 2 * most) if key or not words else []
    short = [kind for kind in (Named.PRODUCT, Named.STORE) if len(_of(terms, kind)) < most]
    if words and short:
        kinds = [*short, *([Named.TAG] if Named.PRODUCT in short else [])]
        holding = that_hold(session, kinds, words, max(2 * most, RANKED))
        terms += sorted(holding, key=lambda term: _rank(term, words))
    products, tags = _of(terms, Named.PRODUCT), _of(terms, Named.TAG)[:TAGS]
    if tags and len(products) < most:
        products = list(dict.fromkeys([*products, *_tagged(session, tags, most)]))
    return products[:most], _of(terms, Named.STORE)[:most]


def _of(terms: Iterable[Term], kind: Named) -> list[UUID]:
    return list(dict.fromkeys(term.target_id for term in terms if term.kind is kind))


def _rank(term: Term, words: Words) -> tuple[int, int, str, UUID]:
    """Words that begin as looked for before those that hold it within, and nearer spellings before others."""
    within = sum(not any(f" {way}" in term.key for way in ways) for ways in words)
    respelt = sum(next((at for at, way in enumerate(ways) if way in term.key), 0) for ways in words)
    return within, respelt, term.key, term.target_id


def _tagged(session: Session, tag_ids: Sequence[UUID], most: int) -> list[UUID]:
    its = col(ProductTag.product_id)
    query = select(its).where(col(ProductTag.tag_id).in_(tag_ids)).distinct().order_by(its).limit(most)
    return list(session.execute(query).scalars())


def _groups(session: Session, viewer: Actor) -> list[tuple[NameHit, str]]:
    """The viewer's own, which are few enough to look through one by one, by name."""
    query = (
        select(col(Group.id), col(Group.name))
        .join(Membership, col(Membership.group_id) == col(Group.id))
        .where(col(Membership.user_id) == viewer.id, col(Group.closed_at).is_(None))
    )
    found = [(NameHit(group_id, name), term_of(name)) for group_id, name in session.execute(query)]
    return sorted(found, key=lambda each: (each[1], each[0].id))


def _holds_all(key: str, words: Sequence[str]) -> bool:
    return bool(words) and all(as_held(word) in key for word in words)


def _is_near(key: str, word: str) -> bool:
    if not may_be_misspelt(word):
        return _holds_all(key, [word])
    return any(distance(word, other) is not None for other in key.split())


def _products(session: Session, ids: Sequence[UUID], words: Sequence[str], groups: Groups) -> tuple[ProductHit, ...]:
    if not ids:
        return ()
    gone = is_gone(col(Product.id), col(PriceObservation.store_id), groups)
    query = (
        select(Product, PriceObservation, col(Store.name), gone)
        .select_from(Product)
        .join(PriceObservation, col(PriceObservation.id) == _newest_sighting(groups), isouter=True)
        .join(Store, col(Store.id) == col(PriceObservation.store_id), isouter=True)
        .where(col(Product.id).in_(ids))
    )
    rows = {row.id: (row, seen, store, gone) for row, seen, store, gone in session.execute(query)}
    terms = {each: term_of(row.name, row.brand, row.content_key) for each, (row, *_) in rows.items()}
    aliases = _aliases(session, [each for each, term in terms.items() if words and not _holds_all(term, words)], words)
    return tuple(_hit(*rows[each], aliases.get(each, "")) for each in ids if each in rows)


def _newest_sighting(groups: Groups) -> ScalarSelect[UUID]:
    """Of the product of the query around it, at whichever store, as far as members of `groups` see it."""
    seen: Any = aliased(PriceObservation)
    return (
        select(col(seen.id))
        .where(col(seen.product_id) == col(Product.id), col(seen.withdrawn_at).is_(None), is_seen(seen, groups))
        .order_by(col(seen.seen_at).desc(), col(seen.id).desc())
        .limit(1)
        .correlate(Product)
        .scalar_subquery()
    )


def _hit(row: Product, seen: PriceObservation | None, store: str | None, gone: bool, known_as: str) -> ProductHit:
    price = None
    if seen is not None:
        offer = Offer(Price(seen.price, seen.per), seen.minimum_quantity, seen.pack)
        price = PriceHit(offer, seen.currency, store or "", gone)
    return ProductHit(row.id, product_name(row.name, row.content_key), row.brand, known_as, row.unit, price)


def _aliases(session: Session, ids: Sequence[UUID], words: Sequence[str]) -> dict[UUID, str]:
    """The name each was found by, for those not found by their own."""
    if not ids:
        return {}
    query = select(col(ProductAlias.product_id), col(ProductAlias.name)).where(col(ProductAlias.product_id).in_(ids))
    found: dict[UUID, str] = {}
    for product_id, name in session.execute(query.order_by(col(ProductAlias.id))):
        key = term_of(name)
        if any(_holds_all(key, [word]) for word in words):
            found.setdefault(product_id, name)
    return found


def _stores(session: Session, ids: Sequence[UUID]) -> tuple[NameHit, ...]:
    if not ids:
        return ()
    query = select(col(Store.id), col(Store.name)).where(col(Store.id).in_(ids))
    names = {row[0]: row[1] for row in session.execute(query)}
    return tuple(NameHit(each, names[each]) for each in ids if each in names)
