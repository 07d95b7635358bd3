"""What every table shares: UUIDv7 ids, aware UTC times, enums stored as their text, constraint names."""

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Dialect, Enum, String, TypeDecorator
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel
from uuid_utils.compat import uuid7

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcTime(TypeDecorator[datetime]):
    """An aware time, stored in UTC. SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def text_of(kind: type[StrEnum]) -> Enum:
    """A column type that stores the enum's value as short text, the same on both databases."""
    return Enum(kind, native_enum=False, length=20, values_callable=_values)


def bytewise(length: int) -> String:
    """A column type for text that is compared byte by byte, so that what begins alike stands together in an index."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


def _values(kind: type[StrEnum]) -> list[str]:
    return [str(member) for member in kind]


def new_id() -> UUID:
    return uuid7()


class Row(SQLModel):
    """A table with a UUIDv7 id: sorting by id is sorting by birth. Its name is the plural of the class's."""

    @declared_attr.directive
    def __tablename__(cls) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__).lower()
        if words.endswith("y"):
            return f"{words[:-1]}ies"
        return f"{words}es" if words.endswith("s") else f"{words}s"

    id: UUID = Field(default_factory=new_id, primary_key=True)
