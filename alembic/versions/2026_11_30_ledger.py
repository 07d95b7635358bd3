"""the ledger: what everybody owes for an ended run stays as it is, and whoever has money or goods in a run is in it"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from uuid_utils.compat import uuid7

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# The tables whose rows name somebody who takes part in a run, by which column, and with the check that each has.
HOLDING = {
    "bids": ("user_id", "ck_bids_quantity", "quantity > 0"),
    "purchases": ("payer_id", "ck_purchases_positive", "quantity > 0 AND total >= 0"),
    "allocations": ("user_id", "ck_allocations_quantity", "quantity > 0"),
}

SQLITE = (
    """CREATE TRIGGER statement_lines_never_change BEFORE UPDATE ON statement_lines
       WHEN OLD.run_id <> NEW.run_id OR OLD.kind <> NEW.kind OR OLD.quantity <> NEW.quantity
         OR OLD.amount <> NEW.amount OR OLD.entered_at <> NEW.entered_at
       BEGIN SELECT RAISE(ABORT, 'statement lines are never changed'); END""",
    """CREATE TRIGGER statement_lines_stay BEFORE DELETE ON statement_lines
       BEGIN SELECT RAISE(ABORT, 'statement lines are never removed'); END""",
)
POSTGRESQL = (
    """CREATE FUNCTION statement_lines_refuse() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'statement lines are never changed, and never removed'; END $$""",
    """CREATE TRIGGER statement_lines_never_change BEFORE UPDATE ON statement_lines FOR EACH ROW
       WHEN ((OLD.run_id, OLD.kind, OLD.quantity, OLD.amount, OLD.entered_at)
         IS DISTINCT FROM (NEW.run_id, NEW.kind, NEW.quantity, NEW.amount, NEW.entered_at))
       EXECUTE FUNCTION statement_lines_refuse()""",
    """CREATE TRIGGER statement_lines_stay BEFORE DELETE ON statement_lines
       FOR EACH ROW EXECUTE FUNCTION statement_lines_refuse()""",
)


def _table(name: str, *columns: str) -> sa.TableClause:
    kinds: dict[str, Any] = {
        "id": sa.Uuid(),
        "phase": sa.String(20),
        "kind": sa.String(20),
        "quantity": sa.BigInteger(),
        "bought": sa.BigInteger(),
        "line_total": sa.BigInteger(),
        "total": sa.BigInteger(),
        "amount": sa.BigInteger(),
    }
    times = ("joined_at", "created_at", "ended_at", "entered_at")
    kinds |= dict.fromkeys(times, sa.DateTime(timezone=True))
    return sa.table(name, *(sa.column(each, kinds.get(each, sa.Uuid())) for each in columns))


RUNS = _table("runs", "id", "leader_id", "phase", "created_at", "ended_at")
PARTICIPANTS = _table("participants", "id", "run_id", "user_id", "joined_at")
BIDS = _table("bids", "run_id", "user_id", "product_id", "quantity")
PURCHASES = _table("purchases", "run_id", "item_id", "payer_id", "quantity", "total")
ALLOCATIONS = _table("allocations", "run_id", "item_id", "user_id", "quantity")
ITEMS = _table("list_items", "id", "run_id", "product_id", "bought", "line_total")
LINES = _table("statement_lines", "id", "run_id", "item_id", "user_id", "kind", "quantity", "amount", "entered_at")


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _check(name: str, condition: str) -> list[sa.CheckConstraint]:
    """SQLite makes the table anew, and doesn't say which checks it has."""
    return [] if _on_postgresql() else [sa.CheckConstraint(condition, name=op.f(name))]


def upgrade() -> None:
    _let_everybody_take_part()
    for table, (column, *check) in HOLDING.items():
        with op.batch_alter_table(table, table_args=_check(*check)) as rows:
            rows.create_foreign_key(
                f"fk_{table}_participant",
                "participants",
                ["run_id", column],
                ["run_id", "user_id"],
                onupdate="CASCADE",
            )
    op.create_table(
        "statement_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_statement_lines_run_id")),
        sa.ForeignKeyConstraint(["item_id"], ["list_items.id"], name=op.f("fk_statement_lines_item_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_statement_lines_user_id")),
        sa.ForeignKeyConstraint(
            ["run_id", "user_id"],
            ["participants.run_id", "participants.user_id"],
            name="fk_statement_lines_participant",
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_lines")),
    )
    for column in ("run_id", "item_id", "user_id"):
        op.create_index(op.f(f"ix_statement_lines_{column}"), "statement_lines", [column])
    _freeze()
    for statement in POSTGRESQL if _on_postgresql() else SQLITE:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("statement_lines")
    if _on_postgresql():
        op.execute("DROP FUNCTION statement_lines_refuse()")
    for table, (_, *check) in HOLDING.items():
        with op.batch_alter_table(table, table_args=_check(*check)) as rows:
            rows.drop_constraint(f"fk_{table}_participant", type_="foreignkey")


def _let_everybody_take_part() -> None:
    """Until now a payer, or somebody who gets goods, could drop out of the people of a run."""
    connection = op.get_bind()
    named = sa.union(
        sa.select(RUNS.c.id.label("run_id"), RUNS.c.leader_id.label("user_id")),
        sa.select(BIDS.c.run_id, BIDS.c.user_id),
        sa.select(PURCHASES.c.run_id, PURCHASES.c.payer_id),
        sa.select(ALLOCATIONS.c.run_id, ALLOCATIONS.c.user_id),
    ).subquery()
    there = sa.exists().where(PARTICIPANTS.c.run_id == named.c.run_id, PARTICIPANTS.c.user_id == named.c.user_id)
    missing = connection.execute(
        sa.select(named.c.run_id, named.c.user_id, RUNS.c.created_at)
        .join(RUNS, RUNS.c.id == named.c.run_id)
        .where(~there)
    ).all()
    for run_id, user_id, created_at in missing:
        row = {"id": uuid7(), "run_id": run_id, "user_id": user_id, "joined_at": created_at}
        connection.execute(PARTICIPANTS.insert().values(**row))


# What follows is the arithmetic of the statements as it was when this was written.

LEFT_OVER = "~left-over"


def _freeze() -> None:
    """Write down what everybody owes for runs that have ended, with the figures that were shown until now."""
    connection = op.get_bind()
    ended = connection.execute(
        sa.select(RUNS.c.id, RUNS.c.phase, RUNS.c.leader_id, RUNS.c.ended_at, RUNS.c.created_at).where(
            RUNS.c.phase.in_(("completed", "cancelled"))
        )
    ).all()
    for run_id, phase, leader_id, ended_at, created_at in ended:
        lines = [
            {"id": uuid7(), "run_id": run_id, "entered_at": ended_at or created_at, **line}
            for line in _lines_of(connection, run_id, phase, leader_id)
        ]
        if lines:
            connection.execute(LINES.insert(), lines)


def _lines_of(connection: sa.Connection, run_id: UUID, phase: str, leader_id: UUID) -> Iterator[dict[str, Any]]:
    paid: dict[UUID, dict[str, tuple[int, int]]] = defaultdict(dict)
    for item, payer, quantity, total in connection.execute(
        sa.select(
            PURCHASES.c.item_id, PURCHASES.c.payer_id, sa.func.sum(PURCHASES.c.quantity), sa.func.sum(PURCHASES.c.total)
        )
        .where(PURCHASES.c.run_id == run_id)
        .group_by(PURCHASES.c.item_id, PURCHASES.c.payer_id)
    ):
        paid[item][str(payer)] = int(quantity), int(total)
    got: dict[UUID, dict[str, int]] = defaultdict(dict)
    if phase == "completed":
        of_runs = sa.select(ALLOCATIONS.c.item_id, ALLOCATIONS.c.user_id, ALLOCATIONS.c.quantity)
        rows = connection.execute(of_runs.where(ALLOCATIONS.c.run_id == run_id))
    else:  # statements of a cancelled run went by its bids
        of_bids = sa.select(ITEMS.c.id, BIDS.c.user_id, BIDS.c.quantity).where(
            ITEMS.c.run_id == run_id,
            BIDS.c.run_id == run_id,
            BIDS.c.product_id == ITEMS.c.product_id,
            BIDS.c.quantity.is_not(None),
        )
        rows = connection.execute(of_bids)
    for item, user, quantity in rows:
        got[item][str(user)] = quantity
    items = connection.execute(
        sa.select(ITEMS.c.id, ITEMS.c.bought, ITEMS.c.line_total).where(ITEMS.c.run_id == run_id, ITEMS.c.bought > 0)
    )
    for item, bought, total in items:
        if phase == "cancelled" and got[item]:
            goods, left, weights = _divided(bought, got[item], str(item)), 0, got[item]
        else:
            goods, left = got[item], max(0, bought - sum(got[item].values()))
            weights = goods | ({LEFT_OVER: left} if left else {})
        costs = _divided(total, weights, str(item))
        for person in goods:
            yield _line(item, person, "goods", goods[person], costs[person])
        if left:
            payers = paid[item] or {str(leader_id): (left, 0)}
            by = {payer: cost for payer, (_, cost) in payers.items()}
            if not any(by.values()):
                by = {payer: quantity for payer, (quantity, _) in payers.items()}
            parts, amounts = _divided(left, by, str(item)), _divided(costs[LEFT_OVER], by, str(item))
            for payer in payers:
                yield _line(item, payer, "left_over", parts[payer], amounts[payer])


def _line(item: UUID, person: str, kind: str, quantity: int, amount: int) -> dict[str, Any]:
    return {"item_id": item, "user_id": UUID(person), "kind": kind, "quantity": quantity, "amount": amount}


def _divided(total: int, weights: Mapping[str, int], line_id: str) -> dict[str, int]:
    """Largest remainder first; ties go by the place among the ids, turned by the line."""
    whole = sum(weights.values())
    shares = {who: total * weight // whole for who, weight in weights.items()}
    value = 0x811C9DC5
    for byte in line_id.encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    ids = sorted(weights)
    turn = {who: (place - value % len(ids)) % len(ids) for place, who in enumerate(ids)}
    order = sorted(weights, key=lambda who: (-(total * weights[who] % whole), turn[who]))
    for who in order[: total - sum(shares.values())]:
        shares[who] += 1
    return shares
