"""households: who settles for whom"""

import sqlalchemy as sa

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

AGREED = sa.text("agreed_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "household_members",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("payer_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("user_id <> payer_id", name=op.f("ck_household_members_two_people")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_household_members_group_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_household_members_user_id")),
        sa.ForeignKeyConstraint(["payer_id"], ["users.id"], name=op.f("fk_household_members_payer_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["users.id"], name=op.f("fk_household_members_proposed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_members")),
        sa.UniqueConstraint(
            "group_id", "user_id", "payer_id", name=op.f("uq_household_members_group_id_user_id_payer_id")
        ),
    )
    for column in ("user_id", "payer_id"):
        op.create_index(op.f(f"ix_household_members_{column}"), "household_members", [column])
    op.create_index(
        "uq_household_members_agreed",
        "household_members",
        ["group_id", "user_id"],
        unique=True,
        postgresql_where=AGREED,
        sqlite_where=AGREED,
    )


def downgrade() -> None:
    """Everybody settles for themselves again."""
    op.drop_table("household_members")
