"""Commands at a terminal."""

from __future__ import annotations

import getpass
import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from sqlmodel import col, func, select

from bulq import db, migrations
from bulq.cli import main
from bulq.config import Environment, settings
from bulq.demo.fill import password_of
from bulq.demo.story import PEOPLE
from bulq.domain.actor import Actor
from bulq.domain.phases import Phase
from bulq.models import Allocation, Bid, Group, Notification, Participant, PhaseEntry, PriceObservation, Run, User
from bulq.queries.resets import reset_view
from bulq.queries.runs import run_view
from bulq.services import accounts
from tests.databases import PostgreSQL
from tests.knowing import authenticate
from tests.test_import import GOOD, write

LONG = "a long password"


def _now() -> datetime:
    return datetime.now(UTC)


def user_of(username: str) -> User | None:
    query = select(User).where(User.username_key == username)
    return db.read_now(lambda session: session.scalars(query).first())


def type_passwords(monkeypatch: pytest.MonkeyPatch, *typed: str) -> None:
    answers = iter(typed)
    monkeypatch.setattr(getpass, "getpass", lambda prompt: next(answers))


def test_migrating_makes_the_database_and_its_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings.database_url = f"sqlite:///{tmp_path}/new/folder/bulq.db"

    assert main(["migrate"]) == 0
    assert main(["migrate"]) == 0

    assert capsys.readouterr().out.endswith(f"revision {migrations.newest()}, as before.\n")
    assert (tmp_path / "new/folder/bulq.db").exists()


def test_several_processes_migrate_a_new_sqlite_file_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/bulq.db"

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: migrations.upgrade(url), range(4)))

    assert sorted(before or "" for before, _ in found) == ["", *[migrations.newest()] * 3]


def test_several_processes_migrate_a_new_postgresql_database_once(postgresql: PostgreSQL) -> None:
    url = postgresql.new_database("migrated_at_once")

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: migrations.upgrade(url), range(4)))

    assert sorted(before or "" for before, _ in found) == ["", *[migrations.newest()] * 3]


def test_m6_the_first_admin_comes_from_a_command(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """M6: The first admin comes from a command."""
    type_passwords(monkeypatch, LONG, LONG)

    assert main(["admin", "create", "Ana", "--name", "Ana Petrović"]) == 0

    ana = user_of("ana")
    assert ana is not None and (ana.name, ana.is_admin) == ("Ana Petrović", True)
    assert db.read_now(authenticate, "ana", LONG) == ana.id


def test_an_admin_who_forgot_the_password_gets_a_link(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    with db.transaction() as session:
        accounts.create_user(session, "Ana", "ana", "hash", now=_now(), is_admin=True)

    assert main(["admin", "reset-link", "ANA"]) == 0

    token = capsys.readouterr().out.strip().rpartition("/reset/")[2]
    assert db.read_now(reset_view, token, now=_now()).username == "ana"
    assert main(["admin", "reset-link", "nobody"]) == 1
    assert "Nobody here has this username" in capsys.readouterr().err


def test_the_password_may_come_from_standard_input(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{LONG}\n"))

    assert main(["admin", "create", "ana", "--password-stdin"]) == 0

    assert db.read_now(authenticate, "ana", LONG)


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(
    ("username", "typed", "said"),
    [
        ("ana", (LONG, "another password"), "differ"),
        ("ana", ("short", "short"), "10 to 128"),
        ("a b", (LONG, LONG), "username"),
        ("taken", (LONG, LONG), "taken"),
    ],
)
def test_an_admin_who_cannot_be_made_is_refused_in_words(
    database: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    username: str,
    typed: tuple[str, ...],
    said: str,
) -> None:
    with db.transaction() as session:
        session.add(User(name="T", username="taken", username_key="taken", password_hash="!", created_at=_now()))
    type_passwords(monkeypatch, *typed)

    assert main(["admin", "create", username]) == 1

    told = capsys.readouterr()
    assert said in told.err and LONG not in told.out + told.err
    assert len(db.read_now(lambda session: session.scalars(select(User)).all())) == 1


def test_the_demo_has_a_run_in_each_phase(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo"]) == 0

    told = capsys.readouterr().out
    with db.reading() as session:
        runs = session.scalars(select(Run)).all()
        assert {run.phase for run in runs} == set(Phase)
        assert len(session.scalars(select(Group)).all()) == 4
        assert all(password_of(username) in told for username in PEOPLE)
        assert authenticate(session, "nikola", password_of("nikola"))
        assert session.scalars(select(User.username).where(col(User.is_admin))).all() == ["vera"]
        _check_story(session, runs)
        _check_busy_run(session)


def _check_busy_run(session: Session) -> None:
    """Thirty people, a hundred products, and one that was seen often enough for a chart; a run in pick-up beside it."""
    group = session.scalars(select(Group).where(col(Group.name).contains("co-op"))).one()
    runs = {run.phase: run for run in session.scalars(select(Run).where(Run.group_id == group.id))}
    assert runs.keys() == {Phase.ACTIVE, Phase.DISTRIBUTING}
    run = runs[Phase.ACTIVE]
    ana = session.scalars(select(User).where(User.username == "ana")).one()
    view = run_view(session, Actor(ana.id, ana.name, ana.username), run.id)
    assert (len(view.products), len(view.people), view.phase) == (100, 30, Phase.ACTIVE)
    seen = select(func.count()).select_from(PriceObservation).where(PriceObservation.store_id == run.store_id)
    assert max(session.scalars(seen.group_by(col(PriceObservation.product_id)))) >= 12


def _check_story(session: Session, runs: Sequence[Run]) -> None:
    """What a visitor should find, all of it in the past and every sum right."""
    now = _now()
    assert all(entry.entered_at <= now for entry in session.scalars(select(PhaseEntry)))
    assert all(bid.created_at <= now for bid in session.scalars(select(Bid)))
    assert session.scalars(select(Bid).where(col(Bid.quantity).is_(None))).first()
    assert session.scalars(select(Bid).where(col(Bid.note) != "")).first()
    assert session.scalars(select(Participant).where(col(Participant.helper_since).is_not(None))).first()
    assert session.scalars(select(Participant).where(col(Participant.ready_at).is_not(None))).first()
    assert {line.picked_up_at is None for line in session.scalars(select(Allocation))} == {True, False}
    assert session.scalars(select(Notification)).first()
    for run in runs:
        leader = session.get_one(User, run.leader_id)
        view = run_view(session, Actor(leader.id, leader.name, leader.username), run.id)
        assert sum(person.part for person in view.people) + view.parts.left_over == view.parts.total
        if run.phase is Phase.ADJUSTING:
            differences = {line.bought - line.wanted for line in view.products if line.bought}
            assert min(differences) < 0 < max(differences)


@pytest.mark.only("sqlite")
def test_a_second_demo_changes_nothing_and_says_so(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["demo"])
    capsys.readouterr()

    assert main(["demo"]) == 0

    assert "Nothing was changed" in capsys.readouterr().out
    assert len(db.read_now(lambda session: session.scalars(select(User)).all())) == len(PEOPLE) + 28


def test_a_server_in_production_gets_no_accounts_with_known_passwords(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.env = Environment.PRODUCTION

    assert main(["demo"]) == 1

    assert "in production" in capsys.readouterr().err
    assert db.read_now(lambda session: session.scalars(select(User)).all()) == []


def test_orders_are_imported_with_a_summary(database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path, [*GOOD, "9,2011-11-04 09:00,22633,A,-1,1.85,1"], packed=True)

    assert main(["import-orders", str(file), "--month", "2011-11", "--group", "Nord"]) == 0
    told = capsys.readouterr().out
    assert main(["import-orders", str(file), "--month", "2011-11"]) == 1

    assert "skipped: quantity not above 0" in told and "/runs/" in told
    assert "imported already" in capsys.readouterr().err
    assert db.read_now(lambda session: session.scalars(select(Group.name)).all()) == ["Nord"]


@pytest.mark.only("sqlite")
def test_an_existing_account_may_lead_the_import(database: str, tmp_path: Path) -> None:
    main(["demo"])

    assert main(["import-orders", str(write(tmp_path, GOOD)), "--month", "2011-11", "--leader", "ana"]) == 0

    ana = user_of("ana")
    run = db.read_now(lambda session: session.scalars(select(Run).order_by(col(Run.created_at))).first())
    assert ana and run and run.leader_id == ana.id


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(
    "arguments",
    [[], ["nonsense"], ["admin"], ["import-orders", "x.csv"], ["import-orders", "x.csv", "--month", "November"]],
)
def test_a_wrong_command_line_says_how_it_goes(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


@pytest.mark.only("sqlite")
def test_what_cannot_be_imported_is_refused_in_words(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path, GOOD)

    assert main(["import-orders", str(tmp_path / "none.csv"), "--month", "2011-11"]) == 1
    assert main(["import-orders", str(file), "--month", "2012-01"]) == 1
    assert main(["import-orders", str(file), "--month", "2011-11", "--leader", "nobody"]) == 1

    assert "no account 'nobody'" in capsys.readouterr().err
    assert not db.read_now(lambda session: session.scalars(select(Group)).all())


@pytest.mark.only("sqlite")
def test_a_database_without_tables_is_named_as_such(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    db.connect(f"sqlite:///{tmp_path}/empty.db")

    assert main(["demo"]) == 1

    assert "python -m bulq migrate" in capsys.readouterr().err
