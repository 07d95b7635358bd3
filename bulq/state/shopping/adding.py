"""Adding to the list at the shop: as a bid of somebody, of a product that is known or one that is new."""

from typing import Any
from uuid import UUID

import reflex as rx

from bulq.db import Session
from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError, NotFound
from bulq.domain.phases import Unit
from bulq.domain.quantities import parse_quantity
from bulq.i18n import text, unit_name
from bulq.queries.access import run_for
from bulq.queries.catalogue import ProductFound, find_products
from bulq.queries.people import members_of
from bulq.services import shopping
from bulq.services.new_products import NewProduct, list_new_product
from bulq.state.auth import AbovePage, act, look, route, uuid
from bulq.state.options import Option
from bulq.state.refusals import message
from bulq.state.toasts import toast

STEPS = {Unit.KG: "0.1", Unit.L: "0.1", Unit.M: "0.1", Unit.G: "50", Unit.ML: "50"}
MOST_OFFERED = 100  # products that were found and may still be chosen
FIELDS = ("name", "brand", "unit", "step", "quantity")


class ListingState(AbovePage, rx.State):
    found: list[Option] = []
    members: list[tuple[str, str]] = []
    open: bool = False
    creating: bool = False
    name: str = ""
    unit: str = "piece"
    unit_name: str = ""
    step: str = "1"
    person: str = ""
    errors: dict[str, str] = {}
    alert: str = ""

    _found: dict[str, ProductFound] = {}
    _product_id: str = ""

    @rx.event
    async def find(self, typed: str):
        products = await look(self, find_products, route(self, "run_id"), str(typed), with_bids=True)
        # What was offered stays choosable, though something else is looked for meanwhile.
        new = {str(product.id): product for product in products}
        self._found = dict(list((self._found | new).items())[-MOST_OFFERED:])
        self.found = [Option(str(product.id), product.name, product.brand) for product in products]

    @rx.event
    async def choose(self, product_id: str):
        product = self._found.get(str(product_id))
        if product is None:
            raise NotFound()
        await _begin(self, product.name, product_id=str(product.id))
        self.unit, self.unit_name = str(product.unit), unit_name(product.unit)

    @rx.event
    async def create(self, typed: str):
        await _begin(self, str(typed)[:100], product_id="")

    @rx.event
    async def set_unit(self, unit: str):
        """Things that are weighed come in smaller steps than things that are counted."""
        if unit in list(Unit):
            self.unit, self.step = str(unit), STEPS.get(Unit(unit), "1")

    @rx.event
    async def set_person(self, person: str):
        self.person = str(person)[:40]

    @rx.event
    async def close(self):
        self.open = False

    @rx.event
    async def add(self, form: dict[str, Any]):
        """Put it on the list; a product that is new is made in the same breath, so neither comes without the other."""
        if not self.open:
            return None  # the second of two quick taps
        run_id = route(self, "run_id")
        typed = {name: str(value) for name, value in form.items()} if isinstance(form, dict) else {}
        self.errors, self.alert = {}, ""
        try:
            name = await self._add(run_id, typed)
        except BulqError as error:
            self.errors = {error.field: message(error)} if error.field in FIELDS else {}
            self.alert = "" if self.errors else message(error)
            return None
        self.open = False
        return toast(text("shopping.listed", product=name))

    async def _add(self, run_id: UUID, typed: dict[str, str]) -> str:
        person, amount = uuid(typed.get("person", "")), typed.get("quantity", "")
        if not self.creating:
            product = self._found.get(self._product_id)
            if product is None:
                raise NotFound()
            await act(
                self,
                shopping.add_to_list,
                run_id,
                product.id,
                person,
                parse_quantity(amount, product.step, unit=product.unit),
            )
            return product.name
        unit = typed.get("unit", "")
        step = parse_quantity(typed.get("step", ""), 1, unit=unit, field="step")
        new = NewProduct(typed.get("name", ""), typed.get("brand", ""), unit, step)
        product = await act(self, list_new_product, run_id, new, person, parse_quantity(amount, step, unit=unit))
        return product.name


def _members(session: Session, viewer: Actor, run_id: UUID) -> tuple[list[tuple[str, str]], str]:
    access = run_for(session, viewer, run_id)
    members = members_of(session, access.group.id)
    return [(str(member.user_id), member.name) for member in members], str(viewer.id)


async def _begin(state: ListingState, name: str, *, product_id: str) -> None:
    members, me = await look(state, _members, route(state, "run_id"))
    state.members, state.person = members, state.person or me
    state._product_id, state.creating = product_id, not product_id
    state.name, state.unit, state.unit_name, state.step = name, "piece", "", "1"
    state.errors, state.alert, state.open = {}, "", True
