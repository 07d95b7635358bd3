"""Past expenses of a group from another program: each becomes a posting of its day."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from typing import BinaryIO
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, Invalid
from bulq.domain.ledger import PostingKind
from bulq.domain.spliit import read_group
from bulq.domain.splitwise import Expenses, read_expenses
from bulq.i18n import currency_signs, exponent
from bulq.lists.files import ListFile
from bulq.models import Group, LedgerEntry, Membership, Posting
from bulq.queries.access import group_for
from bulq.services.audit import record_group
from bulq.services.ledger import post
from bulq.services.notices import tell
from bulq.services.payment_lines import belongs
from bulq.services.stand_ins import add_stand_in

START = 100  # bytes
MOST_BYTES = 8_000_000  # of JSON, which is read at once

# Day, description and amounts. Not who it was: the same file is the same, whoever is said to be who.
Key = tuple[date, str, tuple[int, ...]]


def read_past(file: BinaryIO, currency: str) -> Expenses:
    """What an export of Splitwise or Spliit holds, for a group with this currency. Its content says which one it is."""
    file.seek(0)
    if file.read(START).removeprefix(BOM_UTF8).lstrip().startswith((b"{", b"[")):
        return read_spliit(file, currency)
    return read_splitwise(file, currency)


def read_spliit(file: BinaryIO, currency: str) -> Expenses:
    """What a JSON from Spliit holds, for a group with this currency."""
    file.seek(0)
    written = file.read(MOST_BYTES + 1)
    if len(written) > MOST_BYTES:
        raise Invalid("file_too_large", field="file", megabytes=MOST_BYTES // 1_000_000)
    try:
        content = json.loads(written.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Invalid("expenses_not_spliit", field="file") from None
    return read_group(content, currency, exponent(currency), currency_signs(currency))


def read_splitwise(file: BinaryIO, currency: str) -> Expenses:
    """What a CSV from Splitwise holds, for a group with this currency."""
    return read_expenses(ListFile(file, {}, frozenset()).rows(), currency, exponent(currency))


def import_expenses(
    session: Session, actor: Actor, group_id: UUID, found: Expenses, who: Sequence[UUID | None], *, now: datetime
) -> dict[str, int]:
    """Enter all expenses that aren't there yet, by an admin of the group. Returns how many were new and how many not.

    `who` says of each name of the file who that is; None: somebody who isn't here yet, for whom a place is kept.
    """
    access = group_for(session, actor, group_id, lock=True)
    access.need_admin()
    group = access.group
    if len(who) != len(found.names):
        raise Invalid("choice", field="who")
    for person in who:
        if person is not None and not belongs(session, group, person):
            raise Invalid("payment_stranger", field="who")
    known = _known(session, group)
    new, again = 0, 0
    people = _people(session, actor, group, found, who, now)
    for expense in found.expenses:
        amounts: dict[UUID, int] = defaultdict(int)
        for place, amount in expense.amounts.items():
            amounts[people[place]] += amount
        key = _key(expense.day, expense.description, amounts.values())
        if known[key]:
            known[key] -= 1
            again += 1
            continue
        by_id = {str(person): amount for person, amount in amounts.items()}
        at = min(now, datetime.combine(expense.day, time(12), ZoneInfo(group.time_zone)).astimezone(UTC))
        if post(session, group, PostingKind.IMPORT, by_id, reason=expense.description, actor=actor, now=at):
            new += 1
    if not new:
        raise Conflict("expenses_again", field="file")
    members = session.scalars(select(Membership.user_id).where(Membership.group_id == group_id)).all()
    others = [member for member in members if member != actor.id]
    tell(session, others, "expenses_imported", now=now, group_id=group_id, by=actor, group=group.name)
    record_group(session, actor, "group_expenses_imported", group, now=now, expenses=new)
    return {"new": new, "again": again}


def _people(
    session: Session, actor: Actor, group: Group, found: Expenses, who: Sequence[UUID | None], now: datetime
) -> list[UUID]:
    return [
        add_stand_in(session, group, name, "", actor.id, now=now) if person is None else person
        for name, person in zip(found.names, who, strict=True)
    ]


def _known(session: Session, group: Group) -> Counter[Key]:
    """What was taken over already, and how often."""
    of_posting = col(Posting.id), col(Posting.posted_at), col(Posting.reason)
    query = (
        sa.select(*of_posting, col(LedgerEntry.user_id), col(LedgerEntry.amount))
        .join(LedgerEntry, col(LedgerEntry.posting_id) == col(Posting.id))
        .where(col(Posting.group_id) == group.id, col(Posting.currency) == group.currency)
        .where(col(Posting.kind) == PostingKind.IMPORT)
    )
    amounts: dict[UUID, dict[UUID, int]] = defaultdict(dict)
    about: dict[UUID, tuple[date, str]] = {}
    zone = ZoneInfo(group.time_zone)
    for posting_id, at, reason, user_id, amount in session.execute(query):
        about[posting_id] = at.astimezone(zone).date(), reason
        amounts[posting_id][user_id] = amounts[posting_id].get(user_id, 0) + amount
    return Counter(_key(*about[posting_id], of.values()) for posting_id, of in amounts.items())


def _key(day: date, description: str, amounts: Iterable[int]) -> Key:
    return day, description, tuple(sorted(amount for amount in amounts if amount))
