"""receipts: who paid what at which till, and costs beside the goods"""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from uuid_utils.compat import uuid7

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# SQLite makes a table anew to change it, which loses its triggers.
LINES_SQLITE = (
    """CREATE TRIGGER statement_lines_never_change BEFORE UPDATE ON statement_lines
       WHEN OLD.run_id <> NEW.run_id OR OLD.kind <> NEW.kind OR OLD.quantity <> NEW.quantity
         OR OLD.amount <> NEW.amount OR OLD.entered_at <> NEW.entered_at
       BEGIN SELECT RAISE(ABORT, 'statement lines are never changed'); END""",
    """CREATE TRIGGER statement_lines_stay BEFORE DELETE ON statement_lines
       BEGIN SELECT RAISE(ABORT, 'statement lines are never removed'); END""",
)


def _table(name: str, uuids: str, **columns: Any) -> sa.TableClause:
    return sa.table(
        name,
        *(sa.column(each, sa.Uuid()) for each in uuids.split()),
        *(sa.column(each, kind) for each, kind in columns.items()),
    )


TIME = sa.DateTime(timezone=True)
PURCHASES = _table("purchases", "id run_id payer_id bought_by receipt_id", bought_at=TIME)
RECEIPTS = _table(
    "receipts", "id run_id added_by", day=sa.Date(), revision=sa.Integer(), reason=sa.String(), added_at=TIME
)
PAYERS = _table("receipt_payers", "id run_id receipt_id user_id")
LINES = _table("statement_lines", "id", kind=sa.String())


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _positive() -> list[sa.CheckConstraint]:
    """SQLite makes the table anew, and doesn't say which checks it has."""
    if _on_postgresql():
        return []
    return [sa.CheckConstraint("quantity > 0 AND total >= 0", name=op.f("ck_purchases_positive"))]


def _participant(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["run_id", "user_id"],
        ["participants.run_id", "participants.user_id"],
        name=f"fk_{table}_participant",
        onupdate="CASCADE",
    )


def _key(table: str, column: str, target: str, **more: Any) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"), **more)


def upgrade() -> None:
    op.create_table(
        "receipts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("posting_id", sa.Uuid(), nullable=True),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_at", TIME, nullable=False),
        _key("receipts", "run_id", "runs.id"),
        _key("receipts", "posting_id", "postings.id"),
        _key("receipts", "added_by", "users.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
    )
    op.create_index(op.f("ix_receipts_run_id"), "receipts", ["run_id"])
    op.create_table(
        "receipt_payers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        _key("receipt_payers", "run_id", "runs.id"),
        _key("receipt_payers", "receipt_id", "receipts.id", ondelete="CASCADE"),
        _key("receipt_payers", "user_id", "users.id"),
        _participant("receipt_payers"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_payers")),
        sa.UniqueConstraint("receipt_id", "user_id", name=op.f("uq_receipt_payers_receipt_id_user_id")),
    )
    for column in ("run_id", "user_id"):
        op.create_index(op.f(f"ix_receipt_payers_{column}"), "receipt_payers", [column])
    op.create_table(
        "costs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("rule", sa.String(20), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("distance", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_at", TIME, nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_costs_amount")),
        _key("costs", "run_id", "runs.id"),
        _key("costs", "receipt_id", "receipts.id", ondelete="CASCADE"),
        _key("costs", "item_id", "list_items.id"),
        _key("costs", "added_by", "users.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_costs")),
    )
    for column in ("run_id", "receipt_id", "item_id"):
        op.create_index(op.f(f"ix_costs_{column}"), "costs", [column])
    op.create_table(
        "cost_shares",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("cost_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.CheckConstraint("share > 0", name=op.f("ck_cost_shares_share")),
        _key("cost_shares", "run_id", "runs.id"),
        _key("cost_shares", "cost_id", "costs.id", ondelete="CASCADE"),
        _key("cost_shares", "user_id", "users.id"),
        _participant("cost_shares"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_shares")),
        sa.UniqueConstraint("cost_id", "user_id", name=op.f("uq_cost_shares_cost_id_user_id")),
    )
    for column in ("run_id", "user_id"):
        op.create_index(op.f(f"ix_cost_shares_{column}"), "cost_shares", [column])
    op.add_column("purchases", sa.Column("receipt_id", sa.Uuid(), nullable=True))
    _one_receipt_for_each_payer()
    with op.batch_alter_table("purchases", table_args=_positive()) as purchases:
        purchases.alter_column("receipt_id", existing_type=sa.Uuid(), nullable=False)
        purchases.create_foreign_key(op.f("fk_purchases_receipt_id"), "receipts", ["receipt_id"], ["id"])
    op.create_index(op.f("ix_purchases_receipt_id"), "purchases", ["receipt_id"])
    with op.batch_alter_table("statement_lines") as lines:
        lines.alter_column("item_id", existing_type=sa.Uuid(), nullable=True)
        lines.add_column(sa.Column("cost_id", sa.Uuid(), nullable=True))
        lines.create_foreign_key(op.f("fk_statement_lines_cost_id"), "costs", ["cost_id"], ["id"])
    op.create_index(op.f("ix_statement_lines_cost_id"), "statement_lines", ["cost_id"])
    _guard_lines()
    op.add_column("groups", sa.Column("price_per_km", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Costs and corrections are unknown to the revision before, and so are statement lines about costs."""
    with op.batch_alter_table("groups") as groups:
        groups.drop_column("price_per_km")
    if _on_postgresql():
        op.execute("ALTER TABLE statement_lines DISABLE TRIGGER statement_lines_stay")
    else:
        op.execute("DROP TRIGGER statement_lines_stay")
    op.execute(LINES.delete().where(LINES.c.kind == "cost"))
    if _on_postgresql():
        op.execute("ALTER TABLE statement_lines ENABLE TRIGGER statement_lines_stay")
    op.drop_index(op.f("ix_statement_lines_cost_id"), "statement_lines")
    with op.batch_alter_table("statement_lines") as lines:
        lines.drop_constraint(op.f("fk_statement_lines_cost_id"), type_="foreignkey")
        lines.drop_column("cost_id")
        lines.alter_column("item_id", existing_type=sa.Uuid(), nullable=False)
    _guard_lines()
    op.drop_index(op.f("ix_purchases_receipt_id"), "purchases")
    with op.batch_alter_table("purchases", table_args=_positive()) as purchases:
        purchases.drop_constraint(op.f("fk_purchases_receipt_id"), type_="foreignkey")
        purchases.drop_column("receipt_id")
    for table in ("cost_shares", "costs", "receipt_payers", "receipts"):
        op.drop_table(table)


def _guard_lines() -> None:
    for statement in () if _on_postgresql() else LINES_SQLITE:
        op.execute(statement)


def _one_receipt_for_each_payer() -> None:
    """What one person paid in a run becomes one receipt of the day of the first purchase on it."""
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(PURCHASES.c.run_id, PURCHASES.c.payer_id, PURCHASES.c.bought_by, PURCHASES.c.bought_at).order_by(
            PURCHASES.c.bought_at, PURCHASES.c.id
        )
    )
    first: dict[tuple[UUID, UUID], Any] = {}
    for run_id, payer_id, *about in rows:
        first.setdefault((run_id, payer_id), about)
    for (run_id, payer_id), (bought_by, bought_at) in first.items():
        receipt = {"id": uuid7(), "run_id": run_id, "day": bought_at.date(), "revision": 1, "reason": ""}
        receipt |= {"added_by": bought_by, "added_at": bought_at}
        connection.execute(RECEIPTS.insert().values(**receipt))
        payer = {"id": uuid7(), "run_id": run_id, "receipt_id": receipt["id"], "user_id": payer_id}
        connection.execute(PAYERS.insert().values(**payer))
        theirs = (PURCHASES.c.run_id == run_id) & (PURCHASES.c.payer_id == payer_id)
        connection.execute(PURCHASES.update().where(theirs).values(receipt_id=receipt["id"]))
