"""Long lists: searched, filtered, sorted and cut into pages by the database."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col

from bulq.domain.catalogue import Named
from bulq.domain.paging import page_of
from bulq.domain.searching import words_of
from bulq.domain.texts import name_key
from bulq.models import SearchTerm
from bulq.queries.terms import holding

PAGE = 50
COUNTED = 5_000  # whoever has more rows than this before them should search, not turn pages
WORDS = 6

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to see of a list, as their browser says it: what makes no sense is passed over."""

    typed: str = ""
    sort: str = ""  # a name of the list's `sorts`, with "-" in front backwards
    page: int = 1
    filters: Mapping[str, str] = field(default_factory=dict[str, str])

    def chosen(self, name: str) -> str:
        """The value of a filter; empty when it is not used."""
        return self.filters.get(name, "")


@dataclass(frozen=True, slots=True)
class Listed(Generic[R]):
    """One page of a list. `total` counts to COUNTED, `more` says that there are still others."""

    rows: tuple[R, ...]
    page: int
    pages: int
    total: int
    more: bool
    sort: str  # as it was sorted


def list_page(
    session: Session,
    query: Select[*tuple[Any, ...]],
    wish: Wish,
    *,
    key: SQLCoreOperations[Any],
    sorts: Mapping[str, SQLCoreOperations[Any]],
    sort: str,
    row: Callable[..., R],
) -> Listed[R]:
    """The page of `query` that is wished for, in two statements at most. `row` makes a row of the selected columns.

    `sort` is the order when none is wished; equal ones follow each other by `key`, the primary key.
    """
    some = query.with_only_columns(literal(1), maintain_column_froms=True).limit(COUNTED + 1).subquery()
    found = session.scalar(select(func.count()).select_from(some)) or 0
    total = min(found, COUNTED)
    page, pages = page_of(wish.page, total, PAGE)
    by = wish.sort if wish.sort.removeprefix("-") in sorts else sort
    order = [_ordered(each, backwards=by.startswith("-")) for each in (sorts[by.removeprefix("-")], key)]
    if not found:
        return Listed((), page, pages, 0, False, by)
    rows = session.execute(query.order_by(*order).limit(PAGE).offset((page - 1) * PAGE))
    return Listed(tuple(row(*each) for each in rows), page, pages, total, found > COUNTED, by)


def _ordered(column: SQLCoreOperations[Any], *, backwards: bool) -> ColumnElement[Any]:
    """What is not there, such as the day somebody was seen who never was, comes before everything in both databases."""
    order: ColumnElement[Any] = column.desc() if backwards else column.asc()
    if not getattr(column, "nullable", False):
        return order
    return order.nulls_last() if backwards else order.nulls_first()


def typed_key(typed: str) -> str:
    """What was typed as names are compared, without what no name holds and a database can't compare."""
    return name_key("".join(" " if unicodedata.category(each) in ("Cc", "Cs") else each for each in typed[:100]))


def contains(text: str) -> str:
    """A LIKE pattern (escape: backslash) that finds the text itself, wildcards taken literally."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def with_words(column: SQLCoreOperations[str], typed: str) -> Sequence[ColumnElement[bool]]:
    """Conditions under which a column of name keys holds each of the words that were typed."""
    return [column.like(contains(word), escape="\\") for word in typed_key(typed).split()[:WORDS]]


def called(
    session: Session, kind: Named, its: SQLCoreOperations[UUID], name_key: SQLCoreOperations[str], typed: str
) -> Sequence[ColumnElement[bool]]:
    """By any of its names, in whatever script, as search finds it; marks alone are looked for as they stand.

    `its` id and `name_key` may be columns or subqueries.
    """
    if not (words := words_of(typed)):
        return with_words(name_key, typed)
    held = holding(session, kind, [[word] for word in words])
    return [its.in_(held.with_only_columns(col(SearchTerm.target_id)))]
