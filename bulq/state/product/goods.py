"""What is typed about a product, wherever one is created or set right."""

import reflex as rx

from bulq.domain.phases import Unit

# In which steps a product is bid on at first: smaller ones for what is weighed than for what is counted.
STEPS = {Unit.KG: "0.5", Unit.L: "0.5", Unit.G: "50", Unit.ML: "50", Unit.M: "0.5"}


class GoodsFields(rx.State, mixin=True):
    """The fields of `pages.product.fields.goods_fields`. A page adds `set_unit` and `errors`."""

    name: str = ""
    brand: str = ""
    unit: str = "piece"
    step: str = "1"

    @rx.event
    async def set_name(self, value: str):
        self.name = str(value)

    @rx.event
    async def set_brand(self, value: str):
        self.brand = str(value)

    @rx.event
    async def set_step(self, value: str):
        self.step = str(value)


class ContentFields(GoodsFields, mixin=True):
    """The same with those of `content_fields`."""

    content: str = ""
    content_unit: str = "kg"

    @rx.event
    async def set_content(self, value: str):
        self.content = str(value)

    @rx.event
    async def set_content_unit(self, value: str):
        self.content_unit = str(value)
