"""Views by HTTP: the bytes that pages are sent, to whoever may look, and only when they have changed."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import orjson
import pytest

from bulq import db
from bulq.api import api
from bulq.api.views import WORTH_IT
from bulq.domain.actor import Actor
from bulq.domain.phases import Phase
from bulq.editions import edition
from bulq.services import accounts, shopping
from bulq.sessions import cookie_name
from bulq.views import PRIVATE, PUBLIC_VIEWS, VIEWS, view_at
from tests.addresses import addresses_of
from tests.api.conftest import Browser
from tests.cast import LATER, PACK, World, build, item_of
from tests.conftest import Scene


@pytest.fixture
def world(scene: Scene) -> World:
    return scene(build)


def as_one(client: httpx.AsyncClient, who: Actor) -> None:
    token = db.write_now(accounts.start_session, who.id, "a browser", now=datetime.now(UTC))
    client.cookies.set(cookie_name(), token)


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
async def test_each_view_is_its_edition_and_304_to_whoever_has_it(browser: Browser, world: World, view) -> None:
    async with browser() as client:
        who = world.cast.bojan if view.name == "payment_code" else world.cast.ana  # Bojan owes Ana something
        as_one(client, who)
        answered = 0
        for address in addresses_of(view, world):
            answer = await client.get(f"/{address}")
            if answer.status_code == 404:
                continue
            facts = db.read_now(view.read, who, **view_at(address, VIEWS)[1])
            read, answered = edition(facts), answered + 1

            assert (answer.content, answer.headers["etag"]) == (read.body, f'W/"{read.tag}"')
            assert answer.headers["content-type"] == "application/json"
            keeping = "no-store" if view.address.startswith(PRIVATE) else "private, no-cache"
            assert answer.headers["cache-control"] == keeping
            assert answer.headers["vary"] == "Cookie, Accept-Encoding"
            for known in (answer.headers["etag"], f'"{read.tag}"', f'"other", W/"{read.tag}"', "*"):
                again = await client.get(f"/{address}", headers={"If-None-Match": known})
                assert (again.status_code, again.content) == (304, b"")
                assert again.headers["etag"] == answer.headers["etag"]
                assert again.headers["cache-control"] == keeping
            other = await client.get(f"/{address}", headers={"If-None-Match": f'"{read.tag[:-1]}", no tag, W/'})
            assert other.status_code == 200
            head = await client.head(f"/{address}")
            assert (head.status_code, head.headers["etag"]) == (200, answer.headers["etag"])
        assert answered


@pytest.mark.only("sqlite")
async def test_a_change_has_another_tag_for_whoever_asks_again(browser: Browser, world: World) -> None:
    run, address = world.runs[Phase.SHOPPING], f"/runs/{world.runs[Phase.SHOPPING]}/shopping"
    async with browser() as client:
        as_one(client, world.cast.mila)
        before = await client.get(address)
        item = db.read_now(item_of, run, world.cast.rice)
        db.write_now(shopping.buy, world.cast.ana, run, item, PACK, 799, seen=0, now=LATER)

        after = await client.get(address, headers={"If-None-Match": before.headers["etag"]})

        assert (after.status_code, after.json()["paid"]) == (200, 799)


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, br", "gzip"),
        ("br;q=1.0, GZIP;q=0.8", "gzip"),
        ("*", "gzip"),
        ("br", None),
        ("identity", None),
        ("gzip;q=0", None),
        ("gzip; q=0.0, *", None),
        ("", None),
    ],
)
async def test_large_editions_are_compressed_for_whoever_reads_that(
    browser: Browser, world: World, accepted: str, encoding: str | None
) -> None:
    address = f"/runs/{world.runs[Phase.SHOPPING]}/shopping"
    async with browser() as client:
        as_one(client, world.cast.ana)
        request = client.build_request("GET", address, headers={"Accept-Encoding": accepted})
        answer = await client.send(request, stream=True)
        raw = b"".join([part async for part in answer.aiter_raw()])
        small = await client.get("/me", headers={"Accept-Encoding": accepted})

    body = gzip.decompress(raw) if encoding else raw
    assert answer.headers.get("content-encoding") == encoding
    assert orjson.loads(body)["currency"] == "EUR" and len(body) >= WORTH_IT
    assert "content-encoding" not in small.headers and small.json()["name"] == "Ana"


async def test_whoever_may_not_look_finds_nothing_and_the_signed_out_are_told(browser: Browser, world: World) -> None:
    run = world.runs[Phase.SHOPPING]
    async with browser() as client:
        for cookie in (None, "nobody"):
            client.cookies.clear()
            if cookie:
                client.cookies.set(cookie_name(), cookie)
            nobody = await client.get("/me")
            assert (nobody.status_code, nobody.content) == (204, b"")  # a page that is nobody's yet is no mistake
            for address in ("/home", f"/runs/{run}/shopping"):
                answer = await client.get(address)
                assert (answer.status_code, answer.json()["type"]) == (401, "urn:bulq:error:not_signed_in")
                assert answer.headers["cache-control"] == "no-store"

        client.cookies.clear()
        as_one(client, world.cast.eva)
        for run_id in (run, uuid4(), "x", "0", str(run).upper(), f"{run}%0A", "%00", "x" * 3000):
            answer = await client.get(f"/runs/{run_id}/shopping")
            assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json"), run_id
            assert answer.headers["cache-control"] == "no-store" and "etag" not in answer.headers
        assert (await client.post(f"/runs/{run}/shopping", json={})).status_code in (404, 405)


def test_the_description_has_every_view_with_its_facts() -> None:
    document = api.openapi()

    for view in (*VIEWS, *PUBLIC_VIEWS):
        described = document["paths"][f"/api/v1/{view.address}"]["get"]
        schema = described["responses"]["200"]["content"]["application/json"]["schema"]
        assert schema["title"] == view.facts.__name__
        assert described["responses"].keys() >= {"200", "304", "default"}
