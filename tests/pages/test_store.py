"""The store page renders, with the names by which people and tools find its controls."""

import reflex as rx

from bulq.i18n import text
from bulq.pages.store.goods import product_row
from bulq.pages.store.page import store_page
from bulq.pages.store.runs import run_row
from bulq.queries.stores import ProductThere, RunThere


def test_the_page_has_its_controls() -> None:
    shown = str(store_page().render())

    keys = "goods search empty not_found about today edit chain address hours monday sunday save"
    for key in keys.split():
        assert f"store.{key}" in shown
    assert "price_list.link" in shown and "missing.title" in shown
    assert "data-product" in str(product_row(rx.Var("row").to(ProductThere)).render())
    assert "/runs/" in str(run_row(rx.Var("row").to(RunThere)).render())


def test_controls_are_called_as_agreed() -> None:
    assert text("price_list.link") == "Import a price list"
    assert text("store.search") == "Search this store"
