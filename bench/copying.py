"""Rows into PostgreSQL by COPY, which takes a hundredth of inserting them one by one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from pydantic_core import PydanticUndefined
from sqlmodel import SQLModel

AT_ONCE = 5000  # rows in one piece on their way


@contextmanager
def without_indexes(connection: Connection, model: type[SQLModel]) -> Iterator[None]:
    """What only helps to find rows is made anew afterwards, which is far quicker than with each row."""
    query = (
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = %s"
        " AND indexname NOT IN (SELECT conname FROM pg_constraint)"
    )
    indexes = connection.execute(query, [model.__tablename__]).fetchall()
    for name, _ in indexes:
        drop: Any = f'DROP INDEX "{name}"'
        connection.execute(drop)
    yield
    for _, made in indexes:
        connection.execute(made)


def copy_rows(
    connection: Connection, model: type[SQLModel], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Write rows of `columns`, the rest by default. Texts hold no tab, line end or backslash."""
    defaults = _defaults(model, columns)
    names = ", ".join([*columns, *defaults])
    tail = "".join(f"\t{_written(value)}" for value in defaults.values())
    statement: Any = f"COPY {model.__tablename__} ({names}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        lines: list[str] = []
        for row in rows:
            lines.append("\t".join([each if type(each) is str else _written(each) for each in row]) + tail)
            if len(lines) == AT_ONCE:
                copy.write("\n".join([*lines, ""]))
                lines.clear()
        copy.write("\n".join([*lines, ""]) if lines else "")


def _defaults(model: type[SQLModel], columns: Sequence[str]) -> dict[str, Any]:
    fields = {name: field for name, field in model.model_fields.items() if name not in columns}
    missing = [name for name, field in fields.items() if field.is_required()]
    if missing:
        raise ValueError(f"{model.__name__} needs {', '.join(missing)}")
    return {
        name: field.default_factory() if field.default is PydanticUndefined else field.default  # pyright: ignore
        for name, field in fields.items()
    }


def _written(value: Any) -> str:
    """As COPY reads it."""
    match value:
        case None:
            return "\\N"
        case bool():
            return "t" if value else "f"
        case str() | int() | UUID():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case _:
            return json.dumps(value)
