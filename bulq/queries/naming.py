"""What a product is called where people choose or read it: its name, with its content where the name doesn't say it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, String, type_coerce
from sqlalchemy.types import TypeDecorator
from sqlmodel import col

from bulq.i18n import product_name
from bulq.models import Product

BETWEEN = "\n"  # no name holds a line break


class _ShownName(TypeDecorator[str]):
    """Name and `content_key` of a row as one text."""

    impl = String
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:
        if value is None:
            return None
        name, _, content = value.partition(BETWEEN)
        return product_name(name, content)


def shown_name() -> ColumnElement[str]:
    """The column of a query from products that holds what each is called."""
    return type_coerce(col(Product.name) + BETWEEN + col(Product.content_key), _ShownName())
