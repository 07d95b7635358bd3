"""Alembic's entry: the models are the target, the URL comes from the caller or the settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from sqlalchemy import Connection, DateTime, Enum, String, create_engine
from sqlmodel import AutoString, SQLModel

import bulq.models  # noqa: F401  registers every table
from alembic import context
from bulq.config import settings
from bulq.models.base import UtcTime

config = context.config


def plain_type(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """Migrations name database types only, so that they keep working when the models move on."""
    if kind != "type":
        return False
    if isinstance(item, UtcTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, String | AutoString):  # text enums are strings, too
        return f"sa.String({item.length})"
    return False


def same_type(_context: object, _inspected: object, _metadata: object, inspected: Any, declared: Any) -> bool | None:
    """Enums are text of a length to the database, times are timestamps."""
    if isinstance(declared, Enum):
        return not (isinstance(inspected, String) and inspected.length == declared.length)
    if isinstance(declared, UtcTime):
        return not isinstance(inspected, DateTime)
    return None


def is_compared(name: str | None, kind: str, _parents: object) -> bool:
    """SQLite keeps what it looks through for three letters in a row in tables of its own; PostgreSQL in indexes."""
    return kind != "table" or not str(name).startswith("search_terms_fts")


def is_declared(dialect: str) -> Callable[..., bool]:
    return lambda _item, name, kind, *_: kind != "index" or dialect != "sqlite" or not str(name).endswith("_trgm")


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        compare_type=same_type,
        include_name=is_compared,
        include_object=is_declared(connection.dialect.name),
        render_item=plain_type,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


if (given := config.attributes.get("connection")) is not None:
    migrate(given)
else:
    with create_engine(config.get_main_option("sqlalchemy.url") or settings.database_url).connect() as connection:
        migrate(connection)
        connection.commit()
