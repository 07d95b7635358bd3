"""A migration that would change what somebody owes or paid stops, says whose, and leaves the database as it was."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool
from sqlmodel import col

from bulq import db, migrations, witness
from bulq.cli import main
from bulq.config import Environment, settings
from bulq.domain.phases import Phase
from bulq.jobs.backup import facts_in
from bulq.jobs.vault import vault
from bulq.models import ListItem, Purchase
from bulq.queries.pick_up import pick_up
from bulq.services import leftovers
from tests import cast
from tests.databases import ROOT

Next = Callable[[str], None]

MIGRATION = '''
from alembic import op

revision, down_revision, branch_labels, depends_on = "next", "{head}", None, None

def upgrade():
    op.execute("CREATE TABLE of_the_next_version (id INTEGER PRIMARY KEY)")
    op.execute("""{statement}""")

def downgrade():
    pass
'''
SWAPPED = """
UPDATE allocations SET quantity = (SELECT min(a.quantity) + max(a.quantity) FROM allocations a) - quantity
"""


@pytest.fixture
def next_version(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Next]:
    """Makes the code one migration newer than the database."""
    head = migrations.newest()

    def add(statement: str) -> None:
        folder = tmp_path / "versions"
        folder.mkdir()
        (folder / "next.py").write_text(MIGRATION.format(head=head, statement=statement))
        ini = tmp_path / "alembic.ini"
        ini.write_text(
            f"[alembic]\nscript_location = {ROOT}/alembic\npath_separator = os\n"
            f"version_locations = {ROOT}/alembic/versions:{folder}\n"
        )
        monkeypatch.setattr(migrations, "INI", ini)
        migrations.newest.cache_clear()

    yield add
    monkeypatch.undo()
    migrations.newest.cache_clear()
    with create_engine(database, poolclass=NullPool).begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS of_the_next_version"))
        connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head})


def is_there(url: str) -> bool:
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return connection.dialect.has_table(connection, "of_the_next_version")


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE purchases SET total = total + 1", "paid 5594"),
        ("UPDATE list_items SET line_total = line_total + 1", "owes"),
        (SWAPPED, "owes"),
        ("UPDATE purchases SET payer_id = (SELECT id FROM users WHERE username = 'bojan')", "paid 5593"),
    ],
    ids=["paid", "total", "shares", "payer"],
)
def test_a_cent_that_changes_stops_it(
    database: str, next_version: Next, statement: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    people = db.write_now(cast.assemble)
    run_id = db.write_now(cast.bring_to, people, Phase.DISTRIBUTING)
    before = facts_in(database)
    next_version(statement)

    assert main(["migrate"]) == 1

    told = capsys.readouterr().err
    assert "would change money" in told and str(run_id) in told and said in told and "Nothing was changed" in told
    assert facts_in(database) == before and not is_there(database)


def test_one_that_changes_no_money_goes_through_after_a_backup_in_production(
    database: str, next_version: Next, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people = db.write_now(cast.assemble)
    db.write_now(cast.bring_to, people, Phase.COMPLETED)
    settings.env = Environment.PRODUCTION
    next_version("UPDATE users SET theme = 'dark'")

    assert main(["migrate"]) == 1
    assert "BULQ_BACKUP_TARGET" in capsys.readouterr().err and not is_there(database)

    settings.backup_target = f"file://{tmp_path}/backups"
    assert main(["migrate"]) == 0
    [kept] = vault().backups()
    assert f"{kept.name} was made and proved" in capsys.readouterr().out and is_there(database)


def test_it_divides_as_the_pages_do_also_what_was_left_over_first(database: str) -> None:
    people = db.write_now(cast.assemble)
    run_id = db.write_now(cast.bring_to, people, Phase.DISTRIBUTING)
    rice = db.write_now(cast.item_of, run_id, people.rice)
    db.write_now(cast.leave_over, run_id, rice, people.ana.id, 3000)
    for left in (3000, 2000):
        db.write_now(leftovers.take_leftovers, people.mila, run_id, rice, 1000, seen=left, now=cast.LATER)

    for total in range(1000, 1012):  # whatever cents remain
        db.write_now(_total_of, rice, total)
        shown = db.read_now(pick_up, people.ana, run_id)
        owed = [person.total for person in shown.people.values()]
        found = facts_in(database)
        assert (found.statements, found.left_over) == (sum(owed), total - sum(owed))
        lines = io.StringIO()
        with create_engine(database, poolclass=NullPool).connect() as connection:
            witness.write(connection, lines, cancelled=True)
        assert all(f"{each.id}: owes {each.total}, paid" in lines.getvalue() for each in shown.people.values())


def _total_of(session: Session, item_id: UUID, total: int) -> None:
    for row in session.scalars(select(Purchase).where(col(Purchase.item_id) == item_id)):
        row.total = total
    session.get_one(ListItem, item_id).line_total = total


@pytest.mark.only("postgresql")
def test_what_others_change_meanwhile_stops_nothing(database: str, next_version: Next) -> None:
    people = db.write_now(cast.assemble)
    db.write_now(cast.bring_to, people, Phase.ADJUSTING)
    next_version("SELECT pg_sleep(1)")

    with ThreadPoolExecutor() as threads:
        raised = threads.submit(_raise_a_total_while_it_migrates, database)
        assert main(["migrate"]) == 0
        raised.result()
    assert is_there(database)


def _raise_a_total_while_it_migrates(url: str) -> None:
    sleeping = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
    with create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT").connect() as connection:
        while not connection.execute(text(sleeping)).scalar_one():
            time.sleep(0.01)
    with create_engine(url, poolclass=NullPool).begin() as connection:
        for statement in ("purchases SET total = total + 1", "list_items SET line_total = line_total + 1"):
            connection.execute(text(f"UPDATE {statement}"))


@pytest.mark.only("sqlite")
def test_a_new_database_needs_no_backup(database: str, tmp_path: Path) -> None:
    settings.env, settings.database_url = Environment.PRODUCTION, f"sqlite:///{tmp_path}/new.db"

    assert main(["migrate"]) == 0


@pytest.mark.only("sqlite")
def test_a_backup_that_fails_stops_it(database: str, next_version: Next, capsys: pytest.CaptureFixture[str]) -> None:
    settings.env, settings.backup_target = Environment.PRODUCTION, "file:///proc/nowhere"
    next_version("UPDATE users SET theme = 'dark'")

    assert main(["migrate"]) == 1
    assert "The backup before it failed" in capsys.readouterr().err and not is_there(database)

    assert main(["migrate", "--without-backup"]) == 0
    assert is_there(database)
