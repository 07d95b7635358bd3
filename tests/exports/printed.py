"""Reads the words of a PDF as fpdf2 writes it, page by page, each piece of text on its own."""

from __future__ import annotations

import re
import zlib

OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
STREAM = re.compile(rb"stream\n(.*)\nendstream", re.DOTALL)
SHOWN = re.compile(rb"/(F\d+) [\d.]+ Tf|\(((?:\\.|[^\\)])*)\) Tj", re.DOTALL)
ESCAPED = re.compile(rb"\\(.)", re.DOTALL)


def pages_of(pdf: bytes) -> list[list[str]]:
    """The texts of each page in the order they were written."""
    objects = {int(number): body for number, body in OBJECT.findall(pdf)}
    pages = [body for body in objects.values() if b"/Type /Page\n" in body]
    return [_texts(objects, page) for page in pages]


def _texts(objects: dict[int, bytes], page: bytes) -> list[str]:
    resources = objects[_reference(page, b"Resources")]
    fonts = {name: _letters(objects, int(at)) for name, at in re.findall(rb"/(F\d+) (\d+) 0 R", resources)}
    texts: list[str] = []
    letters: dict[int, str] = {}
    for font, shown in SHOWN.findall(_content(objects[_reference(page, b"Contents")])):
        if font:
            letters = fonts[font]
        else:
            codes = ESCAPED.sub(lambda found: {b"r": b"\r", b"n": b"\n"}.get(found[1], found[1]), shown)
            pairs = (codes[place : place + 2] for place in range(0, len(codes), 2))
            texts.append("".join(letters[int.from_bytes(pair)] for pair in pairs))
    return texts


def _letters(objects: dict[int, bytes], font: int) -> dict[int, str]:
    table = _content(objects[_reference(objects[font], b"ToUnicode")])
    pairs = re.findall(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>\n", table)
    return {int(code, 16): bytes.fromhex(letter.decode()).decode("utf-16-be") for code, letter in pairs}


def _reference(body: bytes, name: bytes) -> int:
    found = re.search(rb"/" + name + rb" (\d+) 0 R", body)
    assert found, name
    return int(found[1])


def _content(body: bytes) -> bytes:
    found = STREAM.search(body)
    assert found
    return zlib.decompress(found[1]) if b"/FlateDecode" in body[: found.start()] else found[1]
