"""what admins search and sort users and groups by; when somebody was seen last; deleted accounts"""

import unicodedata
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

LOCKED = sa.text("locked_at IS NOT NULL")
AT_ONCE = 1000
# A frozen copy of how names were compared at the time.
PLAIN_LETTERS = str.maketrans(
    {"đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "ø": "o", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th", "ß": "ss"}
)
LETTER_MAKING = (0, 7, 8, 9)


def name_key(text: str) -> str:
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(character for character in folded if unicodedata.combining(character) in LETTER_MAKING)
    return " ".join(bare.translate(PLAIN_LETTERS).split())[:200].rstrip()


def upgrade() -> None:
    with op.batch_alter_table("users") as users:
        users.add_column(sa.Column("search_key", sa.String(200), nullable=False, server_default=""))
        users.add_column(sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
        users.add_column(sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("groups") as groups:
        groups.add_column(sa.Column("name_key", sa.String(200), nullable=False, server_default=""))
    _fill("users", "search_key", ["name", "username"], lambda name, username: name_key(f"{name} {username}"))
    _fill("groups", "name_key", ["name"], name_key)
    op.execute(
        "UPDATE users SET seen_at = coalesce("
        "(SELECT max(seen_at) FROM user_sessions WHERE user_sessions.user_id = users.id), created_at)"
    )
    op.create_index("ix_users_search_key", "users", ["search_key"])
    op.create_index(op.f("ix_users_seen_at"), "users", ["seen_at"])
    op.create_index(
        "ix_users_admins", "users", ["id"], postgresql_where=sa.text("is_admin"), sqlite_where=sa.text("is_admin = 1")
    )
    op.create_index("ix_users_locked", "users", ["locked_at"], postgresql_where=LOCKED, sqlite_where=LOCKED)
    op.create_index(op.f("ix_groups_name_key"), "groups", ["name_key"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.create_index(
        "ix_users_search_words",
        "users",
        ["search_key"],
        postgresql_using="gin",
        postgresql_ops={"search_key": "gin_trgm_ops"},
    )


def _fill(table: str, column: str, names: list[str], key: Callable[..., str]) -> None:
    """Put into `column` the key of what stands in `names`, some rows at a time."""
    rows = sa.table(table, sa.column("id", sa.Uuid()), sa.column(column), *map(sa.column, names))
    change = rows.update().where(rows.c.id == sa.bindparam("row")).values({column: sa.bindparam("key")})
    connection, last = op.get_bind(), None
    while True:
        query = sa.select(rows.c.id, *[rows.c[name] for name in names]).order_by(rows.c.id).limit(AT_ONCE)
        found: Any = connection.execute(query if last is None else query.where(rows.c.id > last)).all()
        if not found:
            return
        connection.execute(change, [{"row": row[0], "key": key(*row[1:])} for row in found])
        last = found[-1][0]


def downgrade() -> None:
    op.drop_index(op.f("ix_groups_name_key"), "groups")
    for index in (
        "ix_users_search_words",
        "ix_users_locked",
        "ix_users_admins",
        op.f("ix_users_seen_at"),
        "ix_users_search_key",
    ):
        op.drop_index(index, "users")
    with op.batch_alter_table("groups") as groups:
        groups.drop_column("name_key")
    with op.batch_alter_table("users") as users:
        for column in ("deleted_at", "seen_at", "search_key"):
            users.drop_column(column)
