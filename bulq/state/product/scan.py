"""Scanning or typing a barcode: it leads to the product that has it, to one that gets it, or to creating one."""

import reflex as rx

from bulq.domain.errors import BulqError, Conflict
from bulq.domain.phases import Unit
from bulq.domain.prices import MEASURED
from bulq.domain.quantities import parse_quantity
from bulq.i18n import text
from bulq.queries.prices import product_by_barcode, product_named, products_without_barcode
from bulq.services.catalogue import add_product
from bulq.services.products import add_barcode
from bulq.state.auth import act, arrived, look, uuid
from bulq.state.options import Option
from bulq.state.product.goods import STEPS, ContentFields
from bulq.state.product.pricing import content_of
from bulq.state.refusals import message, placed
from bulq.state.toasts import toast

LONGEST_TYPED = 60
LONGEST_NAME = 100


class ScanState(ContentFields, rx.State):
    typed: str = ""
    error: str = ""
    code: str = ""
    creating: bool = False
    found: list[Option] = []
    chosen: str = ""
    chosen_name: str = ""
    has_content: bool = True
    errors: dict[str, str] = {}
    alert: str = ""
    twin: str = ""

    @rx.event
    async def open(self):
        if await arrived(self):
            self.reset()

    @rx.event
    async def set_typed(self, value: str):
        self.typed, self.error = str(value)[:LONGEST_TYPED], ""

    @rx.event
    async def scanned(self, code: str):
        """What the camera read."""
        self.typed = str(code)[:LONGEST_TYPED]
        return await self._find()

    @rx.event
    async def find(self):
        return await self._find()

    async def _find(self):
        self.error = ""
        try:
            code, found = await look(self, product_by_barcode, self.typed)
        except BulqError as error:
            self.error = message(error)
            return
        if found is not None:
            return rx.redirect(f"/products/{found}")
        self.code, self.creating = code, True
        self.name = self.brand = self.content = self.alert = self.twin = self.chosen = self.chosen_name = ""
        self.errors, self.found = {}, []

    @rx.event
    async def close(self):
        self.creating = False

    @rx.event
    async def seek(self, typed: str):
        """A product that is known by its name only."""
        self.chosen, self.chosen_name, self.errors = "", str(typed)[:LONGEST_NAME], {}
        found = await look(self, products_without_barcode, self.chosen_name)
        self.found = [Option(str(product_id), name, brand) for product_id, name, brand in found]

    @rx.event
    async def choose(self, product_id: str, name: str):
        """Whatever has been found meanwhile."""
        self.chosen, self.chosen_name = str(product_id), str(name)[:LONGEST_NAME]

    @rx.event
    async def add_barcode(self):
        """Give the barcode to the product that was chosen."""
        try:
            await act(self, add_barcode, uuid(self.chosen), self.code)
        except BulqError as error:
            self.errors = {"chosen": message(error)}
            return
        self.creating = False
        return [rx.redirect(f"/products/{self.chosen}"), toast(text("barcode.added", product=self.chosen_name))]

    @rx.event
    async def set_unit(self, value: str):
        """Things that are weighed come in smaller steps, and their price needs no content to compare by."""
        if value in list(Unit):
            self.unit, self.step, self.has_content = value, STEPS.get(Unit(value), "1"), Unit(value) not in MEASURED

    @rx.event
    async def save(self):
        """Create the product; one of the same name and brand is shown instead of a second one."""
        self.errors, self.alert, self.twin = {}, "", ""
        try:
            product = await act(
                self,
                add_product,
                self.name,
                self.brand,
                self.unit,
                parse_quantity(self.step, 1, unit=self.unit, field="step"),
                barcode=self.code,
                content=content_of(self.content, self.content_unit) if self.has_content else None,
                content_unit=self.content_unit,
            )
        except BulqError as error:
            return await self._refuse(error)
        self.creating = False
        return rx.redirect(f"/products/{product.id}")

    async def _refuse(self, error: BulqError) -> None:
        if isinstance(error, Conflict) and error.key == "product_exists":
            content = content_of(self.content, self.content_unit) if self.has_content else None
            twin = await look(self, product_named, self.name, self.brand, content, self.content_unit)
            self.twin = f"/products/{twin}" if twin else ""
        if error.field == "barcode":  # it was asked for before
            error.field = None
        self.alert, self.errors = placed(error)
