"""A file of the catalogue: its preview says what would happen, and then all of it happens or nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session
from sqlmodel import col, func, select

from bulq import db
from bulq.config import settings
from bulq.domain.catalogue_file import COLUMNS, escape
from bulq.domain.errors import Conflict, Invalid
from bulq.domain.phases import Phase, Unit
from bulq.models import AuditEntry, PriceObservation, Product, ProductAlias, ProductTag, Store, Tag
from bulq.queries.catalogue_file import export_rows
from bulq.queries.search import search
from bulq.services.catalogue_import import Findings, Order, import_catalogue, preview_catalogue
from tests.cast import NOW, Cast, assemble, bring_to
from tests.queries.counting import statements

TABLES = (Product, Store, Tag, ProductTag, ProductAlias, PriceObservation, AuditEntry)
GOODS = """\
Name;Brand;Unit;Step;Barcode;Content;Content_unit;Tags;Aliases;Store;Price;Currency;Seen_on
Пиринач;;pack;1;4006381333931;5;kg;category:Grains|Vegan;sr:Riža|en:Rice;Idea;7,99;EUR;2026-11-01
Пиринач;;;;;;;;;Metro;8,49;EUR;2026-11-02
Lentils;Sunce;kg;0,25;;;;diet:Vegan;;Idea;2,49;EUR;2026-11-01
"""


def file(text: str | bytes) -> io.BytesIO:
    return io.BytesIO(text.encode() if isinstance(text, str) else text)


def rows_of(session: Session) -> list[int]:
    session.flush()
    return [session.scalars(select(func.count()).select_from(table)).one() for table in TABLES]


def exported(session: Session, cast: Cast) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    rows, place = export_rows(session, cast.ada, None)
    while place is not None:
        writer.writerows(rows)
        rows, place = export_rows(session, cast.ada, place)
    return out.getvalue()


def preview(session: Session, cast: Cast, text: str | bytes) -> Findings:
    return preview_catalogue(session, cast.ada, file(text), now=NOW)


def take_in(session: Session, cast: Cast, text: str | bytes, *, leave_out: bool = False) -> Findings:
    order = Order(guess=False, leave_out=leave_out)
    return import_catalogue(session, cast.ada, file(text), order, name="goods.csv", now=NOW)


def product(session: Session, name: str) -> Product:
    return session.scalars(select(Product).where(Product.name == name)).one()


def keys(found: Findings) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.column, problem.key) for problem in found.problems]


def test_what_the_preview_says_is_what_happens(session: Session, cast: Cast) -> None:
    before = rows_of(session)

    said = preview(session, cast, GOODS)
    assert rows_of(session) == before
    done = take_in(session, cast, GOODS)

    assert said == done
    assert (done.rows, done.bad, done.new_products, done.changed, done.same) == (3, 0, 2, 0, 0)
    assert (done.new_stores, done.new_tags, done.new_prices) == (1, 3, 3)
    assert [after - was for was, after in zip(before, rows_of(session), strict=True)] == [2, 1, 3, 3, 2, 3, 1]
    rice = product(session, "Пиринач")
    assert (rice.unit, rice.step, rice.barcode, rice.content, rice.content_unit) == (
        Unit.PACK,
        1000,
        "4006381333931",
        5000,
        Unit.KG,
    )
    seen = session.scalars(select(PriceObservation).where(PriceObservation.product_id == rice.id)).all()
    assert {(each.price, each.day, each.seen_by) for each in seen} == {
        (799, date(2026, 11, 1), cast.ada.id),
        (849, date(2026, 11, 2), cast.ada.id),
    }


def test_it_is_recorded_with_what_it_did(session: Session, cast: Cast) -> None:
    take_in(session, cast, GOODS)

    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "catalogue_imported")).one()
    assert (entry.actor_id, entry.subject_name, entry.details["new_products"]) == (cast.ada.id, "goods.csv", 2)


def test_the_same_file_again_changes_nothing(session: Session, cast: Cast) -> None:
    take_in(session, cast, GOODS)
    before = rows_of(session)

    again = take_in(session, cast, GOODS)

    assert (again.changes, again.same) == (0, 2)
    assert rows_of(session)[:-1] == before[:-1]


def test_export_and_import_change_nothing(session: Session, cast: Cast) -> None:
    bring_to(session, cast, Phase.COMPLETED)
    strange = '=HYPERLINK(1)|a;b,"c"', "'+x", "@sum", "-1", "Ђуро | \\ 🍚"
    body = io.StringIO()
    writer = csv.writer(body)
    writer.writerow(["name", "unit", "brand", "aliases", "tags"])
    writer.writerows([escape(name), "kg", escape(name), "sr:x\\|y|:de:z", "diet:a\\|b|diet\\\\"] for name in strange)
    take_in(session, cast, body.getvalue())

    text = exported(session, cast)
    found = preview(session, cast, text)

    assert (found.bad, found.changes, found.same) == (0, 0, 7), keys(found)
    lines = list(csv.reader(io.StringIO(text)))
    assert not any(cell.startswith(("=", "+", "-", "@")) for line in lines for cell in line)
    names = {name for name, *_ in session.execute(select(Product.name, Product.id))}
    assert {"'+x", "@sum", "-1"} <= names
    take_in(session, cast, text)
    assert exported(session, cast) == text


def test_a_product_that_is_there_is_set_right_by_what_is_said_and_no_more(session: Session, cast: Cast) -> None:
    text = (
        "name,brand,step,barcode,content,content_unit\nBASMATI RICE 5 KG,daawat,0.5,4006381333931,5,kg\ntomatoes,,,,,\n"
    )

    found = take_in(session, cast, text)

    session.expire_all()
    assert (found.changed, found.same, found.new_products) == (2, 0, 0)
    rice, tomatoes = session.get_one(Product, cast.rice), session.get_one(Product, cast.tomatoes)
    assert (rice.name, rice.name_key, rice.step, rice.content, rice.unit) == (
        "BASMATI RICE 5 KG",
        "basmati rice 5 kg",
        500,
        5000,
        Unit.PACK,
    )
    assert (tomatoes.name, tomatoes.step, tomatoes.unit) == ("tomatoes", 500, Unit.KG)


SIZES = "name,brand,unit,content,content_unit,store,price,currency\n"


def test_other_contents_are_other_products(session: Session, cast: Cast) -> None:
    text = SIZES + "Oats,B,pack,500,g,Idea,1,EUR\nOats,B,pack,1,kg,Idea,2,EUR\noats,b,,5000,g,Idea,8,EUR\n"
    text = text.replace("oats,b,,", "oats,b,pack,")

    found = take_in(session, cast, text)

    query = select(Product.content_key).where(Product.name_key == "oats").order_by(col(Product.id))
    assert (found.bad, found.new_products, found.new_prices) == (0, 3, 3), keys(found)
    assert list(session.scalars(query)) == ["500g", "1000g", "5000g"]
    again = preview(session, cast, text.replace("1,kg", "1000,g").replace("500,g", "0.5,kg"))
    assert (again.bad, again.new_products, again.new_prices) == (0, 0, 0), keys(again)
    assert preview(session, cast, exported(session, cast)).changes == 0


def test_a_row_without_content_is_about_the_only_one_of_its_name(session: Session, cast: Cast) -> None:
    take_in(session, cast, SIZES + "Oats,B,pack,500,g,,,\nTea,,pack,100,g,,,\nTea,,pack,50,g,,,\n")

    found = preview(
        session,
        cast,
        SIZES + "Oats,B,pack,,,Idea,1,EUR\nTea,,pack,,,Idea,2,EUR\nSalt,,pack,1,kg,,,\nSalt,,,,,Idea,1,EUR\n",
    )

    assert (found.bad, found.new_products, found.same, found.new_prices) == (0, 2, 1, 3), keys(found)


def test_what_is_counted_in_a_unit_stays_so_and_open_runs_keep_their_steps(session: Session, cast: Cast) -> None:
    bring_to(session, cast, Phase.ACTIVE)
    text = "name,brand,unit,step\nBasmati rice 5 kg,Daawat,kg,\nTomatoes,,,1\n"

    found = preview(session, cast, text)

    assert keys(found) == [(2, "unit", "row_unit_fixed"), (3, "step", "row_step_fixed")]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["A,kg,,", "A,kg,,"], [(3, "", "row_twice")]),
        (["A,kg,,", "a ,,,"], [(3, "", "row_twice")]),
        (["A,kg,Metro,1", "A,kg,Metro,1.00"], [(3, "", "row_twice")]),
        (["A,kg,Metro,1", "A,pack,Metro,2"], [(3, "", "row_differs")]),
        (["A,,,"], [(2, "unit", "text_missing")]),
        (
            ["A,kg,Metro,1", "B,kg,Metro,x", "C,kg,Metro,-1"],
            [(3, "price", "money_not_a_number"), (4, "price", "money_negative")],
        ),
    ],
)
def test_bad_rows_are_named_and_nothing_is_done(
    session: Session, cast: Cast, rows: Sequence[str], expected: list[tuple[int, str, str]]
) -> None:
    text = "\n".join(["name,unit,store,price,currency", *(f"{row},{'EUR' if row[-1] != ',' else ''}" for row in rows)])
    before = rows_of(session)

    assert keys(preview(session, cast, text)) == expected
    attempt = session.begin_nested()
    with pytest.raises(Conflict) as refusal:
        take_in(session, cast, text)
    attempt.rollback()

    assert (refusal.value.key, refusal.value.values) == ("import_bad_rows", {"count": len(expected)})
    assert rows_of(session) == before


def test_a_barcode_is_one_products_alone(session: Session, cast: Cast) -> None:
    take_in(session, cast, "name,unit,barcode\nSalt,kg,4006381333931\n")

    found = preview(session, cast, "name,unit,barcode\nTea,kg,4006381333931\nMilk,l,96385074\nOil,l,96385074\n")

    assert keys(found) == [(2, "barcode", "row_barcode"), (4, "barcode", "row_barcode_twice")]
    assert found.problems[0].values == {"name": "Salt"}


def test_the_limits_of_the_pages_hold(session: Session, cast: Cast) -> None:
    settings.tags_per_product, settings.names_per_product = 2, 1
    take_in(session, cast, "name,unit,tags,aliases\nSalt,kg,a|b,x\nTea,pack,a,\n")
    text = (
        "name,unit,tags,aliases,content,content_unit\nSalt,kg,b|c,,,\nTea,pack,b,y|z,,\nMilk,l,,,2,l\nOil,pack,,,2,m\n"
    )

    found = preview(session, cast, text)

    assert keys(found) == [
        (2, "tags", "too_many_tags"),
        (3, "aliases", "too_many_aliases"),
        (4, "content", "content_measured"),
        (5, "content_unit", "choice"),
    ]


def test_what_is_imported_is_found_by_search(session: Session, cast: Cast) -> None:
    take_in(session, cast, GOODS)

    for word in ("пиринач", "riza", "sunce"):
        found = search(session, cast.ana, word)
        assert any(product.name.startswith(("Пиринач", "Lentils")) for product in found.products), word
    assert [store.name for store in search(session, cast.ana, "idea").stores] == ["Idea"]


def test_bad_rows_can_be_left_out(session: Session, cast: Cast) -> None:
    text = "name,unit\nSalt,kg\nTea,barrel\nMilk,l\n"

    found = take_in(session, cast, text, leave_out=True)

    assert (found.new_products, found.bad, keys(found)) == (2, 1, [(3, "unit", "row_unit")])
    assert (found.changed, found.same) == (0, 0)  # a product is counted once


def test_a_hundred_bad_rows_are_told_and_all_are_counted(session: Session, cast: Cast) -> None:
    found = preview(session, cast, "name,unit\n" + "x,barrel\n" * 2500)

    assert (found.bad, len(found.problems)) == (2500, 100)


def test_the_same_open_file_can_be_read_again(session: Session, cast: Cast) -> None:
    """As when the database asks to repeat the transaction."""
    goods = file(GOODS)
    preview_catalogue(session, cast.ada, goods, now=NOW)

    assert import_catalogue(session, cast.ada, goods, now=NOW).new_products == 2


@pytest.mark.parametrize(
    "text",
    [b"PK\x03\x04", b"name,unit\nSalt,kg\nTea\x00,kg\n", "name,unit\nSalt,kg\nČaj,kg\n".encode("cp1250")],
    ids=["archive", "NUL", "encoding"],
)
def test_a_file_that_turns_out_unreadable_leaves_nothing(database: str, text: bytes) -> None:
    with db.transaction() as session:
        cast = assemble(session)
    before = db.read_now(rows_of)
    big = text.replace(b"Salt", b"\n".join(b"Salt%d,kg" % n for n in range(1200)).removesuffix(b",kg"))

    with pytest.raises(Invalid):
        db.write_now(import_catalogue, cast.ada, file(big), now=NOW)

    assert db.read_now(rows_of) == before


def test_a_transaction_that_is_cut_off_leaves_nothing(database: str) -> None:
    with db.transaction() as session:
        cast = assemble(session)
    before = db.read_now(rows_of)
    goods = "name,unit\n" + "".join(f"Goods {n},kg\n" for n in range(1200))

    def cut_off(rows: int) -> None:
        if rows >= 1000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        db.write_now(import_catalogue, cast.ada, file(goods), advance=cut_off, now=NOW)

    assert db.read_now(rows_of) == before


@pytest.mark.only("postgresql")
def test_who_adds_the_same_meanwhile_is_not_overrun(database: str) -> None:
    with db.transaction() as session:
        cast = assemble(session)
    quicker = create_engine(database)

    @event.listens_for(db.engine(), "before_cursor_execute")
    def somebody_is_quicker(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO products"):
            with Session(quicker) as other, other.begin():
                made = {"created_by": cast.ana.id, "created_at": NOW}
                other.add(Product(name="SALT", name_key="salt", unit=Unit.KG, step=1, **made))

    try:
        with pytest.raises(Conflict) as refusal:
            db.write_now(import_catalogue, cast.ada, file("name,unit\nSalt,kg\nTea,kg\n"), now=NOW)
    finally:
        event.remove(db.engine(), "before_cursor_execute", somebody_is_quicker)  # other tests use the engine, too

    assert refusal.value.key == "import_overtaken"
    names = db.read_now(lambda session: session.scalars(select(Product.name)).all())
    assert "SALT" in names and "Tea" not in names
    quicker.dispose()


def test_a_large_file_takes_as_many_statements_a_batch_as_a_small_one(session: Session, cast: Cast) -> None:
    def goods(count: int) -> str:
        lines = (f"Goods {count} {n},pack,diet:Tag {n % 7},Other {n},Shop {n % 5},{n + 1},EUR\n" for n in range(count))
        return "name,unit,tags,aliases,store,price,currency\n" + "".join(lines)

    with statements(session) as few:
        take_in(session, cast, goods(50))
    with statements(session) as many:
        take_in(session, cast, goods(500))

    assert len(many) <= len(few) + 8, many  # sqlalchemy cuts long lists of rows into pieces


def test_prices_that_were_withdrawn_may_be_seen_again(session: Session, cast: Cast) -> None:
    take_in(session, cast, GOODS)
    for each in session.scalars(select(PriceObservation)):
        each.withdrawn_at, each.withdrawn_by = NOW + timedelta(hours=1), cast.ada.id
    session.flush()

    assert preview(session, cast, GOODS).new_prices == 3
    assert ",7.99," not in exported(session, cast)


def test_large_quantities_stay_as_they_are(session: Session, cast: Cast) -> None:
    """A price that follows from a line may be far above what anybody types."""
    session.add(
        PriceObservation(
            product_id=cast.rice, store_id=cast.store_id, currency="EUR", price=99_999_999_000, day=NOW.date(),
            seen_by=cast.ana.id, seen_at=NOW,
        )
    )  # fmt: skip
    session.flush()

    found = preview(session, cast, exported(session, cast))

    assert (found.bad, found.changes) == (0, 0), keys(found)


@pytest.mark.only("sqlite")
def test_what_is_searched_through_is_replaced_by_what_it_names(database: str) -> None:
    """By its kind, which SQLite would rather take, each piece of a file would take longer than the one before."""
    sent: list[tuple[str, Any]] = []
    goods = "name,unit\n" + "".join(f"Product {n},pack\n" for n in range(100))
    with db.transaction() as session:
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", lambda _c, _cursor, *what: sent.append(what[:2]))
        take_in(session, assemble(session), goods)
        old = [each for each in sent if each[0].startswith("DELETE FROM search_terms")]
        plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {each[0]}", each[1]).all()[0].detail for each in old]

    assert plans and all("ix_search_terms_target_id" in plan for plan in plans)
