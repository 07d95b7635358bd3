"""what things cost in ordinary shops"""

import sqlalchemy as sa

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ordinary_prices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("per", sa.BigInteger(), nullable=False),
        sa.Column("shop", sa.String(100), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seen_by", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("price > 0 AND per > 0", name=op.f("ck_ordinary_prices_price")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_ordinary_prices_product_id")),
        sa.ForeignKeyConstraint(["seen_by"], ["users.id"], name=op.f("fk_ordinary_prices_seen_by")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["users.id"], name=op.f("fk_ordinary_prices_withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ordinary_prices")),
    )
    op.create_index("ix_ordinary_prices_newest", "ordinary_prices", ["product_id", "currency", "day"])
    op.create_index(op.f("ix_ordinary_prices_seen_by"), "ordinary_prices", ["seen_by"])


def downgrade() -> None:
    op.drop_table("ordinary_prices")
