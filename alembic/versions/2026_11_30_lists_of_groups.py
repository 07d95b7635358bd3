"""what only a group sees

Prices of a group's list that isn't verified are the group's, and what it says is no longer sold. The same price may
stand on several lists, since not everybody sees each of them.
"""

import sqlalchemy as sa

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

STANDING, NOTED, CURRENT, IMPORT = (
    *("uq_price_observations_standing", "uq_price_observations_noted", "ix_price_observations_current"),
    "ix_price_observations_import_id",
)
ONE_PRICE = ["product_id", "store_id", "day", "currency", "price", "per", "minimum_quantity"]
NEWEST = ["store_id", "product_id", "currency", "minimum_quantity", "seen_at", "id", "price", "per"]
STANDS = "withdrawn_at IS NULL"
WAITING = "ix_catalogue_imports_unverified"
TABLES = ("price_observations", "gone_products")
ONE_GONE, ONE_PER_LIST = "uq_gone_products_store_id_product_id", "uq_gone_products_store_id_product_id_import_id"


def upgrade() -> None:
    for name in (STANDING, CURRENT):
        op.drop_index(name, table_name="price_observations")
    for table in TABLES:
        _add_group(table)
    _create_index(STANDING, [*ONE_PRICE, "import_id", "group_id"], unique=True)
    _create_index(NOTED, ONE_PRICE, unique=True, where=f"{STANDS} AND import_id IS NULL")
    _create_index(CURRENT, [*NEWEST, "group_id", "import_id"])
    op.create_index(op.f(IMPORT), "price_observations", ["import_id"])
    waits = sa.text("group_id IS NOT NULL AND taken_at IS NOT NULL AND undone_at IS NULL AND verified_at IS NULL")
    op.create_index(WAITING, "catalogue_imports", ["id"], postgresql_where=waits, sqlite_where=waits)
    with op.batch_alter_table("gone_products") as gone:
        gone.drop_constraint(op.f(ONE_GONE), type_="unique")
        gone.create_unique_constraint(op.f(ONE_PER_LIST), ["store_id", "product_id", "import_id"])


def _add_group(table: str) -> None:
    with op.batch_alter_table(table) as rows:
        rows.add_column(sa.Column("group_id", sa.Uuid(), nullable=True))
        rows.create_foreign_key(op.f(f"fk_{table}_group_id"), "groups", ["group_id"], ["id"])
    op.execute(f"""
        UPDATE {table} SET group_id = (
          SELECT group_id FROM catalogue_imports list WHERE list.id = {table}.import_id AND list.verified_at IS NULL)
        WHERE import_id IS NOT NULL
    """)


def downgrade() -> None:
    """Of what stands on several lists only the oldest is left."""
    op.drop_index(WAITING, table_name="catalogue_imports")
    op.execute("""
        DELETE FROM gone_products WHERE EXISTS (
          SELECT 1 FROM gone_products older
          WHERE older.store_id = gone_products.store_id AND older.product_id = gone_products.product_id
            AND older.id < gone_products.id)
    """)
    with op.batch_alter_table("gone_products") as gone:
        gone.drop_constraint(op.f(ONE_PER_LIST), type_="unique")
        gone.create_unique_constraint(op.f(ONE_GONE), ["store_id", "product_id"])
    op.execute("""
        DELETE FROM price_observations WHERE withdrawn_at IS NULL AND EXISTS (
          SELECT 1 FROM price_observations older
          WHERE older.withdrawn_at IS NULL AND older.product_id = price_observations.product_id
            AND older.store_id = price_observations.store_id AND older.day = price_observations.day
            AND older.currency = price_observations.currency AND older.price = price_observations.price
            AND older.per = price_observations.per AND older.minimum_quantity = price_observations.minimum_quantity
            AND (older.seen_at < price_observations.seen_at
              OR (older.seen_at = price_observations.seen_at AND older.id < price_observations.id)))
    """)
    for name in (op.f(IMPORT), CURRENT, NOTED, STANDING):
        op.drop_index(name, table_name="price_observations")
    for table in TABLES:
        with op.batch_alter_table(table) as rows:
            rows.drop_constraint(op.f(f"fk_{table}_group_id"), type_="foreignkey")
            rows.drop_column("group_id")
    _create_index(STANDING, ONE_PRICE, unique=True)
    _create_index(CURRENT, NEWEST)


def _create_index(name: str, columns: list[str], *, unique: bool = False, where: str = STANDS) -> None:
    condition = sa.text(where)
    op.create_index(
        name, "price_observations", columns, unique=unique, postgresql_where=condition, sqlite_where=condition
    )
