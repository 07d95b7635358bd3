"""Adding a product to a run: found while typing, or created in place."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import reflex as rx

from bulq.db import Session
from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError
from bulq.domain.phases import Unit
from bulq.domain.quantities import parse_money, parse_quantity
from bulq.i18n import exponent, price
from bulq.queries.access import run_for
from bulq.queries.catalogue import ProductFound, find_products
from bulq.services import bids
from bulq.services.new_products import NewProduct, bid_on_new_product
from bulq.state.auth import AbovePage, act, look, route, uuid
from bulq.state.options import Option
from bulq.state.product.goods import STEPS, GoodsFields
from bulq.state.product.pricing import first_per, per_of
from bulq.state.refusals import message

MOST_OFFERED = 100  # products that were found and may still be chosen
FIELDS = ("name", "brand", "unit", "step", "price", "per")


class AddingState(AbovePage, GoodsFields, rx.State):
    found: list[Option] = []
    creating: bool = False
    price: str = ""
    per: str = "1"
    errors: dict[str, str] = {}
    _steps: dict[str, int] = {}

    @rx.event
    async def find(self, typed: str):
        products, currency = await look(self, _offered, route(self, "run_id"), str(typed))
        # What was offered stays choosable, though something else is looked for meanwhile.
        new = {str(product.id): product.step for product in products}
        self._steps = dict(list((self._steps | new).items())[-MOST_OFFERED:])
        self.found = [_option(product, currency) for product in products]

    @rx.event
    async def choose(self, product_id: str):
        """Choosing a product bids one unit of it."""
        amount = first_amount(self._steps.get(str(product_id), 1000))
        await self._bid(bids.place_first_bid, uuid(product_id), amount)

    @rx.event
    async def create(self, typed: str):
        self.reset()
        self.name, self.creating = str(typed)[:200], True

    @rx.event
    async def close(self):
        self.creating = False

    @rx.event
    async def set_unit(self, value: str):
        """Things that are weighed come in smaller steps than things that are counted."""
        self.unit = value
        self.step = STEPS.get(Unit(value), "1") if value in list(Unit) else "1"
        self.per = first_per(value)

    @rx.event
    async def set_price(self, value: str):
        self.price = value

    @rx.event
    async def set_per(self, value: str):
        self.per = value

    @rx.event
    async def save(self):
        """Create the product and bid one unit of it."""
        if not self.creating:
            return  # the second of two quick taps
        self.errors = {}
        try:
            step = parse_quantity(self.step, 1, unit=self.unit, field="step")
            amount = None
            if self.price.strip():
                currency = await look(self, _currency_of, route(self, "run_id"))
                amount = parse_money(self.price, exponent(currency), field="price", allow_zero=True)
            new = NewProduct(self.name, self.brand, self.unit, step, amount, per_of(self.per, self.unit))
            await self._bid(bid_on_new_product, new, first_amount(step))
        except BulqError as error:
            if error.field not in FIELDS:
                raise
            self.errors = {error.field: message(error)}
            return
        self.creating = False

    async def _bid(self, use_case: Callable[..., Any], *args: Any) -> None:
        await act(self, use_case, route(self, "run_id"), *args)


def first_amount(step: int) -> int:
    """Thousandths to begin with: one unit, rounded up to whole steps."""
    return -(-1000 // step) * step


def _currency_of(session: Session, viewer: Actor, run_id: UUID) -> str:
    return run_for(session, viewer, run_id).group.currency


def _offered(session: Session, viewer: Actor, run_id: UUID, typed: str) -> tuple[list[ProductFound], str]:
    return find_products(session, viewer, run_id, typed), _currency_of(session, viewer, run_id)


def _option(product: ProductFound, currency: str) -> Option:
    details = [product.brand] if product.brand else []
    if product.offers:
        details.append(price(product.offers[0], product.unit, currency))
    return Option(str(product.id), product.name, " · ".join(details))
