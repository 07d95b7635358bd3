"""spoiled goods: what people say of theirs, and how it was credited"""

import sqlalchemy as sa

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def _key(column: str, target: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_spoilages_{column}"), ondelete=ondelete)


def upgrade() -> None:
    op.create_table(
        "spoilages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("attachment_id", sa.Uuid(), nullable=True),
        sa.Column("said_at", TIME, nullable=False),
        sa.Column("credit", sa.String(20), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", TIME, nullable=True),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_spoilages_quantity")),
        _key("run_id", "runs.id"),
        _key("item_id", "list_items.id", "CASCADE"),
        _key("user_id", "users.id"),
        _key("attachment_id", "attachments.id", "SET NULL"),
        _key("receipt_id", "receipts.id"),
        _key("decided_by", "users.id"),
        sa.ForeignKeyConstraint(
            ["run_id", "user_id"],
            ["participants.run_id", "participants.user_id"],
            name="fk_spoilages_participant",
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spoilages")),
        sa.UniqueConstraint("item_id", "user_id", name=op.f("uq_spoilages_item_id_user_id")),
    )
    for column in ("run_id", "user_id", "receipt_id"):
        op.create_index(op.f(f"ix_spoilages_{column}"), "spoilages", [column])


def downgrade() -> None:
    """Corrections that credited spoiled goods stay: they are entries of the ledger like others."""
    op.drop_table("spoilages")
