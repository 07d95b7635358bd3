"""first tables"""

import sqlalchemy as sa

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("username", sa.String(50), nullable=False),
        sa.Column("username_key", sa.String(100), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("theme", sa.String(10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("username_key", name=op.f("uq_users_username_key")),
    )
    op.create_table(
        "groups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column("fair_rule", sa.String(20), nullable=False),
        sa.Column("invite_token", sa.String(64), nullable=False),
        sa.Column("joining_open", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_groups_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups")),
        sa.UniqueConstraint("invite_token", name=op.f("uq_groups_invite_token")),
    )
    op.create_table(
        "products",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("name_key", sa.String(200), nullable=False),
        sa.Column("brand", sa.String(100), nullable=False),
        sa.Column("brand_key", sa.String(200), nullable=False),
        sa.Column("unit", sa.String(20), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("barcode", sa.String(14), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("step > 0", name=op.f("ck_products_step")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_products_created_by")),
        sa.ForeignKeyConstraint(["verified_by"], ["users.id"], name=op.f("fk_products_verified_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("name_key", "brand_key", name=op.f("uq_products_name_key_brand_key")),
    )
    op.create_index(op.f("ix_products_barcode"), "products", ["barcode"])

    op.create_table(
        "stores",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("name_key", sa.String(200), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_stores_created_by")),
        sa.ForeignKeyConstraint(["verified_by"], ["users.id"], name=op.f("fk_stores_verified_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stores")),
        sa.UniqueConstraint("name_key", name=op.f("uq_stores_name_key")),
    )
    op.create_table(
        "user_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_agent", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_sessions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_sessions_token_hash")),
    )
    op.create_index(op.f("ix_user_sessions_user_id"), "user_sessions", ["user_id"])

    op.create_table(
        "memberships",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_memberships_group_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_memberships_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint("group_id", "user_id", name=op.f("uq_memberships_group_id_user_id")),
    )
    op.create_index(op.f("ix_memberships_user_id"), "memberships", ["user_id"])

    op.create_table(
        "price_observations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("minimum_quantity", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seen_by", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("price >= 0", name=op.f("ck_price_observations_price")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_price_observations_product_id")),
        sa.ForeignKeyConstraint(["seen_by"], ["users.id"], name=op.f("fk_price_observations_seen_by")),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_price_observations_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_observations")),
        sa.UniqueConstraint(
            "product_id",
            "store_id",
            "day",
            "currency",
            "price",
            name=op.f("uq_price_observations_product_id_store_id_day_currency_price"),
        ),
    )
    op.create_index(
        "ix_price_observations_newest", "price_observations", ["product_id", "store_id", "currency", "seen_at"]
    )
    op.create_index(op.f("ix_price_observations_store_id"), "price_observations", ["store_id"])

    op.create_table(
        "runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("leader_id", sa.Uuid(), nullable=False),
        sa.Column("phase", sa.String(20), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("shopping_day", sa.Date(), nullable=True),
        sa.Column("bids_close_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hand_over_to", sa.Uuid(), nullable=True),
        sa.Column("cancel_reason", sa.String(500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_runs_group_id")),
        sa.ForeignKeyConstraint(["hand_over_to"], ["users.id"], name=op.f("fk_runs_hand_over_to")),
        sa.ForeignKeyConstraint(["leader_id"], ["users.id"], name=op.f("fk_runs_leader_id")),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_runs_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_index(op.f("ix_runs_bids_close_at"), "runs", ["bids_close_at"])
    op.create_index("ix_runs_group_phase", "runs", ["group_id", "phase"])
    op.create_index(op.f("ix_runs_leader_id"), "runs", ["leader_id"])
    op.create_index(op.f("ix_runs_store_id"), "runs", ["store_id"])

    op.create_table(
        "bids",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("wanted", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("edited_by", sa.Uuid(), nullable=True),
        sa.Column("edited_from", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_bids_quantity")),
        sa.ForeignKeyConstraint(["edited_by"], ["users.id"], name=op.f("fk_bids_edited_by")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_bids_product_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_bids_run_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_bids_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bids")),
        sa.UniqueConstraint("run_id", "user_id", "product_id", name=op.f("uq_bids_run_id_user_id_product_id")),
    )
    op.create_index(op.f("ix_bids_product_id"), "bids", ["product_id"])
    op.create_index(op.f("ix_bids_user_id"), "bids", ["user_id"])

    op.create_table(
        "list_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("wanted", sa.BigInteger(), nullable=False),
        sa.Column("bought", sa.BigInteger(), nullable=False),
        sa.Column("line_total", sa.BigInteger(), nullable=False),
        sa.Column("missing", sa.Boolean(), nullable=False),
        sa.CheckConstraint("bought >= 0 AND line_total >= 0", name=op.f("ck_list_items_not_negative")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_list_items_product_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_list_items_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_items")),
        sa.UniqueConstraint("run_id", "product_id", name=op.f("uq_list_items_run_id_product_id")),
    )
    op.create_index(op.f("ix_list_items_product_id"), "list_items", ["product_id"])

    op.create_table(
        "notifications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_notifications_group_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_notifications_run_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notifications_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
    )
    op.create_index(op.f("ix_notifications_run_id"), "notifications", ["run_id"])
    op.create_index("ix_notifications_user", "notifications", ["user_id", "updated_at"])

    op.create_table(
        "participants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("helper_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_participants_run_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_participants_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participants")),
        sa.UniqueConstraint("run_id", "user_id", name=op.f("uq_participants_run_id_user_id")),
    )
    op.create_index(op.f("ix_participants_user_id"), "participants", ["user_id"])

    op.create_table(
        "phase_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("phase", sa.String(20), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_phase_entries_actor_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_phase_entries_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phase_entries")),
    )
    op.create_index(op.f("ix_phase_entries_run_id"), "phase_entries", ["run_id"])

    op.create_table(
        "allocations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("picked_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("picked_up_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_allocations_quantity")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["list_items.id"], name=op.f("fk_allocations_item_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["picked_up_by"], ["users.id"], name=op.f("fk_allocations_picked_up_by")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_allocations_run_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_allocations_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocations")),
        sa.UniqueConstraint("item_id", "user_id", name=op.f("uq_allocations_item_id_user_id")),
    )
    op.create_index(op.f("ix_allocations_run_id"), "allocations", ["run_id"])
    op.create_index(op.f("ix_allocations_user_id"), "allocations", ["user_id"])

    op.create_table(
        "bid_raises",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_bid_raises_quantity")),
        sa.ForeignKeyConstraint(["bid_id"], ["bids.id"], name=op.f("fk_bid_raises_bid_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bid_raises")),
    )
    op.create_index(op.f("ix_bid_raises_bid_id"), "bid_raises", ["bid_id"])

    op.create_table(
        "purchases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("payer_id", sa.Uuid(), nullable=False),
        sa.Column("bought_by", sa.Uuid(), nullable=False),
        sa.Column("bought_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity > 0 AND total >= 0", name=op.f("ck_purchases_positive")),
        sa.ForeignKeyConstraint(["bought_by"], ["users.id"], name=op.f("fk_purchases_bought_by")),
        sa.ForeignKeyConstraint(["item_id"], ["list_items.id"], name=op.f("fk_purchases_item_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["payer_id"], ["users.id"], name=op.f("fk_purchases_payer_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_purchases_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchases")),
    )
    op.create_index(op.f("ix_purchases_item_id"), "purchases", ["item_id"])
    op.create_index(op.f("ix_purchases_run_id"), "purchases", ["run_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_purchases_run_id"), table_name="purchases")
    op.drop_index(op.f("ix_purchases_item_id"), table_name="purchases")

    op.drop_table("purchases")
    op.drop_index(op.f("ix_bid_raises_bid_id"), table_name="bid_raises")

    op.drop_table("bid_raises")
    op.drop_index(op.f("ix_allocations_user_id"), table_name="allocations")
    op.drop_index(op.f("ix_allocations_run_id"), table_name="allocations")

    op.drop_table("allocations")
    op.drop_index(op.f("ix_phase_entries_run_id"), table_name="phase_entries")

    op.drop_table("phase_entries")
    op.drop_index(op.f("ix_participants_user_id"), table_name="participants")

    op.drop_table("participants")
    op.drop_index("ix_notifications_user", table_name="notifications")
    op.drop_index(op.f("ix_notifications_run_id"), table_name="notifications")

    op.drop_table("notifications")
    op.drop_index(op.f("ix_list_items_product_id"), table_name="list_items")

    op.drop_table("list_items")
    op.drop_index(op.f("ix_bids_user_id"), table_name="bids")
    op.drop_index(op.f("ix_bids_product_id"), table_name="bids")

    op.drop_table("bids")
    op.drop_index(op.f("ix_runs_store_id"), table_name="runs")
    op.drop_index(op.f("ix_runs_leader_id"), table_name="runs")
    op.drop_index("ix_runs_group_phase", table_name="runs")
    op.drop_index(op.f("ix_runs_bids_close_at"), table_name="runs")

    op.drop_table("runs")
    op.drop_index(op.f("ix_price_observations_store_id"), table_name="price_observations")
    op.drop_index("ix_price_observations_newest", table_name="price_observations")

    op.drop_table("price_observations")
    op.drop_index(op.f("ix_memberships_user_id"), table_name="memberships")

    op.drop_table("memberships")
    op.drop_index(op.f("ix_user_sessions_user_id"), table_name="user_sessions")

    op.drop_table("user_sessions")
    op.drop_table("stores")
    op.drop_index(op.f("ix_products_barcode"), table_name="products")

    op.drop_table("products")
    op.drop_table("groups")
    op.drop_table("users")
