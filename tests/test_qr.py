"""QR codes say what was put into them, to a reader that is not ours."""

from __future__ import annotations

import re

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from bulq.domain.payment_codes import code_for
from bulq.domain.payouts import check_details
from bulq.qr import Drawing, drawing, svg

SCALE = 4
LONG_NAME = "Ђорђе Шљивић-Петровић из Новог Сада, у име задруге са Лимана и Детелинаре"[:70]
CODES = {
    "NBS IPS": ("serbian", "165-55-74", "Ana Marić", "", "RSD"),
    "NBS IPS, the longest": ("serbian", "310-1234567891211-86", LONG_NAME, "", "RSD"),
    "EPC": ("iban", "DE89370400440532013000", "Šćepan Žižić", "", "EUR"),
    "EPC, the longest": ("iban", "MT84MALT011000012345MTLCAST001S", LONG_NAME, "DEUTDEFF500", "EUR"),
    "UPI": ("upi", "ana@oksbi", "Ana Marić", "", "INR"),
    "PayPal.Me": ("paypal", "AnaMaric", "", "", "EUR"),
    "Revolut": ("revolut", "anamaric", "", "", "EUR"),
}


def picture(drawn: Drawing) -> Image.Image:
    """Drawn as a page draws it: strokes one unit wide."""
    image = Image.new("L", (drawn.size * SCALE, drawn.size * SCALE), 255)
    pen = ImageDraw.Draw(image)
    strokes = re.findall(r"M(\d+) (\d+)\.5h(\d+)", drawn.path)
    assert "".join(f"M{x} {y}.5h{length}" for x, y, length in strokes) == drawn.path
    for x, y, length in (map(int, stroke) for stroke in strokes):
        pen.rectangle((x * SCALE, y * SCALE, (x + length) * SCALE - 1, (y + 1) * SCALE - 1), fill=0)
    return image


@pytest.mark.parametrize("case", CODES.values(), ids=CODES)
@pytest.mark.parametrize(
    "purpose", ["", "Liman: Metro 2026-11-28", "Задруга Лиман " * 20], ids=["none", "short", "long"]
)
def test_a_reader_finds_the_very_text_of_a_payment_code(case: tuple[str, ...], purpose: str) -> None:
    kind, to, name, bic, currency = case
    code = code_for(check_details(kind, to, name, bic), 99_999_999, currency, purpose)
    assert code

    (found,) = zxingcpp.read_barcodes(picture(drawing(code.text)))

    assert (found.text, found.format) == (code.text, zxingcpp.BarcodeFormat.QRCode)
    assert found.ec_level == "M"


def test_the_largest_code_is_no_larger_than_the_standard_allows() -> None:
    kind, to, name, bic, currency = CODES["EPC, the longest"]
    code = code_for(check_details(kind, to, name, bic), 99_999_999_999, currency, "Ж" * 200)

    assert code and drawing(code.text).size <= 69 + 8  # version 13, and the light around it


def test_the_file_and_the_path_are_one_picture() -> None:
    text = "https://bulq.example.org/invite/abc"
    drawn = drawing(text)

    assert f'viewBox="0 0 {drawn.size} {drawn.size}"'.encode() in svg(text)
    assert zxingcpp.read_barcodes(picture(drawn))[0].text == text
