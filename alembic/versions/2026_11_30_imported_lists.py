"""lists that are taken in at once, undone for a day, and read the same way next week"""

import sqlalchemy as sa

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True)
STAGED = ("staged_products", "staged_prices", "staged_labels", "staged_names")


def _id() -> sa.Column[object]:
    return sa.Column("id", sa.Uuid(), nullable=False)


def _text(name: str, length: int, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.String(length), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "catalogue_imports",
        _id(),
        _text("name", 200),
        _text("state", 20),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("taken_at", UTC, nullable=True),
        sa.Column("undone_at", UTC, nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("verified_at", UTC, nullable=True),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_imports")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_catalogue_imports_created_by")),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_catalogue_imports_store_id")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_catalogue_imports_group_id")),
        sa.ForeignKeyConstraint(["undone_by"], ["users.id"], name=op.f("fk_catalogue_imports_undone_by")),
        sa.ForeignKeyConstraint(["verified_by"], ["users.id"], name=op.f("fk_catalogue_imports_verified_by")),
    )
    op.create_index("ix_catalogue_imports_store", "catalogue_imports", ["store_id", "created_at"])
    op.create_index(op.f("ix_catalogue_imports_created_by"), "catalogue_imports", ["created_by"])
    op.create_index(op.f("ix_catalogue_imports_group_id"), "catalogue_imports", ["group_id"])
    _create_staged()
    _create_lists()
    with op.batch_alter_table("price_observations") as prices:
        prices.add_column(sa.Column("import_id", sa.Uuid(), nullable=True))
        prices.create_foreign_key(op.f("fk_price_observations_import_id"), "catalogue_imports", ["import_id"], ["id"])


def _create_staged() -> None:
    op.create_table(
        "staged_products",
        _id(),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        _text("name", 100),
        _text("name_key", 200),
        _text("brand", 100),
        _text("brand_key", 200),
        _text("unit", 20),
        sa.Column("step", sa.Integer(), nullable=False),
        _text("barcode", 14, nullable=True),
        sa.Column("content", sa.BigInteger(), nullable=True),
        _text("content_unit", 20, nullable=True),
        _text("content_key", 40),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staged_products")),
    )
    op.create_index("ix_staged_products_import", "staged_products", ["import_id", "is_new", "id"])
    op.create_table(
        "staged_prices",
        _id(),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        _text("currency", 3),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("per", sa.BigInteger(), nullable=False),
        sa.Column("minimum_quantity", sa.Integer(), nullable=False),
        _text("note", 200),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seen_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staged_prices")),
    )
    op.create_table(
        "staged_labels",
        _id(),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("tag_id", sa.Uuid(), nullable=True),
        _text("name", 100),
        _text("name_key", 200),
        _text("language", 10),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staged_labels")),
    )
    op.create_table(
        "staged_names",
        _id(),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        _text("kind", 20),
        _text("name", 100),
        _text("name_key", 200),
        _text("tag_kind", 20),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staged_names")),
    )
    for name in STAGED[1:]:
        op.create_index(op.f(f"ix_{name}_import_id"), name, ["import_id"])


def _create_lists() -> None:
    op.create_table(
        "store_lists",
        _id(),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        _text("headings", 64),
        sa.Column("saved_by", sa.Uuid(), nullable=False),
        sa.Column("saved_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_lists")),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_store_lists_store_id")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_store_lists_group_id")),
        sa.ForeignKeyConstraint(["saved_by"], ["users.id"], name=op.f("fk_store_lists_saved_by")),
    )
    op.create_index(op.f("ix_store_lists_group_id"), "store_lists", ["group_id"])
    for name, columns, where in (
        ("uq_store_lists_store_id_group_id", ["store_id", "group_id"], "group_id IS NOT NULL"),
        ("uq_store_lists_store_id", ["store_id"], "group_id IS NULL"),
    ):
        condition = sa.text(where)
        op.create_index(name, "store_lists", columns, unique=True, postgresql_where=condition, sqlite_where=condition)
    op.create_table(
        "gone_products",
        _id(),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("gone_by", sa.Uuid(), nullable=False),
        sa.Column("gone_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gone_products")),
        sa.UniqueConstraint("store_id", "product_id", name=op.f("uq_gone_products_store_id_product_id")),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_gone_products_store_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_gone_products_product_id")),
        sa.ForeignKeyConstraint(["import_id"], ["catalogue_imports.id"], name=op.f("fk_gone_products_import_id")),
        sa.ForeignKeyConstraint(["gone_by"], ["users.id"], name=op.f("fk_gone_products_gone_by")),
    )
    op.create_index(op.f("ix_gone_products_product_id"), "gone_products", ["product_id"])
    op.create_index(op.f("ix_gone_products_import_id"), "gone_products", ["import_id"])


def downgrade() -> None:
    with op.batch_alter_table("price_observations") as prices:
        prices.drop_constraint(op.f("fk_price_observations_import_id"), type_="foreignkey")
        prices.drop_column("import_id")
    for name in ("gone_products", "store_lists", *STAGED, "catalogue_imports"):
        op.drop_table(name)
