"""The integrity report names what is wrong, with a remedy, and admins are told as of a failed backup."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, text, update
from sqlmodel import select

from bulq import db, migrations
from bulq.cli import main
from bulq.config import Environment, settings
from bulq.domain.backups import CHECKSUM
from bulq.i18n import text as words
from bulq.jobs import alerts
from bulq.jobs.backup import back_up
from bulq.jobs.doctor import examine, report_if_due
from bulq.models import Allocation, ListItem, Notification, Purchase, SearchTerm
from bulq.models.base import new_id
from bulq.queries.integrity import KINDS, Finding, last_report, remembered
from tests.cast import NOW, Cast

pytestmark = pytest.mark.usefixtures("folder")

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def found() -> dict[str, str]:
    return {each.kind: each.detail for each in examine(NOW, all_backups=True)}


def change(statement: object) -> None:
    with db.transaction() as session:
        session.execute(statement)  # type: ignore[call-overload]


def test_a_sound_server_has_nothing_to_report(cast: Cast) -> None:
    back_up(NOW)

    assert found() == {}


def test_money_that_does_not_add_up_is_found_with_its_run(cast: Cast) -> None:
    back_up(NOW)
    change(update(Purchase).values(total=Purchase.total + 1))

    report = found()

    assert set(report) == {"items", "balances"}
    run_id = db.read_now(lambda session: session.scalars(select(ListItem.run_id)).first())
    assert report["items"] == str(run_id) and "5593 instead of 5594" in report["balances"]


def test_a_total_that_is_corrected_while_it_looks_is_no_finding(cast: Cast) -> None:
    back_up(NOW)
    done: list[bool] = []

    def correct(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT purchases.run_id") and not done:  # items are read by now
            done.append(True)
            with db.transaction() as session:
                session.execute(text("UPDATE purchases SET total = total + 1"))
                session.execute(text("UPDATE list_items SET line_total = line_total + 1 WHERE bought > 0"))

    event.listen(db.engine(), "before_cursor_execute", correct)

    assert "balances" not in found()
    assert done


def test_a_frozen_statement_that_is_not_what_was_paid_is_found(cast: Cast) -> None:
    back_up(NOW)
    change(update(ListItem).where(ListItem.bought > 0).values(line_total=ListItem.line_total + 1))  # type: ignore[arg-type]
    change(update(Purchase).values(total=Purchase.total + 1))

    assert set(found()) == {"ledger", "balances"}


def test_more_given_out_than_bought_is_found(cast: Cast) -> None:
    back_up(NOW)
    change(update(Allocation).values(quantity=Allocation.quantity + 10_000))

    assert set(found()) == {"allocations"}


def test_names_and_rows_that_lead_nowhere_are_found(cast: Cast) -> None:
    with db.transaction() as session:
        term = session.scalars(select(SearchTerm)).first()
        assert term is not None
        session.execute(update(SearchTerm).where(SearchTerm.id == term.id).values(target_id=new_id()))  # type: ignore[arg-type]
    kinds = {"search_terms"}
    if db.engine().name == "sqlite":
        with db.engine().connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("DELETE FROM stores")
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        kinds.add("orphans")

    assert kinds <= set(found())


@pytest.mark.only("sqlite")
def test_files_that_were_left_behind_are_found(cast: Cast, folder: Path) -> None:
    uploads = settings.data / "uploads"
    uploads.mkdir()
    (uploads / "old.x").touch()
    long_ago = time.time() - 30 * 24 * 3600
    os.utime(uploads / "old.x", (long_ago, long_ago))
    row = back_up(NOW - 10 * DAY)
    assert row is not None
    (folder / (row.name + CHECKSUM)).unlink()
    back_up(NOW)

    report = {each.kind: each.detail for each in examine(NOW + timedelta(days=3650), all_backups=True)}

    assert report["files"] == "uploads/old.x" and row.name in report["backup_files"]


def test_a_damaged_backup_is_found(cast: Cast, folder: Path) -> None:
    old, newest = back_up(NOW - DAY), back_up(NOW)
    assert old is not None and newest is not None
    (folder / old.name).write_bytes((folder / old.name).read_bytes()[:-1])

    assert found() == {"backup_damaged": old.name}


@pytest.mark.only("sqlite")
def test_settings_that_are_not_safe_are_found(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.backup_target, settings.env, settings.free_mb = "", Environment.PRODUCTION, 10**9
    monkeypatch.setattr(migrations, "newest", lambda: "of a later version")

    assert set(found()) == {"no_backups", "no_alerts", "disk", "revision"}


@pytest.mark.only("sqlite")
def test_a_check_that_fails_is_a_finding_and_keeps_no_other(cast: Cast) -> None:
    settings.backup_target = "file:///proc/nowhere"
    change(update(Allocation).values(quantity=Allocation.quantity + 10_000))

    assert set(found()) == {"allocations", "not_made"}


def test_the_report_of_the_day_opens_an_incident_and_the_next_closes_it(cast: Cast) -> None:
    back_up(NOW)
    change(update(Allocation).values(quantity=Allocation.quantity + 10_000))

    report_if_due(NOW)
    alerts.check(NOW)
    assert [each.kind for each in db.read_now(last_report).findings] == ["allocations"]
    change(update(Allocation).values(quantity=Allocation.quantity - 10_000))
    report_if_due(NOW + HOUR)  # it is made once a day
    alerts.check(NOW + HOUR)
    assert told(cast) == ["integrity"]

    back_up(NOW + DAY)
    report_if_due(NOW + DAY)
    alerts.check(NOW + DAY)
    assert told(cast) == ["integrity", "integrity_over"] and db.read_now(last_report).findings == ()


def told(cast: Cast) -> list[str]:
    with db.reading() as session:
        about = [each for each in session.scalars(select(Notification)) if each.kind.startswith("integrity")]
    assert {each.user_id for each in about} <= {cast.ada.id}
    return [each.kind for each in sorted(about, key=lambda each: each.id)]


def test_the_command_says_each_finding_with_its_remedy(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    back_up(NOW)
    assert main(["doctor"]) == 0
    assert "All is well" in capsys.readouterr().out

    change(text("UPDATE allocations SET quantity = quantity + 10000"))
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert words("integrity.allocations_remedy") in said and "more is given out than was bought" in said


@pytest.mark.parametrize("kind", KINDS)
def test_every_finding_has_words_and_a_remedy(kind: str) -> None:
    finding = Finding(kind, "there")

    assert len(finding.words) > 10 and len(finding.remedy) > 10 and "integrity." not in finding.words + finding.remedy


def test_what_is_remembered_fits(cast: Cast) -> None:
    many: list[Finding] = [Finding(kind, "x" * 500) for kind in KINDS]

    kept = remembered(many)

    assert len(kept) <= 1000 and kept.startswith("items xxx")
