"""what going back and undoing give back: edits of bids, left-over goods taken, marks "no longer sold", wrong prices"""

import sqlalchemy as sa

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True)


def _id(name: str = "id", *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def upgrade() -> None:
    with op.batch_alter_table("bids") as bids:
        bids.add_column(_id("wanted_by", nullable=True))
        bids.add_column(sa.Column("wanted_from", sa.BigInteger(), nullable=True))
        bids.create_foreign_key(op.f("fk_bids_wanted_by"), "users", ["wanted_by"], ["id"])
    op.execute("UPDATE bids SET wanted_by = edited_by, wanted_from = edited_from WHERE quantity = wanted")
    op.add_column(
        "price_observations", sa.Column("found_wrong", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    # Until now prices were withdrawn by hand, or with the list they came from.
    op.execute("UPDATE price_observations SET found_wrong = true WHERE withdrawn_at IS NOT NULL AND import_id IS NULL")
    op.create_table(
        "leftover_takings",
        _id(),
        _id("run_id"),
        _id("item_id"),
        _id("user_id"),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leftover_takings")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_leftover_takings_quantity")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_leftover_takings_run_id")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["list_items.id"], name=op.f("fk_leftover_takings_item_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_leftover_takings_user_id")),
        sa.ForeignKeyConstraint(
            ["run_id", "user_id"],
            ["participants.run_id", "participants.user_id"],
            name="fk_leftover_takings_participant",
            onupdate="CASCADE",
        ),
    )
    for column in ("run_id", "item_id", "user_id"):
        op.create_index(op.f(f"ix_leftover_takings_{column}"), "leftover_takings", [column])
    op.create_table(
        "staged_marks",
        _id(),
        _id("import_id"),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        _id("store_id"),
        _id("product_id"),
        _id("set_by_import", nullable=True),
        _id("gone_by", nullable=True),
        sa.Column("gone_at", UTC, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staged_marks")),
        sa.ForeignKeyConstraint(["gone_by"], ["users.id"], name=op.f("fk_staged_marks_gone_by")),
    )
    op.create_index("ix_staged_marks_import", "staged_marks", ["import_id", "is_new", "id"])


def downgrade() -> None:
    op.drop_table("staged_marks")
    op.drop_table("leftover_takings")
    with op.batch_alter_table("price_observations") as prices:
        prices.drop_column("found_wrong")
    with op.batch_alter_table("bids") as bids:
        bids.drop_constraint(op.f("fk_bids_wanted_by"), type_="foreignkey")
        bids.drop_column("wanted_by")
        bids.drop_column("wanted_from")
