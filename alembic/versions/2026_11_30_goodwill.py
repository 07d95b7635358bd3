"""who was short of goods, and who came first since they were short before"""

import sqlalchemy as sa

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("groups", sa.Column("goodwill_bound", sa.String(20), nullable=False, server_default="off"))
    op.create_table(
        "shortages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("remaining", sa.BigInteger(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity > 0 AND amount >= 0", name=op.f("ck_shortages_positive")),
        sa.CheckConstraint("remaining >= 0 AND remaining <= amount", name=op.f("ck_shortages_remaining")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_shortages_group_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_shortages_run_id")),
        sa.ForeignKeyConstraint(["item_id"], ["list_items.id"], name=op.f("fk_shortages_item_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_shortages_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shortages")),
    )
    op.create_index("ix_shortages_remaining", "shortages", ["group_id", "user_id", "remaining"])
    op.create_table(
        "favours",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("alone", sa.BigInteger(), nullable=False),
        sa.Column("got", sa.BigInteger(), nullable=False),
        sa.Column("goodwill", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_favours_run_id")),
        sa.ForeignKeyConstraint(["item_id"], ["list_items.id"], name=op.f("fk_favours_item_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_favours_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_favours")),
    )
    for table in ("shortages", "favours"):
        for column in ("run_id", "item_id", "user_id"):
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    op.drop_table("favours")
    op.drop_table("shortages")
    with op.batch_alter_table("groups") as groups:
        groups.drop_column("goodwill_bound")
