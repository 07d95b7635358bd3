"""how far a group lets its members go below zero"""

import sqlalchemy as sa

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("groups", sa.Column("debt_limit", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("groups") as groups:
        groups.drop_column("debt_limit")
