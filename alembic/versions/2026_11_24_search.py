"""what search looks through, filled from the names that are there"""

from collections.abc import Iterator, Sequence
from secrets import randbits
from uuid import uuid4

import sqlalchemy as sa

from alembic import op

# What the words of names come to is decided in one place: older rows must be found as newer ones are.
from bulq.domain.searching import may_be_misspelt, search_key

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

AT_ONCE = 5000
TERMS = sa.table("search_terms", sa.column("id"), sa.column("kind"), sa.column("target_id"), sa.column("key"))
WORDS = sa.table("search_words", sa.column("id", sa.Uuid()), sa.column("word"), sa.column("backwards"))
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
    _fill()
    op.create_index("ix_search_terms_kind_key", "search_terms", ["kind", "key"])
    op.create_index(op.f("ix_search_terms_target_id"), "search_terms", ["target_id"])
    op.create_index(op.f("ix_search_words_word"), "search_words", ["word"])
    op.create_index(op.f("ix_search_words_backwards"), "search_words", ["backwards"])
    if on_postgresql:
        _index_trigrams()
    else:
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


def _fill() -> None:
    """In pieces, so that memory stays the same however many names there are."""
    connection, words = op.get_bind(), set[str]()
    for kind, query in (*NAMES.items(), ("product", OTHER_NAMES)):
        for rows in _in_pieces(connection, query):
            terms = [
                {
                    "id": randbits(63),
                    "kind": kind,
                    "target_id": target,
                    "key": f" {search_key(name)} {search_key(brand)}".rstrip(),
                }
                for target, name, brand in rows
            ]
            connection.execute(sa.insert(TERMS), terms)
            words.update(word for term in terms for word in str(term["key"]).split() if may_be_misspelt(word))
    known = [{"id": uuid4(), "word": word, "backwards": word[::-1]} for word in sorted(words)]
    for start in range(0, len(known), AT_ONCE):
        connection.execute(sa.insert(WORDS), known[start : start + AT_ONCE])


def _term(name: str, brand: str) -> str:
    return f" {search_key(name)} {search_key(brand)}".rstrip()


def _in_pieces(connection: sa.Connection, query: str) -> Iterator[Sequence[sa.Row]]:
    with connection.execute(sa.text(query), execution_options={"yield_per": AT_ONCE}) as found:
        yield from found.partitions()


def downgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        op.execute("DROP TABLE search_terms_fts")
    op.drop_table("search_words")
    op.drop_table("search_terms")  # and its triggers; the extension stays, others may use it by now
