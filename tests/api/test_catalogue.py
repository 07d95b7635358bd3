"""The catalogue and the record as files: for admins alone, and whatever is sent nothing breaks or stays half done."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import update
from sqlmodel import col, select

from bulq import db, sessions, uploads
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.models import AuditEntry, Product, User
from bulq.services import accounts
from bulq.services.audit import record
from tests.api.conftest import Browser
from tests.cast import NOW, Cast, assemble
from tests.conftest import Scene

GOOD = b"name,unit\nLentils,kg\n"
ADDRESSES = ("/admin/catalogue.csv", "/admin/audit.csv")


@pytest.fixture
def cast(scene: Scene) -> Cast:
    settings.api_per_minute = 10_000
    return scene(assemble)


def signed_in(browser: Browser, who: Actor, **options: str | None) -> httpx.AsyncClient:
    token = db.write_now(accounts.start_session, who.id, "Firefox", now=datetime.now(UTC))
    client = browser(**options)
    client.cookies.set(sessions.cookie_name(), token)
    return client


async def send(client: httpx.AsyncClient, body: bytes, kind: str = "text/csv") -> httpx.Response:
    return await client.post("/admin/catalogue", content=body, headers={"Content-Type": kind})


def files() -> list[str]:
    folder = settings.data / uploads.FOLDER
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


async def test_m1_only_admins_get_in(browser: Browser, cast: Cast) -> None:
    """M1: page and action."""
    for client, status in ((browser(), 401), (signed_in(browser, cast.ana), 404)):
        assert (await send(client, GOOD)).status_code == status
        for address in ADDRESSES:
            assert (await client.get(address)).status_code == status
    assert files() == []


@pytest.mark.parametrize(
    ("change", "status"), [({"locked_at": NOW}, 401), ({"deleted_at": NOW}, 401), ({"is_admin": False}, 404)]
)
async def test_m1_who_was_locked_deleted_or_demoted_gets_nothing_any_more(
    browser: Browser, cast: Cast, change: dict[str, object], status: int
) -> None:
    """M1: page and action; a cookie from before is good for nothing."""
    client = signed_in(browser, cast.ada)
    db.write_now(lambda session: session.execute(update(User).where(col(User.id) == cast.ada.id).values(**change)))

    assert (await send(client, GOOD)).status_code == status
    for address in ADDRESSES:
        assert (await client.get(address)).status_code == status
    assert files() == []


async def test_a_file_is_kept_for_its_sender_alone(browser: Browser, cast: Cast) -> None:
    answer = await send(signed_in(browser, cast.ada), b"\xef\xbb\xbfName;Unit;Colour\r\nLentils;kg;red\r\n")

    assert answer.status_code == 201, answer.text
    said = answer.json()
    assert (said["columns"], said["ignored"]) == (["name", "unit"], ["colour"])
    with uploads.opened(cast.ada.id, said["token"]) as file:
        assert b"Lentils" in file.read()
    for who, token in ((cast.ana, said["token"]), (cast.ada, "x" * 22), (cast.ada, "../../etc/passwd"), (cast.ada, "")):
        with pytest.raises(Exception, match="upload_gone"), uploads.opened(who.id, token):
            pass


async def test_another_file_takes_the_place_of_the_one_before(browser: Browser, cast: Cast) -> None:
    client = signed_in(browser, cast.ada)

    for _ in range(3):
        assert (await send(client, GOOD)).status_code == 201

    assert len(files()) == 1


async def test_files_nobody_decided_about_go(browser: Browser, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    await send(signed_in(browser, cast.ada), GOOD)
    assert uploads.forget_old(datetime.now(UTC)) == 0

    monkeypatch.setattr(uploads, "KEPT", -1)

    assert (uploads.forget_old(datetime.now(UTC)), files()) == (1, [])


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b"", "file_no_column"),
        (b"PK\x03\x04 zip", "file_not_text"),
        (b"name,unit\x00\n", "file_not_text"),
        (b"x," * 1_000_000, "file_long_line"),
        ("name,čaj\n".encode("cp1250"), "file_encoding"),
        (b"{}", "file_no_column"),
    ],
    ids=range(6),
)
async def test_hostile_files_are_refused_and_gone(browser: Browser, cast: Cast, body: bytes, key: str) -> None:
    answer = await send(signed_in(browser, cast.ada), body)

    assert (answer.status_code, answer.json()["type"]) == (422, f"urn:bulq:error:{key}")
    assert answer.headers["content-type"] == "application/problem+json"
    assert files() == []


async def test_what_is_too_large_is_refused_while_it_comes(browser: Browser, cast: Cast) -> None:
    settings.catalogue_file_mb = 1
    sent = 0

    async def endless():
        nonlocal sent
        yield b"name\n"
        while sent < 100_000_000:
            sent += 100_000
            yield b"x" * 99_999 + b"\n"

    answer = await signed_in(browser, cast.ada).post(
        "/admin/catalogue", content=endless(), headers={"Content-Type": "text/csv"}
    )

    assert (answer.status_code, files()) == (413, [])
    assert sent < 3_000_000


async def test_other_types_and_other_sites_are_refused(browser: Browser, cast: Cast) -> None:
    assert (await send(signed_in(browser, cast.ada), GOOD, "multipart/form-data")).status_code == 415
    assert (await send(signed_in(browser, cast.ada, origin="https://evil.example"), GOOD)).status_code == 403
    assert (await send(signed_in(browser, cast.ada, origin=None), GOOD)).status_code == 403


async def test_the_whole_catalogue_is_one_table(browser: Browser, cast: Cast) -> None:
    with db.transaction() as session:
        made = {"unit": "kg", "step": 1, "created_by": cast.ada.id, "created_at": NOW}
        session.add_all(Product(name=f"=cmd|{n}", name_key=f"=cmd|{n:05}", **made) for n in range(1203))

    answer = await signed_in(browser, cast.ada).get("/admin/catalogue.csv")

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/csv")
    assert 'filename="bulq-catalogue-' in answer.headers["content-disposition"]
    assert len(rows) == 1 + 1205 and len({tuple(row) for row in rows}) == len(rows)
    assert not any(cell.startswith("=") for row in rows for cell in row)


async def test_the_record_is_exported_as_it_is_narrowed_down(browser: Browser, cast: Cast) -> None:
    with db.transaction() as session:
        for n in range(1500):
            record(
                session, cast.ada, "user_locked", kind="user", subject=cast.eva.id, name="=Eva", now=NOW - timedelta(n)
            )
        record(session, cast.ada, "invite_renewed", kind="group", subject=cast.group_id, name="Liman", now=NOW)

    client = signed_in(browser, cast.ada)
    query = {"typed": "eva locked", "kind": "user", "from": "2023-01-01", "to": NOW.date().isoformat()}
    answer = await client.get("/admin/audit.csv", params=query)
    whole = await client.get("/admin/audit.csv")

    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {row["action"] for row in rows} == {"user_locked"} and {row["subject"] for row in rows} == {"'=Eva"}
    assert [row["at"] for row in rows] == sorted((row["at"] for row in rows), reverse=True)
    assert len(rows) == (NOW.date() - datetime(2023, 1, 1).date()).days + 1
    assert "invite_renewed" in whole.text


@pytest.mark.parametrize(
    "value", ["\x00", "\ud83d".encode("utf-8", "surrogatepass"), "%", "'; DROP", "x" * 5000, "NaN"]
)
async def test_filters_that_make_no_sense_break_nothing(browser: Browser, cast: Cast, value: str) -> None:
    client = signed_in(browser, cast.ada)

    for name in ("typed", "kind", "topic", "from", "to", "other"):
        assert (await client.get("/admin/audit.csv", params={name: value})).status_code == 200


async def test_signing_in_and_being_refused_are_recorded_with_where_from(browser: Browser, cast: Cast) -> None:
    settings.login_per_minute = 100
    password = "correct horse battery"
    client = browser("192.0.2.77")
    account = {"name": "Ceca", "username": "ceca", "password": password}
    assert (await client.post("/account", json=account)).status_code == 201
    assert (await client.delete("/session")).status_code == 204
    wrong = {"username": "CECA", "password": "my other secret"}
    assert (await client.post("/session", json=wrong)).status_code == 422
    assert (await client.post("/session", json=wrong | {"username": "nobody"})).status_code == 422
    assert (await client.post("/session", json={"username": "ceca", "password": password})).status_code == 201
    with db.transaction() as session:
        session.scalars(select(User).where(User.username == "ceca")).one().locked_at = NOW
    assert (await client.post("/session", json={"username": "ceca", "password": password})).status_code == 403

    entries = db.read_now(
        lambda session: session.scalars(select(AuditEntry).where(AuditEntry.address == "192.0.2.77")).all()
    )
    found = [(entry.action, entry.subject_name) for entry in sorted(entries, key=lambda entry: entry.id)]
    expected = ["user_registered", "signed_in", "signed_out", "sign_in_refused", "signed_in", "sign_in_locked"]
    assert found == [(action, "Ceca") for action in expected]
    assert "secret" not in str([entry.model_dump() for entry in entries])
