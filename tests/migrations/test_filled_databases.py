"""Every migration runs on databases that the code of its time filled, both ways, and loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.pool import NullPool
from sqlmodel import Session, col, select

from alembic import command
from bulq.domain.actor import Actor
from bulq.models import AuditEntry, Membership, Product, Run, User
from bulq.queries.item_shares import GIVEN_OUT
from bulq.queries.pick_up import pick_up
from bulq.queries.search import search
from tests.databases import ROOT, PostgreSQL
from tests.migrations.dump import loaded

DUMPS = sorted((Path(__file__).parent / "dumps").glob("*.sql"))
REVISIONS = [dump.stem for dump in DUMPS]

# What is the same before and after, in tables and columns every revision has.
FIGURES = {
    **{
        table: f"SELECT count(*) FROM {table}"
        for table in (
            *("users", "groups", "memberships", "stores", "products", "price_observations", "runs", "phase_entries"),
            *("participants", "bids", "bid_raises", "list_items", "purchases", "allocations", "notifications"),
        )
    },
    "bids in thousandths": "SELECT sum(quantity) FROM bids",
    "allocated by person": "SELECT user_id, sum(quantity) FROM allocations GROUP BY user_id ORDER BY user_id",
    "paid by run and payer": "SELECT run_id, payer_id, sum(total) FROM purchases GROUP BY 1, 2 ORDER BY 1, 2",
    "items by run": "SELECT run_id, sum(line_total), sum(bought) FROM list_items GROUP BY run_id ORDER BY run_id",
    "names of products": "SELECT id, name, brand FROM products ORDER BY id",
    "names of people": "SELECT id, name, username FROM users ORDER BY id",
    "names of stores and groups": "SELECT id, name FROM stores UNION ALL SELECT id, name FROM groups ORDER BY 1",
    "phases": "SELECT id, phase FROM runs ORDER BY id",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'old.db'}"
    else:
        server: PostgreSQL = request.getfixturevalue("postgresql")
        url = server.new_database(f"filled_{uuid4().hex[:8]}")
    engine = create_engine(url, poolclass=NullPool)
    yield engine
    engine.dispose()


@pytest.fixture(params=REVISIONS)
def filled(request: pytest.FixtureRequest, empty: Engine) -> tuple[Engine, str]:
    """A database as it was at a revision, and that revision."""
    revision = str(request.param)
    migrate(empty, revision)
    with empty.begin() as connection:
        if empty.dialect.name == "postgresql":
            connection.exec_driver_sql("SET TIME ZONE 'UTC'")
        cursor = connection.connection.cursor()  # of the driver: a % in a name is none of its placeholders
        for statement in loaded((Path(__file__).parent / "dumps" / f"{revision}.sql").read_text()):
            cursor.execute(statement)
    return empty, revision


def migrate(engine: Engine, to: str, *, back: bool = False) -> None:
    with engine.begin() as connection:
        config = Config(ROOT / "alembic.ini")
        config.attributes["connection"] = connection
        (command.downgrade if back else command.upgrade)(config, to)


def figures(engine: Engine) -> dict[str, list[Any]]:
    with engine.connect() as connection:
        return {
            name: [tuple(map(str, row)) for row in connection.execute(text(query))] for name, query in FIGURES.items()
        }


def columns(connection: Connection) -> dict[str, set[str]]:
    found = inspect(connection)
    return {
        table: {column["name"] for column in found.get_columns(table)}
        for table in found.get_table_names()
        if not table.startswith("search_terms_fts")
    }


def test_a_database_of_each_revision_comes_to_the_newest_and_back(filled: tuple[Engine, str]) -> None:
    engine, revision = filled
    before = figures(engine)
    with engine.connect() as connection:
        columns_before = columns(connection)

    migrate(engine, "head")

    assert figures(engine) == before
    check_what_people_see(engine)
    migrate(engine, revision, back=True)
    assert figures(engine) == before
    with engine.connect() as connection:
        assert columns(connection) == columns_before


def check_what_people_see(engine: Engine) -> None:
    """Statements add up to purchases, names are found, and the record is in order."""
    with Session(engine) as session:
        ana = session.scalars(select(User).where(User.username == "ana")).one()
        viewer = Actor(ana.id, ana.name, ana.username)
        mine = select(col(Membership.group_id)).where(Membership.user_id == ana.id)
        given_out = col(Run.phase).in_(GIVEN_OUT)
        runs = session.scalars(select(col(Run.id)).where(col(Run.group_id).in_(mine), given_out)).all()
        assert runs
        for run_id in runs:
            view = pick_up(session, viewer, run_id)
            parts = [line.cost for person in view.people.values() for line in person.lines.values()]
            parts += [line.cost for line in view.left_over.values()]
            assert sum(parts) == view.total
        for typed in ("m&m's", "mms", "багремов"):
            assert search(session, viewer, typed).products, typed
        barcodes = [code for code in session.scalars(select(Product.barcode)) if code]
        assert len(barcodes) == len(set(barcodes)) == 1
        locked = session.scalars(select(AuditEntry).where(AuditEntry.subject_name == "Ђорђе Šljivić")).all()
        assert [(entry.topic, entry.words) for entry in locked] in (
            [],
            [("accounts", "ana petrovic ana ђорђе sljivic dole user locked 192.0.2.1")],
        )


def test_there_is_a_dump_of_every_revision_that_was_ever_run() -> None:
    """The newest ones may wait until code goes on from them."""
    assert [f"{number:04}" for number in range(1, len(REVISIONS) + 1)] == REVISIONS
    assert all(dump.stat().st_size < 60_000 for dump in DUMPS)
