"""M2, M3: admins vouch for stores, products and tags, set them right, and delete what nobody uses."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from sqlmodel import select

from bulq.domain.catalogue import TagKind
from bulq.domain.errors import BulqError, Conflict, Invalid, NotFound
from bulq.domain.phases import Unit
from bulq.models import AuditEntry, PriceObservation, Product, ProductAlias, ProductTag, Store, Tag
from bulq.models.base import new_id
from bulq.services import bids, catalogue, curating, deleting, phases
from tests.cast import LATER, NOW, PACK, Cast, plan

EAN = "4006381333931"
AS_IT_WAS: dict[str, Any] = {
    "name": "Basmati rice 5 kg",
    "brand": "Daawat",
    "unit": "pack",
    "step": PACK,
    "barcode": "",
    "content": None,
    "content_unit": "",
}


def edit(session: Session, cast: Cast, product: UUID, **values: Any) -> Product:
    curating.edit_product(session, cast.ada, product, **(AS_IT_WAS | values), now=LATER)
    session.flush()
    return session.get_one(Product, product)


def new_product(session: Session, cast: Cast, name: str = "Lentils") -> UUID:
    product = catalogue.add_product(session, cast.ana, name, "", "kg", 100, now=NOW)
    session.flush()
    return product.id


def new_tag(session: Session, cast: Cast, name: str = "Vegan", kind: TagKind = TagKind.DIET) -> UUID:
    tag = Tag(kind=kind, name=name, name_key=name.casefold(), created_by=cast.ana.id, created_at=NOW)
    session.add(tag)
    session.flush()
    return tag.id


def actions(session: Session, subject: UUID) -> list[str]:
    query = select(AuditEntry.action).where(AuditEntry.subject_id == subject).order_by(AuditEntry.id)  # type: ignore[arg-type]
    return list(session.scalars(query))


def test_m2_tags_are_verified_and_that_is_taken_back(session: Session, cast: Cast) -> None:
    """M2: verify with who and when."""
    tag_id = new_tag(session, cast)

    assert curating.verify(session, cast.ada, "tag", [tag_id], now=LATER) == 1
    session.flush()
    tag = session.get_one(Tag, tag_id)
    assert (tag.verified_at, tag.verified_by) == (LATER, cast.ada.id)
    assert curating.unverify(session, cast.ada, "tag", [tag_id], now=LATER) == 1
    session.flush()

    assert (tag.verified_at, tag.verified_by) == (None, None)
    assert actions(session, tag_id) == ["tag_verified", "tag_unverified"]
    for verb in (curating.verify, curating.unverify):
        with pytest.raises(NotFound):
            verb(session, cast.ana, "tag", [tag_id], now=LATER)
        with pytest.raises(NotFound):
            verb(session, cast.ada, "tag", [tag_id, cast.rice], now=LATER)


def test_m2_many_are_verified_at_once_with_who_and_when(session: Session, cast: Cast) -> None:
    """M2: verify with who and when."""
    products = [cast.rice, cast.tomatoes]
    curating.verify(session, cast.ada, "product", products[:1], now=NOW)

    count = curating.verify(session, cast.ada, "product", products, now=LATER)

    rows = [session.get_one(Product, each) for each in products]
    assert count == 1
    assert [(row.verified_at, row.verified_by) for row in rows] == [(NOW, cast.ada.id), (LATER, cast.ada.id)]
    assert curating.unverify(session, cast.ada, "product", products, now=LATER) == 2
    assert session.get_one(Product, cast.rice).verified_by is None
    session.flush()
    assert actions(session, cast.rice) == ["product_verified", "product_unverified"]


@pytest.mark.parametrize(
    ("kind", "ids", "error", "key"),
    [
        ("product", [], Invalid, "nothing_chosen"),
        ("product", [new_id() for _ in range(101)], Conflict, "too_many_at_once"),
        ("product", [new_id()], NotFound, "not_found"),
        ("user", [new_id()], Invalid, "choice"),
        ("x" * 10_000, [new_id()], Invalid, "choice"),
    ],
)
def test_only_what_there_is_can_be_verified(
    session: Session, cast: Cast, kind: str, ids: list[UUID], error: type[BulqError], key: str
) -> None:
    with pytest.raises(error) as refusal:
        curating.verify(session, cast.ada, kind, ids, now=NOW)

    assert refusal.value.key == key


def test_with_one_unknown_id_nothing_is_verified(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound):
        curating.verify(session, cast.ada, "store", [cast.store_id, new_id()], now=NOW)

    assert session.get_one(Store, cast.store_id).verified_at is None


def test_m3_a_product_is_edited_and_what_changed_is_recorded(session: Session, cast: Cast) -> None:
    """M3: Edit."""
    product = edit(
        session, cast, cast.rice, name="Rice", brand="Tilda", barcode="4006381-333931", content=5000, content_unit="kg"
    )

    assert (product.name_key, product.brand_key, product.barcode) == ("rice", "tilda", EAN)
    assert (product.content, product.content_unit) == (5000, Unit.KG)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "product_edited")).one()
    assert entry.details["changes"] == {
        "name": "Rice",
        "brand": "Tilda",
        "barcode": EAN,
        "content": 5000,
        "content_unit": "kg",
    }
    assert edit(session, cast, cast.rice).barcode is None


def test_an_edit_does_not_make_a_product_into_another(session: Session, cast: Cast) -> None:
    catalogue.add_product(session, cast.ana, "Rice", "Tilda", "pack", 1000, content=5000, content_unit="kg", now=NOW)
    as_other: dict[str, Any] = {"name": "Rice", "brand": "Tilda", "content": 5_000_000, "content_unit": "g"}

    with pytest.raises(Conflict) as refusal:
        edit(session, cast, cast.rice, **as_other)
    edit(session, cast, cast.rice, **as_other | {"content": 500_000})

    assert (refusal.value.key, refusal.value.field) == ("product_exists", "name")


def test_what_is_saved_as_it_stood_is_no_change(session: Session, cast: Cast) -> None:
    tag = new_tag(session, cast)

    edit(session, cast, cast.rice)
    curating.edit_store(session, cast.ada, cast.store_id, name="Metro", chain="", address="", now=NOW)
    curating.edit_tag(session, cast.ada, tag, name="Vegan", kind="diet", now=NOW)
    session.flush()

    assert not any(actions(session, each) for each in (cast.rice, cast.store_id, tag))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "\ufff9evil"}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "x" * 1_000_000}, "name"),
        ({"brand": "\x00"}, "brand"),
        ({"unit": "stone"}, "unit"),
        ({"unit": "'; DROP TABLE products"}, "unit"),
        ({"step": 0}, "step"),
        ({"step": -1000}, "step"),
        ({"step": 10**30}, "step"),
        ({"barcode": "4006381333932"}, "barcode"),
        ({"barcode": "<script>"}, "barcode"),
        ({"barcode": "9" * 5000}, "barcode"),
        ({"content": 0, "content_unit": "kg"}, "content"),
        ({"content": 10**30, "content_unit": "kg"}, "content"),
        ({"content": 5000, "content_unit": "stone"}, "content_unit"),
    ],
)
def test_what_would_not_be_accepted_of_a_new_product_is_refused(
    session: Session, cast: Cast, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        edit(session, cast, cast.rice, **values)

    assert refusal.value.field == field
    assert session.get_one(Product, cast.rice).name == "Basmati rice 5 kg"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "TOMATÓES", "brand": ""}, "name"),
        ({"barcode": EAN}, "barcode"),
    ],
)
def test_name_and_barcode_of_another_product_are_refused(
    session: Session, cast: Cast, values: dict[str, Any], field: str
) -> None:
    session.get_one(Product, cast.tomatoes).barcode = EAN
    session.flush()

    with pytest.raises(Conflict) as refusal:
        edit(session, cast, cast.rice, **values)

    assert refusal.value.field == field


def test_the_unit_stays_once_something_is_counted_in_it(session: Session, cast: Cast) -> None:
    with pytest.raises(Conflict) as refusal:
        edit(session, cast, cast.rice, unit="bag")
    unused = new_product(session, cast)

    assert (refusal.value.key, refusal.value.field) == ("unit_in_use", "unit")
    product = edit(session, cast, unused, name="Lentils", brand="", unit="g", step=50_000)
    assert (product.unit, product.step) == (Unit.G, 50_000)


def test_a_step_must_fit_what_open_runs_hold(session: Session, cast: Cast) -> None:
    product, run_id = new_product(session, cast), plan(session, cast)
    bids.place_bid(session, cast.ana, run_id, product, 700, now=NOW)
    session.flush()
    own = {"name": "Lentils", "brand": "", "unit": "kg"}

    with pytest.raises(Conflict) as refusal:
        edit(session, cast, product, **own, step=500)
    edit(session, cast, product, **own, step=350)
    phases.cancel_run(session, cast.ana, run_id, "", now=NOW)
    session.flush()

    assert (refusal.value.key, refusal.value.values) == ("step_in_use", {"count": 1})
    assert edit(session, cast, product, **own, step=500).step == 500


def test_stores_and_tags_are_edited_with_the_same_checks(session: Session, cast: Cast) -> None:
    other = catalogue.add_store(session, cast.ana, "Idea", now=NOW).id
    tag, twin = new_tag(session, cast), new_tag(session, cast, "Halal")
    session.flush()

    curating.edit_store(session, cast.ada, other, name="Идеа", chain="Mercator", address="Bulevar 1", now=NOW)
    curating.edit_tag(session, cast.ada, tag, name="Plants only", kind="other", now=NOW)
    session.flush()

    assert session.get_one(Store, other).name_key == "идеа"
    assert session.get_one(Tag, tag).kind is TagKind.OTHER
    for name, chain, address, field in (
        ("METRO", "", "", "store"),
        ("", "", "", "store"),
        ("Idea", "\ufff9", "", "chain"),
        ("Idea", "", "x" * 201, "address"),
    ):
        with pytest.raises(BulqError) as refusal:
            curating.edit_store(session, cast.ada, other, name=name, chain=chain, address=address, now=NOW)
        assert refusal.value.field == field
    for name, kind, field in (
        ("plants only", "other", "name"),
        ("", "diet", "name"),
        ("x" * 51, "diet", "name"),
        ("A", "x", "kind"),
    ):
        with pytest.raises(BulqError) as refusal:
            curating.edit_tag(session, cast.ada, twin, name=name, kind=kind, now=NOW)
        assert refusal.value.field == field


def test_m3_what_is_in_use_stays_and_the_reason_is_said(session: Session, cast: Cast) -> None:
    """M3: Delete; refused with the reason."""
    tag = new_tag(session, cast)
    session.add(ProductTag(product_id=cast.rice, tag_id=tag, created_by=cast.ana.id, created_at=NOW))
    session.flush()

    refusals: list[tuple[str, set[str]]] = []
    for delete, what in (
        (deleting.delete_product, cast.rice),
        (deleting.delete_store, cast.store_id),
        (deleting.delete_tag, tag),
    ):
        with pytest.raises(Conflict) as refusal:
            delete(session, cast.ada, what, now=NOW)
        refusals.append((refusal.value.key, set(refusal.value.values)))
    assert refusals == [
        ("in_use", {"runs", "sightings"}),
        ("in_use", {"runs", "sightings"}),
        ("tag_in_use", {"count"}),
    ]


def test_a_deleted_product_leaves_nothing_behind(session: Session, cast: Cast) -> None:
    product, tag = new_product(session, cast), new_tag(session, cast)
    session.add_all(
        [
            ProductTag(product_id=product, tag_id=tag, created_by=cast.ana.id, created_at=NOW),
            ProductAlias(product_id=product, name="Linse", name_key="linse", created_by=cast.ana.id, created_at=NOW),
            PriceObservation(
                product_id=product,
                store_id=cast.store_id,
                currency="EUR",
                price=1,
                day=NOW.date(),
                seen_by=cast.ana.id,
                seen_at=NOW,
                withdrawn_at=NOW,
                withdrawn_by=cast.ada.id,
            ),
        ]
    )
    session.flush()

    deleting.delete_product(session, cast.ada, product, now=NOW)
    deleting.delete_tag(session, cast.ada, tag, now=NOW)
    session.flush()

    assert session.get(Product, product) is None
    for table in (ProductTag, ProductAlias, PriceObservation):
        assert session.scalars(select(table.id).where(table.product_id == product)).all() == []
    assert actions(session, product) == ["product_deleted"]


def test_a_store_nobody_goes_to_is_deleted(session: Session, cast: Cast) -> None:
    store = catalogue.add_store(session, cast.ana, "Idea", now=NOW).id
    session.flush()

    deleting.delete_store(session, cast.ada, store, now=NOW)

    assert session.get(Store, store) is None


def test_a_price_withdrawn_keeps_no_store_but_one_that_counts_does(session: Session, cast: Cast) -> None:
    store = catalogue.add_store(session, cast.ana, "Idea", now=NOW).id
    seen = PriceObservation(
        product_id=cast.rice,
        store_id=store,
        currency="EUR",
        price=1,
        day=NOW.date(),
        seen_by=cast.ana.id,
        seen_at=NOW,
    )
    session.add(seen)
    session.flush()

    with pytest.raises(Conflict) as refusal:
        deleting.delete_store(session, cast.ada, store, now=NOW)
    seen.withdrawn_at, seen.withdrawn_by = NOW, cast.ada.id
    session.flush()
    deleting.delete_store(session, cast.ada, store, now=NOW)

    assert refusal.value.values == {"runs": 0, "sightings": 1}
