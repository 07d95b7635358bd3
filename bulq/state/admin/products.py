"""The admins' table of products."""

from dataclasses import dataclass, replace
from typing import Any

import reflex as rx

from bulq.domain.quantities import parse_quantity
from bulq.i18n import number, quantity
from bulq.queries.curating import ProductLine, products_list
from bulq.queries.listing import Listed, Wish
from bulq.services import curating, deleting
from bulq.state.admin.curated import Curated, checked
from bulq.state.auth import act, look, uuid
from bulq.state.product.goods import ContentFields
from bulq.state.product.pricing import content_of


@dataclass(frozen=True)
class ProductRow:
    """`counted` is the unit with its step, as it is read; the rest as it stands in the fields of the dialog."""

    id: str
    name: str
    brand: str
    counted: str
    unit: str
    step: str
    barcode: str
    content: str
    content_unit: str
    holds: str
    created_by: str
    checked: str
    used: bool


class AdminProductsState(ContentFields, Curated, rx.State):
    rows: list[ProductRow] = []
    filters: dict[str, str] = {"which": ""}
    barcode: str = ""
    _kind: str = "product"

    async def _read(self, wish: Wish) -> Listed[Any]:
        found = await look(self, products_list, wish)
        return replace(found, rows=tuple(_row(line) for line in found.rows))

    def _fill(self, row: ProductRow) -> None:
        self.name, self.brand, self.unit, self.step = row.name, row.brand, row.unit, row.step
        self.barcode, self.content, self.content_unit = row.barcode, row.content, row.content_unit or "kg"

    async def _save(self) -> None:
        await act(
            self,
            curating.edit_product,
            uuid(self._about_id),
            name=self.name,
            brand=self.brand,
            unit=self.unit,
            step=parse_quantity(self.step, 1, unit=self.unit, field="step"),
            barcode=self.barcode,
            content=content_of(self.content, self.content_unit),
            content_unit=self.content_unit,
        )

    async def _delete(self) -> None:
        await act(self, deleting.delete_product, uuid(self._about_id))

    @rx.event
    async def set_unit(self, value: str):
        self.unit = str(value)

    @rx.event
    async def set_barcode(self, value: str):
        self.barcode = str(value)


def _row(line: ProductLine) -> ProductRow:
    holds = quantity(line.content, line.content_unit) if line.content and line.content_unit else ""
    return ProductRow(
        str(line.id),
        line.name,
        line.brand,
        quantity(line.step, line.unit),
        str(line.unit),
        number(line.step),
        line.barcode or "",
        number(line.content) if line.content else "",
        str(line.content_unit or ""),
        holds,
        line.created_by,
        checked(line.verified_at, line.verified_by),
        line.used,
    )
