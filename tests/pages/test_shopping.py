"""The shopping page renders, with the names by which people and tools find its controls."""

from bulq.i18n import text
from bulq.pages.shopping import shopping_page


def test_the_page_has_its_controls() -> None:
    shown = str(shopping_page().render())

    keys = "buy edit_of undo_of buy_more quantity price total paid_by record not_there add back"
    for key in keys.split():
        assert f"shopping.{key}" in shown
    assert "data-product" in shown


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
