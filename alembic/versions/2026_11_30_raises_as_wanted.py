"""what each raise was when shopping ended, so that going back to shopping restores the bids"""

import sqlalchemy as sa

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

CHECK = "ck_bid_raises_quantity"


def upgrade() -> None:
    with op.batch_alter_table("bid_raises") as raises:
        raises.add_column(sa.Column("wanted", sa.BigInteger(), nullable=True))
        raises.drop_constraint(op.f(CHECK), type_="check")
        raises.create_check_constraint(op.f(CHECK), "quantity >= 0")
    op.execute("UPDATE bid_raises SET wanted = quantity WHERE bid_id IN (SELECT id FROM bids WHERE wanted IS NOT NULL)")


def downgrade() -> None:
    op.execute("DELETE FROM bid_raises WHERE quantity = 0")
    with op.batch_alter_table("bid_raises") as raises:
        raises.drop_constraint(op.f(CHECK), type_="check")
        raises.create_check_constraint(op.f(CHECK), "quantity > 0")
        raises.drop_column("wanted")
