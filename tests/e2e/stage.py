"""Where a journey plays: the cast in the database, and windows of real browsers on a real server."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from bulq import sessions
from bulq.domain.actor import Actor
from bulq.domain.phases import Phase
from bulq.services import accounts
from tests import cast
from tests.cast import Cast
from tests.e2e.server import Server

PHONE, DESK = 320, 1280
# What a browser says of refused requests and lost connections, which journeys bring about on purpose.
EXPECTED = ("Failed to load resource", "WebSocket connection", "net::ERR_", "websocket error")


@dataclass
class Stage:
    server: Server
    browser: Browser
    engine: Engine
    pages: list[Page] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    may_fail: bool = False  # the server may log failures: the journey sends what no page would

    def do(self, use_case: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """A use case as the server would run it; pages that are open don't hear of it."""
        return self.write(use_case, *args, now=datetime.now(UTC), **kwargs)

    @staticmethod
    def now() -> datetime:
        return datetime.now(UTC)

    def write(self, change: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            return change(session, *args, **kwargs)

    def assemble(self) -> Cast:
        return self.write(cast.assemble)

    def bring_to(self, people: Cast, phase: Phase) -> UUID:
        return self.write(cast.bring_to, people, phase)

    def window(
        self,
        who: Actor | None = None,
        path: str = "/",
        *,
        width: int = DESK,
        dark: bool = False,
        language: str = "en-GB",
    ) -> Page:
        """A new browser of this person, already signed in."""
        context = self.browser.new_context(
            base_url=self.server.url,
            viewport={"width": width, "height": 844 if width < 760 else 900},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            locale=language,
            timezone_id="Europe/Belgrade",
            has_touch=width < 760,
        )
        if who is not None:
            token = self.do(accounts.start_session, who.id, "A journey")
            context.add_cookies([{"name": sessions.cookie_name(), "value": token, "url": self.server.url}])
        page = context.new_page()
        self._listen(page)
        page.goto(path)
        if who is not None:
            expect(page.get_by_role("link", name="Notifications")).to_be_visible()
        return page

    def _listen(self, page: Page) -> None:
        self.pages.append(page)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._hear(page, message))

    def _hear(self, page: Page, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(word in message.text for word in EXPECTED):
            self.complaints.append(f"{page.url}: {message.text}")

    def tidy(self) -> None:
        for page in self.pages:
            page.context.close()
        self.pages.clear()

    def photograph(self, folder: Path, name: str) -> list[Path]:
        """Every open page, for whoever has to find out why a test failed."""
        folder.mkdir(exist_ok=True)
        taken: list[Path] = []
        for number, page in enumerate(self.pages, 1):
            taken.append(folder / f"{re.sub(r'[^a-zA-Z0-9_-]+', '-', name)}-{number}.png")
            page.screenshot(path=taken[-1], full_page=True, timeout=5000)
        return taken


# Triggers that refuse to remove rows of a record are named after their table: audit_entries_stay.
REFUSING = "SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE NOT tgisinternal AND right(tgname, 5) = '_stay'"


def empty(engine: Engine) -> None:
    """Forget everything, without ending the connections of the server that uses the database.

    A page of the last test may have sent a change just before it was closed. The change is done before, or afterwards
    finds nothing; where both wait for each other, the database ends one of them.
    """
    for last in (False, False, True):
        try:
            return _empty(engine)
        except OperationalError:
            if last:
                raise


def _empty(engine: Engine) -> None:
    with engine.begin() as connection:
        tables = ", ".join(table.name for table in SQLModel.metadata.sorted_tables)
        connection.exec_driver_sql(f"LOCK TABLE {tables} IN EXCLUSIVE MODE")
        refusing = connection.exec_driver_sql(REFUSING).all()
        for table, trigger in refusing:
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
        for table in reversed(SQLModel.metadata.sorted_tables):
            connection.execute(table.delete())
        for table, trigger in refusing:
            connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")
