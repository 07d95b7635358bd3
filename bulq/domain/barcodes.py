"""Barcodes on goods: EAN-8, EAN-13 and UPC-A, told from other numbers by their check digit."""

from __future__ import annotations

import re

from stdnum import ean

from bulq.domain.errors import Invalid

LENGTHS = (8, 12, 13)
SEPARATORS = " -\u00a0\u2009\u202f"
LONGEST_TYPED = 40


def parse_barcode(text: str) -> str:
    """The digits of a barcode; one of twelve (UPC-A) as the thirteen it is everywhere else, with a 0 in front."""
    digits = text.strip()[: LONGEST_TYPED + 1].translate(dict.fromkeys(map(ord, SEPARATORS)))
    if not digits:
        raise Invalid("barcode_missing", field="barcode")
    if len(text.strip()) > LONGEST_TYPED or not re.fullmatch("[0-9]+", digits) or len(digits) not in LENGTHS:
        raise Invalid("barcode_digits", field="barcode")
    if not ean.is_valid(digits):
        raise Invalid("barcode_check_digit", field="barcode")
    return digits.rjust(13, "0") if len(digits) == 12 else digits


def barcode_in(text: str) -> str | None:
    """The barcode somebody typed where they might have typed anything."""
    try:
        return parse_barcode(text)
    except Invalid:
        return None
