"""For how much a price is, and how much is in one unit, as they are typed."""

from bulq.domain.errors import Invalid
from bulq.domain.prices import ONE, SMALL
from bulq.domain.quantities import parse_quantity


def first_per(unit: str) -> str:
    """For how much a price is asked at first: nobody knows what one gram costs."""
    return "100" if unit in SMALL else "1"


def per_of(typed: str, unit: str) -> int:
    """For how much a price is, in thousandths; one unit when nothing is typed."""
    return parse_quantity(typed, 1, unit=unit, field="per") if typed.strip() else ONE


def content_of(typed: str, unit: str) -> int | None:
    """What is in one unit, in thousandths; None when nothing is typed."""
    if not typed.strip():
        return None
    try:
        return parse_quantity(typed, 1, unit=unit, field="content")
    except Invalid as error:
        if error.key == "quantity_thousands":
            raise
        raise Invalid("content", field="content") from None
