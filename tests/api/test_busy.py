"""What the API answers while somebody else keeps the database busy."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from bulq import db
from bulq.config import settings
from tests.api.conftest import Browser


@contextmanager
def no_new_accounts(url: str) -> Generator[None]:
    """Somebody else holds a lock that a new account needs."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(make_url(url).database or "", isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            yield
        return
    with db.engine().connect() as holder, holder.begin():
        holder.execute(text("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE"))
        yield


async def test_a_busy_database_is_said_with_the_time_to_try_again(
    browser: Browser, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings.lock_timeout = 1
    db.connect(database)
    body = {"name": "Nada", "username": "nada", "password": "a long enough password"}

    async with browser() as client:
        with no_new_accounts(database):
            answer = await client.post("/account", json=body)
        again = await client.post("/account", json=body)

    assert (answer.status_code, answer.json()["type"]) == (503, "urn:bulq:error:busy")
    assert int(answer.headers["Retry-After"]) >= 1 and "Traceback" not in caplog.text
    assert again.status_code == 201
