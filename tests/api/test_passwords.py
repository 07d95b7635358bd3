"""Changing a password: what it needs, what it ends, and what is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq import db
from bulq.models import User
from bulq.services.password_resets import renew_access
from tests.api.conftest import Browser
from tests.api.test_signing_in import count_sessions, log_in, register

NEW = "another long password"


async def change(client: httpx.AsyncClient, current: object = "a long password", new: object = NEW) -> httpx.Response:
    body = json.dumps({"current": current, "new": new})
    return await client.post("/account/password", content=body, headers={"Content-Type": "application/json"})


async def test_the_new_password_counts_and_other_sessions_end(browser: Browser) -> None:
    async with browser("192.0.2.1") as here, browser("192.0.2.2") as elsewhere, browser("192.0.2.3") as later:
        await register(here)
        await log_in(elsewhere)

        answer = await change(here)

        assert (answer.status_code, answer.content) == (204, b"")
        assert count_sessions() == 1
        assert (await change(elsewhere)).status_code == 401
        assert (await log_in(later)).status_code == 422
        assert (await log_in(later, password=NEW)).status_code == 201
        assert (await change(here, NEW, "a third long password")).status_code == 204


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(
    ("current", "new", "field"),
    [
        ("not my password", NEW, "current"),
        ("\ud800", NEW, "current"),
        ("", NEW, "current"),
        ("a long password", "short", "new"),
        ("a long password", "x" * 129, "new"),
        ("a long password", "\ud800" * 12, "new"),
        ("a long password", 7, "new"),
        ("a long password", None, "new"),
    ],
)
async def test_a_wrong_field_is_named_and_nothing_changes(
    browser: Browser, current: object, new: object, field: str
) -> None:
    async with browser() as client, browser("192.0.2.2") as later:
        await register(client)

        answer = await change(client, current, new)

        assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])
        assert (await log_in(later)).status_code == 201


@pytest.mark.only("sqlite")
async def test_strangers_and_other_sites_change_nothing(browser: Browser) -> None:
    async with browser() as stranger, browser("192.0.2.2", origin="http://evil.example") as other_site:
        assert (await change(stranger)).status_code == 401
        assert (await change(other_site)).status_code == 403


@pytest.mark.only("sqlite")
async def test_guessing_the_current_password_has_to_wait(browser: Browser) -> None:
    async with browser() as client:
        await register(client)

        codes = [(await change(client, f"guess number {number}")).status_code for number in range(6)]

        assert codes == [422] * 5 + [429]


def reset_link() -> str:
    """For the account `register` makes, by an admin."""
    return db.write_now(renew_access, "ana", now=datetime.now(UTC))


async def reset(client: httpx.AsyncClient, token: object, password: object = NEW) -> httpx.Response:
    body = json.dumps({"token": token, "password": password})
    return await client.post("/password-reset", content=body, headers={"Content-Type": "application/json"})


async def test_a_reset_link_sets_a_password_once_and_signs_out_everywhere(browser: Browser) -> None:
    async with browser() as owner, browser("192.0.2.2") as client, browser("192.0.2.3") as later:
        await register(owner)
        token = reset_link()

        answer = await reset(client, token)

        assert (answer.status_code, answer.content, count_sessions()) == (204, b"", 0)
        again = await reset(client, token, "a third long password")
        assert (again.status_code, again.json()["type"]) == (404, "urn:bulq:error:reset_unknown")
        assert (await log_in(later, password=NEW)).status_code == 201


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("token", ["made up", "\x00", "\ud800", "x" * 5000, "%_", "' OR 1=1 --", "é" * 43])
async def test_an_invented_link_is_none(browser: Browser, token: str) -> None:
    async with browser() as client:
        await register(client)
        reset_link()

        answer = await reset(client, token)

        assert (answer.status_code, answer.json()["type"]) == (404, "urn:bulq:error:reset_unknown")


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(
    ("token", "password", "field"),
    [(None, NEW, "token"), (7, NEW, "token"), ("x", "short", "password"), ("x", None, "password")],
)
async def test_a_wrong_field_of_a_reset_is_named(browser: Browser, token: object, password: object, field: str) -> None:
    async with browser() as client:
        answer = await reset(client, token, password)

        assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])


@pytest.mark.only("sqlite")
async def test_guessing_links_has_to_wait_and_comes_from_no_other_site(browser: Browser) -> None:
    async with browser() as client, browser("192.0.2.2", origin="http://evil.example") as other_site:
        codes = [(await reset(client, f"guess{number}")).status_code for number in range(6)]

        assert codes == [404] * 5 + [429]
        assert (await reset(other_site, "guess")).status_code == 403


async def test_a_locked_account_says_so_only_to_who_knows_the_password(browser: Browser) -> None:
    async with browser() as client, browser("192.0.2.2") as later:
        await register(client)
        db.write_now(lock, "ana")

        right, wrong = await log_in(later), await log_in(later, password="a wrong password")

        assert (right.status_code, right.json()["type"]) == (403, "urn:bulq:error:account_locked")
        assert (wrong.status_code, wrong.json()["type"]) == (422, "urn:bulq:error:wrong_login")


async def test_a_link_for_a_new_password_unlocks_nothing(browser: Browser) -> None:
    async with browser() as owner, browser("192.0.2.2") as client:
        await register(owner)
        token = reset_link()
        db.write_now(lock, "ana")

        assert (await reset(client, token)).status_code == 204

        right = await log_in(client, password=NEW)
        assert (right.status_code, right.json()["type"]) == (403, "urn:bulq:error:account_locked")
        assert count_sessions() == 0


def lock(session: Session, username: str) -> None:
    session.execute(update(User).where(col(User.username) == username).values(locked_at=datetime.now(UTC)))
