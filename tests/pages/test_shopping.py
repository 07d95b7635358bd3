"""The shopping page renders, with the names by which people and tools find its controls."""

import reflex as rx

from bulq.i18n import text
from bulq.pages.shopping.facts import ReceiptRow
from bulq.pages.shopping.page import shopping_page
from bulq.pages.shopping.rows import absent_row, bought_row, row_to_buy
from bulq.queries.shopping import Item


def test_the_page_has_its_controls() -> None:
    shown = str(shopping_page().render())

    keys = "to_buy bought not_there saved saving add back"
    for key in keys.split():
        assert f"shopping.{key}" in shown
    rows = ((row_to_buy, Item), (absent_row, Item), (bought_row, ReceiptRow))
    for draw, kind in rows:
        assert "data-product" in str(draw(rx.Var("row").to(kind)).render())


def test_controls_are_called_as_agreed() -> None:
    called = {
        "Buy Rice": text("shopping.buy", product="Rice"),
        "Edit Rice": text("shopping.edit_of", product="Rice"),
        "Undo Rice": text("shopping.undo_of", product="Rice"),
        "Buy more Rice": text("shopping.buy_more", product="Rice"),
        "Quantity bought": text("shopping.quantity"),
        "Price per kg": text("shopping.price", unit="kg"),
        "Total": text("shopping.total"),
        "Paid by": text("shopping.paid_by"),
        "Bought": text("shopping.record"),
        "Not there": text("shopping.not_there"),
        "Back to the run": text("shopping.back"),
        "Add a product": text("shopping.add"),
    }

    assert all(name == shown for name, shown in called.items())
