"""payments: who is to pay whom, and what became of it"""

import sqlalchemy as sa

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

STANDS = sa.text("replaced_at IS NULL")


def upgrade() -> None:
    op.add_column("groups", sa.Column("confirm_after_days", sa.Integer(), nullable=True))
    op.create_table(
        "plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_plans_group_id")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_plans_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
    )
    op.create_index(
        "uq_plans_standing",
        "plans",
        ["group_id", "currency"],
        unique=True,
        postgresql_where=STANDS,
        sqlite_where=STANDS,
    )
    op.create_table(
        "payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("receiver_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remind_after", sa.Integer(), nullable=True),
        sa.Column("posting_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payments_amount")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_payments_group_id")),
        sa.ForeignKeyConstraint(["sender_id"], ["users.id"], name=op.f("fk_payments_sender_id")),
        sa.ForeignKeyConstraint(["receiver_id"], ["users.id"], name=op.f("fk_payments_receiver_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_payments_plan_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_payments_run_id")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_payments_created_by")),
        sa.ForeignKeyConstraint(["answered_by"], ["users.id"], name=op.f("fk_payments_answered_by")),
        sa.ForeignKeyConstraint(["posting_id"], ["postings.id"], name=op.f("fk_payments_posting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
    )
    for name, column in (("group", "group_id"), ("sender", "sender_id"), ("receiver", "receiver_id")):
        op.create_index(f"ix_payments_{name}", "payments", [column, "state"])
    for column in ("state", "plan_id", "run_id", "posting_id"):
        op.create_index(op.f(f"ix_payments_{column}"), "payments", [column])


def downgrade() -> None:
    """What confirmed payments changed stays in the ledger and in the balances."""
    op.drop_table("payments")
    op.drop_table("plans")
    with op.batch_alter_table("groups") as groups:
        groups.drop_column("confirm_after_days")
