"""Making an account, logging in and out: cookies, answers, and what is refused."""

from __future__ import annotations

import json
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie

import anyio
import httpx
import pytest
from sqlmodel import select

from bulq import db, sessions
from bulq.config import Registration, settings
from bulq.domain.actor import Actor
from bulq.models import User, UserSession
from bulq.services import accounts
from tests.api.conftest import Browser
from tests.cast import NOW

ANA = {"name": "Ana", "username": "ana", "password": "a long password"}


async def register(client: httpx.AsyncClient, **changes: object) -> httpx.Response:
    return await client.post("/account", json=ANA | changes)


async def log_in(client: httpx.AsyncClient, username: str = "ana", password: str = "a long password") -> httpx.Response:
    body = json.dumps({"username": username, "password": password})
    return await client.post("/session", content=body, headers={"Content-Type": "application/json"})


def session_of(client: httpx.AsyncClient) -> Actor:
    token = client.cookies[sessions.cookie_name()]
    return db.read_now(accounts.actor_for, token, now=NOW)


def count_sessions() -> int:
    return db.read_now(lambda session: len(session.scalars(select(UserSession)).all()))


async def test_who_makes_an_account_is_signed_in_at_once(browser: Browser) -> None:
    async with browser() as client:
        answer = await register(client, name=" Ана  Петровић ")

        assert (answer.status_code, answer.json()) == (201, {"name": "Ана Петровић"})
        assert session_of(client).username == "ana"


async def test_only_a_hash_of_password_and_token_is_stored(browser: Browser) -> None:
    async with browser() as client:
        await register(client)

        user, session = db.read_now(
            lambda session: (session.scalars(select(User)).one(), session.scalars(select(UserSession)).one())
        )
        assert user.password_hash.startswith("$argon2id$")
        assert client.cookies[sessions.cookie_name()] not in session.token_hash


@pytest.mark.parametrize("secure", [False, True])
async def test_the_cookie_is_kept_from_scripts_and_other_sites(browser: Browser, secure: bool) -> None:
    settings.secure_cookies = secure
    async with browser() as client:
        answer = await register(client)

        cookie = SimpleCookie(answer.headers.get_list("set-cookie")[0])[sessions.cookie_name()]
        assert sessions.cookie_name() == ("__Host-bulq" if secure else "bulq")
        assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "lax", "/", "")
        assert bool(cookie["secure"]) is secure
        assert cookie["max-age"] == str(90 * 86_400)
        assert answer.headers["cache-control"] == "no-store"


async def test_logging_in_ends_the_session_the_browser_had(browser: Browser) -> None:
    async with browser() as client:
        await register(client)
        before = client.cookies[sessions.cookie_name()]

        answer = await log_in(client, "ANA")

        assert (answer.status_code, answer.json()) == (201, {"name": "Ana"})
        assert client.cookies[sessions.cookie_name()] != before
        assert count_sessions() == 1


async def test_logging_in_elsewhere_leaves_other_sessions_alone(browser: Browser) -> None:
    async with browser() as phone, browser("192.0.2.2") as laptop:
        await register(phone)
        await log_in(laptop)

        assert count_sessions() == 2
        assert session_of(phone).id == session_of(laptop).id


async def test_logging_out_ends_the_session_and_clears_the_cookie(browser: Browser) -> None:
    async with browser() as client:
        await register(client)

        answer = await client.delete("/session")

        assert answer.status_code == 204
        assert count_sessions() == 0
        assert sessions.cookie_name() not in client.cookies


async def test_odd_cookies_beside_ours_sign_nobody_out(browser: Browser) -> None:
    async with browser() as client:
        await register(client)
        ours = f"{sessions.cookie_name()}={client.cookies[sessions.cookie_name()]}"
        client.cookies.clear()
        headers = [("Cookie", 'pref={"a":1}; x="unclosed'), ("Cookie", f"b@d=1; {ours}")]

        assert (await client.get("/account/export.json", headers=headers)).status_code == 200


async def test_logging_out_twice_or_without_a_session_is_fine(browser: Browser) -> None:
    async with browser() as client:
        assert (await client.delete("/session")).status_code == 204
        client.cookies.set(sessions.cookie_name(), "made-up")
        assert (await client.delete("/session")).status_code == 204


async def test_unknown_username_and_wrong_password_get_the_same_answer(browser: Browser) -> None:
    async with browser() as client:
        await register(client)

        wrong = await log_in(client, password="not the password")
        unknown = await log_in(client, "nobody")
        impossible = await log_in(client, "no\x00body")
        endless = await log_in(client, password="\ud800" + "x" * 500)

        assert wrong.status_code == 422
        assert wrong.json() == unknown.json() == impossible.json() == endless.json()
        assert wrong.json()["detail"] == "Username or password is wrong."


@pytest.mark.only("sqlite")
async def test_unknown_username_and_wrong_password_take_the_same_time(browser: Browser) -> None:
    settings.login_per_minute = 1000
    async with browser() as client:
        await register(client)
        times: dict[str, list[float]] = {"ana": [], "nobody": []}
        for _ in range(5):
            for username, taken in times.items():
                began = time.perf_counter()
                await log_in(client, username, "not the password")
                taken.append(time.perf_counter() - began)

        ana, nobody = (statistics.median(taken) for taken in times.values())
        assert 0.5 < ana / nobody < 2


async def test_a_username_is_taken_whatever_its_case(browser: Browser) -> None:
    async with browser() as client:
        await register(client)

        answer = await register(client, username="ANA")

        assert answer.status_code == 409
        assert [error["field"] for error in answer.json()["errors"]] == ["username"]


def test_of_two_who_take_a_username_at_once_one_gets_it(browser: Browser) -> None:
    async def try_it(address: str) -> int:
        async with browser(address) as client:
            return (await register(client)).status_code

    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(lambda number: anyio.run(try_it, f"192.0.2.{number}"), range(1, 5)))

    assert sorted(codes) == [201, 409, 409, 409]


async def test_all_wrong_fields_are_named_at_once(browser: Browser) -> None:
    async with browser() as client:
        answer = await client.post("/account", json={"name": "", "username": "a b", "password": "short", "invite": 3})

        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert {error["field"]: error["message"] for error in answer.json()["errors"]} == {
            "name": "Fill this in.",
            "username": "A username has only letters, digits, _ and -.",
            "password": "A password has 10 to 128 characters.",
            "invite": "This has to be text.",
        }


async def test_nobody_registers_while_registration_is_closed(browser: Browser) -> None:
    settings.registration = Registration.CLOSED
    async with browser() as client:
        answer = await register(client)

        assert (answer.status_code, answer.json()["type"]) == (403, "urn:bulq:error:registration_closed")


async def test_by_invitation_only_the_right_token_lets_in(browser: Browser) -> None:
    settings.registration = Registration.INVITE
    async with browser() as client:
        for invite in (None, "", "made-up", "\x00", "x" * 1000):
            limited = await register(client, invite=invite)
            assert (limited.status_code, limited.json()["type"]) == (403, "urn:bulq:error:registration_by_invite")


async def test_a_session_ended_elsewhere_is_over(browser: Browser) -> None:
    async with browser() as phone, browser("192.0.2.2") as laptop:
        await register(phone)
        await log_in(laptop)
        other, own = session_of(phone), session_of(laptop)

        db.write_now(accounts.end_session, own, other.session_id, now=NOW)  # pyright: ignore[reportArgumentType]

        answer = await phone.get("/runs/00000000-0000-7000-8000-000000000000/export.csv")
        assert (answer.status_code, answer.json()["type"]) == (401, "urn:bulq:error:not_signed_in")
