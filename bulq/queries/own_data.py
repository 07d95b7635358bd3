"""Everything that is kept about somebody, for themselves: section by section, so many rows at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, null, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.models import (
    Allocation,
    Attachment,
    AuditEntry,
    Balance,
    Bid,
    BidRaise,
    CaseChoice,
    CaseShare,
    CatalogueImport,
    Cost,
    CostShare,
    Favour,
    GoneProduct,
    Group,
    HouseholdMember,
    LedgerEntry,
    LeftoverTaking,
    ListItem,
    Membership,
    Notification,
    OrdinaryPrice,
    Participant,
    PasswordReset,
    Payment,
    Payout,
    PhaseEntry,
    Plan,
    Posting,
    PriceObservation,
    Product,
    ProductAlias,
    ProductTag,
    Purchase,
    Receipt,
    ReceiptPayer,
    Run,
    Shortage,
    Spoilage,
    StandIn,
    StatementLine,
    Store,
    StoreList,
    Tag,
    User,
    UserSession,
)
from bulq.queries.payouts import opened

BATCH = 1000

Place = tuple[int, UUID | None]  # a section, and the row of it after which to go on
Rows = Select[*tuple[Any, ...]]  # each begins with its key
Section = Callable[[UUID], Rows]


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one section; a long one comes in several parts."""

    section: str
    rows: tuple[dict[str, Any], ...]
    begins: bool
    ends: bool


def own_data(session: Session, viewer: Actor, place: Place = (0, None)) -> tuple[list[Part], Place | None]:
    """The next thousand rows, and where to go on; None at the end."""
    parts: list[Part] = []
    number, after = place
    room = BATCH
    while number < len(SECTIONS):
        name, section = SECTIONS[number]
        query = section(viewer.id)
        key: Any = query.selected_columns[0]
        rows = session.execute((query if after is None else query.where(key > after)).order_by(key).limit(room)).all()
        ends, names = len(rows) < room, query.selected_columns.keys()
        read = READ.get(name, dict)
        found = tuple(read(zip(names, row, strict=True)) for row in rows)
        parts.append(Part(name, found, after is None, ends))
        if not ends:
            return parts, (number, rows[-1][0])
        number, after, room = number + 1, None, room - len(rows)
    return parts, None


def _kept(table: Any, names: str, *by: str) -> Section:
    """Columns of those rows of a table that name somebody in one of the columns `by`."""
    columns = [getattr(table, name) for name in ("id", *names.split())]
    return lambda me: select(*columns).where(or_(*(getattr(table, each) == me for each in by)))


def _called(name: str, column: Any) -> Any:
    return column.label(name)


def _in_runs(section: Section, run_id: Any) -> Section:
    """With the store of the run. What the group is called now is not for those who left it."""
    return lambda me: (
        section(me)
        .add_columns(_called("store", Store.name))
        .join(Run, col(Run.id) == run_id)
        .join(Store, col(Store.id) == col(Run.store_id))
    )


def _of_goods(section: Section, product_id: Any) -> Section:
    goods = (_called("product", Product.name), col(Product.brand), col(Product.unit))
    return lambda me: section(me).add_columns(*goods).join(Product, col(Product.id) == product_id)


def _of_items(section: Section, table: Any) -> Section:
    listed: Section = lambda me: section(me).join(ListItem, col(ListItem.id) == table.item_id)  # noqa: E731
    return _in_runs(_of_goods(listed, col(ListItem.product_id)), table.run_id)


def _payout(columns: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """With what is sealed in it, to whoever it belongs."""
    row = dict(columns)
    found = opened(row.pop("sealed"), row.pop("user_id"), row["kind"])
    return row | {name: getattr(found, name, None) for name in ("to", "name", "bic")}


# Sections whose rows are not what the database holds.
READ: dict[str, Callable[[Iterable[tuple[str, Any]]], dict[str, Any]]] = {"payouts": _payout}


def _groups(me: UUID) -> Rows:
    mine = _kept(Membership, "group_id is_admin joined_at", "user_id")(me)
    return mine.add_columns(_called("group", Group.name)).join(Group, col(Group.id) == col(Membership.group_id))


def _runs(me: UUID) -> Rows:
    mine = _in_runs(_kept(Participant, "run_id joined_at helper_since ready_at", "user_id"), col(Participant.run_id))(
        me
    )
    leads = col(Run.leader_id) == me
    return mine.add_columns(
        leads.label("leads"),
        (col(Run.hand_over_to) == me).label("asked_to_lead"),
        case((leads, col(Run.note)), else_=null()).label("note"),
        case((leads, col(Run.cancel_reason)), else_=null()).label("cancel_reason"),
    )


def _raises(me: UUID) -> Rows:
    raises = select(
        col(BidRaise.id), col(BidRaise.bid_id), col(BidRaise.quantity), col(BidRaise.wanted), col(BidRaise.made_at)
    )
    return raises.join(Bid, col(Bid.id) == col(BidRaise.bid_id)).where(col(Bid.user_id) == me)


def _case_choices(me: UUID) -> Rows:
    made = _kept(CaseChoice, "run_id size wanted filled reason decided_at", "decided_by")
    return _in_runs(_of_goods(made, col(CaseChoice.product_id)), col(CaseChoice.run_id))(me)


def _case_shares(me: UUID) -> Rows:
    mine = _kept(CaseShare, "before after value", "user_id")(me)
    choices: Section = lambda _me: mine.join(CaseChoice, col(CaseChoice.id) == col(CaseShare.choice_id))  # noqa: E731
    return _in_runs(_of_goods(choices, col(CaseChoice.product_id)), col(CaseChoice.run_id))(me)


def _purchases(me: UUID) -> Rows:
    mine = _of_items(_kept(Purchase, "run_id quantity total bought_at", "payer_id", "bought_by"), Purchase)(me)
    return mine.add_columns(
        col(Group.currency),
        (col(Purchase.payer_id) == me).label("paid_by_me"),
        (col(Purchase.bought_by) == me).label("bought_by_me"),
    ).join(Group, col(Group.id) == col(Run.group_id))


def _statement_lines(me: UUID) -> Rows:
    """Of goods with what they are, of costs with their kind."""
    lines = _kept(StatementLine, "run_id kind quantity amount entered_at", "user_id")
    about = _called("product", Product.name), col(Product.unit), _called("cost", Cost.kind), col(Group.currency)
    return (
        _in_runs(lines, col(StatementLine.run_id))(me)
        .add_columns(*about)
        .join(Group, col(Group.id) == col(Run.group_id))
        .outerjoin(ListItem, col(ListItem.id) == col(StatementLine.item_id))
        .outerjoin(Product, col(Product.id) == col(ListItem.product_id))
        .outerjoin(Cost, col(Cost.id) == col(StatementLine.cost_id))
    )


def _receipts(me: UUID) -> Rows:
    """What one paid at tills; a single payer paid all of a receipt."""
    mine = _in_runs(_kept(ReceiptPayer, "run_id receipt_id amount", "user_id"), col(ReceiptPayer.run_id))(me)
    return mine.add_columns(col(Receipt.day), col(Receipt.total), col(Receipt.reason)).join(
        Receipt, col(Receipt.id) == col(ReceiptPayer.receipt_id)
    )


def _costs_chosen(me: UUID) -> Rows:
    mine = _in_runs(_kept(CostShare, "run_id share", "user_id"), col(CostShare.run_id))(me)
    return mine.add_columns(_called("cost", Cost.kind), _called("of", Cost.amount)).join(
        Cost, col(Cost.id) == col(CostShare.cost_id)
    )


def _ledger_entries(me: UUID) -> Rows:
    mine = _kept(LedgerEntry, "group_id currency amount", "user_id")(me)
    return mine.add_columns(col(Posting.kind), col(Posting.posted_at)).join(
        Posting, col(Posting.id) == col(LedgerEntry.posting_id)
    )


def _handed_out(me: UUID) -> Rows:
    others = _of_items(_kept(Allocation, "run_id quantity picked_up_at", "picked_up_by"), Allocation)(me)
    return others.where(col(Allocation.user_id) != me)


def _prices(me: UUID) -> Rows:
    seen = _kept(PriceObservation, "price per currency minimum_quantity pack note day seen_at withdrawn_at", "seen_by")
    at = col(Store.id) == col(PriceObservation.store_id)
    return (
        _of_goods(seen, col(PriceObservation.product_id))(me).add_columns(_called("store", Store.name)).join(Store, at)
    )


def _product_tags(me: UUID) -> Rows:
    mine = _of_goods(_kept(ProductTag, "created_at", "created_by"), col(ProductTag.product_id))(me)
    return mine.add_columns(_called("tag", Tag.name)).join(Tag, col(Tag.id) == col(ProductTag.tag_id))


def _record(me: UUID) -> Rows:
    """What one did, with what it was about; of what others did to one, what and when."""
    mine = col(AuditEntry.actor_id) == me
    own = [
        case((mine, getattr(AuditEntry, name)), else_=null()).label(name)
        for name in ("address", "subject_kind", "subject_name", "details")
    ]
    about_me = (col(AuditEntry.subject_kind) == "user") & (col(AuditEntry.subject_id) == me)
    return select(col(AuditEntry.id), col(AuditEntry.at), col(AuditEntry.action), mine.label("by_me"), *own).where(
        mine | about_me
    )


SECTIONS: tuple[tuple[str, Section], ...] = (
    ("account", _kept(User, "name username language theme is_admin created_at seen_at", "id")),
    ("sessions", _kept(UserSession, "created_at seen_at user_agent", "user_id")),
    ("payouts", _kept(Payout, "user_id kind sealed created_at changed_at", "user_id")),
    ("password_resets", _kept(PasswordReset, "created_at expires_at used_at", "user_id")),
    ("groups", _groups),
    ("groups_made", _kept(Group, "created_at", "created_by")),
    ("runs", _runs),
    ("phases", _in_runs(_kept(PhaseEntry, "run_id phase entered_at", "actor_id"), col(PhaseEntry.run_id))),
    (
        "bids",
        _in_runs(
            _of_goods(
                _kept(Bid, "run_id quantity wanted up_to up_to_cap note edited_from created_at updated_at", "user_id"),
                col(Bid.product_id),
            ),
            col(Bid.run_id),
        ),
    ),
    ("bid_raises", _raises),
    ("case_choices", _case_choices),
    ("changed_by_case_choices", _case_shares),
    ("purchases", _purchases),
    ("got", _of_items(_kept(Allocation, "run_id quantity picked_up_at", "user_id"), Allocation)),
    ("handed_out", _handed_out),
    ("short_of", _of_items(_kept(Shortage, "run_id quantity amount remaining entered_at", "user_id"), Shortage)),
    ("came_first_for", _of_items(_kept(Favour, "run_id alone got goodwill value", "user_id"), Favour)),
    ("left_over_taken", _of_items(_kept(LeftoverTaking, "run_id quantity taken_at", "user_id"), LeftoverTaking)),
    ("statement_lines", _statement_lines),
    ("receipts", _receipts),
    ("receipts_added", _in_runs(_kept(Receipt, "run_id day total reason added_at", "added_by"), col(Receipt.run_id))),
    (
        "spoiled",
        _of_items(_kept(Spoilage, "run_id quantity note said_at credit amount", "user_id"), Spoilage),
    ),
    (
        "attachments",
        _in_runs(_kept(Attachment, "run_id receipt_id kind size added_at", "added_by"), col(Attachment.run_id)),
    ),
    ("costs_added", _in_runs(_kept(Cost, "run_id kind rule amount note added_at", "added_by"), col(Cost.run_id))),
    ("costs_chosen", _costs_chosen),
    ("balances", _kept(Balance, "group_id currency amount", "user_id")),
    ("ledger_entries", _ledger_entries),
    ("places_kept", _kept(StandIn, "group_id username made_at", "made_by")),
    ("postings", _kept(Posting, "group_id kind currency reason posted_at", "actor_id")),
    (
        "payments",
        _kept(
            Payment,
            "currency amount state note reason created_at paid_at answered_at",
            *("sender_id", "receiver_id", "created_by", "answered_by"),
        ),
    ),
    (
        "households",
        _kept(HouseholdMember, "group_id proposed_at agreed_at", "user_id", "payer_id", "proposed_by"),
    ),
    ("plans", _kept(Plan, "currency kind made_at replaced_at", "made_by")),
    ("prices", _prices),
    (
        "ordinary_prices",
        _of_goods(
            _kept(OrdinaryPrice, "price per currency shop day seen_at withdrawn_at", "seen_by"),
            col(OrdinaryPrice.product_id),
        ),
    ),
    ("products", _kept(Product, "name brand created_at", "created_by")),
    (
        "other_names",
        _of_goods(_kept(ProductAlias, "name language created_at", "created_by"), col(ProductAlias.product_id)),
    ),
    ("product_tags", _product_tags),
    ("tags", _kept(Tag, "name kind created_at", "created_by")),
    ("stores", _kept(Store, "name created_at", "created_by")),
    ("imports", _kept(CatalogueImport, "name state created_at taken_at undone_at counts", "created_by")),
    ("lists_of_stores", _kept(StoreList, "store_id answers saved_at", "saved_by")),
    ("no_longer_sold", _of_goods(_kept(GoneProduct, "store_id gone_at", "gone_by"), col(GoneProduct.product_id))),
    ("notifications", _kept(Notification, "kind details count created_at updated_at read_at", "user_id")),
    ("record", _record),
)
