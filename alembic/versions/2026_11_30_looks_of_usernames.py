"""usernames that are drawn alike count as the same

Of accounts whose usernames already look alike the oldest one keeps the look; the others stay as they are.
"""

import json
import re
import unicodedata
from importlib.resources import files

import sqlalchemy as sa

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

LONGEST = 200
# Frozen copies of the rules, so that this goes on to do what it did.
IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
USERS = sa.table(
    "users",
    *(sa.column("id", sa.Uuid()), sa.column("username"), sa.column("look"), sa.column("deleted_at")),
)


def _prototypes() -> dict[str, str]:
    pairs = json.loads(files("confusable_homoglyphs").joinpath("confusables.json").read_text("utf-8"))
    found: dict[str, str] = {}
    for letter, alike in pairs.items():
        if len(letter) != 1 or unicodedata.category(letter)[0] not in "LMN" or len(alike) != 1:
            continue
        prototype = IGNORABLE.sub("", alike[0]["c"])
        is_pair = [each["c"] for each in pairs.get(alike[0]["c"], ())] == [letter]
        if not is_pair or len(prototype) > 1 or prototype < letter:
            found[letter] = prototype
    return {letter: found.get(prototype, prototype) for letter, prototype in found.items()}


def _look_of(username: str, prototypes: dict[str, str]) -> str:
    decomposed = unicodedata.normalize("NFD", IGNORABLE.sub("", username))
    drawn = "".join(prototypes.get(character, character) for character in decomposed)
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", drawn).casefold())[:LONGEST]


def upgrade() -> None:
    with op.batch_alter_table("users") as users:
        users.add_column(sa.Column("look", sa.String(LONGEST), nullable=True))
    _fill()
    with op.batch_alter_table("users") as users:
        users.create_unique_constraint(op.f("uq_users_look"), ["look"])


def _fill() -> None:
    connection, prototypes = op.get_bind(), _prototypes()
    looks: dict[str, object] = {}
    accounts = sa.select(USERS.c.id, USERS.c.username).where(USERS.c.deleted_at.is_(None)).order_by(USERS.c.id)
    for user_id, username in connection.execute(accounts).all():
        looks.setdefault(_look_of(username, prototypes), user_id)
    change = USERS.update().where(USERS.c.id == sa.bindparam("row")).values(look=sa.bindparam("new"))
    if looks:
        connection.execute(change, [{"row": user_id, "new": look} for look, user_id in looks.items()])


def downgrade() -> None:
    with op.batch_alter_table("users") as users:
        users.drop_constraint(op.f("uq_users_look"), type_="unique")
        users.drop_column("look")
