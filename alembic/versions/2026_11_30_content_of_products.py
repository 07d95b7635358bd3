"""one name and brand in another content is another product"""

import sqlalchemy as sa

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

AT_ONCE = 1000
LONGEST_NAME, LONGEST_KEY, LONGEST_TERM = 100, 200, 410
SMALLEST = {"kg": ("g", 1000), "l": ("ml", 1000)}
BEFORE, SINCE = ["name_key", "brand_key"], ["name_key", "brand_key", "content_key"]
PRODUCTS = sa.table(
    "products",
    sa.column("id", sa.Uuid()),
    *(sa.column(name) for name in ("name", "name_key", "brand_key", "content", "content_unit", "content_key")),
)
TERMS = sa.table("search_terms", sa.column("target_id", sa.Uuid()), sa.column("kind"), sa.column("key"))


def _unique(columns: list[str]) -> str:
    return op.f(f"uq_products_{'_'.join(columns)}")


def _content(content: int, unit: str) -> tuple[str, str]:
    """Figure and unit of a content in thousandths of `unit`, in the smaller unit of its kind: 1 kg is 1000 g."""
    small, parts = SMALLEST.get(unit, (unit, 1))
    whole, rest = divmod(content * parts, 1000)
    return f"{whole}.{rest:03}".rstrip("0") if rest else str(whole), small


def upgrade() -> None:
    with op.batch_alter_table("products") as products:
        products.add_column(sa.Column("content_key", sa.String(40), nullable=False, server_default=""))
        products.drop_constraint(_unique(BEFORE), type_="unique")
        products.create_unique_constraint(_unique(SINCE), SINCE)
    _fill()


def _fill() -> None:
    connection, last = op.get_bind(), None
    columns = PRODUCTS.c.id, PRODUCTS.c.content, PRODUCTS.c.content_unit
    query = sa.select(*columns).where(PRODUCTS.c.content.is_not(None)).order_by(PRODUCTS.c.id).limit(AT_ONCE)
    change = PRODUCTS.update().where(PRODUCTS.c.id == sa.bindparam("row")).values(content_key=sa.bindparam("key"))
    while rows := connection.execute(query if last is None else query.where(PRODUCTS.c.id > last)).all():
        keys = [{"row": row.id, "key": "".join(_content(row.content, row.content_unit))} for row in rows]
        connection.execute(change, keys)
        last = rows[-1].id


def downgrade() -> None:
    _tell_sizes_apart()
    with op.batch_alter_table("products") as products:
        products.drop_constraint(_unique(SINCE), type_="unique")
        products.create_unique_constraint(_unique(BEFORE), BEFORE)
        products.drop_column("content_key")


def _tell_sizes_apart() -> None:
    """Before, there was one of a name and brand: all but the oldest get their content into their name."""
    connection = op.get_bind()
    table, older = PRODUCTS.c, PRODUCTS.alias().c
    has_older = sa.exists().where(
        older.name_key == table.name_key, older.brand_key == table.brand_key, older.id < table.id
    )
    columns = table.id, table.name, table.name_key, table.brand_key, table.content, table.content_unit
    for row in connection.execute(sa.select(*columns).where(has_older).order_by(table.id)).all():
        size = " ".join(_content(row.content, row.content_unit)) if row.content is not None else str(row.id)[-12:]
        if _is_taken(f"{row.name_key[: LONGEST_KEY - len(size) - 1]} {size}", row.brand_key):
            size = f"{size} {str(row.id)[-12:]}"
        room = -len(size) - 1
        changed = {
            "name": f"{row.name[: LONGEST_NAME + room]} {size}",
            "name_key": f"{row.name_key[: LONGEST_KEY + room]} {size}",
        }
        connection.execute(PRODUCTS.update().where(table.id == row.id).values(changed))
        term = sa.func.substr(TERMS.c.key, 1, LONGEST_TERM + room) + f" {size}"
        mine = TERMS.c.target_id == row.id, TERMS.c.kind == "product"
        connection.execute(TERMS.update().where(*mine).values(key=term))


def _is_taken(name_key: str, brand_key: str) -> bool:
    same = PRODUCTS.c.name_key == name_key, PRODUCTS.c.brand_key == brand_key
    return op.get_bind().execute(sa.select(PRODUCTS.c.id).where(*same)).first() is not None
