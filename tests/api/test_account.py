"""One's own account over HTTP: another name, everything kept about one, and an end to it."""

from __future__ import annotations

import json

import httpx
import pytest
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import db
from bulq.config import settings
from bulq.domain.phases import Phase
from bulq.models import Run, User, UserSession
from bulq.queries import own_data
from bulq.services import groups
from tests.announced import announcements
from tests.api.conftest import Browser
from tests.api.test_hostile import BAD_VALUES
from tests.api.test_signing_in import ANA, count_sessions, log_in, register, session_of
from tests.cast import NOW, assemble, bring_to

PASSWORD = ANA["password"]
RIGHT = {"name": "Anica", "username": "anica", "current": PASSWORD}
STRANGE = ["", " ", "\x00", "\ud800", "a\ufff9b", "x" * 5000, "'; DROP TABLE users --", "%_%"]


async def send(client: httpx.AsyncClient, method: str, path: str, body: object) -> httpx.Response:
    return await client.request(method, path, content=json.dumps(body), headers={"Content-Type": "application/json"})


async def rename(client: httpx.AsyncClient, **changes: object) -> httpx.Response:
    return await send(client, "PATCH", "/account", RIGHT | changes)


async def delete(client: httpx.AsyncClient, current: object = PASSWORD) -> httpx.Response:
    return await send(client, "POST", "/account/deletion", {"current": current})


def names() -> list[str]:
    return db.read_now(lambda session: list(session.scalars(select(User.name).order_by(col(User.id)))))


async def test_another_name_and_username_hold_everywhere(browser: Browser) -> None:
    async with browser() as client, browser("192.0.2.2") as later:
        await register(client)

        answer = await rename(client, name=" Аница  ")

        assert (answer.status_code, answer.content) == (204, b"")
        assert (session_of(client).name, session_of(client).username) == ("Аница", "anica")
        assert (await log_in(later)).status_code == 422
        assert (await log_in(later, username="ANICA")).json() == {"name": "Аница"}


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("field", RIGHT)
async def test_a_wrong_field_is_named_and_nothing_changes(browser: Browser, field: str) -> None:
    settings.login_per_minute = 1000
    async with browser() as client:
        await register(client)
        for value in (*BAD_VALUES, *STRANGE[:6], "guess"):
            if (field, value) in (("name", "guess"), ("username", "guess")):
                continue
            answer = await rename(client, **{field: value})

            assert answer.status_code == 422, (value, answer.text)
            assert [error["field"] for error in answer.json()["errors"]] == [field]
        assert names() == ["Ana"]


@pytest.mark.only("sqlite")
async def test_a_username_that_is_taken_stays_with_who_has_it(browser: Browser) -> None:
    async with browser() as client, browser("192.0.2.2") as other:
        await register(client)
        await register(other, name="Mila", username="mila")

        answer = await rename(client, username="MILA")

        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (409, "username")


async def test_whoever_deletes_their_account_is_signed_out_and_gone(browser: Browser) -> None:
    async with browser() as client, browser("192.0.2.2") as elsewhere, browser("192.0.2.3") as later:
        await register(client)
        await log_in(elsewhere)

        answer = await delete(client)

        assert (answer.status_code, count_sessions(), names()) == (204, 0, ["Former member"])
        assert 'bulq=""' in answer.headers["set-cookie"]
        assert (await elsewhere.get("/account/export.json")).status_code == 401
        assert (await log_in(later)).status_code == 422
        assert (await register(later)).status_code == 201


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("current", [*STRANGE, None, 7, [], {}, 1e300], ids=range(len(STRANGE) + 5))
async def test_without_the_password_no_account_is_deleted(browser: Browser, current: object) -> None:
    async with browser() as client:
        await register(client)

        answer = await delete(client, current)

        assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, ["current"])
        assert names() == ["Ana"]


async def test_why_an_account_stays_is_said(browser: Browser) -> None:
    async with browser() as client:
        await register(client)
        db.write_now(lead, session_of(client).id)

        answer = await delete(client)

        assert (answer.status_code, answer.json()["type"]) == (409, "urn:bulq:error:you_lead_open_run")
        assert "Metro" in answer.json()["detail"] and names()[0] == "Ana"


def lead(session: Session, user_id: object) -> None:
    user = session.get_one(User, user_id)
    user.username = user.username_key = user.look = "anica"
    cast = assemble(session)
    session.get_one(Run, bring_to(session, cast, Phase.PLANNING)).leader_id = user.id


@pytest.mark.only("sqlite")
async def test_guesses_are_counted_together_whatever_they_are_for(browser: Browser) -> None:
    async with browser() as client:
        await register(client)

        tries = [rename, rename, rename, delete, delete, delete]
        codes = [(await each(client, current="a guess")).status_code for each in tries]

        assert codes == [422] * 5 + [429]


@pytest.mark.only("sqlite")
async def test_strangers_and_other_sites_do_nothing(browser: Browser) -> None:
    async with browser() as stranger, browser("192.0.2.2", origin="http://evil.example") as other_site:
        for client, code in ((stranger, 401), (other_site, 403)):
            assert [(await each(client)).status_code for each in (rename, delete)] == [code, code]
        assert (await stranger.get("/account/export.json")).status_code == 401


@pytest.mark.parametrize("batch", [3, 1000])
async def test_everything_kept_about_one_is_a_file(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(own_data, "BATCH", batch)
    async with browser() as client:
        await register(client, name='Ана "</script>\\ \u2028')
        who = session_of(client)
        for n in range(5):
            db.write_now(groups.create_group, who, f"G{n}", "EUR", "UTC", now=NOW)

        answer = await client.get("/account/export.json")

        found = answer.json()
        assert answer.headers["content-disposition"].startswith('attachment; filename="bulq-account-')
        assert list(found) == ["format", "made_at", *(name for name, _ in own_data.SECTIONS)]
        assert (found["format"], found["account"][0]["username"]) == (1, "ana")
        assert sorted(group["group"] for group in found["groups"]) == [f"G{n}" for n in range(5)]
        assert "argon2" not in answer.text and len(found["sessions"]) == 1


@pytest.mark.only("sqlite")
async def test_files_are_made_so_often_a_minute(browser: Browser) -> None:
    settings.exports_per_minute = 2
    async with browser() as client:
        await register(client)

        codes = [(await client.get("/account/export.json")).status_code for _ in range(3)]

        assert codes == [200, 200, 429]


@pytest.mark.only("sqlite")
async def test_others_see_it_at_once(browser: Browser) -> None:
    async with browser() as client:
        await register(client)
        who = session_of(client)
        group = db.write_now(lambda session: groups.create_group(session, who, "Liman", "EUR", "UTC", now=NOW).id)

        with announcements() as told:
            await rename(client)
            await delete(client)

        assert told == 2 * [{f"user:{who.id}", f"group:{group}"}]
    assert db.read_now(lambda session: session.scalars(select(UserSession)).all()) == []
