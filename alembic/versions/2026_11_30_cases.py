"""goods that are sold in packs only, bids that may be raised to fill one, and what leaders chose for open ones

Prices that were there are of any quantity. Going back, a price of packs is one from the size of the pack on.
"""

import sqlalchemy as sa

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

STANDING, NOTED, CURRENT = (
    *("uq_price_observations_standing", "uq_price_observations_noted", "ix_price_observations_current"),
)
ONE_PRICE = ["product_id", "store_id", "day", "currency", "price", "per", "minimum_quantity"]
NEWEST = ["store_id", "product_id", "currency", "minimum_quantity", "seen_at", "id", "price", "per"]
STANDS = "withdrawn_at IS NULL"
PRICE_CHECKS = {"price": "price >= 0", "per": "per > 0", "minimum_quantity": "minimum_quantity >= 0"}
PACK = "pack = 0 OR pack > 0 AND minimum_quantity >= pack"
UP_TO = "up_to > 0 AND (up_to_cap IS NULL OR up_to_cap >= 0)"


def _checks(table: str, checks: dict[str, str]) -> list[sa.CheckConstraint]:
    """SQLite makes the table anew, and doesn't say which checks it has."""
    if op.get_bind().dialect.name == "postgresql":
        return []
    return [sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}")) for name, condition in checks.items()]


def upgrade() -> None:
    for name in (STANDING, NOTED, CURRENT):
        op.drop_index(name, table_name="price_observations")
    with op.batch_alter_table("price_observations") as prices:
        prices.add_column(sa.Column("pack", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
        prices.create_check_constraint(op.f("ck_price_observations_pack"), PACK)
    _create_index(STANDING, [*ONE_PRICE, "pack", "import_id", "group_id"], unique=True)
    _create_index(NOTED, [*ONE_PRICE, "pack"], unique=True, where=f"{STANDS} AND import_id IS NULL")
    _create_index(CURRENT, [*NEWEST, "pack", "group_id", "import_id"])
    with op.batch_alter_table("bids") as bids:
        bids.add_column(sa.Column("up_to", sa.BigInteger(), nullable=True))
        bids.add_column(sa.Column("up_to_cap", sa.BigInteger(), nullable=True))
        bids.create_check_constraint(op.f("ck_bids_up_to"), UP_TO)
    _create_tables()


def _create_tables() -> None:
    op.create_table(
        "case_choices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("wanted", sa.BigInteger(), nullable=False),
        sa.Column("filled", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_case_choices_run_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_case_choices_product_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_case_choices_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_choices")),
    )
    for column in ("run_id", "product_id"):
        op.create_index(op.f(f"ix_case_choices_{column}"), "case_choices", [column])
    op.create_table(
        "case_shares",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("choice_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["choice_id"], ["case_choices.id"], name=op.f("fk_case_shares_choice_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_case_shares_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_shares")),
    )
    for column in ("choice_id", "user_id"):
        op.create_index(op.f(f"ix_case_shares_{column}"), "case_shares", [column])


def downgrade() -> None:
    """Of a price of packs and one from as many on, seen on the same day, the older one is left."""
    op.drop_table("case_shares")
    op.drop_table("case_choices")
    with op.batch_alter_table("bids", table_args=_checks("bids", {"quantity": "quantity > 0"})) as bids:
        bids.drop_constraint(op.f("ck_bids_up_to"), type_="check")
        bids.drop_column("up_to_cap")
        bids.drop_column("up_to")
    op.execute("""
        DELETE FROM price_observations WHERE withdrawn_at IS NULL AND EXISTS (
          SELECT 1 FROM price_observations older
          WHERE older.withdrawn_at IS NULL AND older.product_id = price_observations.product_id
            AND older.store_id = price_observations.store_id AND older.day = price_observations.day
            AND older.currency = price_observations.currency AND older.price = price_observations.price
            AND older.per = price_observations.per AND older.minimum_quantity = price_observations.minimum_quantity
            AND older.pack <> price_observations.pack
            AND (older.seen_at < price_observations.seen_at
              OR (older.seen_at = price_observations.seen_at AND older.id < price_observations.id)))
    """)
    for name in (STANDING, NOTED, CURRENT):
        op.drop_index(name, table_name="price_observations")
    with op.batch_alter_table("price_observations", table_args=_checks("price_observations", PRICE_CHECKS)) as prices:
        prices.drop_constraint(op.f("ck_price_observations_pack"), type_="check")
        prices.drop_column("pack")
    _create_index(STANDING, [*ONE_PRICE, "import_id", "group_id"], unique=True)
    _create_index(NOTED, ONE_PRICE, unique=True, where=f"{STANDS} AND import_id IS NULL")
    _create_index(CURRENT, [*NEWEST, "group_id", "import_id"])


def _create_index(name: str, columns: list[str], *, unique: bool = False, where: str = STANDS) -> None:
    condition = sa.text(where)
    op.create_index(
        name, "price_observations", columns, unique=unique, postgresql_where=condition, sqlite_where=condition
    )
