"""What no form sends: every answer is a problem document, never an error of the server, never an echo."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
from sqlmodel import select

from bulq import db
from bulq.config import settings
from bulq.models import User
from tests.api.conftest import Browser
from tests.api.test_signing_in import ANA, register

JSON = {"Content-Type": "application/json"}
SECRET = "hunter2-hunter2"
BAD_VALUES = [
    None,
    "",
    " ",
    0,
    -1,
    True,
    [],
    {},
    1e300,
    float("nan"),
    float("inf"),
    "\x00",
    "\x1b[31m",
    "\ud800",
    "\ufff9ana",
    "x" * 60_000,
    "\u0301" * 10_000,
]
BAD_BODIES = [
    (b"", 400),
    (b"{", 400),
    (b"null", 400),
    (b"[]", 400),
    (b'"text"', 400),
    (b"\xff\xfe\x00", 400),
    (b"[" * 60_000, 400),
    (b"9" * 60_000, 400),
    (b'{"username": 1e309, "password": NaN}', 422),
    (b'{"username": "' + b"x" * 70_000 + b'"}', 413),
]


@pytest.fixture(autouse=True)
def plenty_of_tries() -> None:
    settings.login_per_minute = settings.api_per_minute = settings.wrong_passwords_per_minute = 10_000


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(("body", "status"), BAD_BODIES, ids=range(len(BAD_BODIES)))
@pytest.mark.parametrize("address", ["/session", "/account"])
async def test_a_broken_body_is_refused(browser: Browser, address: str, body: bytes, status: int) -> None:
    async with browser() as client:
        answer = await client.post(address, content=body, headers=JSON)

        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
        assert answer.json()["status"] == status


@pytest.mark.parametrize("field", ["name", "username", "password"])
async def test_a_wrong_field_is_named_and_nothing_is_stored(browser: Browser, field: str) -> None:
    async with browser() as client:
        for value in BAD_VALUES:
            body = json.dumps(ANA | {field: value})
            answer = await client.post("/account", content=body, headers=JSON)

            assert answer.status_code == 422, (value, answer.text)
            assert [error["field"] for error in answer.json()["errors"]] == [field]
        assert not db.read_now(lambda session: session.scalars(select(User)).all())


@pytest.mark.parametrize("field", ["username", pytest.param("password", marks=pytest.mark.only("sqlite"))])
async def test_logging_in_with_nonsense_is_refused(browser: Browser, field: str) -> None:
    async with browser() as client:
        await register(client)
        for value in BAD_VALUES:
            body = json.dumps({"username": "ana", "password": "wrong password"} | {field: value})
            answer = await client.post("/session", content=body, headers=JSON)

            assert answer.status_code == 422, (value, answer.text)


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_only_json_is_read(browser: Browser, kind: str) -> None:
    async with browser() as client:
        answer = await client.post("/session", content=b"{}", headers={"Content-Type": kind})

        assert answer.status_code == 415


@pytest.mark.only("sqlite")
async def test_a_body_without_end_is_not_read_to_its_end(browser: Browser) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 10_000_000:
            sent += 10_000
            yield b"x" * 10_000

    async with browser() as client:
        answer = await client.post("/session", content=endless(), headers=JSON)

        assert answer.status_code == 413
        assert sent < 100_000


@pytest.mark.only("sqlite")
async def test_the_password_never_comes_back(browser: Browser, caplog: pytest.LogCaptureFixture) -> None:
    async with browser() as client:
        for body in ({"username": [SECRET], "password": SECRET}, {"name": 1, "username": "x y", "password": SECRET}):
            for address in ("/session", "/account"):
                answer = await client.post(address, json=body)

                assert SECRET not in answer.text
    assert SECRET not in caplog.text


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PATCH"])
async def test_what_is_no_address_of_the_api_is_a_problem(browser: Browser, method: str) -> None:
    async with browser() as client:
        answer = await client.request(method, "/no/such/thing")

        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("address", ["/session", "/health/live", "/no/such/thing"])
async def test_no_method_repeats_what_it_was_sent(browser: Browser, address: str) -> None:
    async with browser() as client:
        answer = await client.request("TRACE", address, headers={"X-Secret": SECRET})

        assert answer.status_code in (404, 405)
        assert SECRET not in answer.text


async def test_what_nobody_foresaw_is_logged_and_owned_up_to(
    browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    with db.transaction() as session:
        session.connection().exec_driver_sql("ALTER TABLE users RENAME TO lost")
    try:
        async with browser() as client:
            answer = await register(client)
    finally:
        with db.transaction() as session:
            session.connection().exec_driver_sql("ALTER TABLE lost RENAME TO users")

    problem = answer.json()
    assert (answer.status_code, problem["status"]) == (500, 500)
    assert problem["request_id"] in caplog.text
    assert "users" not in answer.text and ANA["password"] not in caplog.text
