"""Admins hear once of trouble with backups, and once that it is over; so does whoever watches from outside."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_string
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, TypeVar

import pytest
from pydantic import SecretStr
from sqlmodel import select

from bulq import db
from bulq.config import settings
from bulq.i18n import text
from bulq.jobs import alerts
from bulq.jobs.backup import back_up
from bulq.models import Incident, Notification
from bulq.queries.backups import FAILED, STALE_KIND, UNPROVEN
from tests.announced import announcements
from tests.cast import NOW, Cast

pytestmark = pytest.mark.usefixtures("folder")

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
Server = TypeVar("Server", bound=socketserver.BaseServer)
KINDS = (FAILED, UNPROVEN, STALE_KIND)


def told(cast: Cast) -> list[str]:
    """What the admin was told; nobody else is told anything of it."""
    with db.reading() as session:
        about = [each for each in session.scalars(select(Notification)) if each.kind.startswith("backup_")]
    assert {each.user_id for each in about} <= {cast.ada.id}
    return [each.kind for each in sorted(about, key=lambda each: each.id)]


def spoil(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))
    folder.write_bytes(b"a file where the folder was")


def mend(folder: Path) -> None:
    folder.unlink()
    folder.with_name("elsewhere").rename(folder)


def test_a_failure_is_told_once_and_its_end_once(cast: Cast, folder: Path) -> None:
    back_up(NOW)
    spoil(folder)

    with announcements() as announced:
        for minutes in (10, 20, 30):
            back_up(NOW + minutes * MINUTE)
            alerts.check(NOW + minutes * MINUTE)
    assert told(cast) == [FAILED] and announced == [{f"user:{cast.ada.id}"}]

    mend(folder)
    back_up(NOW + 40 * MINUTE)
    for minutes in (40, 50):
        alerts.check(NOW + minutes * MINUTE)
    assert told(cast) == [FAILED, f"{FAILED}_over"]

    spoil(folder)
    back_up(NOW + HOUR)
    alerts.check(NOW + HOUR)
    assert told(cast) == [FAILED, f"{FAILED}_over", FAILED]


@pytest.mark.only("sqlite")
def test_an_old_backup_is_told_after_26_hours(cast: Cast) -> None:
    back_up(NOW)

    assert alerts.check(NOW + 26 * HOUR) == 0
    assert alerts.check(NOW + 26 * HOUR + MINUTE) == 1
    assert told(cast) == [STALE_KIND]

    back_up(NOW + 27 * HOUR)
    assert alerts.check(NOW + 27 * HOUR) == 1
    assert told(cast) == [STALE_KIND, f"{STALE_KIND}_over"]


@pytest.mark.only("sqlite")
def test_without_a_place_for_backups_nothing_is_missed(cast: Cast) -> None:
    settings.backup_target = ""

    assert alerts.check(NOW) == 0 and told(cast) == []


def test_several_processes_at_once_tell_once(cast: Cast) -> None:
    with ThreadPoolExecutor(4) as pool:
        changed = list(pool.map(lambda _: alerts.check(NOW), range(8)))

    assert sum(changed) == 1 and told(cast) == [STALE_KIND]
    assert len(db.read_now(lambda session: session.scalars(select(Incident)).all())) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_every_alert_has_words(kind: str) -> None:
    assert text(f"notice.{kind}", reason="the disk is full").endswith("the disk is full")
    assert "{{" not in text(f"notice.{kind}_over", reason="")


class Hook(HTTPServer):
    """Somebody's web hook."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.answer = 204
        super().__init__(("127.0.0.1", 0), _HookCall)


class _HookCall(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.answer < 300:
            self.server.heard.append(body)
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


class PostOffice(socketserver.TCPServer):
    """As much of a mail server as takes one letter."""

    allow_reuse_address = True

    def __init__(self) -> None:
        self.letters: list[str] = []
        super().__init__(("127.0.0.1", 0), _Letter)


class _Letter(socketserver.StreamRequestHandler):
    server: PostOffice

    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline().decode().strip().upper():
            if line == "DATA":
                self._say("354 go on")
                letter = list(iter(lambda: self.rfile.readline().decode().rstrip("\r\n"), "."))
                self.server.letters.append("\n".join(letter))
            if line == "QUIT":
                return self._say("221 bye")
            self._say("250 fine")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


def _serving(server: Server) -> Iterator[Server]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def hook() -> Iterator[Hook]:
    server = Hook()
    settings.alert_webhook = SecretStr(f"http://127.0.0.1:{server.server_port}/secret-path")
    settings.webhook_hosts = ("127.0.0.1",)
    yield from _serving(server)


@pytest.fixture
def post_office() -> Iterator[PostOffice]:
    server = PostOffice()
    settings.smtp_url = SecretStr(f"smtp://127.0.0.1:{server.server_address[1]}")
    settings.alert_email, settings.smtp_plain = "admin@bulq.test", True
    yield from _serving(server)


@pytest.mark.only("sqlite")
def test_web_hook_and_mail_are_sent_once_each(cast: Cast, hook: Hook, post_office: PostOffice) -> None:
    for _ in range(3):
        alerts.check(NOW)
    back_up(NOW + HOUR)
    for _ in range(3):
        alerts.check(NOW + HOUR)

    assert [(call["kind"], call["over"]) for call in hook.heard] == [(STALE_KIND, False), (STALE_KIND, True)]
    assert "26 hours" in hook.heard[0]["text"] and hook.heard[0]["at"] == NOW.isoformat()
    letters = [message_from_string(letter) for letter in post_office.letters]
    assert [letter["To"] for letter in letters] == ["admin@bulq.test"] * 2
    assert letters[1]["Subject"] == "Bulq: There is a fresh and good backup again"


@pytest.mark.only("sqlite")
def test_a_hook_that_fails_is_tried_again_and_stays_secret(
    cast: Cast, hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    hook.answer = 500
    alerts.check(NOW)
    hook.answer = 204
    alerts.check(NOW + MINUTE)
    alerts.check(NOW + 2 * MINUTE)

    assert [call["kind"] for call in hook.heard] == [STALE_KIND]
    assert "by_webhook failed" in caplog.text and "secret-path" not in caplog.text


@pytest.mark.only("sqlite")
def test_old_troubles_are_not_told_to_a_new_hook(cast: Cast, request: pytest.FixtureRequest) -> None:
    alerts.check(NOW)
    back_up(NOW + HOUR)
    alerts.check(NOW + HOUR)

    hook: Hook = request.getfixturevalue("hook")
    alerts.check(NOW + 2 * HOUR)

    assert hook.heard == []
