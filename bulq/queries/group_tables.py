"""Which tables and columns of a group travel in a file. What values a column takes follows from its table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from bulq.domain.goodwill import GoodwillBound
from bulq.domain.group_file import LARGEST, Column, Kind, Section
from bulq.models import (
    Allocation,
    Balance,
    Bid,
    BidRaise,
    CaseChoice,
    CaseShare,
    Cost,
    CostShare,
    Favour,
    LedgerEntry,
    LeftoverTaking,
    ListItem,
    Participant,
    Payment,
    PhaseEntry,
    Plan,
    Posting,
    Product,
    Purchase,
    Receipt,
    ReceiptPayer,
    Run,
    Shortage,
    Spoilage,
    StatementLine,
    Store,
)
from bulq.models.base import UtcTime

SMALL = 2**31 - 1  # what an INTEGER holds

PEOPLE = "people"
# Tables whose rows are found or made rather than copied, with the sections they stand in.
NAMED = {"users": PEOPLE, "stores": "stores", "products": "products"}


@dataclass(frozen=True, slots=True)
class Travels:
    """A table whose rows are copied: which columns are, and why the others aren't."""

    table: Any
    columns: str
    numbered: bool = False
    participant: str | None = None
    left_out: str = ""

    @property
    def name(self) -> str:
        return str(self.table.__tablename__)


# In an order in which every row follows those it refers to. Left out are group and currency, which are those of the
# file, and what only runs that are going on have.
COPIED = (
    Travels(
        Run,
        "store_id leader_id phase advance note shopping_day bids_close_at cancel_reason created_at ended_at",
        numbered=True,
        left_out="group_id hand_over_to",
    ),
    Travels(PhaseEntry, "run_id phase actor_id entered_at"),
    Travels(Participant, "run_id user_id helper_since ready_at joined_at"),
    Travels(
        Bid,
        "run_id user_id product_id quantity wanted up_to up_to_cap note edited_by edited_from wanted_by wanted_from"
        " created_at updated_at",
        numbered=True,
        participant="user_id",
    ),
    Travels(BidRaise, "bid_id quantity wanted made_at"),
    Travels(CaseChoice, "run_id product_id size wanted filled reason decided_by decided_at", numbered=True),
    Travels(CaseShare, "choice_id user_id before after value"),
    Travels(ListItem, "run_id product_id wanted bought line_total missing", numbered=True),
    Travels(Posting, "kind run_id reason actor_id posted_at", numbered=True, left_out="group_id currency"),
    Travels(Receipt, "run_id day total revision reason posting_id added_by added_at", numbered=True),
    Travels(ReceiptPayer, "run_id receipt_id user_id amount", participant="user_id"),
    Travels(Cost, "run_id receipt_id kind rule amount item_id distance note added_by added_at", numbered=True),
    Travels(CostShare, "run_id cost_id user_id share", participant="user_id"),
    Travels(
        Purchase,
        "run_id receipt_id item_id quantity total payer_id bought_by bought_at",
        participant="payer_id",
    ),
    Travels(Allocation, "run_id item_id user_id quantity picked_up_at picked_up_by", participant="user_id"),
    Travels(LeftoverTaking, "run_id item_id user_id quantity taken_at", participant="user_id"),
    Travels(Favour, "run_id item_id user_id alone got goodwill value"),
    Travels(Shortage, "run_id item_id user_id quantity amount remaining entered_at", left_out="group_id"),
    Travels(StatementLine, "run_id item_id cost_id user_id kind quantity amount entered_at", participant="user_id"),
    Travels(
        Spoilage,
        "run_id item_id user_id quantity note said_at credit amount receipt_id decided_by decided_at",
        participant="user_id",
        left_out="attachment_id",  # photos stay
    ),
    Travels(LedgerEntry, "posting_id user_id amount", left_out="group_id currency"),
    Travels(Plan, "kind made_by made_at replaced_at", numbered=True, left_out="group_id currency"),
    Travels(
        Payment,
        "sender_id receiver_id amount state plan_id run_id reasons note reason created_by created_at paid_at"
        " answered_at answered_by reminded_at remind_after posting_id",
        left_out="group_id currency",
    ),
)


def _text(name: str, most: int, *, optional: bool = False) -> Column:
    return Column(name, Kind.TEXT, optional, most)


def column_of(table: Any, name: str) -> Column:
    """What values the column takes, and to which section it refers."""
    column: sa.Column[Any] = SQLModel.metadata.tables[str(table.__tablename__)].c[name]
    optional = bool(column.nullable)
    if of := next((key.column.table.name for key in column.foreign_keys if key.column.name == "id"), None):
        return Column(name, Kind.REFERENCE, optional, of=NAMED.get(of, of))
    kind: Any = column.type
    if isinstance(kind, sa.Enum):
        return Column(name, Kind.ONE_OF, optional, one_of=frozenset(map(str, kind.enums)))
    if isinstance(kind, sa.JSON):
        return Column(name, Kind.REASONS, optional)
    if isinstance(kind, UtcTime):
        return Column(name, Kind.MOMENT, optional)
    if isinstance(kind, sa.Date):
        return Column(name, Kind.DAY, optional)
    if isinstance(kind, sa.Boolean):
        return Column(name, Kind.YES, optional)
    if isinstance(kind, sa.Integer):
        return Column(name, Kind.NUMBER, optional, LARGEST if isinstance(kind, sa.BigInteger) else SMALL)
    return _text(name, int(kind.length or 0), optional=optional)


def _section(travels: Travels) -> Section:
    columns = tuple(column_of(travels.table, name) for name in travels.columns.split())
    return Section(travels.name, columns, travels.numbered, travels.participant)


GROUP = (
    _text("name", 100),
    _text("currency", 3),
    _text("time_zone", 64),
    Column("fair_rule", Kind.ONE_OF, one_of=frozenset(("proportional", "equal_first", "first_come"))),
    Column("goodwill_bound", Kind.ONE_OF, one_of=frozenset(GoodwillBound)),
    Column("price_per_km", Kind.NUMBER, optional=True),
    Column("confirm_after_days", Kind.NUMBER, optional=True, most=SMALL),
    Column("debt_limit", Kind.NUMBER, optional=True),
)
PERSON = Section(
    PEOPLE,
    (
        _text("name", 100),
        _text("username", 50),
        Column("is_member", Kind.YES),
        Column("is_admin", Kind.YES),
        Column("is_gone", Kind.YES),  # the account was deleted
    ),
    numbered=True,
)
STORE = Section("stores", tuple(column_of(Store, name) for name in ("name", "chain", "address")), numbered=True)
PRODUCT = Section(
    "products",
    tuple(column_of(Product, name) for name in ("name", "brand", "unit", "step", "content", "content_unit")),
    numbered=True,
)
BALANCES = Section("balances", tuple(column_of(Balance, name) for name in ("user_id", "amount")))
SECTIONS = (PERSON, STORE, PRODUCT, *map(_section, COPIED), BALANCES)
