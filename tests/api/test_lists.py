"""A store's price list on its way in: kept for its sender alone, bounded, and refused when it is no list."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator

import openpyxl
import pytest

from bulq import uploads
from bulq.config import settings
from tests.api.conftest import Browser
from tests.api.test_catalogue import cast, files, signed_in  # noqa: F401 (a fixture)
from tests.cast import Cast

LIST = b"Article;Price\nCarrots;2,40\n"
KIND = {"Content-Type": "text/csv"}


def workbook() -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Article", "Price"])
    sheet.append(["Carrots", 2.4])
    book.save(out)
    return out.getvalue()


def bomb() -> bytes:
    """A spreadsheet of some kilobytes whose one sheet is 300 MB when it is unpacked."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as small, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as large:
        for name in small.namelist():
            if name.startswith("xl/worksheets/"):
                with large.open(name, "w", force_zip64=True) as sheet:
                    sheet.write(b"<worksheet><sheetData>")
                    for _ in range(300):
                        sheet.write(b"<row><c><v>1</v></c></row>" * 38_000)
            else:
                large.writestr(name, small.read(name))
    return out.getvalue()


@pytest.mark.parametrize("body", [LIST, workbook()], ids=["csv", "xlsx"])
async def test_a_member_sends_a_list(browser: Browser, cast: Cast, body: bytes) -> None:  # noqa: F811
    async with signed_in(browser, cast.bojan) as client:
        answer = await client.post("/lists", content=body, headers=KIND)

        assert answer.status_code == 201
        with uploads.opened(cast.bojan.id, answer.json()["token"]) as file:
            assert b"Carrots" in file.read()


async def test_nobody_else_does(browser: Browser, cast: Cast) -> None:  # noqa: F811
    async with browser() as stranger:
        assert (await stranger.post("/lists", content=LIST, headers=KIND)).status_code == 401
    async with signed_in(browser, cast.bojan, origin="https://elsewhere.test") as client:
        assert (await client.post("/lists", content=LIST, headers=KIND)).status_code == 403
    assert files() == []


@pytest.mark.parametrize(
    "body",
    [b"%PDF-1.7 ...", b"PK\x03\x04 no spreadsheet", b"\x89PNG\r\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600],
    ids=["pdf", "zip", "png", "xls"],
)
async def test_what_is_no_list_is_refused_and_gone(browser: Browser, cast: Cast, body: bytes) -> None:  # noqa: F811
    async with signed_in(browser, cast.bojan) as client:
        answer = await client.post("/lists", content=body, headers=KIND)

        assert (answer.status_code, files()) == (422, [])


@pytest.mark.only("sqlite")
async def test_a_spreadsheet_that_grows_without_bound_is_refused(browser: Browser, cast: Cast) -> None:  # noqa: F811
    async with signed_in(browser, cast.bojan) as client:
        answer = await client.post("/lists", content=bomb(), headers=KIND)

        assert (answer.status_code, files()) == (422, [])


@pytest.mark.only("sqlite")
async def test_what_is_too_large_is_refused_while_it_comes(browser: Browser, cast: Cast) -> None:  # noqa: F811
    settings.list_file_mb = 1
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 50_000_000:
            sent += 100_000
            yield b"x" * 100_000

    async with signed_in(browser, cast.bojan) as client:
        answer = await client.post("/lists", content=endless(), headers=KIND)

        assert (answer.status_code, files()) == (413, [])
        assert sent < 2_000_000
