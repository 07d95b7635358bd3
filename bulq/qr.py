"""QR codes: drawn by segno, as a file or as a path for a page to draw."""

from __future__ import annotations

import io
from dataclasses import dataclass

import segno

BORDER = 4  # modules of light around it, without which a camera doesn't find the code


@dataclass(frozen=True, slots=True)
class Drawing:
    """A square of `size` units with the dark parts as the path of an SVG, whose strokes are one unit wide."""

    size: int
    path: str


def _code(text: str) -> segno.QRCode:
    """UTF-8 at level M, as EPC069-12 asks, and no other level where there would be room for more."""
    return segno.make(text, error="m", boost_error=False, micro=False, encoding="utf-8")


def svg(text: str) -> bytes:
    """Dark on white, whatever the page looks like: cameras read it so."""
    drawn = io.BytesIO()
    _code(text).save(drawn, kind="svg", border=BORDER, light="#fff", dark="#000", omitsize=True, xmldecl=False)
    return drawn.getvalue()


def drawing(text: str) -> Drawing:
    code = _code(text)
    parts: list[str] = []
    for y, row in enumerate(code.matrix_iter(border=BORDER)):
        x, cells = 0, bytes(row)
        while (x := cells.find(1, x)) >= 0:
            length = len(cells[x:]) - len(cells[x:].lstrip(b"\1"))
            parts.append(f"M{x} {y}.5h{length}")
            x += length
    return Drawing(int(code.symbol_size(border=BORDER)[0]), "".join(parts))
