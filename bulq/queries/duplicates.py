"""Likely duplicates among what was added lately: things whose names lie side by side and read nearly alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, literal, select, union_all
from sqlalchemy.orm import Mapped, Session
from sqlmodel import SQLModel, col

from bulq.domain.actor import Actor
from bulq.domain.texts import name_key
from bulq.i18n import product_name, text
from bulq.models import Product, Store, Tag, User
from bulq.queries.access import need_server_admin

LATELY = 40  # of the newest are looked at
BESIDE = 6  # neighbours by name of each, before and after
ALIKE = 85  # of 100
SHOWN = 20

T = TypeVar("T", bound=SQLModel)


@dataclass(frozen=True, slots=True)
class Likely:
    """Two that may be one; `alike` of 100. Kept would be the one that was checked, else the older one."""

    duplicate: UUID
    duplicate_name: str
    kept: UUID
    kept_name: str
    alike: int


@dataclass(frozen=True, slots=True)
class _Entry:
    id: UUID
    name: str
    key: str
    same: str  # alike in this they are likely one, whatever else differs
    kind: str  # only what is of one kind can be one
    size: str  # two that are known to hold something else are two; "" when that isn't known
    checked: bool


def likely_products(session: Session, viewer: Actor, about: UUID | None = None) -> tuple[Likely, ...]:
    """Among the newest that nobody has checked; or those of the one it is `about`."""
    need_server_admin(viewer)
    lately = col(Product.id) == about if about else col(Product.verified_at).is_(None)
    rows = _newest_and_beside(session, Product, col(Product.name_key), lately)
    entries = (
        _Entry(
            row.id,
            " · ".join(filter(None, (product_name(row.name, row.content_key), row.brand))),
            f"{row.name_key} {row.brand_key}".strip(),
            row.name_key,
            row.unit,
            row.content_key,
            row.verified_at is not None,
        )
        for row in rows
    )
    return _pairs(entries, about)


def likely_stores(session: Session, viewer: Actor, about: UUID | None = None) -> tuple[Likely, ...]:
    need_server_admin(viewer)
    lately = col(Store.id) == about if about else col(Store.verified_at).is_(None)
    rows = _newest_and_beside(session, Store, col(Store.name_key), lately)
    return _pairs(
        (_Entry(row.id, row.name, row.name_key, row.name_key, "", "", row.verified_at is not None) for row in rows),
        about,
    )


def likely_tags(session: Session, viewer: Actor, about: UUID | None = None) -> tuple[Likely, ...]:
    """Of whatever kinds: the same is put under one by somebody, under another by somebody else."""
    need_server_admin(viewer)
    lately = col(Tag.id) == about if about else col(Tag.verified_at).is_(None)
    rows = _newest_and_beside(session, Tag, col(Tag.name_key), lately)
    entries = (
        _Entry(
            row.id,
            f"{row.name} · {text(f'admin_tags.kinds.{row.kind}')}",
            row.name_key,
            row.name_key,
            "",
            "",
            row.verified_at is not None,
        )
        for row in rows
    )
    return _pairs(entries, about)


def likely_users(session: Session, viewer: Actor, about: UUID | None = None) -> tuple[Likely, ...]:
    """Accounts of one person, it seems. An admin's is never the duplicate."""
    need_server_admin(viewer)
    lately = col(User.id) == about if about else col(User.deleted_at).is_(None)
    rows = _newest_and_beside(session, User, col(User.search_key), lately)
    entries = (
        _Entry(row.id, f"{row.name} (@{row.username})", name_key(row.name), name_key(row.name), "", "", row.is_admin)
        for row in rows
        if row.deleted_at is None
    )
    found = _pairs(entries, about)
    admins = {row.id for row in rows if row.is_admin}
    return tuple(pair for pair in found if pair.duplicate not in admins)


def _newest_and_beside(session: Session, table: type[T], key: Mapped[str], lately: ColumnElement[bool]) -> Sequence[T]:
    """The newest rows, and those whose keys come just before and after theirs; by index, however many there are."""
    its: Any = col(getattr(table, "id"))  # noqa: B009
    newest = session.execute(select(its, key).where(lately).order_by(its.desc()).limit(LATELY)).all()
    if not newest:
        return []
    beside = [
        select(part.c.id)
        for _, name in newest
        for part in (
            select(its).where(key <= literal(name)).order_by(key.desc(), its.desc()).limit(BESIDE).subquery(),
            select(its).where(key > literal(name)).order_by(key, its).limit(BESIDE).subquery(),
        )
    ]
    return session.scalars(select(table).where(its.in_(union_all(*beside)))).all()


def _pairs(entries: Iterable[_Entry], about: UUID | None) -> tuple[Likely, ...]:
    """The likeliest first. Whoever reads a whole shelf knows that 1 kg and 5 kg of rice are two things."""
    from rapidfuzz import fuzz  # 5 MB of memory that only admins need

    found: list[Likely] = []
    known = sorted({entry.id: entry for entry in entries}.values(), key=lambda entry: (entry.key, entry.id))
    for place, one in enumerate(known):
        for other in known[place + 1 : place + 1 + 2 * BESIDE]:
            if one.kind != other.kind or _numbers(one.key) != _numbers(other.key):
                continue
            if one.size and other.size and one.size != other.size:
                continue
            if about and about not in (one.id, other.id):
                continue
            alike = round(max(fuzz.token_sort_ratio(one.key, other.key), fuzz.ratio(one.key, other.key)))
            if _letters(one.same) == _letters(other.same):
                alike = max(alike, ALIKE)
            if alike >= ALIKE:
                kept, duplicate = sorted((one, other), key=lambda entry: (not entry.checked, entry.id))
                found.append(Likely(duplicate.id, duplicate.name, kept.id, kept.name, alike))
    found.sort(key=lambda pair: -pair.alike)
    return tuple(found[:SHOWN])


def _numbers(key: str) -> list[str]:
    return sorted(re.findall(r"\d+", key))


def _letters(key: str) -> str:
    """Without blanks and signs: 5kg is 5 kg."""
    return re.sub(r"[\W_]", "", key)
