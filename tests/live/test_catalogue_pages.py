"""Open pages of products and stores follow what happens to the catalogue, in every process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bulq import announcing, changes, db
from bulq.config import settings
from bulq.services import aliases, catalogue, curating, prices, products, tags
from bulq.services.deleting import delete_product
from bulq.services.merging import merge_products, merge_stores
from tests.cast import LATER, NOW, PACK
from tests.live.conftest import Pair
from tests.live.looker import Looker, looking


@pytest.fixture(autouse=True)
def announced(pair: Pair, on_the_pairs_database: None) -> Iterator[None]:
    settings.redis_url = pair.redis.url
    changes.tell_by(announcing.announce)
    yield


def do(use_case: Any, *args: Any, **kwargs: Any) -> Any:
    return db.write_now(use_case, *args, now=LATER, **kwargs)


def shown(page: Looker) -> dict[str, Any]:
    assert page.facts is not None
    return page.facts


def current(page: Looker) -> list[int]:
    """The amounts that a product's page shows now."""
    return [row["price"]["amount"] for row in shown(page)["sightings"]]


def sold(store: Looker) -> list[dict[str, Any]]:
    return shown(store)["products"]


def offered(store: Looker) -> list[int]:
    """The amounts that a store's page shows now."""
    return [price["amount"] for product in sold(store) for price in product["prices"]]


async def test_a_sighting_shows_on_the_pages_of_the_product_and_the_store_until_it_is_withdrawn(pair: Pair) -> None:
    cast, (one, two) = pair.cast, pair.servers
    async with (
        looking(pair, one, cast.eva, f"products/{cast.rice}") as product,
        looking(pair, two, cast.mila, f"stores/{cast.store_id}") as store,
    ):
        do(prices.see_price, cast.bojan, cast.rice, cast.store_id, 1234, "EUR")

        assert await product.until(lambda: 1234 in current(product)) < 1
        assert await store.until(lambda: 1234 in offered(store)) < 1
        mine = next(row for row in shown(product)["sightings"] if row["price"]["amount"] == 1234)
        assert (mine["seen_by"], mine["seen_by_name"]) == (str(cast.bojan.id), "Bojan")

        do(prices.withdraw_price, cast.bojan, mine["id"])

        assert await product.until(lambda: 1234 not in current(product)) < 1
        assert await store.until(lambda: 1234 not in offered(store)) < 1


async def test_an_edited_product_is_shown_as_it_is_now(pair: Pair) -> None:
    cast = pair.cast
    do(prices.see_price, cast.bojan, cast.tomatoes, cast.store_id, 321, "EUR")
    async with (
        looking(pair, pair.servers[0], cast.eva, f"products/{cast.tomatoes}") as product,
        looking(pair, pair.servers[1], cast.eva, f"stores/{cast.store_id}") as store,
    ):
        plain = {"unit": "kg", "step": PACK // 2, "barcode": "", "content": None, "content_unit": ""}
        do(curating.edit_product, cast.ada, cast.tomatoes, name="Cherry tomatoes", brand="", **plain)

        assert await product.until(lambda: shown(product)["name"] == "Cherry tomatoes") < 1
        assert await store.until(lambda: "Cherry tomatoes" in [row["name"] for row in sold(store)]) < 1

        do(products.edit_product_details, cast.ada, cast.tomatoes, barcode="96385074", content=None, content_unit="")
        await product.until(lambda: shown(product)["barcode"] == "96385074")


async def test_tags_and_other_names_show_and_go(pair: Pair) -> None:
    cast, (one, two) = pair.cast, pair.servers

    def known_as(page: Looker) -> tuple[list[str], list[str]]:
        return [each["name"] for each in shown(page)["tags"]], [each["name"] for each in shown(page)["names"]]

    async with (
        looking(pair, one, cast.eva, f"products/{cast.tomatoes}") as page,
        looking(pair, two, cast.bojan, f"products/{cast.tomatoes}") as his,
    ):
        before = known_as(page)
        tag = do(tags.add_tag, cast.bojan, cast.tomatoes, "other", "Ripe")
        alias = do(aliases.add_alias, cast.bojan, cast.tomatoes, "Pelati", "")

        assert await page.until(lambda: known_as(page) == ([*before[0], "Ripe"], [*before[1], "Pelati"])) < 1
        await his.until(lambda: known_as(his) == known_as(page))
        assert [each["removable"] for each in shown(his)["tags"][-1:] + shown(page)["tags"][-1:]] == [True, False]

        do(curating.edit_tag, cast.ada, tag.id, name="Red", kind="other")

        assert await page.until(lambda: "Red" in known_as(page)[0]) < 1

        do(tags.remove_tag, cast.bojan, cast.tomatoes, tag.id)
        do(aliases.remove_alias, cast.bojan, alias.id)

        assert await page.until(lambda: known_as(page) == before) < 1


async def test_what_was_merged_away_leads_to_what_is_there_now(pair: Pair) -> None:
    cast, (one, two) = pair.cast, pair.servers
    twin = db.write_now(catalogue.add_product, cast.bojan, "Rice, basmati", "", "pack", PACK, now=NOW).id
    shop = db.write_now(catalogue.add_store, cast.bojan, "Metro 2", now=NOW).id
    do(prices.see_price, cast.bojan, twin, shop, 777, "EUR")
    async with (
        looking(pair, one, cast.eva, f"products/{twin}") as gone,
        looking(pair, two, cast.eva, f"products/{cast.rice}") as kept,
        looking(pair, one, cast.eva, f"stores/{shop}") as gone_store,
    ):
        do(merge_products, cast.ada, twin, cast.rice)

        await gone.until(lambda: shown(gone)["id"] == str(cast.rice))
        assert shown(gone)["name"] == shown(kept)["name"]
        assert await kept.until(lambda: 777 in current(kept)) < 1
        await gone_store.until(lambda: [row["id"] for row in sold(gone_store)] == [str(cast.rice)])

        do(merge_stores, cast.ada, shop, cast.store_id)

        await gone_store.until(lambda: shown(gone_store)["id"] == str(cast.store_id))
        await kept.until(lambda: {row["name"] for row in shown(kept)["stores"]} == {"Metro"})


async def test_a_deleted_product_is_gone_from_its_page(pair: Pair) -> None:
    cast = pair.cast
    product = db.write_now(catalogue.add_product, cast.bojan, "Mistake", "", "pack", PACK, now=NOW).id
    async with looking(pair, pair.servers[0], cast.eva, f"products/{product}") as page:
        do(delete_product, cast.ada, product)

        await page.until(lambda: page.facts is None)
