"""Rows a database refuses to change: what a job meets when one of many fails."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from uuid import UUID

from bulq import db

SQLITE = """
CREATE TRIGGER spoilt BEFORE UPDATE ON {table} WHEN OLD.id = '{key}'
BEGIN SELECT RAISE(ABORT, 'this row is spoilt'); END
"""
POSTGRESQL = """
CREATE FUNCTION spoilt() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'this row is spoilt'; END $$;
CREATE TRIGGER spoilt BEFORE UPDATE ON {table} FOR EACH ROW WHEN (OLD.id = '{key}') EXECUTE FUNCTION spoilt()
"""


@contextmanager
def spoilt(table: str, row: UUID) -> Generator[None]:
    """While inside, every change of the row fails."""
    on_sqlite = db.engine().name == "sqlite"
    make, key = (SQLITE, row.hex) if on_sqlite else (POSTGRESQL, row)
    with db.engine().begin() as connection:
        connection.exec_driver_sql(make.format(table=table, key=key))
    try:
        yield
    finally:
        with db.engine().begin() as connection:
            connection.exec_driver_sql("DROP TRIGGER spoilt" if on_sqlite else "DROP FUNCTION spoilt() CASCADE")
