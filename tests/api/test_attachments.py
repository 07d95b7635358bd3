"""Sending photos and PDFs, and getting them back: for those who take part, checked, and nothing left behind."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import httpx
import orjson
import pytest
from PIL import Image
from sqlalchemy.orm import Session
from sqlmodel import select

from bulq import db
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.phases import Phase
from bulq.models import Attachment, Group, Receipt
from bulq.models.base import new_id
from bulq.services import groups
from tests.api.conftest import Browser
from tests.api.test_catalogue import signed_in
from tests.cast import NOW, Cast, assemble, bring_to, person
from tests.conftest import Scene
from tests.databases import ROOT

HEIC = (ROOT / "tests" / "cases" / "photo.heic").read_bytes()
PDF = b"%PDF-1.7\n<script>alert(1)</script>\ntrailer\n%%EOF\n"


def jpeg(width: int = 60, height: int = 40) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (200, 30, 30)).save(out, "JPEG", comment=b"SECRET")
    return out.getvalue()


class Place:
    """A run being handed out, with Ana's receipt and Hana, who is in the group and takes no part."""

    def __init__(self, cast: Cast, run_id: UUID, receipt_id: UUID, hana: Actor) -> None:
        self.cast, self.run_id, self.receipt_id, self.hana = cast, run_id, receipt_id, hana

    @property
    def address(self) -> str:
        return f"/runs/{self.run_id}/attachments"


def set_up(session: Session) -> Place:
    cast = assemble(session)
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)
    hana = person(session, "Hana")
    groups.join_group(session, hana, session.get_one(Group, cast.group_id).invite_token, now=NOW)
    return Place(cast, run_id, session.scalars(select(Receipt.id).where(Receipt.run_id == run_id)).one(), hana)


@pytest.fixture
def place(scene: Scene) -> Place:
    settings.api_per_minute = 10_000
    return scene(set_up)


def files() -> list[str]:
    folder = settings.data / "attachments"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def rows() -> list[Attachment]:
    return db.read_now(lambda session: list(session.scalars(select(Attachment))))


async def send(client: httpx.AsyncClient, place: Place, body: bytes, kind: str = "image/jpeg") -> httpx.Response:
    return await client.post(place.address, content=body, headers={"Content-Type": kind})


async def attach(client: httpx.AsyncClient, place: Place, attachment_id: str) -> httpx.Response:
    arguments = {"run_id": str(place.run_id), "receipt_id": str(place.receipt_id), "attachment_id": attachment_id}
    body = {"id": str(new_id()), "name": "attach_to_receipt", "arguments": arguments}
    return await client.post("/operations", content=orjson.dumps(body), headers={"Content-Type": "application/json"})


@pytest.mark.parametrize(
    ("body", "kind"),
    [(jpeg(), "image/jpeg"), (HEIC, "image/heic"), (HEIC, ""), (jpeg(), "application/octet-stream")],
    ids=["jpeg", "heic", "untold", "octets"],
)
async def test_a_photo_is_sent_attached_and_seen(browser: Browser, place: Place, body: bytes, kind: str) -> None:
    async with signed_in(browser, place.cast.ana) as ana:
        answer = await send(ana, place, body, kind)
        assert answer.status_code == 201, answer.text
        found = answer.json()["id"]
        assert (await attach(ana, place, found)).status_code == 200

    async with signed_in(browser, place.cast.mila) as mila:
        large = await mila.get(f"{place.address}/{found}")
        small = await mila.get(f"{place.address}/{found}/thumbnail")
        for each in (large, small):
            assert (each.status_code, each.headers["content-type"]) == (200, "image/jpeg")
            assert each.headers["cache-control"] == "private, no-cache"
            assert each.headers["x-content-type-options"] == "nosniff"
            assert "sandbox" in each.headers["content-security-policy"]
            assert Image.open(io.BytesIO(each.content)).format == "JPEG" and b"SECRET" not in each.content
        assert large.headers["etag"] != small.headers["etag"]
        again = await mila.get(f"{place.address}/{found}", headers={"If-None-Match": large.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert len(files()) == 2


async def test_a_pdf_stays_as_it_is_and_is_only_ever_downloaded(browser: Browser, place: Place) -> None:
    async with signed_in(browser, place.cast.ana) as ana:
        answer = await send(ana, place, PDF, "application/pdf")
        found = answer.json()["id"]
        await attach(ana, place, found)

        given = await ana.get(f"{place.address}/{found}")

        assert given.content == PDF
        assert given.headers["content-type"] == "application/pdf"
        assert given.headers["content-disposition"].startswith("attachment;")
        assert (await ana.get(f"{place.address}/{found}/thumbnail")).status_code == 404


async def test_for_everybody_else_there_is_nothing(browser: Browser, place: Place) -> None:
    cast = place.cast
    async with signed_in(browser, cast.ana) as ana:
        found = (await send(ana, place, jpeg())).json()["id"]
        for who in (cast.mila, place.hana, cast.eva, cast.ada):  # it waits, and is Ana's alone
            async with signed_in(browser, who) as other:
                assert (await other.get(f"{place.address}/{found}")).status_code == 404
        await attach(ana, place, found)
    kept = files()

    for who in (place.hana, cast.eva, cast.ada):
        async with signed_in(browser, who) as other:
            for address in (f"{place.address}/{found}", f"{place.address}/{found}/thumbnail"):
                assert (await other.get(address)).status_code == 404
            assert (await send(other, place, jpeg())).status_code == 404
    async with browser() as nobody:
        assert (await nobody.get(f"{place.address}/{found}")).status_code == 401
        assert (await send(nobody, place, jpeg())).status_code == 401
    async with signed_in(browser, cast.ana, origin="https://elsewhere.test") as elsewhere:
        assert (await send(elsewhere, place, jpeg())).status_code == 403
    assert files() == kept


BAD = {
    "nothing": (b"", "image/jpeg", 422, "file_empty"),
    "text": (b"hello", "text/plain", 422, "file_not_photo"),
    "page": (b"<html><script>alert(1)</script>", "image/jpeg", 422, "file_not_photo"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", 422, "file_not_photo"),
    "cut": (jpeg()[:100], "image/jpeg", 422, "photo_broken"),
    "only a beginning": (b"\x89PNG\r\n\x1a\n" + b"<script>" * 100, "image/png", 422, "photo_broken"),
    "pdf called jpg": (PDF, "image/jpeg", 422, "file_called_otherwise"),
    "jpg called pdf": (jpeg(), "application/pdf", 422, "file_called_otherwise"),
    "pdf cut": (PDF[:-8], "application/pdf", 422, "pdf_cut"),
    "11 MB": (jpeg() + bytes(11_000_000), "image/jpeg", 413, "file_too_large"),
}


@pytest.mark.parametrize(("body", "kind", "status", "key"), BAD.values(), ids=BAD)
async def test_what_is_refused_leaves_nothing(
    browser: Browser, place: Place, body: bytes, kind: str, status: int, key: str
) -> None:
    async with signed_in(browser, place.cast.ana) as client:
        answer = await send(client, place, body, kind)

    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:bulq:error:{key}")
    assert [each["field"] for each in answer.json()["errors"]] == ["file"]
    assert (files(), rows()) == ([], [])


@pytest.mark.only("sqlite")
async def test_a_bomb_is_refused_before_it_is_unpacked(browser: Browser, place: Place) -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")

    async with signed_in(browser, place.cast.ana) as client:
        answer = await send(client, place, out.getvalue(), "image/png")

    assert (answer.status_code, answer.json()["type"]) == (422, "urn:bulq:error:photo_too_many_pixels")
    assert (files(), rows()) == ([], [])


@pytest.mark.only("sqlite")
async def test_a_file_without_end_is_refused_while_it_comes(browser: Browser, place: Place) -> None:
    pieces = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal pieces
        while pieces < 500:
            pieces += 1
            yield b"\xff\xd8\xff" + bytes(100_000)

    async with signed_in(browser, place.cast.ana) as client:
        answer = await client.post(place.address, content=endless(), headers={"Content-Type": "image/jpeg"})

    assert (answer.status_code, files()) == (413, []) and pieces < 110


async def test_what_the_database_refuses_leaves_no_file(browser: Browser, place: Place) -> None:
    async with signed_in(browser, place.cast.ana) as client:
        for _ in range(10):
            assert (await send(client, place, jpeg())).status_code == 201
        kept = files()

        answer = await send(client, place, jpeg())

        assert (answer.status_code, answer.json()["type"]) == (409, "urn:bulq:error:attachments_waiting")
        assert files() == kept and len(rows()) == 10


@pytest.mark.only("sqlite")
async def test_a_store_that_takes_nothing_says_so(browser: Browser, place: Place, tmp_path: Path) -> None:
    settings.attachments_target = "file:///proc/nowhere"
    async with signed_in(browser, place.cast.ana) as client:
        answer = await send(client, place, jpeg())

    assert (answer.status_code, answer.json()["type"]) == (503, "urn:bulq:error:attachment_not_kept")
    assert rows() == []


@pytest.mark.only("sqlite")
async def test_a_photo_whose_file_is_lost_says_so(browser: Browser, place: Place) -> None:
    async with signed_in(browser, place.cast.ana) as client:
        found = (await send(client, place, jpeg())).json()["id"]
        for name in files():
            (settings.data / "attachments" / name).unlink()

        answer = await client.get(f"{place.address}/{found}")

        assert (answer.status_code, answer.json()["type"]) == (503, "urn:bulq:error:attachment_away")


@pytest.mark.only("sqlite")
async def test_ids_that_lead_elsewhere_find_nothing(browser: Browser, place: Place) -> None:
    async with signed_in(browser, place.cast.ana) as client:
        for bad in ("x", "%2e%2e%2fbulq.db", str(new_id()), "0" * 500):
            assert (await client.get(f"{place.address}/{bad}")).status_code == 404
            assert (await client.post(f"/runs/{bad}/attachments", content=jpeg())).status_code == 404
