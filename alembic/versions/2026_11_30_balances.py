"""balances: what members of a group owe each other over all completed runs"""

from collections import defaultdict
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from uuid_utils.compat import uuid7

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

SQLITE = (
    """CREATE TRIGGER ledger_entries_never_change BEFORE UPDATE ON ledger_entries
       WHEN OLD.posting_id <> NEW.posting_id OR OLD.group_id <> NEW.group_id OR OLD.currency <> NEW.currency
         OR OLD.amount <> NEW.amount
       BEGIN SELECT RAISE(ABORT, 'ledger entries are never changed'); END""",
    """CREATE TRIGGER ledger_entries_stay BEFORE DELETE ON ledger_entries
       BEGIN SELECT RAISE(ABORT, 'ledger entries are never removed'); END""",
)
POSTGRESQL = (
    """CREATE FUNCTION ledger_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'ledger entries are never changed, and never removed'; END $$""",
    """CREATE TRIGGER ledger_entries_never_change BEFORE UPDATE ON ledger_entries FOR EACH ROW
       WHEN ((OLD.posting_id, OLD.group_id, OLD.currency, OLD.amount)
         IS DISTINCT FROM (NEW.posting_id, NEW.group_id, NEW.currency, NEW.amount))
       EXECUTE FUNCTION ledger_entries_refuse()""",
    """CREATE TRIGGER ledger_entries_stay BEFORE DELETE ON ledger_entries
       FOR EACH ROW EXECUTE FUNCTION ledger_entries_refuse()""",
)


def _table(name: str, uuids: str, texts: str = "", numbers: str = "", times: str = "") -> sa.TableClause:
    kinds: list[tuple[str, Any]] = [
        (uuids, sa.Uuid()),
        (texts, sa.String()),
        (numbers, sa.BigInteger()),
        (times, sa.DateTime(timezone=True)),
    ]
    return sa.table(name, *(sa.column(each, kind) for names, kind in kinds for each in names.split()))


RUNS = _table("runs", "id group_id", "phase", times="created_at ended_at")
GROUPS = _table("groups", "id", "currency")
LINES = _table("statement_lines", "run_id user_id", numbers="amount")
PURCHASES = _table("purchases", "run_id payer_id", numbers="total")
POSTINGS = _table("postings", "id group_id run_id actor_id", "currency kind reason", times="posted_at")
ENTRIES = _table("ledger_entries", "id posting_id group_id user_id", "currency", "amount")
BALANCES = _table("balances", "id group_id user_id", "currency", "amount")


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def upgrade() -> None:
    op.create_table(
        "postings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_postings_group_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_postings_run_id")),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_postings_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postings")),
    )
    op.create_index("ix_postings_group", "postings", ["group_id", "posted_at"])
    op.create_index(op.f("ix_postings_run_id"), "postings", ["run_id"])
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("posting_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["posting_id"], ["postings.id"], name=op.f("fk_ledger_entries_posting_id")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_ledger_entries_group_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_ledger_entries_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
    )
    op.create_index("ix_ledger_entries_person", "ledger_entries", ["group_id", "user_id", "currency"])
    for column in ("posting_id", "user_id"):
        op.create_index(op.f(f"ix_ledger_entries_{column}"), "ledger_entries", [column])
    op.create_table(
        "balances",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_balances_group_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_balances_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_balances")),
        sa.UniqueConstraint("group_id", "user_id", "currency", name=op.f("uq_balances_group_id_user_id_currency")),
    )
    op.create_index(op.f("ix_balances_user_id"), "balances", ["user_id"])
    _post_completed_runs()
    for statement in POSTGRESQL if _on_postgresql() else SQLITE:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("balances")
    op.drop_table("ledger_entries")
    op.drop_table("postings")
    if _on_postgresql():
        op.execute("DROP FUNCTION ledger_entries_refuse()")


def _post_completed_runs() -> None:
    """One posting for each run that is done: what each person paid minus what they owe.

    A run whose statements don't come to what was paid gets none: the integrity report names it.
    """
    connection = op.get_bind()
    balances: dict[tuple[UUID, UUID, str], int] = defaultdict(int)
    runs = connection.execute(
        sa.select(RUNS.c.id, RUNS.c.group_id, GROUPS.c.currency, RUNS.c.ended_at, RUNS.c.created_at)
        .join(GROUPS, GROUPS.c.id == RUNS.c.group_id)
        .where(RUNS.c.phase == "completed")
        .order_by(RUNS.c.id)
    ).all()
    for run_id, group_id, currency, ended_at, created_at in runs:
        amounts = _net(connection, run_id)
        if not amounts or sum(amounts.values()):
            continue
        posting = {"id": uuid7(), "group_id": group_id, "currency": currency, "kind": "run", "run_id": run_id}
        posting |= {"reason": "", "actor_id": None, "posted_at": ended_at or created_at}
        connection.execute(POSTINGS.insert().values(**posting))
        of = {"posting_id": posting["id"], "group_id": group_id, "currency": currency}
        connection.execute(
            ENTRIES.insert(),
            [{"id": uuid7(), "user_id": user, "amount": amount, **of} for user, amount in amounts.items()],
        )
        for user, amount in amounts.items():
            balances[group_id, user, currency] += amount
    for (group_id, user, currency), amount in balances.items():
        row = {"id": uuid7(), "group_id": group_id, "user_id": user, "currency": currency, "amount": amount}
        connection.execute(BALANCES.insert().values(**row))


def _net(connection: sa.Connection, run_id: UUID) -> dict[UUID, int]:
    amounts: dict[UUID, int] = defaultdict(int)
    paid = sa.select(PURCHASES.c.payer_id, sa.func.sum(PURCHASES.c.total)).where(PURCHASES.c.run_id == run_id)
    owed = sa.select(LINES.c.user_id, sa.func.sum(LINES.c.amount)).where(LINES.c.run_id == run_id)
    for user, amount in connection.execute(paid.group_by(PURCHASES.c.payer_id)):
        amounts[user] += int(amount)
    for user, amount in connection.execute(owed.group_by(LINES.c.user_id)):
        amounts[user] -= int(amount)
    return {user: amount for user, amount in amounts.items() if amount}
