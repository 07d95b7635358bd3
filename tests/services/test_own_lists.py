"""A group's own price list: only the group sees its prices, wherever prices are shown, until an admin verifies it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import changes
from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, Forbidden, NotFound
from bulq.models import AuditEntry, CatalogueImport, GoneProduct, Group, PriceObservation
from bulq.queries.catalogue import find_products
from bulq.queries.catalogue_file import export_rows
from bulq.queries.export import run_export
from bulq.queries.imports import unverified_lists
from bulq.queries.merging import product_merge, store_merge
from bulq.queries.prices import product_page
from bulq.queries.runs import run_view
from bulq.queries.search import results, search
from bulq.queries.shopping import shopping_list
from bulq.queries.stores import store_page
from bulq.services import bids, catalogue, groups, merging, phases, runs
from bulq.services.catalogue_import import Order, finish_import, import_catalogue, preview_catalogue
from bulq.services.catalogue_undo import undo_import, verify_list
from bulq.services.prices import see_price, withdraw_price
from tests import seeing
from tests.cast import LATER, NOW, Cast, remove

LIST = "Article;Unit;Price\nTomatoes;kg;3,10 €\nOats;kg;2,40 €\n"
PRODUCT_VIEWS = ("product", "figures", "chart", "store", "search", "results")
RUN_VIEWS = ("run", "adding", "exported", "shopping", "prices while shopping")


@dataclass
class Two:
    """Ana's group, and Eva's; each has a run that is being shopped, with tomatoes, at the same store."""

    cast: Cast
    session: Session
    other_id: UUID
    run_id: UUID
    other_run_id: UUID

    def __post_init__(self) -> None:
        self.ana, self.bojan, self.eva, self.ada = self.cast.ana, self.cast.bojan, self.cast.eva, self.cast.ada

    def take_in(self, who: Actor, group_id: UUID | None, text: str = LIST, day: int = 0) -> CatalogueImport:
        order = Order(store_id=self.cast.store_id, group_id=group_id, currency="EUR", answers={"gone": "mark"})
        now = NOW + timedelta(days=day)
        import_catalogue(self.session, who, io.BytesIO(text.encode()), order, name="list.csv", now=now)
        self.session.flush()
        newest = select(CatalogueImport).order_by(col(CatalogueImport.id).desc())
        found = self.session.scalars(newest).first()
        assert found is not None
        return found

    def seen(self, who: Actor, product_id: UUID | None = None, store_id: UUID | None = None) -> dict[str, set[int]]:
        """The prices of the tomatoes that each page with products shows."""
        session, product_id, store_id = self.session, product_id or self.cast.tomatoes, store_id or self.cast.store_id
        page, store = product_page(session, who, product_id), store_page(session, who, store_id)
        hits = {"search": search(session, who, "tomatoes"), "results": results(session, who, "tomatoes")}
        return {
            "product": {line.price.amount for line in page.sightings},
            "figures": {offer.price.amount for each in page.stores for offer in each.offers},
            "chart": {point.price.amount for point in page.points},
            "store": {price.amount for each in store.products if each.id == str(product_id) for price in each.prices},
            **{
                name: {hit.price.offer.price.amount for hit in found.products if hit.id == product_id and hit.price}
                for name, found in hits.items()
            },
        }

    def in_run(self, who: Actor, run_id: UUID) -> dict[str, set[int]]:
        session, tomatoes = self.session, self.cast.tomatoes
        found = find_products(session, who, run_id, "tomatoes", with_bids=True)
        list_ = shopping_list(session, who, run_id).items.values()
        exported = {goods.price.price.amount for goods in run_export(session, who, run_id).goods if goods.price}
        return {
            "run": {offer.price.amount for line in run_view(session, who, run_id).products for offer in line.offers},
            "adding": {offer.price.amount for each in found if each.id == tomatoes for offer in each.offers},
            "exported": exported,
            "shopping": {item.price for item in list_ if item.price is not None},
            "prices while shopping": {price.amount for item in list_ for price in item.prices},
        }

    def sold(self, who: Actor) -> set[str]:
        return {each.name for each in store_page(self.session, who, self.cast.store_id).products}

    def estimate(self, who: Actor, run_id: UUID) -> int | None:
        (line,) = run_view(self.session, who, run_id).products
        return line.expected


def everywhere(*prices: int) -> dict[str, set[int]]:
    return {view: set(prices) for view in PRODUCT_VIEWS}


def in_all_of_run(*prices: int) -> dict[str, set[int]]:
    return {view: set(prices) for view in RUN_VIEWS}


@pytest.fixture
def two(session: Session, cast: Cast) -> Two:
    other = groups.create_group(session, cast.eva, "Podbara", "EUR", "Europe/Belgrade", now=NOW)
    session.flush()
    found = [
        _shopped(session, who, group_id, cast) for who, group_id in ((cast.ana, cast.group_id), (cast.eva, other.id))
    ]
    return Two(cast, session, other.id, *found)


def _shopped(session: Session, who: Actor, group_id: UUID, cast: Cast) -> UUID:
    run = runs.start_run(session, who, group_id, cast.store_id, now=NOW)
    session.flush()
    bids.place_bid(session, who, run.id, cast.tomatoes, 2000, now=NOW)
    session.flush()
    seeing.confirm_run(session, who, run.id, now=NOW)
    session.flush()
    phases.start_shopping(session, who, run.id, now=NOW)
    session.flush()
    return run.id


def test_only_the_group_sees_its_list_until_it_is_verified(two: Two) -> None:
    found = two.take_in(two.bojan, two.cast.group_id)

    assert two.seen(two.ana) == everywhere(310) and two.in_run(two.ana, two.run_id) == in_all_of_run(310)
    assert two.seen(two.eva) == everywhere() and two.in_run(two.eva, two.other_run_id) == in_all_of_run()
    assert two.seen(two.ada) == everywhere()
    assert (two.estimate(two.ana, two.run_id), two.estimate(two.eva, two.other_run_id)) == (620, None)

    assert verify_list(two.session, two.ada, found.id, now=LATER)

    for who, run_id in ((two.ana, two.run_id), (two.eva, two.other_run_id)):
        assert two.seen(who) == everywhere(310) and two.in_run(who, run_id) == in_all_of_run(310)
    assert changes.noted(two.session) >= {"catalogue", f"store:{two.cast.store_id}"}
    assert (found.verified_at, found.verified_by) == (LATER, two.ada.id)
    entry = two.session.scalars(select(AuditEntry).where(AuditEntry.action == "list_verified")).one()
    assert (entry.actor_id, entry.subject_id, entry.group_id) == (two.ada.id, two.cast.store_id, two.cast.group_id)


def test_the_file_of_the_catalogue_has_what_everybody_sees(two: Two) -> None:
    def exported() -> list[str]:
        rows, _ = export_rows(two.session, two.ada, None)
        return [row[-6:][1] for row in rows if row[0] == "Tomatoes"]

    found = two.take_in(two.bojan, two.cast.group_id)
    assert exported() == [""]

    verify_list(two.session, two.ada, found.id, now=LATER)
    assert exported() == ["3.1"]


def test_products_of_a_list_are_everybodys_at_once(two: Two) -> None:
    two.take_in(two.bojan, two.cast.group_id)

    (hit,) = search(two.session, two.eva, "oats").products
    assert (hit.name, hit.price) == ("Oats", None)
    assert two.sold(two.ana) - two.sold(two.eva) == {"Oats", "Tomatoes"}


def test_two_groups_have_a_list_each_of_one_store(two: Two) -> None:
    """With a price in both, too; and whoever is in both groups sees both, but a run of either only its own."""
    both = "Article;Unit;Price\nTomatoes;kg;{};\nOats;kg;2,40 €\n"
    two.take_in(two.bojan, two.cast.group_id)
    two.take_in(two.eva, two.other_id, both.format("2,90 €"))
    oats = search(two.session, two.eva, "oats").products[0]

    assert oats.price is not None and oats.price.offer.price.amount == 240
    assert (two.seen(two.ana), two.seen(two.eva)) == (everywhere(310), everywhere(290))
    assert two.in_run(two.ana, two.run_id) == in_all_of_run(310)
    assert two.in_run(two.eva, two.other_run_id) == in_all_of_run(290)

    token = two.session.get_one(Group, two.other_id).invite_token
    groups.join_group(two.session, two.bojan, token, now=NOW)
    two.session.flush()

    assert two.seen(two.bojan)["product"] == {310, 290}
    assert (two.estimate(two.bojan, two.run_id), two.estimate(two.bojan, two.other_run_id)) == (620, 580)


def test_who_leaves_the_group_sees_its_list_no_more(two: Two) -> None:
    two.take_in(two.bojan, two.cast.group_id)

    remove(two.session, two.cast, two.bojan)

    assert two.seen(two.bojan) == everywhere()


def test_what_everybody_sees_is_noted_beside_the_same_price_of_a_list(two: Two) -> None:
    place = two.cast.tomatoes, two.cast.store_id, 310, "EUR"
    two.take_in(two.bojan, two.cast.group_id)

    assert see_price(two.session, two.eva, *place, now=NOW)
    assert not see_price(two.session, two.ana, *place, now=NOW)

    assert two.seen(two.eva) == everywhere(310)


def test_a_list_adds_no_price_that_its_group_sees_already(two: Two) -> None:
    see_price(two.session, two.eva, two.cast.tomatoes, two.cast.store_id, 310, "EUR", now=NOW)

    first = two.take_in(two.bojan, two.cast.group_id)
    again = two.take_in(two.bojan, two.cast.group_id)

    assert [each.counts["new_prices"] for each in (first, again)] == [1, 0]


def test_an_import_is_taken_back_verified_or_not(two: Two) -> None:
    first, second = two.take_in(two.bojan, two.cast.group_id), two.take_in(two.eva, two.other_id)
    verify_list(two.session, two.ada, first.id, now=NOW)

    for found, who in ((first, two.bojan), (second, two.eva)):
        undo_import(two.session, who, found.id, now=LATER)
        while finish_import(two.session, found.id):
            two.session.flush()

    assert two.seen(two.ana) == two.seen(two.eva) == everywhere()
    with pytest.raises(Conflict, match="import_taken_back"):
        verify_list(two.session, two.ada, second.id, now=LATER)


def test_a_list_is_verified_once_and_by_admins_alone(two: Two) -> None:
    found, everybodys = two.take_in(two.bojan, two.cast.group_id), two.take_in(two.ada, None)
    (waiting,) = unverified_lists(two.session, two.ada)
    assert (waiting.id, waiting.store, waiting.group, waiting.prices) == (found.id, "Metro", "Liman", 2)

    for who, import_id in ((two.bojan, found.id), (two.ada, everybodys.id), (two.ada, two.cast.rice)):
        with pytest.raises(NotFound):
            verify_list(two.session, who, import_id, now=NOW)
    with pytest.raises(NotFound):
        unverified_lists(two.session, two.bojan)

    assert [verify_list(two.session, two.ada, found.id, now=NOW) for _ in range(2)] == [True, False]
    assert unverified_lists(two.session, two.ada) == ()


def test_a_price_one_does_not_see_is_answered_like_none(two: Two) -> None:
    two.take_in(two.bojan, two.cast.group_id)
    hidden = two.session.scalars(select(PriceObservation.id).where(PriceObservation.price == 310)).one()

    for who, refusal in ((two.eva, NotFound), (two.ana, Forbidden)):
        with pytest.raises(refusal):
            withdraw_price(two.session, who, hidden, now=NOW)


@pytest.mark.parametrize("everybodys_first", [True, False])
def test_merged_products_keep_what_each_may_see(two: Two, everybodys_first: bool) -> None:
    twin = catalogue.add_product(two.session, two.bojan, "Tomatos", "", "kg", 500, now=NOW).id
    two.session.flush()
    listed = LIST if everybodys_first else LIST.replace("Tomatoes", "Tomatos")
    seen_first = twin if everybodys_first else two.cast.tomatoes
    see_price(two.session, two.eva, seen_first, two.cast.store_id, 310, "EUR", now=NOW + timedelta(minutes=1))
    two.take_in(two.bojan, two.cast.group_id, listed)

    doubles = product_merge(two.session, two.ada, twin, two.cast.tomatoes).moves.get("double_sightings", 0)
    merging.merge_products(two.session, two.ada, twin, two.cast.tomatoes, now=LATER)
    two.session.flush()

    assert doubles == 0  # the group's is older, so everybody's has to stay
    assert two.seen(two.ana) == two.seen(two.eva) == everywhere(310)


def test_merged_stores_keep_what_each_may_see(two: Two) -> None:
    twin = catalogue.add_store(two.session, two.eva, "Metro NS", now=NOW).id
    two.session.flush()
    see_price(two.session, two.eva, two.cast.tomatoes, twin, 270, "EUR", now=NOW)
    found = two.take_in(two.bojan, two.cast.group_id)

    assert store_merge(two.session, two.ada, two.cast.store_id, twin).moves["sightings"] >= 2
    merging.merge_stores(two.session, two.ada, two.cast.store_id, twin, now=LATER)
    two.session.flush()
    two.session.expire_all()

    assert two.seen(two.eva, store_id=twin) == everywhere(270)
    assert two.seen(two.ana, store_id=twin)["product"] == {270, 310}
    verify_list(two.session, two.ada, found.id, now=LATER)
    assert two.seen(two.eva, store_id=twin)["product"] == {270, 310}


def test_what_a_groups_list_drops_is_no_longer_sold_to_the_group_alone(two: Two) -> None:
    two.take_in(two.ada, None)
    two.take_in(two.bojan, two.cast.group_id, "Article;Unit;Price\nOats;kg;2,40 €\n", day=1)

    assert {"Oats", "Tomatoes"} < two.sold(two.eva) and two.sold(two.eva) - two.sold(two.ana) == {"Tomatoes"}

    two.take_in(two.ada, None, day=2)
    assert two.sold(two.ana) == two.sold(two.eva)  # a later list has them


def test_what_everybodys_list_drops_is_sold_to_a_group_whose_own_later_list_has_it(two: Two) -> None:
    two.take_in(two.ada, None)
    two.take_in(two.ada, None, "Article;Unit;Price\nOats;kg;2,45 €\n", day=1)
    two.take_in(two.bojan, two.cast.group_id, LIST, day=2)

    assert "Oats" in two.sold(two.eva) and two.sold(two.ana) - two.sold(two.eva) == {"Tomatoes"}
    order = Order(store_id=two.cast.store_id, group_id=two.cast.group_id)
    shorter = io.BytesIO(b"Article;Unit;Price\nOats;kg;2,45\n")
    findings = preview_catalogue(two.session, two.bojan, shorter, order, now=NOW + timedelta(days=3))
    assert findings.gone_names == ["Tomatoes"]
    assert two.session.scalars(select(GoneProduct.product_id)).all() == [two.cast.tomatoes]
