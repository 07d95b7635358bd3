"""What a watcher of the server hears of its backups."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bulq import db
from bulq.config import settings
from bulq.models import Backup, JobRun
from tests.api.conftest import Browser


def tried(name: str, hours_ago: float, *, stored: bool, proved: bool) -> None:
    at = datetime.now(UTC) - timedelta(hours=hours_ago)
    with db.transaction() as session:
        session.add(
            Backup(
                name=name,
                kind="sqlite",
                started_at=at,
                finished_at=at,
                sha256="0" * 64 if stored else None,
                proved_at=at if proved else None,
                error="" if proved else "the bucket of secrets is gone",
            )
        )


async def heard(browser: Browser) -> tuple[int, str]:
    async with browser() as client:
        answer = await client.get("/health/backup")
        assert "secrets" not in answer.text
        body = answer.json()
        return answer.status_code, body.get("type", body["status"])


async def test_without_a_place_for_backups_none_are_expected(browser: Browser) -> None:
    assert await heard(browser) == (200, "off")


async def test_the_first_backup_is_not_missed_while_it_is_being_made(browser: Browser, tmp_path: Path) -> None:
    settings.backup_target = f"file://{tmp_path}/backups"
    now = datetime.now(UTC)

    with db.transaction() as session:
        session.add(JobRun(name="backup", started_at=now, busy_until=now + timedelta(minutes=5)))
    assert await heard(browser) == (200, "ok")

    with db.transaction() as session:
        session.get_one(JobRun, "backup").busy_until = now - timedelta(seconds=1)
    assert await heard(browser) == (503, "urn:bulq:error:backup_stale")


async def test_it_follows_how_things_are(browser: Browser, tmp_path: Path) -> None:
    settings.backup_target = f"file://{tmp_path}/backups"
    assert await heard(browser) == (503, "urn:bulq:error:backup_stale")

    tried("a", 27, stored=True, proved=True)
    assert await heard(browser) == (503, "urn:bulq:error:backup_stale")
    tried("b", 25, stored=True, proved=True)
    assert await heard(browser) == (200, "ok")
    tried("c", 3, stored=True, proved=False)
    assert await heard(browser) == (503, "urn:bulq:error:backup_unproven")
    tried("d", 2, stored=False, proved=False)
    assert await heard(browser) == (503, "urn:bulq:error:backup_failed")
    tried("e", 1, stored=True, proved=True)
    assert await heard(browser) == (200, "ok")
