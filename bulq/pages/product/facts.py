"""What the page knows of its product, and who is looking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import reflex as rx

from bulq.components.facts import call, known, live_var
from bulq.queries.accounts import Me
from bulq.queries.product import PerUnit, PriceShown, ProductPage, Sighting

CHART = "$/public/product/chart.js"
PRICES = "$/public/product/prices.js"
DIALOG = "product.dialog"  # "price", "ordinary", "details", "tag" or "name"
ASKED = "product.asked"  # the id of the sighting that an admin is asked about

product = live_var(ProductPage, "product")
me = live_var(Me, "me")


@dataclass(frozen=True)
class StoreRow:
    """Figures of a store with its line in the chart, -1 without one, as assets/product/chart.js joins them."""

    id: str
    name: str
    offers: tuple[PriceShown, ...]
    per_unit: PerUnit | None
    lowest: PriceShown
    average: PriceShown
    highest: PriceShown
    seen_at: datetime
    gone: bool
    line: int


def store_rows() -> rx.Var[list[StoreRow]]:
    return call(CHART, "withLines", list[StoreRow], product.stores)


def sighting_of(key: Any) -> Any:
    """The sighting of this id, or nothing."""
    return call(PRICES, "sightingOf", Sighting, product.sightings, key)


def has_prices() -> rx.Var[bool]:
    return known(product.overall)
