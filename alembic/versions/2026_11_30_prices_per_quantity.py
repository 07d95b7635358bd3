"""prices are an amount per a quantity, and count from a minimum quantity on

Prices that were there were of one unit and stay exactly that. Going back rounds every price to one unit, since before
there was nothing else.
"""

import sqlalchemy as sa

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STANDS = sa.text("withdrawn_at IS NULL")
STANDING, CURRENT = "uq_price_observations_standing", "ix_price_observations_current"
ONE_PRICE = ["product_id", "store_id", "day", "currency", "price"]
NEWEST = ["store_id", "product_id", "currency", "seen_at", "id", "price"]


def upgrade() -> None:
    _drop_indexes()
    op.execute("UPDATE price_observations SET minimum_quantity = 0 WHERE minimum_quantity IS NULL")
    with op.batch_alter_table("price_observations") as prices:
        prices.add_column(sa.Column("per", sa.BigInteger(), nullable=False, server_default=sa.text("1000")))
        prices.alter_column("minimum_quantity", existing_type=sa.Integer(), nullable=False, server_default=sa.text("0"))
        prices.create_check_constraint(op.f("ck_price_observations_per"), "per > 0")
        prices.create_check_constraint(op.f("ck_price_observations_minimum_quantity"), "minimum_quantity >= 0")
    offer = [*NEWEST[:3], "minimum_quantity", *NEWEST[3:], "per"]
    _create_indexes([*ONE_PRICE, "per", "minimum_quantity"], offer)


def downgrade() -> None:
    _drop_indexes()
    op.execute("UPDATE price_observations SET price = (2000 * price + per) / (2 * per) WHERE per <> 1000")
    # Rounded, or without their minimum, two prices of a day may be one: the older one stays.
    op.execute(
        """
        DELETE FROM price_observations WHERE withdrawn_at IS NULL AND EXISTS (
          SELECT 1 FROM price_observations older
          WHERE older.withdrawn_at IS NULL AND older.product_id = price_observations.product_id
            AND older.store_id = price_observations.store_id AND older.day = price_observations.day
            AND older.currency = price_observations.currency AND older.price = price_observations.price
            AND (older.seen_at < price_observations.seen_at
              OR (older.seen_at = price_observations.seen_at AND older.id < price_observations.id)))
        """
    )
    with op.batch_alter_table("price_observations") as prices:
        prices.drop_constraint(op.f("ck_price_observations_minimum_quantity"), type_="check")
        prices.drop_constraint(op.f("ck_price_observations_per"), type_="check")
        prices.alter_column("minimum_quantity", existing_type=sa.Integer(), nullable=True, server_default=None)
        prices.drop_column("per")
    op.execute("UPDATE price_observations SET minimum_quantity = NULL WHERE minimum_quantity = 0")
    _create_indexes(ONE_PRICE, NEWEST)


def _drop_indexes() -> None:
    for name in (STANDING, CURRENT):
        op.drop_index(name, table_name="price_observations")


def _create_indexes(one_price: list[str], current: list[str]) -> None:
    for name, columns, unique in ((STANDING, one_price, True), (CURRENT, current, False)):
        op.create_index(
            name, "price_observations", columns, unique=unique, postgresql_where=STANDS, sqlite_where=STANDS
        )
