"""Real order lines become a run; what can't be used is left out and counted, and nothing is guessed."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from sqlmodel import col, select

from bulq import db
from bulq.config import settings
from bulq.domain.phases import Phase
from bulq.domain.prices import Price
from bulq.imports.order_lines import NotAnOrderFile, Orders, read_orders
from bulq.imports.orders import Imported, Refused, import_orders, limits_lifted
from bulq.models import Bid, BidRaise, Group, Participant, PriceObservation, Product, Run, User
from bulq.queries.runs import run_view
from bulq.services import accounts
from tests.cast import NOW
from tests.knowing import authenticate

HEADER = "invoice,time,stock_code,description,quantity,unit_price,customer"
GOOD = [
    "1,2011-11-02 09:00,22633,HAND WARMER UNION JACK,6,1.85,17850",
    "2,2011-11-02 10:00,22633,HAND WARMER UNION JACK,4,1.85,17850",
    "2,2011-11-02 10:00,21733,WHITE HEART,3,2.55,17850",
    "3,2011-11-03 10:00,85123A,White Heart,5,2.95,13047.0",
    "4,2011-11-03 11:00:30,22633,HAND WARMER UNION JACK,2,1.69,13047",
]
ODD = {
    "garbled line": ["5,2011-11-04 09:00,22633", '6,2011-11-04 09:00,22633,"STRAY QUOTE,1,1.85,13047', "x" * 20_000],
    "no time": ["7,04/11/11,22633,A,1,1.85,1", "7,2011-13-45 09:00,22633,A,1,1.85,1", "7,,22633,A,1,1.85,1"],
    "no stock code": ["8,2011-11-04 09:00,,A,1,1.85,1", "8,2011-11-04 09:00,=CMD|,A,1,1.85,1"],
    "no customer": ["9,2011-11-04 09:00,22633,A,1,1.85,", "9,2011-11-04 09:00,22633,A,1,1.85,<b>"],
    "quantity is no whole number": ["10,2011-11-04 09:00,22633,A,1.5,1.85,1", "10,2011-11-04 09:00,22633,A,NaN,1.85,1"],
    "quantity not above 0": ["11,2011-11-04 09:00,22633,A,0,1.85,1", "11,2011-11-04 09:00,22633,A,-6,1.85,1"],
    "quantity above 9999": ["12,2011-11-04 09:00,22633,A,80995,1.85,1"],
    "price not above 0": ["13,2011-11-04 09:00,22633,A,1,0,1", "13,2011-11-04 09:00,22633,A,1,-11062.06,1"],
    "price has fractions of a penny": ["14,2011-11-04 09:00,22633,A,1,0.001,1"],
    "price is no amount": ["15,2011-11-04 09:00,22633,A,1,1e309,1", "15,2011-11-04 09:00,22633,A,1,,1"],
    "price too high": ["16,2011-11-04 09:00,22633,A,1,1000000,1"],
    "description with control characters": ["17,2011-11-04 09:00,22633,A\x00B,1,1.85,1"],
    "the same line again": [GOOD[0]],
}


def write(folder: Path, lines: list[str], *, encoding: str = "utf-8", packed: bool = False) -> Path:
    data = "\n".join([HEADER, *lines]).encode(encoding)
    file = folder / ("orders.csv.gz" if packed else "orders.csv")
    file.write_bytes(gzip.compress(data) if packed else data)
    return file


def imported(orders: Orders) -> Imported:
    with limits_lifted():
        return db.write_now(import_orders, orders)


def test_every_odd_line_is_left_out_under_its_reason(tmp_path: Path) -> None:
    odd = [line for lines in ODD.values() for line in lines]
    file = write(tmp_path, [*GOOD, *odd, "18,2011-12-01 09:00,22633,A,1,1.85,1"])

    orders = read_orders(file, "2011-11")

    assert orders.skipped.counts == {reason: len(lines) for reason, lines in ODD.items()}
    assert orders.skipped.first["garbled line"] == 7
    assert len(orders.lines) == len(GOOD)
    assert orders.other_months == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("packed", [False, True])
def test_files_of_any_usual_encoding_are_read(tmp_path: Path, encoding: str, packed: bool) -> None:
    file = write(tmp_path, ["1,2011-11-02 09:00,1,CAFÉ £5,1,1.85,1"], encoding=encoding, packed=packed)

    assert [line.name for line in read_orders(file, "2011-11").lines] == ["CAFÉ £5"]


def test_a_file_with_a_fault_in_its_letters_is_read_all_the_same(tmp_path: Path) -> None:
    file = write(tmp_path, GOOD)
    file.write_bytes(file.read_bytes() + b"\n9,2011-11-02 09:00,1,CAF\xe9\x81,1,1.85,1")

    assert len(read_orders(file, "2011-11").lines) + read_orders(file, "2011-11").skipped.total == len(GOOD) + 1


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    columns = HEADER.split(",")
    rows = [columns[::-1], *(line.split(",")[::-1] for line in GOOD)]
    file.write_text("\n".join(",".join(row) for row in rows))

    assert len(read_orders(file, "2011-11").lines) == len(GOOD)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"a,b,c\n1,2,3", b"\x1f\x8bnonsense", b"\x00\xff" * 1000])
def test_what_is_no_order_file_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "orders.csv"
    file.write_bytes(content)

    with pytest.raises(NotAnOrderFile):
        read_orders(file, "2011-11")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotAnOrderFile):
        read_orders(tmp_path / "nothing.csv", "2011-11")


def test_a_month_becomes_a_run_with_everybodys_bids(database: str, tmp_path: Path) -> None:
    found = imported(read_orders(write(tmp_path, GOOD), "2011-11"))

    view = db.read_now(run_view, found.leader, found.run_id)
    people = {person.user_id: person.username for person in view.people}
    bids = {(people[bid.user_id], line.name): bid.quantity for line in view.products for bid in line.bids}
    assert (found.people, found.products, found.bids) == (2, 3, 4)
    assert (view.phase, view.store, view.currency) == (Phase.ACTIVE, "Online Retail", "GBP")
    assert "UCI Machine Learning Repository, D. Chen, 2015, CC BY 4.0" in view.note
    assert bids == {
        ("customer-17850", "HAND WARMER UNION JACK"): 10_000,
        ("customer-17850", "WHITE HEART (21733)"): 3_000,
        ("customer-13047", "White Heart (85123A)"): 5_000,
        ("customer-13047", "HAND WARMER UNION JACK"): 2_000,
    }
    assert {line.name: line.offers[0].price for line in view.products}["HAND WARMER UNION JACK"] == Price(169)


def test_bids_written_in_bulk_are_like_those_placed_one_by_one(database: str, tmp_path: Path) -> None:
    found = imported(read_orders(write(tmp_path, GOOD), "2011-11"))

    with db.reading() as session:
        bids = session.scalars(select(Bid).where(Bid.run_id == found.run_id)).all()
        for bid in bids:
            raises = session.scalars(select(BidRaise).where(BidRaise.bid_id == bid.id).order_by(col(BidRaise.made_at)))
            made = [(each.made_at, each.quantity) for each in raises]
            assert sum(quantity for _, quantity in made) == bid.quantity
            assert (made[0][0], made[-1][0]) == (bid.created_at, bid.updated_at)
            assert (bid.wanted, bid.note, bid.edited_by) == (None, "", None)
        users = set(session.scalars(select(Participant.user_id).where(Participant.run_id == found.run_id)))
        assert users == {found.leader.id} | {bid.user_id for bid in bids}


def test_nobody_can_sign_in_as_an_imported_customer(database: str, tmp_path: Path) -> None:
    imported(read_orders(write(tmp_path, GOOD), "2011-11"))

    for password in ("", "!", "customer-17850"):
        with pytest.raises(Exception, match="wrong_login"):
            db.read_now(authenticate, "customer-17850", password)


def test_a_price_is_seen_once_a_day(database: str, tmp_path: Path) -> None:
    imported(read_orders(write(tmp_path, GOOD), "2011-11"))

    prices = db.read_now(lambda session: session.scalars(select(PriceObservation)).all())
    assert sorted((str(seen.day), seen.price) for seen in prices) == [
        ("2011-11-02", 185),
        ("2011-11-02", 255),
        ("2011-11-03", 169),
        ("2011-11-03", 295),
    ]


def test_a_second_time_the_month_is_refused_and_nothing_changes(database: str, tmp_path: Path) -> None:
    file = write(tmp_path, GOOD)
    imported(read_orders(file, "2011-11"))

    with pytest.raises(Refused, match="imported already"):
        imported(read_orders(file, "2011-11"))

    assert len(db.read_now(lambda session: session.scalars(select(Run)).all())) == 1


def test_another_month_meets_the_same_people_and_products(database: str, tmp_path: Path) -> None:
    more = ["9,2011-12-02 09:00,22633,HAND WARMER UNION JACK,1,1.85,17850"]
    file = write(tmp_path, [*GOOD, *more])
    first = imported(read_orders(file, "2011-11"))

    second = imported(read_orders(file, "2011-12"))

    assert second.group_id == first.group_id and second.leader == first.leader
    assert len(db.read_now(lambda session: session.scalars(select(Product)).all())) == 3
    assert len(db.read_now(lambda session: session.scalars(select(User)).all())) == 3


def test_an_account_somebody_made_is_never_taken_over(database: str, tmp_path: Path) -> None:
    db.write_now(accounts.create_user, "Eva", "Customer-17850", "a real hash", now=NOW)

    with pytest.raises(Refused, match="belongs to somebody"):
        imported(read_orders(write(tmp_path, GOOD), "2011-11"))

    assert not db.read_now(lambda session: session.scalars(select(Group)).all())


def test_what_adds_up_to_more_than_a_bid_may_be_is_left_out(database: str, tmp_path: Path) -> None:
    ordered = enumerate((9000, 999, 1))
    lines = [f"{number},2011-11-02 1{number}:00,22633,A,{quantity},1.85,1" for number, quantity in ordered]
    orders = read_orders(write(tmp_path, lines), "2011-11")

    found = imported(orders)

    view = db.read_now(run_view, found.leader, found.run_id)
    assert view.products[0].wanted == 9_999_000
    assert orders.skipped.counts == {"together above 9999 of one product": 1}


def test_names_too_long_for_a_product_are_cut(database: str, tmp_path: Path) -> None:
    lines = [f"1,2011-11-02 09:00,{code},{'LONG ' * 60},1,1.85,1" for code in ("A1", "B2")]

    imported(read_orders(write(tmp_path, lines), "2011-11"))

    names = db.read_now(lambda session: session.scalars(select(Product.name)).all())
    assert sorted(name[-5:] for name in names) == [" (A1)", " (B2)"]
    assert max(map(len, names)) <= 100


def test_limits_are_lifted_for_the_import_only(database: str, tmp_path: Path) -> None:
    settings.members_per_group, settings.products_per_run = 2, 2

    imported(read_orders(write(tmp_path, GOOD), "2011-11"))

    assert (settings.members_per_group, settings.products_per_run) == (2, 2)
