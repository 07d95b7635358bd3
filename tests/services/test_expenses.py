"""Past expenses from Splitwise or Spliit become entries of their days, once."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq.domain.errors import Conflict, Forbidden, Invalid, NotFound
from bulq.domain.ledger import PostingKind
from bulq.models import Posting
from bulq.queries.expenses import expenses_desk
from bulq.queries.stand_ins import kept_places
from bulq.services.expenses import import_expenses, read_past, read_splitwise
from tests.balances import balances
from tests.cast import LATER, Cast
from tests.owing import new_group

FILE = b"""Date,Description,Category,Cost,Currency,Ana,Bojan,Pero

2026-05-01,Dinner,Dining out,30.00,EUR,20.00,-10.00,-10.00
2026-05-02,Taxi,Taxi,10.00,EUR,-3.33,6.66,-3.33
2026-05-03,Hostel,Hotel,10.00,USD,-5.00,5.00,0.00
2026-05-04,Pero paid Ana,Payment,5.00,EUR,-5.00,0.00,5.00

2026-06-01,Total balance, , ,EUR,11.67,-3.34,-8.33
"""


def test_every_expense_is_an_entry_of_its_day(session: Session, cast: Cast) -> None:
    group_id = new_group(session, cast)
    found = read_splitwise(BytesIO(FILE), "EUR")

    result = import_expenses(session, cast.ana, group_id, found, [cast.ana.id, cast.bojan.id, None], now=LATER)

    assert result == {"new": 3, "again": 0}
    (pero,) = kept_places(session, group_id)
    guest = f"guest.{pero.user_id.hex[-16:]}"
    assert balances(session, group_id) == {"ana": 1167, "bojan": -334, guest: -833}
    rows = session.scalars(select(Posting).where(Posting.group_id == group_id).order_by(col(Posting.posted_at))).all()
    assert [(row.kind, row.reason, row.posted_at.date().isoformat()) for row in rows] == [
        (PostingKind.IMPORT, "Dinner", "2026-05-01"),
        (PostingKind.IMPORT, "Taxi", "2026-05-02"),
        (PostingKind.IMPORT, "Pero paid Ana", "2026-05-04"),
    ]


def test_the_same_file_twice_is_noticed_and_a_newer_one_adds_what_is_new(session: Session, cast: Cast) -> None:
    group_id = new_group(session, cast)
    found = read_splitwise(BytesIO(FILE), "EUR")
    import_expenses(session, cast.ana, group_id, found, [cast.ana.id, cast.bojan.id, None], now=LATER)
    session.flush()
    before = balances(session, group_id)
    kept = session.begin_nested()
    with pytest.raises(Conflict, match="expenses_again"):
        import_expenses(session, cast.ana, group_id, found, [cast.ana.id, cast.bojan.id, None], now=LATER)
    kept.rollback()
    assert balances(session, group_id) == before

    newer = read_splitwise(BytesIO(FILE + b"2026-06-02,Tea,,4,EUR,2,-2,0\n"), "EUR")
    who = [cast.ana.id, cast.bojan.id, kept_places(session, group_id)[0].user_id]
    assert import_expenses(session, cast.ana, group_id, newer, who, now=LATER) == {"new": 1, "again": 3}
    assert balances(session, group_id)["ana"] == before["ana"] + 200


def test_only_admins_enter_them_and_only_for_people_of_the_group(session: Session, cast: Cast) -> None:
    group_id = new_group(session, cast)
    found = read_splitwise(BytesIO(FILE), "EUR")

    with pytest.raises(Forbidden):
        import_expenses(session, cast.bojan, group_id, found, [None] * 3, now=LATER)
    with pytest.raises(NotFound):
        import_expenses(session, cast.eva, group_id, found, [None] * 3, now=LATER)
    with pytest.raises(Invalid, match="payment_stranger"):
        import_expenses(session, cast.ana, group_id, found, [cast.eva.id, None, None], now=LATER)
    with pytest.raises(Invalid, match="choice"):
        import_expenses(session, cast.ana, group_id, found, [], now=LATER)
    with pytest.raises(Forbidden):
        expenses_desk(session, cast.bojan, group_id)
    assert expenses_desk(session, cast.ana, group_id).currency == "EUR"


def test_a_group_without_that_currency_takes_nothing(session: Session, cast: Cast) -> None:
    group_id = new_group(session, cast, "RSD")
    found = read_splitwise(BytesIO(FILE), "RSD")

    assert (len(found.expenses), len(found.left_out)) == (0, 4)
    with pytest.raises(Conflict):
        import_expenses(session, cast.ana, group_id, found, [None] * 3, now=LATER)


@pytest.mark.parametrize("content", [b"", b"\0\0", b"a;b\n1;2\n", b"\xff" * 100])
def test_what_is_no_export_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid):
        read_splitwise(BytesIO(content), "EUR")


SPLIIT: dict[str, Any] = {
    "id": "g",
    "name": "Flat",
    "currency": "€",
    "currencyCode": "EUR",
    "participants": [{"id": "a", "name": "Ana"}, {"id": "b", "name": "Bojan"}, {"id": "p", "name": "Pero"}],
    "expenses": [
        {
            "id": "e1",
            "expenseDate": "2026-05-01T00:00:00.000Z",
            "title": "Dinner",
            "amount": 3000,
            "paidById": "a",
            "paidFor": [{"participantId": who, "shares": 100} for who in "abp"],
            "isReimbursement": False,
            "splitMode": "EVENLY",
        },
        {
            "id": "e2",
            "expenseDate": "2026-05-04T00:00:00.000Z",
            "title": "Pero paid Ana",
            "amount": 500,
            "paidById": "p",
            "paidFor": [{"participantId": "a", "shares": 100}],
            "isReimbursement": True,
            "splitMode": "EVENLY",
        },
    ],
}


def test_a_group_of_spliit_comes_the_same_way_once(session: Session, cast: Cast) -> None:
    group_id = new_group(session, cast)
    found = read_past(BytesIO(b"\xef\xbb\xbf \n" + json.dumps(SPLIIT).encode()), "EUR")
    who = [cast.ana.id, cast.bojan.id, None]

    assert import_expenses(session, cast.ana, group_id, found, who, now=LATER) == {"new": 2, "again": 0}

    session.flush()
    (pero,) = kept_places(session, group_id)
    before = {"ana": 1500, "bojan": -1000, f"guest.{pero.user_id.hex[-16:]}": -500}
    assert balances(session, group_id) == before
    kept = session.begin_nested()
    with pytest.raises(Conflict, match="expenses_again"):
        import_expenses(session, cast.ana, group_id, found, who, now=LATER)
    kept.rollback()
    assert balances(session, group_id) == before


def test_the_content_says_which_program_it_is_from() -> None:
    assert read_past(BytesIO(FILE), "EUR") == read_splitwise(BytesIO(FILE), "EUR")
    without_code = {**SPLIIT, "currencyCode": None}
    assert len(read_past(BytesIO(json.dumps(without_code).encode()), "EUR").expenses) == 2
    assert len(read_past(BytesIO(json.dumps(without_code).encode()), "USD").left_out) == 2
    head = "\ufeffDate,Description,Category,Currency,Cost,Is Reimbursement,Split mode,Ana,Bojan\n"
    with pytest.raises(Invalid, match="expenses_spliit_csv"):
        read_past(BytesIO(head.encode()), "EUR")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"{", "expenses_not_spliit"),
        (b"{}", "expenses_not_spliit"),
        (b'{"participants":' + b"[" * 100_000, "expenses_not_spliit"),
        (b'{"expenses":' + b"9" * 100_000 + b"}", "expenses_not_spliit"),
        (b'{"a":"\xff"}', "expenses_not_spliit"),
        (b'[{"a":NaN}]', "expenses_not_spliit"),
        (b"{" + b" " * 8_000_000, "file_too_large"),
    ],
    ids=["cut", "empty", "deep", "huge", "bytes", "list", "large"],
)
def test_what_is_no_export_of_spliit_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        read_past(BytesIO(content), "EUR")
