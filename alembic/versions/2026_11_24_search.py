"""what search looks through, filled from the names that are there"""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from secrets import randbits
from uuid import uuid4

import sqlalchemy as sa

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

AT_ONCE = 5000
TERMS = sa.table("search_terms", sa.column("id"), sa.column("kind"), sa.column("target_id"), sa.column("key"))
WORDS = sa.table("search_words", sa.column("id", sa.Uuid()), sa.column("word"), sa.column("backwards"))
# Frozen copies of what names came to at the time.
PLAIN_LETTERS = str.maketrans(
    {"đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "ø": "o", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th", "ß": "ss"}
)
LETTER_MAKING = (0, 7, 8, 9)
LATIN = str.maketrans(
    {
        **dict(zip("абвгдђежзијклмнопрстћуфхцчшыэіїєґ", "abvgddezzijklmnoprstcufhccsyeiieg", strict=True)),
        **{"љ": "lj", "њ": "nj", "џ": "dz", "ѕ": "dz", "щ": "sc", "ю": "ju", "я": "ja", "ъ": "", "ь": ""},
    }
)
LONGEST = 200


def name_key(text: str) -> str:
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(character for character in folded if unicodedata.combining(character) in LETTER_MAKING)
    return " ".join(bare.translate(PLAIN_LETTERS).split())[:LONGEST].rstrip()


def search_key(text: str) -> str:
    key = name_key(text)
    latin = key.translate(LATIN).replace("dj", "d")
    words = "".join(each if unicodedata.category(each)[0] in "LMN" else " " for each in latin).split()
    return (" ".join(words) or key)[:LONGEST].rstrip()


def term_of(name: str, brand: str) -> str:
    return f" {search_key(name)} {search_key(brand)}".rstrip()


NAMES = {
    "product": "SELECT id, name_key, brand_key FROM products",
    "store": "SELECT id, name_key, '' FROM stores",
    "tag": "SELECT id, name_key, '' FROM tags",
}
OTHER_NAMES = (
    "SELECT product_id, product_aliases.name_key, brand_key FROM product_aliases"
    " JOIN products ON products.id = product_id"
)
FULL_TEXT = (
    "CREATE VIRTUAL TABLE search_terms_fts"
    " USING fts5(key, content='search_terms', content_rowid='id', tokenize='trigram')",
    """CREATE TRIGGER search_terms_added AFTER INSERT ON search_terms BEGIN
    INSERT INTO search_terms_fts (rowid, key) VALUES (new.id, new.key);
    END""",
    """CREATE TRIGGER search_terms_removed AFTER DELETE ON search_terms BEGIN
    INSERT INTO search_terms_fts (search_terms_fts, rowid, key) VALUES ('delete', old.id, old.key);
    END""",
    """CREATE TRIGGER search_terms_changed AFTER UPDATE ON search_terms BEGIN
    INSERT INTO search_terms_fts (search_terms_fts, rowid, key) VALUES ('delete', old.id, old.key);
    INSERT INTO search_terms_fts (rowid, key) VALUES (new.id, new.key);
    END""",
)


def upgrade() -> None:
    on_postgresql = op.get_context().dialect.name == "postgresql"
    number = sa.BigInteger() if on_postgresql else sa.Integer()
    op.create_table(
        "search_terms",
        sa.Column("id", number, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(410, collation="C" if on_postgresql else None), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_terms")),
    )
    op.create_table(
        "search_words",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("word", sa.String(40, collation="C" if on_postgresql else None), nullable=False),
        sa.Column("backwards", sa.String(40, collation="C" if on_postgresql else None), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_words")),
    )
    fill(term_of, NAMES, OTHER_NAMES)
    op.create_index("ix_search_terms_kind_key", "search_terms", ["kind", "key"])
    op.create_index(op.f("ix_search_terms_target_id"), "search_terms", ["target_id"])
    op.create_index(op.f("ix_search_words_word"), "search_words", ["word"])
    op.create_index(op.f("ix_search_words_backwards"), "search_words", ["backwards"])
    if on_postgresql:
        _index_trigrams()
    else:
        index_full_text()


def index_full_text() -> None:
    """What SQLite looks through for three letters in a row, from the terms there are, and what keeps it up to date."""
    for statement in FULL_TEXT:
        op.execute(statement)
    op.execute("INSERT INTO search_terms_fts (search_terms_fts) VALUES ('rebuild')")


def _index_trigrams() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    for name, which in (("products", "kind = 'product'"), ("others", "kind <> 'product'")):
        op.create_index(
            f"ix_search_terms_{name}_trgm",
            "search_terms",
            ["key"],
            postgresql_using="gin",
            postgresql_ops={"key": "gin_trgm_ops"},
            postgresql_where=sa.text(which),
            postgresql_with={"gin_pending_list_limit": 256},
        )


def fill(term: Callable[..., str], names: Mapping[str, str], other_names: str) -> None:
    """Terms of the ids and names each query finds, in pieces, so that memory stays the same however many there are."""
    connection, words = op.get_bind(), set[str]()
    for kind, query in (*names.items(), ("product", other_names)):
        for rows in _in_pieces(connection, query):
            terms = [
                {"id": randbits(63), "kind": kind, "target_id": target, "key": term(*parts)} for target, *parts in rows
            ]
            connection.execute(sa.insert(TERMS), terms)
            words.update(word for each in terms for word in str(each["key"]).split() if _may_be_misspelt(word))
    known = [{"id": uuid4(), "word": word, "backwards": word[::-1]} for word in sorted(words)]
    for start in range(0, len(known), AT_ONCE):
        connection.execute(sa.insert(WORDS), known[start : start + AT_ONCE])


def _may_be_misspelt(word: str) -> bool:
    return 4 <= len(word) <= 40 and word.isalpha()


def _in_pieces(connection: sa.Connection, query: str) -> Iterator[Sequence[sa.Row]]:
    with connection.execute(sa.text(query), execution_options={"yield_per": AT_ONCE}) as found:
        yield from found.partitions()


def downgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        op.execute("DROP TABLE search_terms_fts")
    op.drop_table("search_words")
    op.drop_table("search_terms")  # and its triggers; the extension stays, others may use it by now
