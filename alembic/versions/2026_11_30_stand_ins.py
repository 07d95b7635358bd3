"""people who came with an imported group and aren't here yet"""

import sqlalchemy as sa

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stand_ins",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.String(50), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_stand_ins_user_id")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_stand_ins_group_id")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_stand_ins_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stand_ins")),
        sa.UniqueConstraint("user_id", name=op.f("uq_stand_ins_user_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_stand_ins_token_hash")),
    )
    op.create_index(op.f("ix_stand_ins_group_id"), "stand_ins", ["group_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_stand_ins_group_id"), table_name="stand_ins")
    op.drop_table("stand_ins")
