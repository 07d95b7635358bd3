"""Looking names up in what search looks through: by their beginning, by any of their words, by words nearly the same.

Each is an index away however many names there are, and reads a bounded number of rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, column, func, literal_column, or_, select, table, union, union_all
from sqlalchemy.orm import Mapped, Session
from sqlmodel import col

from bulq.domain.catalogue import Named
from bulq.domain.searching import (
    LONGEST_WITH_TYPO,
    SHORTEST_WITH_TYPO,
    as_held,
    distance,
    ends_of,
    halves_of,
    may_be_misspelt,
)
from bulq.models import SearchTerm, SearchWord

LAST = "\U0010ffff"  # nothing comes after it
NEIGHBOURS = 3000  # words a misspelt one is compared with
CORRECTIONS = 6
FULL_TEXT = table("search_terms_fts", column("rowid"), column("search_terms_fts"))

_COLUMNS = select(col(SearchTerm.kind), col(SearchTerm.target_id), col(SearchTerm.key))

Words = Sequence[Sequence[str]]  # for each word looked for the ways it may be written


class Term(NamedTuple):
    kind: Named
    target_id: UUID
    key: str


def that_begin(session: Session, key: str, most: int) -> list[Term]:
    """Products and stores one of whose names begins with `key`, in the order of names: the very name comes first."""
    terms = _terms(session, [_beginning(kind, key).limit(most) for kind in (Named.PRODUCT, Named.STORE)])
    return sorted(terms, key=lambda term: (term.key, term.target_id))


def that_hold(session: Session, kinds: Sequence[Named], words: Words, most: int) -> list[Term]:
    """Things of these kinds one of whose names holds all the words, in no order."""
    return _terms(session, [holding(session, kind, words).limit(most) for kind in kinds])


def respelt(session: Session, words: Sequence[str]) -> Words:
    """For each word itself, the two words it may be, and those that are a typo away, the nearest first."""
    doubtful = {word for word in words if may_be_misspelt(word)}
    if not doubtful:
        return [[word] for word in words]
    near = [part for word in sorted(doubtful) for part in _near(word)]
    halves = {half for word in doubtful for pair in halves_of(word) for half in pair if may_be_misspelt(half)}
    near.append(select(col(SearchWord.word)).where(col(SearchWord.word).in_(halves)))
    known = list(session.execute(union(*near)).scalars())
    return [[word, *(_ways(word, known) if word in doubtful else ())] for word in words]


def _beginning(kind: Named, key: str) -> Select[Named, UUID, str]:
    begins = and_(col(SearchTerm.key) >= f" {key}", col(SearchTerm.key) < f" {key}{LAST}")
    return _select(kind).where(begins).order_by(col(SearchTerm.key), col(SearchTerm.target_id))


def _select(kind: Named) -> Select[Named, UUID, str]:
    return _COLUMNS.where(col(SearchTerm.kind) == kind)


def holding(session: Session, kind: Named, words: Words) -> Select[Named, UUID, str]:
    """Kind, id and key of things one of whose names holds all the words.

    Keys hold letters, digits, points and blanks, and so do words: nothing in them needs to be quoted.

    Three letters in a row are what is indexed, the blank before a word among them.
    """
    patterns = [[as_held(word) for word in ways] for ways in words]
    holds = and_(*(or_(*(col(SearchTerm.key).like(f"%{each}%") for each in ways)) for ways in patterns))
    quoted = [[f'"{each}"' for each in ways] for ways in patterns if min(map(len, ways)) >= 3]
    sought = " AND ".join(f"({' OR '.join(ways)})" for ways in quoted)
    if session.get_bind().dialect.name == "postgresql" or kind is not Named.PRODUCT or not sought:
        return _select(kind).where(holds)
    # With the plus it doesn't go through all products to ask of each whether it was found.
    found = and_(FULL_TEXT.c.search_terms_fts.op("MATCH")(sought), literal_column("+search_terms.kind") == str(kind))
    return _COLUMNS.join(FULL_TEXT, FULL_TEXT.c.rowid == col(SearchTerm.id)).where(found, holds)


def _terms(session: Session, queries: Sequence[Select[Named, UUID, str]]) -> list[Term]:
    # SQLite takes a limit of a part only within a query of its own.
    every = union_all(*(select(each.subquery()) for each in queries))
    return [Term(Named(row[0]), row[1], row[2]) for row in session.execute(every)]


def _near(word: str) -> tuple[Select[str], Select[str]]:
    """Words that begin as it does, which may go on where it is long enough to tell, and those that end as it does."""
    begin, end = ends_of(word)
    size, known = len(word), func.length(col(SearchWord.word))
    longest = size + 1 if size <= SHORTEST_WITH_TYPO else LONGEST_WITH_TYPO
    return (
        _between(col(SearchWord.word), begin, known.between(size - 1, longest)),
        _between(col(SearchWord.backwards), end[::-1], known.between(size - 1, size + 1)),
    )


def _between(way: Mapped[str], part: str, as_long: ColumnElement[bool]) -> Select[str]:
    near = select(col(SearchWord.word)).where(way >= part, way < f"{part}{LAST}", as_long).limit(NEIGHBOURS)
    return select(near.subquery().c.word)


def _ways(word: str, known: Sequence[str]) -> list[str]:
    there = set(known)
    two = [pair for pair in halves_of(word) if all(half in there or not may_be_misspelt(half) for half in pair)]
    return [*[" ".join(pair) for pair in two if not there.isdisjoint(pair)][:CORRECTIONS], *_nearest(word, known)]


def _nearest(word: str, known: Sequence[str]) -> list[str]:
    apart = sorted((found, other) for other in known if (found := distance(word, other)))
    return [other for _, other in apart[:CORRECTIONS]]
