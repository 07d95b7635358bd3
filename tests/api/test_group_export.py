"""A group as a zip: who gets it, what is in it, and that another server's zip is received or refused."""

from __future__ import annotations

import csv
import io
import json
import struct
import zipfile
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest

from bulq import db, sessions, uploads
from bulq.archives import read_from
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError
from bulq.domain.group_file import DOCUMENT
from bulq.domain.phases import Phase
from bulq.services import accounts, groups
from bulq.services.group_import import read_zip
from tests.api.conftest import Browser
from tests.cast import NOW, Cast, assemble, bring_to, remove


def cast_with_a_run() -> Cast:
    with db.transaction() as session:
        cast = assemble(session)
        bring_to(session, cast, Phase.COMPLETED)
        bring_to(session, cast, Phase.SHOPPING)
        return cast


def signed_in(client: httpx.AsyncClient, who: Actor | None) -> httpx.AsyncClient:
    if who is not None:
        token = db.write_now(accounts.start_session, who.id, "", now=datetime.now(UTC))
        client.cookies.set(sessions.cookie_name(), token)
    return client


async def ask(browser: Browser, who: Actor | None, group_id: object) -> httpx.Response:
    async with signed_in(browser(), who) as client:
        return await client.get(f"/groups/{group_id}/export.zip")


async def send(browser: Browser, who: Actor | None, content: bytes) -> httpx.Response:
    async with signed_in(browser(), who) as client:
        return await client.post("/groups/files", content=content)


async def test_an_admin_gets_everything_as_a_zip(browser: Browser) -> None:
    cast = cast_with_a_run()

    answer = await ask(browser, cast.ana, cast.group_id)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    *files, paper = archive.namelist()
    assert files == [DOCUMENT, "balances.csv", "entries.csv", "statements.csv"]
    assert paper.startswith("runs/bulq-")
    assert archive.read(paper).startswith(b"%PDF-")
    document = json.loads(archive.read(DOCUMENT))
    assert (document["format"], len(document["runs"]), len(document["left_out"])) == ("bulq.group/1", 1, 1)
    rows = list(csv.reader(io.StringIO(archive.read("balances.csv").decode("utf-8-sig"))))
    assert rows == [
        ["Person", "Username", "Balance", "Currency"],
        ["Ana", "ana", "23.97", "EUR"],
        ["Bojan", "bojan", "-15.98", "EUR"],
        ["Mila", "mila", "-7.99", "EUR"],
    ]
    assert len(archive.read("statements.csv").splitlines()) == 4
    assert len(archive.read("entries.csv").splitlines()) == 4
    assert read_zip(io.BytesIO(answer.content)).balances


async def test_nobody_else_gets_it(browser: Browser) -> None:
    cast = cast_with_a_run()

    statuses = [(await ask(browser, who, cast.group_id)).status_code for who in (cast.bojan, cast.eva, None)]

    assert statuses == [403, 404, 401]
    assert (await ask(browser, cast.ana, uuid4())).status_code == 404
    assert (await ask(browser, cast.ana, "x")).status_code == 404


async def test_who_is_removed_gets_it_no_more(browser: Browser) -> None:
    cast = cast_with_a_run()
    with db.transaction() as session:
        remove(session, cast, cast.ana)

    assert (await ask(browser, cast.ana, cast.group_id)).status_code == 404


async def test_there_are_only_so_many_a_day(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "group_exports_per_day", 1)
    cast = cast_with_a_run()

    first, second = [await ask(browser, cast.ana, cast.group_id) for _ in range(2)]

    assert (first.status_code, second.status_code) == (200, 429)


async def test_a_zip_is_received_and_kept_for_its_sender(browser: Browser) -> None:
    cast = cast_with_a_run()
    content = (await ask(browser, cast.ana, cast.group_id)).content

    answer = await send(browser, cast.eva, content)

    assert answer.status_code == 201
    with uploads.opened(cast.eva.id, answer.json()["token"]) as file:
        assert read_zip(file).group["name"] == "Liman"


async def test_what_is_no_zip_is_refused_at_once(browser: Browser) -> None:
    cast = cast_with_a_run()

    answers = [await send(browser, cast.eva, content) for content in (b"", b"a,b\n1,2\n", b"PK\x05\x06")]

    assert [each.status_code for each in answers] == [422] * 3
    assert all("no zip" in each.text for each in answers)
    assert (await send(browser, None, b"")).status_code == 401
    assert uploads.pending() == 0


async def test_a_file_that_is_too_large_is_refused(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "group_file_mb", 1)
    cast = cast_with_a_run()

    assert (await send(browser, cast.eva, bytes(1_000_001))).status_code == 413


def zipped(*files: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return out.getvalue()


def lying(content: bytes) -> bytes:
    """A zip that says its file is small."""
    at = content.index(b"PK\x01\x02") + 24
    return content[:at] + struct.pack("<I", 10) + content[at + 4 :]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("content", "key"),
    [
        (zipped(("other.json", b"{}")), "archive_without"),
        (zipped((DOCUMENT, b"{}"), ("../../etc/passwd", b"")), "archive_unsafe"),
        (zipped((DOCUMENT, b"{}"), ("/etc/passwd", b"")), "archive_unsafe"),
        (zipped((DOCUMENT, b"{}"), ("C:/boot.ini", b"")), "archive_unsafe"),
        (zipped((DOCUMENT, b"{}"), (DOCUMENT, b"{}")), "archive_unsafe"),
        (zipped((DOCUMENT, b"0" * 50_000_000)), "file_large_inside"),  # 1:1000
        (zipped((DOCUMENT, b"0" * 70_000_000)), "file_large_inside"),
        (zipped(*((f"{number}", b"") for number in range(20_001))), "file_large_inside"),
        (lying(zipped((DOCUMENT, b"0" * 50_000_000))), "archive_damaged"),
        (zipped((DOCUMENT, b"{}"))[:-30], "archive_damaged"),
        (zipped((DOCUMENT, b"{}")).replace(b"PK\x03\x04", b"PK\x03\x05"), "archive_damaged"),
    ],
    ids=["none", "up", "root", "drive", "twice", "ratio", "size", "many", "lie", "cut", "broken"],
)
def test_a_hostile_zip_is_refused(content: bytes, key: str) -> None:
    with pytest.raises(BulqError) as refusal:
        read_from(io.BytesIO(content), DOCUMENT, most=60_000_000)

    assert refusal.value.key == key


async def test_a_group_of_one_without_runs_leaves_as_well(browser: Browser) -> None:
    with db.transaction() as session:
        cast = assemble(session)
        group = groups.create_group(session, cast.eva, "Nobody's", "JPY", "Asia/Tokyo", now=NOW)

    answer = await ask(browser, cast.eva, group.id)

    assert read_zip(io.BytesIO(answer.content)).group["currency"] == "JPY"
