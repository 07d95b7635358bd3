"""the record of who did what is only added to, and found by its words"""

import sqlalchemy as sa

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Old entries may go, which the clean-up does; the database knows no settings, so it guards the last month.
SQLITE = (
    """CREATE TRIGGER audit_entries_never_change BEFORE UPDATE ON audit_entries
       BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END""",
    """CREATE TRIGGER audit_entries_stay BEFORE DELETE ON audit_entries WHEN OLD.at > datetime('now', '-29 days')
       BEGIN SELECT RAISE(ABORT, 'audit entries stay for a month at least'); END""",
)
POSTGRESQL = (
    """CREATE FUNCTION audit_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'audit entries are never changed, and stay for a month at least'; END $$""",
    """CREATE TRIGGER audit_entries_never_change BEFORE UPDATE ON audit_entries
       FOR EACH ROW EXECUTE FUNCTION audit_entries_refuse()""",
    """CREATE TRIGGER audit_entries_stay BEFORE DELETE ON audit_entries
       FOR EACH ROW WHEN (OLD.at > now() - interval '29 days') EXECUTE FUNCTION audit_entries_refuse()""",
)


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def upgrade() -> None:
    op.add_column("audit_entries", sa.Column("topic", sa.String(20), nullable=False, server_default="server"))
    op.add_column("audit_entries", sa.Column("words", sa.String(700), nullable=False, server_default=""))
    with op.batch_alter_table("audit_entries") as entries:
        for name in ("topic", "words"):
            entries.alter_column(name, server_default=None)
    op.create_index("ix_audit_entries_topic", "audit_entries", ["topic", "at"])
    op.create_index("ix_audit_entries_kind", "audit_entries", ["subject_kind", "at"])
    if _on_postgresql():
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.create_index(
        "ix_audit_entries_words",
        "audit_entries",
        ["words"],
        postgresql_using="gin",
        postgresql_ops={"words": "gin_trgm_ops"},
    )
    op.execute(
        "UPDATE audit_entries SET words = substr(lower("
        "actor_name || ' ' || subject_name || ' ' || replace(action, '_', ' ') || ' ' || address), 1, 700)"
    )
    for statement in POSTGRESQL if _on_postgresql() else SQLITE:
        op.execute(statement)


def downgrade() -> None:
    for name in ("audit_entries_never_change", "audit_entries_stay"):
        op.execute(f"DROP TRIGGER {name}" + (" ON audit_entries" if _on_postgresql() else ""))
    if _on_postgresql():
        op.execute("DROP FUNCTION audit_entries_refuse()")
    for name in ("words", "kind", "topic"):
        op.drop_index(f"ix_audit_entries_{name}", table_name="audit_entries")
    with op.batch_alter_table("audit_entries") as entries:
        entries.drop_column("words")
        entries.drop_column("topic")
