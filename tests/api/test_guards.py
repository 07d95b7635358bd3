"""How often somebody may call, and from which site."""

from __future__ import annotations

import time

import httpx
import psycopg
import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bulq import db, devices, limits, pacing, sessions
from bulq.config import settings
from bulq.domain.errors import TooMany
from tests.api.conftest import Browser
from tests.api.test_signing_in import log_in, register

pytestmark = pytest.mark.only("sqlite")


async def test_the_sixth_try_within_a_minute_has_to_wait(browser: Browser) -> None:
    async with browser() as client:
        codes = [(await log_in(client, f"user{number}")).status_code for number in range(5)]
        answer = await log_in(client)

        assert codes == [422] * 5
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert answer.headers["retry-after"] in answer.json()["detail"]


async def test_nobody_locks_another_out_by_wrong_passwords(browser: Browser) -> None:
    settings.sign_in_wait_seconds = 0.1
    async with browser("192.0.2.1") as client:
        await register(client)
    for host in range(2, 6):
        async with browser(f"192.0.2.{host}") as client:
            assert [(await log_in(client, "ana", "a guess")).status_code for _ in range(6)] == [422] * 5 + [429]

    async with browser("192.0.2.99") as client:
        assert (await log_in(client, "ANA")).status_code == 201


async def test_wrong_passwords_are_counted_per_username_and_address(browser: Browser) -> None:
    settings.login_per_minute, settings.sign_in_wait_seconds = 1000, 0
    async with browser("192.0.2.1") as client, browser("192.0.2.2") as other:
        await register(client)
        right = [(await log_in(client)).status_code for _ in range(7)]
        wrong = [(await log_in(client, "ana", "a guess")).status_code for _ in range(6)]

        assert (right, wrong) == ([201] * 7, [422] * 5 + [429])
        assert (await log_in(client)).status_code == 429
        assert (await log_in(client, "bojan")).status_code == 422
        assert (await log_in(other)).status_code == 201


async def test_many_wrong_passwords_slow_down_all_but_devices_that_signed_in_before(browser: Browser) -> None:
    settings.login_per_minute, settings.sign_in_wait_seconds = 1000, 0.6
    async with browser("192.0.2.1") as known, browser("192.0.2.2") as forged, browser("192.0.2.3") as unknown:
        await register(known)
        assert (await register(forged, username="bojan")).status_code == 201
        mark = forged.cookies[devices.cookie_name()]
        for host in range(20, 22):
            async with browser(f"192.0.2.{host}") as client:
                for _ in range(4):
                    await log_in(client, "ana", "a guess")

        async def seconds(client: httpx.AsyncClient, username: str = "ana") -> float:
            began = time.perf_counter()
            assert (await log_in(client, username, "a long password")).status_code == 201
            return time.perf_counter() - began

        assert await seconds(known) < 0.5
        assert await seconds(forged) >= 0.6  # its mark is bojan's
        assert await seconds(forged, "bojan") < 0.5
        unknown.cookies.set(devices.cookie_name(), f"{mark}x")
        assert await seconds(unknown) >= 0.6
        assert await seconds(unknown) < 0.5


async def test_registration_is_limited_per_address(browser: Browser) -> None:
    async with browser() as client:
        codes = [(await register(client, username=f"user{number}")).status_code for number in range(6)]

        assert codes == [201] * 5 + [429]


async def test_a_forged_forwarding_header_changes_nothing(browser: Browser) -> None:
    async with browser() as client:
        for number in range(5):
            await client.post("/session", json={}, headers={"X-Forwarded-For": f"198.51.100.{number}"})

        assert (await client.post("/session", json={}, headers={"X-Forwarded-For": "203.0.113.9"})).status_code == 429


async def test_behind_a_proxy_what_it_wrote_last_counts(browser: Browser) -> None:
    settings.trusted_proxy_hops = 1
    async with browser() as client:
        for number in range(5):
            await client.post("/session", json={}, headers={"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.9"})
        held_up = await client.post("/session", json={}, headers={"X-Forwarded-For": "198.51.100.77, 203.0.113.9"})
        other = await client.post("/session", json={}, headers={"X-Forwarded-For": "203.0.113.10"})

        assert (held_up.status_code, other.status_code) == (429, 422)


async def test_the_whole_api_is_limited_per_address(browser: Browser) -> None:
    settings.api_per_minute = 3
    async with browser() as client, browser("192.0.2.2") as other:
        codes = [(await client.get("/nothing")).status_code for _ in range(4)]

        assert codes == [404, 404, 404, 429]
        assert (await other.get("/nothing")).status_code == 404
        assert (await client.get("/health/live")).status_code == 200


async def test_people_who_share_an_address_have_a_budget_each(browser: Browser) -> None:
    """Each page fetches what it shows: a whole co-op may do so from one network."""
    settings.api_per_minute = 2
    tokens = {who: sessions.new_token() for who in ("ana", "bojan")}
    for who, token in tokens.items():
        pacing.recognise(sessions.token_hash(token), who)

    async with browser() as client:
        for token in tokens.values():
            cookie = {"Cookie": f"{sessions.cookie_name()}={token}"}
            assert [(await client.get("/nothing", headers=cookie)).status_code for _ in range(3)] == [404, 404, 429]
        made_up = {"Cookie": f"{sessions.cookie_name()}={sessions.new_token()}"}
        assert [(await client.get("/nothing", headers=made_up)).status_code for _ in range(3)] == [404, 404, 429]
    pacing.forget()


@pytest.mark.parametrize(
    ("hops", "forwarded", "expected"),
    [
        (0, [], "192.0.2.1"),
        (0, ["9.9.9.9"], "192.0.2.1"),
        (1, ["9.9.9.9"], "9.9.9.9"),
        (1, ["8.8.8.8, 9.9.9.9"], "9.9.9.9"),
        (2, ["8.8.8.8", "9.9.9.9"], "8.8.8.8"),
        (2, ["9.9.9.9"], "192.0.2.1"),
        (1, ["nonsense"], "192.0.2.1"),
        (1, ["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::"),
        (1, ["::ffff:9.9.9.9"], "9.9.9.9"),
    ],
)
def test_only_trusted_hops_are_believed(hops: int, forwarded: list[str], expected: str) -> None:
    settings.trusted_proxy_hops = hops

    assert limits.address("192.0.2.1", forwarded) == expected


def test_a_redis_that_is_gone_does_not_stop_the_counting(monkeypatch: pytest.MonkeyPatch) -> None:
    settings.redis_url = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(limits, "limiter", limits._limiter())
    monkeypatch.setattr(limits, "_redis_back_at", 0.0)

    for _ in range(5):
        limits.spend(5, "bids", "ana")
    with pytest.raises(TooMany):
        limits.spend(5, "bids", "ana")


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://bulq.test"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://evil.bulq.test"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://bulq.test"}, False),
        ({"Origin": "http://BULQ.test"}, True),
        ({"Origin": "https://bulq.test"}, True),  # a proxy ends TLS in front of us
        ({"Origin": "http://bulq.test:8080"}, False),
        ({"Origin": "http://evil.test"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://bulq.test@evil.test"}, False),
        ({"Origin": "http://[broken"}, False),
        ({}, True),
        ({"Cookie": "bulq=stolen"}, False),
    ],
)
async def test_another_site_changes_nothing(browser: Browser, headers: dict[str, str], allowed: bool) -> None:
    async with browser(origin=None) as client:
        answer = await client.delete("/session", headers=headers)

        assert answer.status_code == (204 if allowed else 403)


async def test_another_site_can_neither_sign_in_nor_register(browser: Browser) -> None:
    async with browser(origin="http://evil.test") as client:
        assert (await register(client)).status_code == 403
        assert (await log_in(client)).status_code == 403
        assert sessions.cookie_name() not in client.cookies


def test_a_transaction_that_is_tried_again_spends_once(database: str) -> None:
    attempts = []

    def use_case(_session: Session) -> None:
        limits.spend(2, "writes", "ana")
        attempts.append(1)
        if len(attempts) < 3:
            raise OperationalError("", {}, psycopg.errors.SerializationFailure())

    db.write_now(use_case)
    db.read_now(lambda _session: limits.spend(2, "writes", "ana"))

    assert len(attempts) == 3
    with pytest.raises(TooMany):
        db.write_now(use_case)
