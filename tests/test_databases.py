"""The plumbing of the other tests: each begins with an empty, migrated database of the kind it names."""

import pytest
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

from bulq import db


@pytest.mark.parametrize("time", ["first", "second"])
def test_what_one_test_leaves_the_next_does_not_find(database: str, time: str) -> None:
    with db.transaction() as session:
        for table in SQLModel.metadata.sorted_tables:
            assert session.connection().execute(text(f'SELECT count(*) FROM "{table.name}"')).scalar_one() == 0
        session.connection().execute(text("UPDATE alembic_version SET version_num = version_num"))


def test_the_migrations_make_every_table_of_the_models(database: str) -> None:
    assert set(SQLModel.metadata.tables) <= set(inspect(db.engine()).get_table_names())


@pytest.mark.only("postgresql")
def test_a_test_for_one_database_runs_on_that_alone(database: str) -> None:
    assert database.startswith("postgresql+psycopg://")
