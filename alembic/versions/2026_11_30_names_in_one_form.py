"""names, what search looks through and the words of old audit entries in the form of today

Names that differ in apostrophes, hyphens or ignorable code points only are compared as one. Search holds numbers and
units as words of their own, and sizes in two units. Entries of the record from before 0006 get their topic, and words
without accents.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

AT_ONCE = 2000
LONGEST_KEY, LONGEST_TERM = 200, 410

# Names as they are compared: frozen copies of rules, so that this goes on to do what it did.

IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
ALIKE_MARKS = str.maketrans(
    {
        **dict.fromkeys("`\u00b4\u2018\u2019\u201b\u2032\u02b9\u02bb\u02bc\u02bd\ua78c", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    }
)
PLAIN_LETTERS = str.maketrans(
    {"đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "ø": "o", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th", "ß": "ss"}
)
LETTER_MAKING = (0, 7, 8, 9)


def name_key(text: str) -> str:
    text = IGNORABLE.sub("", text).translate(ALIKE_MARKS)
    folded = IGNORABLE.sub("", unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()))
    bare = "".join(character for character in folded if unicodedata.combining(character) in LETTER_MAKING)
    return " ".join(bare.translate(PLAIN_LETTERS).translate(ALIKE_MARKS).split())[:LONGEST_KEY].rstrip()


# Names as they are looked for.

LATIN = str.maketrans(
    {
        **dict(zip("абвгдђежзијклмнопрстћуфхцчшыэіїєґ", "abvgddezzijklmnoprstcufhccsyeiieg", strict=True)),
        **{"љ": "lj", "њ": "nj", "џ": "dz", "ѕ": "dz", "щ": "sc", "ю": "ju", "я": "ja", "ъ": "", "ь": ""},
    }
)
HAN = "々〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
IN_NUMBERS = ".,/⁄"
TOKEN = re.compile(rf"\d+(?:[{IN_NUMBERS}]\d+)*|[{HAN}]|[^\s\d{IN_NUMBERS}{HAN}]+")
TIMES = re.compile(r"(?<=\d)\s*[×✕⨯*xх]\s*(?=\d)")
COMPOUND = re.compile(r"[^\W\d_]+(?:[-'.&+][^\W\d_]+)+")
UNIT_NAMES = {
    **dict.fromkeys(("gr", "gram", "grams"), "g"),
    **dict.fromkeys(("kgs", "kilo", "kilos"), "kg"),
    **dict.fromkeys(("lt", "ltr", "lit", "liter", "litre", "liters", "litres", "litar", "litra"), "l"),
}
WEIGHTS = {"g": 1, "dag": 10, "dkg": 10, "kg": 1000}
VOLUMES = {"ml": 1, "cl": 10, "dl": 100, "l": 1000}


def term_of(*parts: str) -> str:
    latin = [TIMES.sub(" x ", name_key(part)).translate(LATIN).replace("dj", "d") for part in parts if part]
    words = " ".join((" ".join(_words(part)) or part)[:LONGEST_KEY].rstrip() for part in latin).split()
    compounds = [re.sub(r"\W", "", each) for part in latin for each in COMPOUND.findall(part)]
    sizes = [size for pair in pairwise(words) for size in _other_sizes(*pair)]
    held = (*words, *(each for each in compounds if each not in words), *sizes)
    return "".join(f" {each}" for each in held)[:LONGEST_TERM].rstrip()


def _words(latin: str) -> Iterator[str]:
    bare = "".join(each if each in IN_NUMBERS or unicodedata.category(each)[0] in "LMN" else " " for each in latin)
    before = ""
    for word in TOKEN.findall(bare):
        if word[0].isdigit():
            word = _number(word)
        elif before[:1].isdigit():
            word = UNIT_NAMES.get(word, word)
        yield word
        before = word


def _number(digits: str) -> str:
    whole, point, decimals = digits.replace(",", ".").replace("⁄", "/").partition(".")
    if not 1 <= len(decimals) <= 2:
        return f"{whole}{point}{decimals}"
    return f"{whole}.{decimals}".rstrip("0").rstrip(".")


def _other_sizes(number: str, unit: str) -> Iterator[str]:
    whole, _, decimals = number.partition(".")
    if not (number.isascii() and whole.isdecimal() and len(whole) <= 6 and len(decimals) <= 2):
        return
    for kind, small, large in ((WEIGHTS, "g", "kg"), (VOLUMES, "ml", "l")):
        if unit in kind:
            hundredths = int(whole + decimals.ljust(2, "0")) * kind[unit]
            if unit != small:
                yield f"{_plain(hundredths, 2)} {small}"
            if unit != large and hundredths >= 1000:
                yield f"{_plain(hundredths, 5)} {large}"


def _plain(number: int, decimals: int) -> str:
    digits = str(number).rjust(decimals + 1, "0")
    return f"{digits[:-decimals]}.{digits[-decimals:]}".rstrip("0").rstrip(".")


def upgrade() -> None:
    _fold(name_key)
    _refill_search(term_of)
    _mend_record()


def downgrade() -> None:
    """Mended entries of the record stay so: they are what the revision before writes, too."""
    before = _revision("0004")
    _fold(before.name_key)
    _refill_search(lambda name, brand, _content: before.term_of(name, brand))


def _revision(number: str) -> Any:
    return op.get_context().opts["script"].get_revision(number).module


# Table, column of a key, the columns it is made of, and those with which it has to be unique.
KEYS: Sequence[tuple[str, str, Sequence[str], Sequence[str]]] = (
    ("products", "name_key", ["name"], ["name_key", "brand_key", "content_key"]),
    ("products", "brand_key", ["brand"], ["name_key", "brand_key", "content_key"]),
    ("stores", "name_key", ["name"], ["name_key"]),
    ("tags", "name_key", ["name"], ["kind", "name_key"]),
    ("product_aliases", "name_key", ["name"], ["product_id", "name_key"]),
    ("groups", "name_key", ["name"], []),
    ("users", "search_key", ["name", "username"], []),
)
LENGTHS = {"tags": 100}


def _fold(key_of: Callable[[str], str]) -> None:
    """Where two names have become the same, the newer one keeps the key it had: admins may merge the two."""
    connection = op.get_bind()
    for name, column, sources, unique in KEYS:
        kinds = {"id": sa.Uuid(), "product_id": sa.Uuid()}
        columns = dict.fromkeys(["id", column, *sources, *unique])
        table = sa.table(name, *(sa.column(each, kinds.get(each)) for each in columns))
        for row in _rows(table):
            key = key_of(" ".join(getattr(row, each) for each in sources))[: LENGTHS.get(name, LONGEST_KEY)]
            if key == getattr(row, column) or _is_deleted(name, row):
                continue
            values = {each: getattr(row, each) for each in unique} | {column: key}
            twin = sa.select(table.c.id).where(*(table.c[each] == values[each] for each in unique))
            if not unique or connection.execute(twin).first() is None:
                connection.execute(table.update().where(table.c.id == row.id).values({column: key}))


def _is_deleted(table: str, row: Any) -> bool:
    """An account that was deleted is found by the name alone."""
    return table == "users" and row.search_key == name_key(row.name)


def _rows(table: sa.TableClause) -> Iterator[Any]:
    connection, last = op.get_bind(), None
    query = sa.select(table).order_by(table.c.id).limit(AT_ONCE)
    while rows := connection.execute(query if last is None else query.where(table.c.id > last)).all():
        yield from rows
        last = rows[-1].id


NAMES = {
    "product": "SELECT id, name_key, brand_key, content_key FROM products",
    "store": "SELECT id, name_key, '', '' FROM stores",
    "tag": "SELECT id, name_key, '', '' FROM tags",
}
OTHER_NAMES = (
    "SELECT product_id, product_aliases.name_key, brand_key, content_key FROM product_aliases"
    " JOIN products ON products.id = product_id"
)


def _refill_search(term: Callable[[str, str, str], str]) -> None:
    """SQLite's full-text index is made anew at once: row by row that would take many times as long."""
    first = _revision("0004")
    is_sqlite = op.get_context().dialect.name == "sqlite"
    if is_sqlite:
        for what in ("added", "removed", "changed"):
            op.execute(f"DROP TRIGGER search_terms_{what}")
        op.execute("DROP TABLE search_terms_fts")
    op.execute("DELETE FROM search_terms")
    op.execute("DELETE FROM search_words")
    first.fill(term, NAMES, OTHER_NAMES)
    if is_sqlite:
        first.index_full_text()


TOPICS = {
    "sign_in": ("sign", "session", "other_sessions"),
    "accounts": ("user", "admin", "password", "account", "reset"),
    "groups": ("group", "member", "joining", "invite"),
    "runs": ("phase", "deadline", "helper", "lead", "bid"),
    "prices": ("price",),
    "catalogue": ("product", "store", "tag", "alias", "catalogue"),
}
ENTRIES = sa.table(
    "audit_entries",
    *(sa.column(name, sa.Uuid()) for name in ("id", "actor_id")),
    *(sa.column(name) for name in ("actor_name", "address", "action", "subject_name", "topic", "words")),
    sa.column("details", sa.JSON()),
)
USERS = sa.table("users", sa.column("id", sa.Uuid()), sa.column("username"))


def _mend_record() -> None:
    """Entries as 0006 filled them in: all of one topic, with words that keep their accents."""
    connection, entry = op.get_bind(), ENTRIES.c
    as_filled_in = sa.func.substr(
        sa.func.lower(
            entry.actor_name + " " + entry.subject_name + " " + sa.func.replace(entry.action, "_", " ") + " "
            + entry.address
        ), 1, 700,
    )  # fmt: skip
    query = (
        sa.select(ENTRIES, USERS.c.username)
        .join(USERS, USERS.c.id == entry.actor_id, isouter=True)
        .where(entry.topic == "server", entry.words == as_filled_in)
        .order_by(entry.id)
        .limit(AT_ONCE)
    )
    change = ENTRIES.update().where(entry.id == sa.bindparam("entry"))
    change = change.values(topic=sa.bindparam("about"), words=sa.bindparam("found_by"))
    never_change = _never_change()
    op.execute(never_change[0])
    last = None
    while rows := connection.execute(query if last is None else query.where(entry.id > last)).all():
        connection.execute(change, [_mended(row) for row in rows])
        last = rows[-1].id
    op.execute(never_change[1])


def _never_change() -> tuple[str, str]:
    """Statements that drop the trigger that keeps entries from being changed, and that create it again."""
    before, name = _revision("0006"), "DROP TRIGGER audit_entries_never_change"
    if op.get_context().dialect.name == "sqlite":
        return name, before.SQLITE[0]
    return f"{name} ON audit_entries", before.POSTGRESQL[1]


def _mended(row: Any) -> dict[str, Any]:
    username = str((row.details or {}).get("username", ""))
    found_by = (row.actor_name, row.username or "", row.subject_name, username, row.action.replace("_", " "))
    topic = next((topic for topic, begins in TOPICS.items() if row.action.startswith(begins)), "server")
    words = " ".join(filter(None, [*map(name_key, found_by), row.address]))[:700]
    return {"entry": row.id, "about": topic, "found_by": words}
