"""For how much a price is, as it is typed."""

from bulq.domain.prices import ONE, SMALL
from bulq.domain.quantities import parse_quantity


def first_per(unit: str) -> str:
    """For how much a price is asked at first: nobody knows what one gram costs."""
    return "100" if unit in SMALL else "1"


def per_of(typed: str, unit: str) -> int:
    """For how much a price is, in thousandths; one unit when nothing is typed."""
    return parse_quantity(typed, 1, unit=unit, field="per") if typed.strip() else ONE
