"""advances: how much of the estimate the leader of a run asks for"""

import sqlalchemy as sa

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("runs", sa.Column("advance", sa.String(20), nullable=False, server_default="none"))


def downgrade() -> None:
    """What was paid in advance stays as payments, of which nobody knows the run they were for."""
    with op.batch_alter_table("runs") as runs:
        runs.drop_column("advance")
