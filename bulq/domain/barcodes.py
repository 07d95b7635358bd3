"""Barcodes on goods: EAN-8, EAN-13, UPC-A and GTIN-14, told from other numbers by their check digit."""

from __future__ import annotations

import re

from stdnum import ean

from bulq.domain.errors import Invalid

LENGTHS = (8, 12, 13, 14)
SEPARATORS = " -\u00a0\u2009\u202f"
LONGEST_TYPED = 40


def parse_barcode(text: str) -> str:
    """The digits of a barcode; one of twelve (UPC-A) as the thirteen it is everywhere else, with a 0 in front.

    One of fourteen (of a case) with a 0 in front is the thirteen that follow.
    """
    digits = text.strip()[: LONGEST_TYPED + 1].translate(dict.fromkeys(map(ord, SEPARATORS)))
    if not digits:
        raise Invalid("barcode_missing", field="barcode")
    if len(text.strip()) > LONGEST_TYPED or not re.fullmatch("[0-9]+", digits) or len(digits) not in LENGTHS:
        raise Invalid("barcode_digits", field="barcode")
    if not ean.is_valid(digits):
        raise Invalid("barcode_check_digit", field="barcode")
    if len(digits) == 14 and digits.startswith("0"):
        return digits[1:]
    return digits.rjust(13, "0") if len(digits) == 12 else digits


def barcode_in(text: str) -> str | None:
    """The barcode somebody typed where they might have typed anything."""
    try:
        return parse_barcode(text)
    except Invalid:
        return None


def listed_barcode(text: str) -> str | None:
    """The barcode of a cell that went through a spreadsheet; None for an empty cell.

    Understands quotes, ="…", a ".0" at the end, and a zero lost in front of a UPC-A. Raises Invalid for what is broken
    ("4,00638E+12"), and for numbers of a shop's own, which mean something else in the next shop.
    """
    cell = text.strip(f"{SEPARATORS}\t")[:LONGEST_TYPED]
    if quoted := re.fullmatch(r"""=?["'\u2019]*([0-9 -]+)["'\u2019]*""", cell):
        cell = quoted[1]
    cell = re.sub(r"[.,]0+$", "", cell)
    if not cell:
        return None
    if re.fullmatch(r"[0-9]+(?:[.,][0-9]+)?[eE]\+?[0-9]+", cell):
        raise Invalid("barcode_rounded", field="barcode")
    if re.fullmatch("[0-9]{11}", cell):
        cell = cell.rjust(12, "0")
    code = parse_barcode(cell)
    if is_of_one_shop(code):
        raise Invalid("barcode_of_shop", field="barcode")
    return code


def is_of_one_shop(code: str) -> bool:
    """Whether a shop made the number up for itself: GS1 prefixes 02, 04 and 20-29, and 0 and 2 of the short ones."""
    if len(code) == 8:
        return code[0] in "02"
    return code[-13:].startswith(("02", "04", *(str(prefix) for prefix in range(20, 30))))
