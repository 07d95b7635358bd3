"""the newest price of a product at a store by one index alone"""

import sqlalchemy as sa

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STANDS = sa.text("withdrawn_at IS NULL")


def upgrade() -> None:
    op.create_index(
        "ix_price_observations_current",
        "price_observations",
        ["store_id", "product_id", "currency", "seen_at", "id", "price"],
        if_not_exists=True,  # where prices are many, it may have been made without stopping those who note more
        postgresql_where=STANDS,
        sqlite_where=STANDS,
    )
    op.create_index(op.f("ix_price_observations_product_id"), "price_observations", ["product_id"], if_not_exists=True)
    for name in ("there", "newest"):
        op.drop_index(f"ix_price_observations_{name}", table_name="price_observations")


def downgrade() -> None:
    op.create_index(
        "ix_price_observations_there",
        "price_observations",
        ["store_id", "product_id"],
        postgresql_where=STANDS,
        sqlite_where=STANDS,
    )
    op.create_index(
        "ix_price_observations_newest", "price_observations", ["product_id", "store_id", "currency", "seen_at"]
    )
    for name in ("product_id", "current"):
        op.drop_index(f"ix_price_observations_{name}", table_name="price_observations")
