"""Changing a password: what it needs, what it ends, and what is refused."""

from __future__ import annotations

import json

import httpx
import pytest

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
