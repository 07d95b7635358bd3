"""M2, M3: the admins' lists of products, stores and tags, likely duplicates, and two beside each other."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from sqlmodel import select

from bulq.domain.catalogue import TagKind
from bulq.domain.errors import NotFound
from bulq.models import PriceObservation, Product, ProductTag, Tag
from bulq.models.base import new_id
from bulq.queries.curating import products_list, stores_list, tags_list
from bulq.queries.duplicates import likely_products, likely_stores, likely_tags, likely_users
from bulq.queries.listing import Wish
from bulq.queries.merging import product_merge, store_merge, tag_merge
from bulq.queries.merging_people import user_merge
from bulq.services import accounts, catalogue, curating, search_terms
from tests.cast import LATER, NOW, PACK, Cast, assemble, plan
from tests.conftest import Scene
from tests.queries.counting import statements

STRANGE = ["%", "_", "\\", ".*", "' OR '1'='1", "<script>", "\x00", "\ud800", "\u202e", "ž" * 5000, "(", "NaN", "1e309"]


@pytest.fixture
def cast(scene: Scene) -> Cast:
    return scene(assemble)


def add(session: Session, cast: Cast, name: str, brand: str = "", unit: str = "pack") -> UUID:
    product = catalogue.add_product(session, cast.ana, name, brand, unit, PACK, now=NOW)
    session.flush()
    return product.id


def tag(session: Session, cast: Cast, name: str, *products: UUID, kind: TagKind = TagKind.OTHER) -> UUID:
    row = Tag(kind=kind, name=name, name_key=name.casefold(), created_by=cast.ana.id, created_at=NOW)
    session.add(row)
    session.flush()
    search_terms.index_tag(session, row)
    for product in products:
        session.add(ProductTag(product_id=product, tag_id=row.id, created_by=cast.ana.id, created_at=NOW))
    session.flush()
    return row.id


def names(session: Session, cast: Cast, typed: str = "", sort: str = "", **filters: str) -> list[str]:
    return [row.name for row in products_list(session, cast.ada, Wish(typed, sort, 1, filters)).rows]


VIEWS: dict[str, Any] = {
    "products_list": lambda s, who, c: products_list(s, who, Wish()),
    "stores_list": lambda s, who, c: stores_list(s, who, Wish()),
    "tags_list": lambda s, who, c: tags_list(s, who, Wish()),
    "likely_products": lambda s, who, c: likely_products(s, who),
    "likely_stores": lambda s, who, c: likely_stores(s, who),
    "likely_users": lambda s, who, c: likely_users(s, who),
    "product_merge": lambda s, who, c: product_merge(s, who, c.rice, c.tomatoes),
    "likely_tags": lambda s, who, c: likely_tags(s, who),
    "tag_merge": lambda s, who, c: tag_merge(s, who, *s.scalars(select(Tag.id).limit(2))),
    "store_merge": lambda s, who, c: store_merge(s, who, c.store_id, c.store_id),
    "user_merge": lambda s, who, c: user_merge(s, who, c.bojan.id, c.mila.id),
}


@pytest.mark.parametrize("name", VIEWS)
def test_m1_only_admins_look(session: Session, cast: Cast, name: str) -> None:
    """M1: Only admins get in, page and action."""
    tag(session, cast, "Organic")
    tag(session, cast, "Bio")
    VIEWS[name](session, cast.ada, cast)

    for who in (cast.ana, cast.eva):
        with pytest.raises(NotFound):
            VIEWS[name](session, who, cast)


@pytest.mark.parametrize("name", VIEWS)
def test_as_many_statements_however_much_there_is(session: Session, cast: Cast, name: str) -> None:
    counts: list[int] = []
    for size in (2, 40):
        for n in range(size):
            product = add(session, cast, f"Beans {size} {n}", f"Brand {n % 2}")
            store = catalogue.add_store(session, cast.ana, f"Store {size} {n}", now=NOW)
            tag(session, cast, f"tag {size} {n}", product, cast.rice)
            accounts.create_user(session, f"Person {n}", f"person{size}_{n}", "x", now=NOW)
            session.flush()
            session.add(
                PriceObservation(
                    product_id=cast.rice,
                    store_id=store.id,
                    currency="EUR",
                    price=n,
                    day=NOW.date(),
                    seen_by=cast.bojan.id,
                    seen_at=NOW,
                )
            )
        with statements(session) as sent:
            VIEWS[name](session, cast.ada, cast)
        counts.append(len(sent))

    assert counts[0] == counts[1] <= 9


def test_m2_products_are_found_by_words_of_name_and_brand_and_by_barcode(session: Session, cast: Cast) -> None:
    """M2: Search, filter, page users, products, stores, groups."""
    milk = add(session, cast, "Mleko 2,8 %", "Imlek Žuta")
    session.get_one(Product, milk).barcode = "4006381333931"
    session.flush()

    assert names(session, cast, "zuta mleko") == ["Mleko 2,8 %"]
    assert names(session, cast, "4006381333931") == ["Mleko 2,8 %"]
    assert names(session, cast, "2,8 %") == ["Mleko 2,8 %"]
    assert names(session, cast, "%%") == []
    assert names(session, cast, "млеко") == ["Mleko 2,8 %"]


def test_m2_products_are_filtered_and_sorted(session: Session, cast: Cast) -> None:
    """M2: Search, filter, page users, products, stores, groups."""
    add(session, cast, "Aniseed")
    session.get_one(Product, cast.rice).barcode = "4006381333931"
    curating.verify(session, cast.ada, "product", [cast.tomatoes], now=LATER)
    session.add(
        PriceObservation(
            product_id=cast.rice,
            store_id=cast.store_id,
            currency="EUR",
            price=799,
            day=NOW.date(),
            seen_by=cast.ana.id,
            seen_at=NOW,
        )
    )
    session.flush()

    assert names(session, cast) == ["Aniseed", "Basmati rice 5 kg", "Tomatoes"]
    assert names(session, cast, sort="-created") == ["Aniseed", "Tomatoes", "Basmati rice 5 kg"]
    assert names(session, cast, which="verified") == ["Tomatoes"]
    assert names(session, cast, which="unverified") == ["Aniseed", "Basmati rice 5 kg"]
    assert names(session, cast, which="no_barcode") == ["Aniseed", "Tomatoes"]
    assert names(session, cast, which="unused") == ["Aniseed", "Tomatoes"]
    assert names(session, cast, sort="password_hash", which="' OR 1=1") == names(session, cast)
    line = products_list(session, cast.ada, Wish(filters={"which": "verified"})).rows[0]
    assert (line.created_by, line.verified_by, line.verified_at, line.used) == ("Ana", "Ada", LATER, False)


def test_m2_stores_and_tags_are_filtered(session: Session, cast: Cast) -> None:
    """M2: Search, filter, page users, products, stores, groups."""
    plan(session, cast)
    catalogue.add_store(session, cast.ana, "Idea", now=NOW)
    tag(session, cast, "Vegan", cast.rice, kind=TagKind.DIET)
    tag(session, cast, "Sale")
    session.flush()

    def stores(**filters: str) -> list[str]:
        return [row.name for row in stores_list(session, cast.ada, Wish(filters=filters)).rows]

    def tags(typed: str = "", **filters: str) -> list[tuple[str, int]]:
        return [(row.name, row.products) for row in tags_list(session, cast.ada, Wish(typed, filters=filters)).rows]

    assert (stores(), stores(which="unused"), stores(which="verified")) == (["Idea", "Metro"], ["Idea"], [])
    assert (tags(), tags(which="unused"), tags(kind="diet")) == (
        [("Sale", 0), ("Vegan", 1)],
        [("Sale", 0)],
        [("Vegan", 1)],
    )
    assert tags("VEG") == [("Vegan", 1)]


@pytest.mark.parametrize("typed", STRANGE)
def test_strange_words_find_nothing_and_break_nothing(session: Session, cast: Cast, typed: str) -> None:
    for view in (products_list, stores_list, tags_list):
        view(session, cast.ada, Wish(typed, typed[:40], 10**12, {"which": typed, "kind": typed}))


def test_m3_likely_duplicates_come_first_and_other_sizes_are_none(session: Session, cast: Cast) -> None:
    """M3: merge by choosing, likely duplicates first."""
    curating.verify(session, cast.ada, "product", [cast.rice], now=NOW)
    same = add(session, cast, "Basmati rice 5kg", "Daawat")
    brand = add(session, cast, "Basmati rice 5 kg")
    add(session, cast, "Basmati rice 1 kg", "Daawat")
    add(session, cast, "Basmati rice 5 kg.", "Daawat", unit="bag")
    add(session, cast, "Bicycle")

    found = likely_products(session, cast.ada)

    assert {(pair.duplicate, pair.kept) for pair in found} >= {(same, cast.rice), (brand, cast.rice)}
    assert found[0].duplicate == same
    assert all("1 kg" not in pair.duplicate_name + pair.kept_name for pair in found)
    assert all(pair.kept_name != "Bicycle" for pair in found)
    assert {cast.rice, same} == {
        each for pair in likely_products(session, cast.ada, same) for each in (pair.duplicate, pair.kept)
    } - {brand}


def test_products_that_hold_something_else_are_no_likely_duplicates(session: Session, cast: Cast) -> None:
    ids = {
        content: catalogue.add_product(
            session, cast.ana, "Lentils", "Suma", "pack", 1000, content=content, content_unit="g" if content else "",
            now=NOW,
        ).id
        for content in (None, 500_000, 1_000_000)
    }  # fmt: skip
    session.flush()

    pairs = {frozenset((pair.duplicate, pair.kept)) for pair in likely_products(session, cast.ada)}

    assert {frozenset((ids[None], ids[500_000])), frozenset((ids[None], ids[1_000_000]))} <= pairs
    assert frozenset((ids[500_000], ids[1_000_000])) not in pairs


def test_likely_stores_and_accounts(session: Session, cast: Cast) -> None:
    store = catalogue.add_store(session, cast.ana, "Metró 1", now=NOW)
    other = catalogue.add_store(session, cast.ana, "Metro, 1", now=NOW)
    twin = accounts.create_user(session, "Bojan", "bojan2", "x", now=NOW)
    accounts.create_user(session, "Ada", "ada_2", "x", is_admin=True, now=NOW)
    session.flush()

    assert [(pair.duplicate, pair.kept) for pair in likely_stores(session, cast.ada)] == [(other.id, store.id)]
    assert [(pair.duplicate, pair.kept) for pair in likely_users(session, cast.ada)] == [(twin.id, cast.bojan.id)]


def test_m3_likely_tags_of_whatever_kind(session: Session, cast: Cast) -> None:
    """M3: merge by choosing, likely duplicates first."""
    vegan = tag(session, cast, "Vegan", cast.rice, kind=TagKind.DIET)
    other = tag(session, cast, "vegan")
    typo = tag(session, cast, "Vegaan")
    tag(session, cast, "Sale")
    curating.verify(session, cast.ada, "tag", [other], now=NOW)
    session.flush()

    found = likely_tags(session, cast.ada)

    assert (found[0].duplicate, found[0].kept, found[0].duplicate_name) == (vegan, other, "Vegan · Diet")
    assert {pair.kept for pair in likely_tags(session, cast.ada, typo)} == {vegan, other}


def test_what_does_not_exist_is_not_compared(session: Session, cast: Cast) -> None:
    for view, there in (
        (tag_merge, tag(session, cast, "Vegan")),
        (product_merge, cast.rice),
        (store_merge, cast.store_id),
        (user_merge, cast.bojan.id),
    ):
        for pair in ((there, new_id()), (new_id(), there)):
            with pytest.raises(NotFound):
                view(session, cast.ada, *pair)
