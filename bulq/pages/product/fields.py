"""What is asked about a product, wherever one is created or set right."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components.fields import select_field, text_field
from bulq.components.texts import Text, t
from bulq.domain.catalogue import TagKind
from bulq.domain.phases import Unit
from bulq.domain.prices import COMPARED

UNITS: list[tuple[str, Text]] = [(str(unit), t(f"unit.{unit}", count=1)) for unit in Unit]
CONTENTS: list[tuple[str, Text]] = [(str(unit), t(f"unit.{unit}", count=1)) for unit in Unit if unit in COMPARED]
TAG_KINDS: list[tuple[str, Text]] = [(str(kind), t(f"admin_tags.kinds.{kind}")) for kind in TagKind]
PAIR = "grid grid-cols-2 gap-3 items-start"


def goods_fields(of: Any, *, after_name: rx.Component | None = None) -> rx.Component:
    """Name, brand, unit and step; `of` is the state that holds them."""
    name = text_field(
        t("product.name"),
        name="product-name",
        value=of.name,
        on_change=of.set_name,
        error=of.errors["name"],
        max_length=100,
    )
    brand = text_field(
        t("product.brand"),
        name="product-brand",
        value=of.brand,
        on_change=of.set_brand,
        error=of.errors["brand"],
        optional=True,
        max_length=100,
    )
    unit = select_field(
        t("product.unit"), UNITS, name="product-unit", value=of.unit, on_change=of.set_unit, error=of.errors["unit"]
    )
    step = text_field(
        t("product.step"),
        name="product-step",
        value=of.step,
        on_change=of.set_step,
        hint=t("product.step_hint"),
        error=of.errors["step"],
        input_mode="decimal",
    )
    return rx.fragment(name, after_name or rx.fragment(), brand, rx.el.div(unit, step, class_name=PAIR))


def content_fields(content: Text, on_content: Any, unit: Text, on_unit: Any, errors: dict[str, str]) -> rx.Component:
    """How much is in one unit, and of what."""
    return rx.el.div(
        text_field(
            t("product.content"),
            name="content",
            value=content,
            on_change=on_content,
            hint=t("product.content_hint"),
            error=errors["content"],
            optional=True,
            input_mode="decimal",
        ),
        select_field(
            t("product.content_unit"),
            CONTENTS,
            name="content-unit",
            value=unit,
            on_change=on_unit,
            error=errors["content_unit"],
        ),
        class_name=PAIR,
    )
