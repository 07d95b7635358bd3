"""Rows that lists are made of, with ids as given: half of them "a", half of them "b" in what a list is sorted by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from bulq.domain.actor import Actor
from bulq.domain.catalogue import ImportState, TagKind
from bulq.domain.ledger import PostingKind
from bulq.domain.phases import Phase, Unit
from bulq.models import (
    AuditEntry,
    Backup,
    CatalogueImport,
    Group,
    Incident,
    LedgerEntry,
    Membership,
    Notification,
    Posting,
    PriceObservation,
    Product,
    ProductAlias,
    ProductTag,
    Run,
    Store,
    Tag,
    User,
    UserSession,
)
from bulq.services import search_terms
from tests.cast import LATER, NOW, Cast

Make = Callable[[Session, Cast, Sequence[UUID]], Sequence[Any]]
DAY = timedelta(days=1)


def half(key: UUID) -> bool:
    """Which half a row belongs to, without regard to the order of ids."""
    return key.int % 2 == 0


def letter(key: UUID) -> str:
    return "a" if half(key) else "b"


def added(session: Session, rows: Sequence[SQLModel]) -> Sequence[Any]:
    """The rows, written one by one in this order."""
    for row in rows:
        session.add(row)
        session.flush()
    return rows


def _count(session: Session, table: type[SQLModel]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def backwards(key: UUID) -> str:
    """A name that no other row has, in another order than the ids'."""
    return key.hex[::-1]


def users(session: Session, cast: Cast, ids: Sequence[UUID]) -> Sequence[User]:
    """Locked ones. One half was never seen."""
    rows = [
        User(
            id=each,
            name="Zoe",
            search_key=f"zoe {letter(each)}",
            username=backwards(each),
            username_key=backwards(each),
            password_hash="",
            created_at=NOW + DAY * half(each),
            seen_at=NOW if half(each) else None,
            locked_at=NOW,
        )
        for each in ids
    ]
    return added(session, rows)


def groups(session: Session, cast: Cast, ids: Sequence[UUID], *, open_for: Actor | None = None) -> Sequence[Group]:
    """Closed ones, or open ones that somebody is in."""
    rows = [
        Group(
            id=each,
            name="Zeta",
            name_key=f"zeta {letter(each)}",
            currency="EUR",
            time_zone="UTC",
            invite_token=each.hex,
            created_by=cast.eva.id,
            created_at=NOW + DAY * half(each),
            closed_at=None if open_for else NOW,
        )
        for each in ids
    ]
    added(session, rows)
    if open_for:
        added(session, [Membership(group_id=each, user_id=open_for.id, joined_at=NOW) for each in ids])
    return rows


def products(session: Session, cast: Cast, ids: Sequence[UUID]) -> Sequence[Product]:
    """Verified ones of two names and two brands, each with another content."""
    rows = [
        Product(
            id=each,
            name=f"Zeta {letter(each)}",
            name_key=f"zeta {letter(each)}",
            brand="Brand",
            brand_key=f"brand {'b' if half(each) else 'a'}",
            unit=Unit.PACK,
            step=1000,
            content=1 + each.int % 1_000_003,
            content_unit=Unit.G,
            created_by=cast.ana.id,
            created_at=NOW,
            verified_at=NOW,
        )
        for each in ids
    ]
    added(session, rows)
    search_terms.index_products(session, ids)
    return rows


def namesakes(session: Session, cast: Cast, ids: Sequence[UUID]) -> Sequence[Product]:
    """Products that differ in nothing but their own name: the other one, zebra, is that of all."""
    of = {"created_by": cast.ana.id, "created_at": NOW}
    rows = [
        Product(id=each, name=backwards(each), name_key=backwards(each), unit=Unit.PACK, step=1000, **of)
        for each in ids
    ]
    added(session, rows)
    added(session, [ProductAlias(product_id=each, name="Zebra", name_key="zebra", **of) for each in ids])
    search_terms.index_products(session, ids)
    return rows


def stores(session: Session, cast: Cast, ids: Sequence[UUID]) -> Sequence[Store]:
    """Verified ones of two chains, added after all others."""
    rows = [
        Store(
            id=each,
            name=f"Zeta {backwards(each)}",
            name_key=f"zeta {backwards(each)}",
            chain=letter(each),
            created_by=cast.ana.id,
            created_at=LATER,
            verified_at=NOW,
        )
        for each in ids
    ]
    added(session, rows)
    search_terms.index_stores(session, ids)
    return rows


def tags(session: Session, cast: Cast, ids: Sequence[UUID]) -> Sequence[Tag]:
    """Verified ones of all kinds, two to four of each name. Those of one half are on the rice."""
    kinds = list(TagKind)
    rows = []
    for each in ids:
        known = _count(session, Tag)
        name = f"tag {'ab'[known // len(kinds) % 2]}"
        of = {"kind": kinds[known % len(kinds)], "name": name, "name_key": name}
        rows += added(session, [Tag(id=each, created_by=cast.ana.id, created_at=NOW, verified_at=NOW, **of)])
    on = [ProductTag(product_id=cast.rice, tag_id=each, created_by=cast.ana.id, created_at=NOW) for each in ids]
    added(session, [row for row in on if half(row.tag_id)])
    for row in rows:
        search_terms.index_tag(session, row)
    return rows


def on_a_tag(session: Session, cast: Cast, ids: Sequence[UUID]) -> Sequence[Product]:
    """Products of two tags of one word, and of either of these."""
    of = {"created_by": cast.ana.id, "created_at": NOW}
    if not _count(session, Tag):
        for row in added(session, [Tag(kind=kind, name="Quux", name_key="quux", **of) for kind in list(TagKind)[:2]]):
            search_terms.index_tag(session, row)
    rows = products(session, cast, ids)
    for tag in session.scalars(select(Tag)).all():
        added(session, [ProductTag(product_id=each, tag_id=tag.id, **of) for each in ids])
    return rows


def entries(session: Session, cast: Cast, ids: Sequence[UUID]) -> Sequence[AuditEntry]:
    """Of two moments, each later than everything before."""
    return added(session, [AuditEntry(id=each, at=NOW + DAY * (5 + half(each)), action="moon_bought") for each in ids])


def runs(session: Session, cast: Cast, ids: Sequence[UUID], *, phase: Phase = Phase.PLANNING) -> Sequence[Run]:
    """Ana's, on a day and on none, or ended at two moments."""
    ended = phase in (Phase.COMPLETED, Phase.CANCELLED)
    rows = [
        Run(
            id=each,
            group_id=cast.group_id,
            store_id=cast.store_id,
            leader_id=cast.ana.id,
            phase=phase,
            shopping_day=NOW.date() if half(each) else None,
            created_at=NOW,
            ended_at=NOW + DAY * half(each) if ended else None,
        )
        for each in ids
    ]
    return added(session, rows)


def notices(session: Session, cast: Cast, ids: Sequence[UUID]) -> Sequence[Notification]:
    """Eva's, who has no others."""
    rows = [
        Notification(
            id=each, user_id=cast.eva.id, kind="new_run", created_at=NOW, updated_at=NOW + DAY * half(each), count=1
        )
        for each in ids
    ]
    return added(session, rows)


def postings(session: Session, cast: Cast, ids: Sequence[UUID]) -> Sequence[Posting]:
    """Of a group in which nothing else was posted, by which Ana is owed a cent each time."""
    about: dict[str, Any] = {"group_id": cast.group_id, "currency": "EUR"}
    made = added(
        session,
        [Posting(id=each, kind=PostingKind.IMPORT, posted_at=NOW + DAY * half(each), **about) for each in ids],
    )
    for each in made:
        for who, amount in ((cast.ana, 1), (cast.bojan, -1)):
            session.add(LedgerEntry(posting_id=each.id, user_id=who.id, amount=amount, **about))
    session.flush()
    return made


def sightings(session: Session, cast: Cast, ids: Sequence[UUID]) -> Sequence[PriceObservation]:
    """Prices of tomatoes at one store on two days."""
    return added(session, [seen(cast, cast.tomatoes, cast.store_id, each, day=half(each)) for each in ids])


def seen(cast: Cast, product: UUID, store: UUID, key: UUID, *, day: bool = False, **others: Any) -> PriceObservation:
    return PriceObservation(
        id=key,
        product_id=product,
        store_id=store,
        currency="EUR",
        price=1 + key.int % 1_000_003,
        day=NOW.date() + DAY * day,
        seen_by=cast.ana.id,
        seen_at=NOW,
        **others,
    )


def goods_there(session: Session, cast: Cast, ids: Sequence[UUID]) -> Sequence[Product]:
    """Products that were seen at the store in a list of it."""
    rows = products(session, cast, ids)
    (came,) = imports(session, cast, [UUID(int=_count(session, CatalogueImport) + 1)], state=ImportState.STAGING)
    added(session, [seen(cast, each, cast.store_id, each, import_id=came.id) for each in ids])
    return rows


def imports(
    session: Session, cast: Cast, ids: Sequence[UUID], *, state: ImportState = ImportState.DONE
) -> Sequence[CatalogueImport]:
    of = {"state": state, "created_by": cast.ana.id, "created_at": NOW, "taken_at": NOW}
    return added(session, [CatalogueImport(id=each, name="list.csv", **of) for each in ids])


def lists_of_a_group(session: Session, cast: Cast, ids: Sequence[UUID]) -> Sequence[CatalogueImport]:
    """Ana's, which nobody has verified."""
    of = {"state": ImportState.DONE, "created_by": cast.ana.id, "created_at": NOW, "taken_at": NOW}
    return added(session, [CatalogueImport(id=each, name="own.csv", group_id=cast.group_id, **of) for each in ids])


def seen_at_stores(session: Session, cast: Cast, ids: Sequence[UUID]) -> Sequence[Store]:
    """Stores at all of which tomatoes were seen at one moment."""
    rows = stores(session, cast, ids)
    added(session, [seen(cast, cast.tomatoes, each, each) for each in ids])
    return rows


def sessions(session: Session, cast: Cast, ids: Sequence[UUID]) -> Sequence[UserSession]:
    of = {"user_id": cast.eva.id, "created_at": NOW, "seen_at": NOW}
    return added(session, [UserSession(id=each, token_hash=each.hex, **of) for each in ids])


def incidents(session: Session, cast: Cast, ids: Sequence[UUID]) -> Sequence[Incident]:
    return added(session, [Incident(id=each, kind="x", open_kind=each.hex, opened_at=NOW) for each in ids])


def backups(session: Session, cast: Cast, ids: Sequence[UUID]) -> Sequence[Backup]:
    """Failed ones, each at a moment of its own."""
    rows = [
        Backup(
            id=each,
            name=each.hex,
            kind="sqlite",
            started_at=NOW + timedelta(seconds=each.int % 1_000_003),
            finished_at=LATER,
            error=each.hex,
        )
        for each in ids
    ]
    return added(session, rows)
