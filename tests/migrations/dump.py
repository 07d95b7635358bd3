"""Rows of an SQLite database as INSERT statements for both databases: `python -m tests.migrations.dump FILE`.

Ids are numbered in their order, '#1' for the first, so that a dump stays small; `loaded` gives them their length back.
docs/migrations.md says where the dumps come from.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Boolean, Engine, MetaData, Table, create_engine, select

LEFT_OUT = "search_terms_fts"  # tables in which SQLite keeps an index
SECRET = {"password_hash": "x"}
ID = re.compile("[0-9a-f]{32}")
NUMBERED = re.compile(r"'#(\d+)'")


def statements(engine: Engine) -> Iterator[str]:
    """A statement and line per table, those that are referred to first."""
    found = MetaData()
    found.reflect(engine, only=lambda name, _: not name.startswith(LEFT_OUT) and name != "alembic_version")
    with engine.connect() as connection:
        rows = {table: connection.exec_driver_sql(_select(table)).mappings().all() for table in found.sorted_tables}
    values = {value for each in rows.values() for row in each for value in row.values() if isinstance(value, str)}
    ids = {value: number for number, value in enumerate(sorted(filter(ID.fullmatch, values)), 1)}
    for table, each in rows.items():
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        if each:
            yield f'INSERT INTO "{table.name}" ({names}) VALUES {", ".join(_row(table, row, ids) for row in each)};'


def loaded(dump: str) -> list[str]:
    """The statements of a dump as a database takes them."""
    return NUMBERED.sub(lambda found: f"'{int(found[1]):032x}'", dump).splitlines()


def _select(table: Table) -> str:
    return str(select(table).order_by(*table.primary_key))


def _row(table: Table, row: Any, ids: dict[str, int]) -> str:
    literals = (_literal(SECRET.get(each.name, row[each.name]), each.type, ids) for each in table.columns)
    return f"({', '.join(literals)})"


def _literal(value: Any, kind: Any, ids: dict[str, int]) -> str:
    if value is None:
        return "NULL"
    if isinstance(kind, Boolean):
        return "true" if value else "false"
    if value in ids:
        return f"'#{ids[value]}'"
    if isinstance(value, str):
        assert "\n" not in value
        return "'" + value.replace("'", "''") + "'"
    return repr(value)


if __name__ == "__main__":
    print(*statements(create_engine(f"sqlite:///{sys.argv[1]}")), sep="\n")
