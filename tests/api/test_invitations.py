"""Invitations over HTTP: read by anybody at the pace of an address, and the page with its preview."""

from __future__ import annotations

import html
import re
from pathlib import Path

import httpx
import pytest

from bulq import db, limits
from bulq.api import api, invitations
from bulq.config import settings
from bulq.domain.phases import Phase
from bulq.models import Group, User
from bulq.queries.people import members_of
from bulq.services import groups, password_resets
from bulq.services.server_settings import set_registration
from tests.api.conftest import Browser
from tests.api.test_views import as_one
from tests.cast import NOW, Cast, assemble_in
from tests.conftest import Scene

NASTY = '"><script>alert("Ж")</script> & Söhne'


@pytest.fixture
def cast(scene: Scene) -> Cast:
    return scene(assemble_in, Phase.ACTIVE)


@pytest.fixture
def token(cast: Cast) -> str:
    return db.read_now(lambda session: session.get_one(Group, cast.group_id).invite_token)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The built page, as far as it matters here."""
    (tmp_path / invitations.SHELL).write_text("<html><head></head><body></body></html>", "utf-8")
    monkeypatch.setattr(invitations, "PAGES", tmp_path)
    invitations._shell.cache_clear()
    yield
    invitations._shell.cache_clear()


def server() -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=api), base_url="http://bulq.test")


def tags(page: str) -> dict[str, str]:
    found = re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)"/>', page)
    return {name: html.unescape(content) for name, content in found}


async def test_anybody_reads_an_invitation_and_nothing_of_a_link_that_is_old_or_closed(
    browser: Browser, cast: Cast, token: str
) -> None:
    async with browser() as client:
        seen = await client.get(f"/public/invitations/{token}")
        assert (seen.status_code, seen.json()["name"], seen.json()["group_id"]) == (200, "Liman", None)
        again = await client.get(f"/public/invitations/{token}", headers={"If-None-Match": seen.headers["etag"]})
        assert again.status_code == 304
        for wrong in ("nonsense", "%00", "x" * 5000, token[:-1], token.swapcase()):
            for path in (f"/public/invitations/{wrong}", f"/public/invitations/{wrong}/qr.svg"):
                assert (await client.get(path)).status_code == 404, path
        as_one(client, cast.bojan)
        assert (await client.get(f"/public/invitations/{token}")).json()["group_id"] == str(cast.group_id)
        client.cookies.clear()
        db.write_now(groups.set_joining, cast.ana, cast.group_id, False, now=NOW)
        assert (await client.get(f"/public/invitations/{token}")).status_code == 404


@pytest.mark.parametrize("query", ["", "?join=1", "?join=true&next=/", "?wish=join"])
async def test_looking_alone_joins_nobody(shell: None, browser: Browser, cast: Cast, token: str, query: str) -> None:
    async with browser() as client:
        as_one(client, cast.eva)
        for address in (f"/public/invitations/{token}{query}", f"http://bulq.test/invite/{token}{query}"):
            assert (await client.get(address)).status_code == 200

    assert cast.eva.id not in {member.user_id for member in db.read_now(members_of, cast.group_id)}


async def test_strangers_who_look_too_often_are_held_back(browser: Browser, token: str) -> None:
    settings.api_per_minute = 3
    async with browser() as client:
        codes = [(await client.get(f"/public/invitations/{token}")).status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]


async def test_anybody_reads_whether_one_may_register_and_whose_a_reset_link_is(browser: Browser, cast: Cast) -> None:
    reset = db.write_now(password_resets.offer_reset, cast.ada, cast.mila.id, now=NOW.replace(year=NOW.year + 1))
    async with browser() as client:
        assert (await client.get("/public/registration")).json() == {"registration": "open"}
        db.write_now(set_registration, cast.ada, "invite", now=NOW)
        assert (await client.get("/public/registration")).json() == {"registration": "invite"}
        assert (await client.get(f"/public/resets/{reset}")).json() == {"name": "Mila", "username": "mila"}
        assert (await client.get("/public/resets/nonsense")).status_code == 404


async def test_the_page_of_an_invitation_says_in_its_html_what_it_is(shell: None, cast: Cast, token: str) -> None:
    async with server() as client:
        page = await client.get(f"/invite/{token}")

    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "<title>Join Liman · Bulq</title>" in page.text and page.headers["x-robots-tag"] == "noindex"
    said = tags(page.text)
    assert said["og:title"] == "Join Liman on Bulq"
    assert "3" in said["og:description"] and "Ana" in said["og:description"] and "Metro" in said["og:description"]
    assert said["description"] == said["og:description"]
    assert said["og:url"] == f"http://bulq.test/invite/{token}" and said["og:image"] == "http://bulq.test/preview.png"
    assert said["twitter:card"] == "summary_large_image"
    assert not any(name in page.text for name in ("Bojan", "Mila", "rice", str(cast.group_id)))


async def test_names_are_written_as_texts_whatever_they_are(shell: None, cast: Cast, token: str) -> None:
    def rename(session) -> None:
        session.get_one(Group, cast.group_id).name = NASTY
        session.get_one(User, cast.ana.id).name = NASTY

    db.write_now(rename)
    async with server() as client:
        page = (await client.get(f"/invite/{token}")).text

    assert "<script" not in page and NASTY in tags(page)["og:title"] and NASTY in tags(page)["og:description"]


async def test_a_link_that_leads_nowhere_is_a_plain_page(shell: None, cast: Cast, token: str) -> None:
    db.write_now(groups.renew_invite, cast.ana, cast.group_id, now=NOW)
    async with server() as client:
        for path in (token, "nonsense", "%00", "x" * 5000):
            page = await client.get(f"/invite/{path}")
            assert (page.status_code, tags(page.text)) == (404, {}) and page.text.startswith("<html>")


async def test_whoever_asks_too_often_still_gets_the_page(shell: None, token: str) -> None:
    settings.api_per_minute = 1
    async with server() as client:
        await client.get(f"/invite/{token}")
        page = await client.get(f"/invite/{token}")
    assert (page.status_code, tags(page.text)) == (200, {})


@pytest.mark.parametrize(("host", "address"), [("bulq.example.org", "https://bulq.example.org"), ("evil.example", "")])
async def test_a_server_with_a_name_never_calls_itself_what_a_request_says(
    shell: None, token: str, host: str, address: str
) -> None:
    limits.forget()
    settings.allowed_origins = ("https://named.example", "https://bulq.example.org")
    async with server() as client:
        page = await client.get(f"/invite/{token}", headers={"Host": host})
    assert tags(page.text)["og:url"] == f"{address or 'https://named.example'}/invite/{token}"


async def test_the_qr_code_is_a_picture_without_scripts(browser: Browser, token: str) -> None:
    async with browser() as client:
        drawn = await client.get(f"/public/invitations/{token}/qr.svg")

    assert drawn.headers["content-type"] == "image/svg+xml" and drawn.text.startswith("<svg")
    assert "<script" not in drawn.text
