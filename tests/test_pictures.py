"""Pictures are made anew: upright, small enough, and with nothing of what came along with them."""

from __future__ import annotations

import io
import os
import struct
import time
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from bulq.domain.errors import Invalid
from bulq.pictures import LONGEST_SIDE, THUMBNAIL_SIDE, remade
from tests.databases import ROOT

HEIC = (ROOT / "tests" / "cases" / "photo.heic").read_bytes()
RED, BLUE = (200, 30, 30), (30, 30, 200)


def picture(width: int = 96, height: int = 64, mode: str = "RGB") -> Image.Image:
    """Blue on its left, red on its right."""
    found = Image.new("RGB", (width, height), RED)
    found.paste(BLUE, (0, 0, width // 2, height))
    return found.convert(mode)


def file_of(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    found = Image.open(io.BytesIO(data))
    found.load()
    return found


def colour(image: Image.Image, x: int, y: int) -> str:
    red, _, blue = image.convert("RGB").getpixel((x, y))  # type: ignore[misc]
    return "red" if red > blue + 60 else "blue" if blue > red + 60 else "neither"


@pytest.mark.parametrize(
    "data",
    [
        file_of(picture()),
        file_of(picture(mode="CMYK")),
        file_of(picture(), "PNG"),
        file_of(picture(mode="RGBA"), "PNG"),
        file_of(picture(mode="P"), "PNG"),
        file_of(picture(), "WEBP"),
        file_of(picture(), "MPO"),
        HEIC,
    ],
    ids=["jpeg", "cmyk", "png", "transparent", "palette", "webp", "mpo", "heic"],
)
def test_each_format_becomes_a_jpeg_that_looks_the_same(data: bytes) -> None:
    made = remade(data)

    for each in (opened(made.large), opened(made.small)):
        assert (each.format, each.mode, each.size) == ("JPEG", "RGB", (96, 64))
        assert (colour(each, 10, 30), colour(each, 85, 30)) == ("blue", "red")
    assert (made.width, made.height) == (96, 64)


def test_what_is_transparent_becomes_white_and_grey_of_16_bits_stays_grey() -> None:
    nothing = opened(remade(file_of(Image.new("RGBA", (8, 8), (0, 0, 0, 0)), "PNG")).large)
    grey = opened(remade(file_of(Image.new("I;16", (8, 8), 40_000), "PNG")).large)

    assert min(nothing.getpixel((4, 4))) > 250  # type: ignore[arg-type]
    assert abs(grey.getpixel((4, 4))[0] - 40_000 // 256) < 4  # type: ignore[index]


@pytest.mark.parametrize(("orientation", "left"), [(1, "blue"), (3, "red"), (6, "top"), (8, "bottom")])
def test_a_picture_stands_as_the_camera_was_held(orientation: int, left: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation

    found = opened(remade(file_of(picture(), exif=exif)).large)

    turned = orientation in (6, 8)
    assert found.size == ((64, 96) if turned else (96, 64))
    ends = (colour(found, 30, 8), colour(found, 30, 88)) if turned else (colour(found, 8, 30), colour(found, 88, 30))
    expected = {"blue": ("blue", "red"), "red": ("red", "blue"), "top": ("blue", "red"), "bottom": ("red", "blue")}
    assert ends == expected[left]


def test_nothing_that_came_along_is_kept() -> None:
    exif = Image.Exif()
    exif[0x010F] = "SECRET maker"
    exif.get_ifd(0x8825)[2] = (45.0, 15.0, 0.0)  # where it was taken
    notes = PngInfo()
    notes.add_text("Comment", "SECRET note")
    files = [
        file_of(picture(), exif=exif, comment=b"SECRET comment", icc_profile=b"SECRET profile", xmp=b"<SECRET/>"),
        file_of(picture(), "PNG", pnginfo=notes, exif=exif),
        file_of(picture(), "WEBP", exif=exif, xmp=b"<SECRET/>"),
        file_of(picture()) + b"SECRET <script>alert(1)</script> PK\x03\x04",
        HEIC,
    ]
    assert all(b"SECRET" in each or b"Secret" in each for each in files)

    for each in files:
        made = remade(each)
        for data in (made.large, made.small):
            assert b"secret" not in data.lower() and b"script" not in data and b"Exif" not in data
            assert not opened(data).getexif() and not {"exif", "icc_profile", "comment", "xmp"} & set(opened(data).info)


def test_the_longest_side_is_bounded_and_small_pictures_stay_small() -> None:
    large, flat = remade(file_of(picture(5000, 1000))), remade(file_of(picture(30, 4000), "PNG"))

    assert (large.width, large.height) == (LONGEST_SIDE, LONGEST_SIDE // 5)
    assert opened(large.small).size == (THUMBNAIL_SIDE, THUMBNAIL_SIDE // 5)
    assert (flat.width, flat.height) == (18, LONGEST_SIDE)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def claimed_png(width: int, height: int, pixels: bytes = b"\x00") -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(pixels)) + _chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "bomb",
    [
        lambda: file_of(Image.new("1", (10_000, 5_001)), "PNG"),
        lambda: claimed_png(2**31 - 1, 2**31 - 1),
        lambda: claimed_png(30_000, 30_000),
        lambda: file_of(Image.new("L", (16_000, 16_000)), "WEBP", lossless=True, method=0),
        lambda: HEIC.replace(struct.pack(">II", 96, 64), struct.pack(">II", 60_000, 60_000)),
    ],
    ids=["flat", "claims", "large claim", "webp", "heic"],
)
def test_a_small_file_with_countless_pixels_is_refused_at_once(bomb: Callable[[], bytes]) -> None:
    data = bomb()
    assert len(data) < 300_000
    began = time.process_time()

    with pytest.raises(Invalid) as refusal:
        remade(data)

    assert refusal.value.key in ("photo_too_many_pixels", "photo_broken")
    assert time.process_time() - began < 1


def test_a_text_chunk_that_grows_without_end_is_refused() -> None:
    text = _chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(b"x" * 100_000_000))
    plain = claimed_png(8, 8, b"\x00\x00" * 8)

    with pytest.raises(Invalid):
        remade(plain[:33] + text + plain[33:])


@pytest.mark.parametrize("whole", [file_of(picture(), kind) for kind in ("JPEG", "PNG", "WEBP")] + [HEIC])
def test_what_is_cut_short_is_refused(whole: bytes) -> None:
    for part in (whole[:12], whole[: len(whole) // 2]):
        with pytest.raises(Invalid) as refusal:
            remade(part)
        assert (refusal.value.key, refusal.value.field) == ("photo_broken", "file")


WHOLE = [file_of(picture(), kind) for kind in ("JPEG", "PNG", "WEBP")] + [HEIC]


@settings(max_examples=150)
@given(st.sampled_from(WHOLE), st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=8)), max_size=6))
def test_damaged_files_are_refused_or_read_and_nothing_else(whole: bytes, damage: list[tuple[float, bytes]]) -> None:
    data = bytearray(whole)
    for where, what in damage:
        at = int(where * len(data))
        data[at : at + len(what)] = what

    try:
        made = remade(bytes(data))
    except Invalid as refusal:
        assert refusal.key in ("photo_broken", "photo_too_many_pixels")
    else:
        assert max(made.width, made.height) <= LONGEST_SIDE


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", b"GIF89a" + os.urandom(100), b"BM" + os.urandom(100)])
def test_formats_that_are_not_taken_are_not_even_tried(data: bytes) -> None:
    with pytest.raises(Invalid):
        remade(data)
