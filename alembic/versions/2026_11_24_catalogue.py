"""names, tags, barcodes and hours of the catalogue, withdrawn prices, administration and its record"""

import sqlalchemy as sa

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STANDS = sa.text("withdrawn_at IS NULL")
ONE_PRICE = ["product_id", "store_id", "day", "currency", "price"]
ONCE_A_DAY = "uq_price_observations_product_id_store_id_day_currency_price"


# A barcode several products had stays with the oldest: which of them it is on, nobody can tell from here.
ONE_BARCODE = """UPDATE products SET barcode = NULL WHERE barcode = '' OR EXISTS (
    SELECT 1 FROM products older WHERE older.barcode = products.barcode AND older.id < products.id)"""


def upgrade() -> None:
    with op.batch_alter_table("stores") as stores:
        stores.add_column(sa.Column("chain", sa.String(100), nullable=False, server_default=""))
        stores.add_column(sa.Column("address", sa.String(200), nullable=False, server_default=""))
        stores.add_column(sa.Column("hours", sa.JSON(), nullable=True))
        stores.add_column(sa.Column("time_zone", sa.String(64), nullable=False, server_default=""))
    # Defaults are for the rows that were there; the models say them for new ones.
    with op.batch_alter_table("stores") as stores:
        for name in ("chain", "address", "time_zone"):
            stores.alter_column(name, server_default=None)

    op.execute(ONE_BARCODE)
    with op.batch_alter_table("products") as products:
        products.drop_index(op.f("ix_products_barcode"))
        products.add_column(sa.Column("content", sa.BigInteger(), nullable=True))
        products.add_column(sa.Column("content_unit", sa.String(20), nullable=True))
        products.create_unique_constraint(op.f("uq_products_barcode"), ["barcode"])
        products.create_check_constraint(op.f("ck_products_content"), "content > 0")

    with op.batch_alter_table("price_observations") as prices:
        prices.drop_constraint(ONCE_A_DAY, type_="unique")
        prices.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
        prices.add_column(sa.Column("withdrawn_by", sa.Uuid(), nullable=True))
        prices.create_foreign_key(op.f("fk_price_observations_withdrawn_by"), "users", ["withdrawn_by"], ["id"])
    op.create_index(
        "uq_price_observations_standing",
        "price_observations",
        ONE_PRICE,
        unique=True,
        postgresql_where=STANDS,
        sqlite_where=STANDS,
    )
    op.create_index(
        "ix_price_observations_there",
        "price_observations",
        ["store_id", "product_id"],
        postgresql_where=STANDS,
        sqlite_where=STANDS,
    )
    op.create_index(op.f("ix_price_observations_seen_at"), "price_observations", ["seen_at"])

    with op.batch_alter_table("users") as users:
        users.add_column(sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True))
        users.add_column(sa.Column("locked_by", sa.Uuid(), nullable=True))
        users.create_foreign_key(op.f("fk_users_locked_by"), "users", ["locked_by"], ["id"])
    op.create_index(op.f("ix_users_created_at"), "users", ["created_at"])
    op.create_index(op.f("ix_user_sessions_seen_at"), "user_sessions", ["seen_at"])

    _create_catalogue()
    _create_administration()


def _create_catalogue() -> None:
    op.create_table(
        "product_aliases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("name_key", sa.String(200), nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_product_aliases_created_by")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_product_aliases_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_aliases")),
        sa.UniqueConstraint("product_id", "name_key", name=op.f("uq_product_aliases_product_id_name_key")),
    )
    op.create_index(op.f("ix_product_aliases_name_key"), "product_aliases", ["name_key"])
    op.create_table(
        "tags",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.String(50), nullable=False),
        sa.Column("name_key", sa.String(100), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_tags_created_by")),
        sa.ForeignKeyConstraint(["verified_by"], ["users.id"], name=op.f("fk_tags_verified_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("kind", "name_key", name=op.f("uq_tags_kind_name_key")),
    )
    op.create_table(
        "product_tags",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_product_tags_created_by")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_product_tags_product_id")),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_product_tags_tag_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_tags")),
        sa.UniqueConstraint("product_id", "tag_id", name=op.f("uq_product_tags_product_id_tag_id")),
    )
    op.create_index(op.f("ix_product_tags_tag_id"), "product_tags", ["tag_id"])


def _create_administration() -> None:
    op.create_table(
        "password_resets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_password_resets_created_by")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_password_resets_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_resets")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_resets_token_hash")),
    )
    op.create_index(op.f("ix_password_resets_user_id"), "password_resets", ["user_id"])
    op.create_table(
        "server_settings",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", sa.String(200), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["users.id"], name=op.f("fk_server_settings_changed_by")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_server_settings")),
    )
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(100), nullable=False),
        sa.Column("address", sa.String(45), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("subject_kind", sa.String(20), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("subject_name", sa.String(200), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index(op.f("ix_audit_entries_at"), "audit_entries", ["at"])
    op.create_index(op.f("ix_audit_entries_action"), "audit_entries", ["action"])
    op.create_index("ix_audit_entries_actor", "audit_entries", ["actor_id", "at"])
    op.create_index("ix_audit_entries_subject", "audit_entries", ["subject_kind", "subject_id", "at"])


def downgrade() -> None:
    for table in ("audit_entries", "server_settings", "password_resets", "product_tags", "tags", "product_aliases"):
        op.drop_table(table)

    op.drop_index(op.f("ix_user_sessions_seen_at"), table_name="user_sessions")
    op.drop_index(op.f("ix_users_created_at"), table_name="users")
    with op.batch_alter_table("users") as users:
        users.drop_constraint(op.f("fk_users_locked_by"), type_="foreignkey")
        users.drop_column("locked_by")
        users.drop_column("locked_at")

    # What was withdrawn is gone: before, every observation counted.
    op.execute("DELETE FROM price_observations WHERE withdrawn_at IS NOT NULL")
    op.drop_index(op.f("ix_price_observations_seen_at"), table_name="price_observations")
    op.drop_index("ix_price_observations_there", table_name="price_observations")
    op.drop_index("uq_price_observations_standing", table_name="price_observations")
    with op.batch_alter_table("price_observations") as prices:
        prices.drop_constraint(op.f("fk_price_observations_withdrawn_by"), type_="foreignkey")
        prices.drop_column("withdrawn_by")
        prices.drop_column("withdrawn_at")
        prices.create_unique_constraint(ONCE_A_DAY, ONE_PRICE)

    with op.batch_alter_table("products") as products:
        products.drop_constraint(op.f("ck_products_content"), type_="check")
        products.drop_constraint(op.f("uq_products_barcode"), type_="unique")
        products.drop_column("content_unit")
        products.drop_column("content")
        products.create_index(op.f("ix_products_barcode"), ["barcode"])

    with op.batch_alter_table("stores") as stores:
        for name in ("time_zone", "hours", "address", "chain"):
            stores.drop_column(name)
