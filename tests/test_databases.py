"""The plumbing of the other tests: each begins with an empty, migrated database of the kind it names."""

import pytest
from sqlalchemy import inspect, select, text
from sqlmodel import SQLModel

from bulq import db
from bulq.domain.phases import Phase
from tests.cast import assemble_in, person
from tests.conftest import Scene


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


def rows() -> dict[str, list[tuple[object, ...]]]:
    with db.reading() as session:
        tables = SQLModel.metadata.sorted_tables
        return {table.name: sorted(map(tuple, session.execute(select(table))), key=str) for table in tables}


def test_a_scene_is_laid_down_as_it_was_written(scene: Scene) -> None:
    cast, before = scene(assemble_in, Phase.COMPLETED), rows()
    db.write_now(person, "Vesna")

    again = scene(assemble_in, Phase.COMPLETED)

    assert again == cast
    assert rows() == before and before["allocations"]
    db.write_now(person, "Vesna")
