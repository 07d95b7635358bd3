"""How long others wait for an import: statements and rows by transaction, since seconds depend on the machine."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import select

from bulq import db, importing
from bulq.models import CatalogueImport, GoneProduct, Product, Tag
from bulq.services import catalogue_import, catalogue_staging
from bulq.services.catalogue_import import Order
from bulq.services.catalogue_undo import undo_import
from tests.cast import LATER, NOW, Cast, assemble

PIECE = 10
pytestmark = pytest.mark.only("sqlite")  # where a writer keeps all others waiting


@dataclass
class Transaction:
    statements: int = 0
    rows: int = 0  # written, indexes of search included
    takes_in: bool = False
    undoes: bool = False


@pytest.fixture
def transactions(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Transaction]]:
    """Those that wrote something, as they end. Pieces are small, so that a few rows are many pieces."""
    monkeypatch.setattr(importing, "PAUSE", 0)
    for module in (catalogue_import, catalogue_staging):
        monkeypatch.setattr(module, "AT_ONCE", PIECE)
    ended: list[Transaction] = []
    going = Transaction()

    def counted(connection: Any, _cursor: object, statement: str, *_: object) -> None:
        nonlocal going
        if statement.startswith("BEGIN"):
            going = Transaction(rows=-connection.connection.driver_connection.total_changes)
        going.statements += 1
        going.takes_in |= statement.startswith("INSERT INTO price_observations")
        going.undoes |= statement.startswith("UPDATE price_observations")

    def committed(connection: Any) -> None:
        going.rows += connection.connection.driver_connection.total_changes
        if going.rows:
            ended.append(going)

    event.listen(db.engine(), "before_cursor_execute", counted)
    event.listen(db.engine(), "commit", committed)
    yield ended
    event.remove(db.engine(), "before_cursor_execute", counted)
    event.remove(db.engine(), "commit", committed)


def listed(count: int, name: str, price: int) -> io.BytesIO:
    """Products with a tag each, in a file that says which store it is of."""
    rows = [f"{name} {number};kg;0,5;Tag {number};Metro;{price},50;EUR" for number in range(count)]
    return io.BytesIO("\n".join(["name;unit;step;tags;store;price;currency", *rows]).encode())


def imported(cast: Cast, file: io.BytesIO, **answers: str) -> CatalogueImport:
    order = Order(guess=False, store_id=cast.store_id, answers=answers)
    importing.import_list(importing.door_of(cast.ada), cast.ada, file, order, now=NOW)
    query = select(CatalogueImport).order_by(CatalogueImport.id.desc())  # type: ignore[attr-defined]
    found = db.read_now(lambda session: session.scalars(query).first())
    assert found
    return found


def trips(count: int, cast: Cast) -> None:
    """A list of new products, one that changes them, one without them, one that has them again; all of it undone."""
    files = [listed(count, "Oats", 1), listed(count, "OATS", 2), listed(1, "Salt", 3), listed(count, "OATS", 4)]
    for found in reversed([imported(cast, file, gone="mark") for file in files]):
        db.write_now(undo_import, cast.ada, found.id, now=LATER)
        importing.finish(found.id)


def test_the_transaction_that_takes_a_list_in_has_as_many_statements_for_any_list(
    transactions: list[Transaction],
) -> None:
    cast = db.write_now(assemble)
    taken: list[list[int]] = []
    for count in (2 * PIECE, 5 * PIECE):
        transactions.clear()
        trips(count, cast)
        taken.append([each.statements for each in transactions if each.takes_in])

    assert taken[0] == taken[1] and len(taken[0]) == 4


def test_every_other_transaction_writes_a_bounded_number_of_rows(transactions: list[Transaction]) -> None:
    cast = db.write_now(assemble)
    most: list[int] = []
    undone: list[list[int]] = []
    for count in (2 * PIECE, 5 * PIECE):
        transactions.clear()
        trips(count, cast)
        most.append(max(each.rows for each in transactions if not (each.takes_in or each.undoes)))
        undone.append([each.statements for each in transactions if each.undoes])

    assert most[1] <= 1.2 * most[0] and most[1] < 15 * PIECE
    assert undone[0] == undone[1] and len(undone[0]) == 4
    with db.reading() as session:
        assert session.scalars(select(GoneProduct)).first() is None
        assert session.scalars(select(Product).where(Product.name == "OATS 1")).first() is None
        assert session.scalars(select(Tag)).first() is None
