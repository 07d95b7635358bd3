"""A group leaves as a file and comes in elsewhere: with the same people, runs and balances, or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session
from sqlmodel import SQLModel, col, func, select

from bulq.domain.actor import Actor
from bulq.domain.costs import CostKind, CostRule
from bulq.domain.errors import BulqError, Conflict, Forbidden, Invalid, NotFound
from bulq.domain.group_file import DOCUMENT
from bulq.domain.phases import Phase
from bulq.exports.group_file import write_files
from bulq.models import Balance, Group, LedgerEntry, Membership, Payment, Run, StandIn, StatementLine, User
from bulq.queries.group_export import group_to_export
from bulq.queries.group_tables import COPIED, Travels
from bulq.queries.money import money_page
from bulq.queries.stand_ins import claim_view, kept_places
from bulq.queries.sums import wrong_balances, wrong_postings, wrong_runs
from bulq.services import groups, payments
from bulq.services.advances import ask_advances
from bulq.services.corrections import Change, correct_run
from bulq.services.costs import Share, add_cost
from bulq.services.group_import import import_group, read_group
from bulq.services.stand_ins import claim_place, make_claim_link
from tests import seeing
from tests.balances import balances
from tests.cast import LATER, NOW, Cast, bring_to
from tests.services.test_receipts import receipt_of


@pytest.fixture
def lived(session: Session, cast: Cast) -> Cast:
    """Two runs more, a fee, a plan that is half paid, a payment that is on the way, and somebody who left."""
    for _ in range(2):
        run_id = bring_to(session, cast, Phase.DISTRIBUTING)
        receipt = receipt_of(session, run_id)
        of = cast.ana, run_id, receipt.id, CostKind.FEE, 250, CostRule.PEOPLE
        add_cost(session, *of, shares=[Share(cast.mila.id)], revision=receipt.revision, now=NOW)
        seeing.complete_run(session, cast.ana, run_id, now=LATER)
    seeing.save_plan(session, cast.bojan, cast.group_id, now=LATER)
    line = session.scalars(select(Payment).where(Payment.sender_id == cast.bojan.id)).one()
    paid = payments.say_paid(session, cast.bojan, cast.group_id, line.id, 500, now=LATER)
    payments.confirm_payment(session, cast.ana, cast.group_id, paid.id, now=LATER)
    payments.say_paid(session, cast.bojan, cast.group_id, line.id, 100, now=LATER)
    groups.leave_group(session, cast.mila, cast.group_id, now=LATER)
    session.flush()
    return cast


def document_of(session: Session, cast: Cast) -> dict[str, Any]:
    group = group_to_export(session, cast.ana, cast.group_id)
    files = write_files(session, group, "en", LATER)
    files[DOCUMENT].seek(0)
    content = files[DOCUMENT].read()
    for file in files.values():
        file.close()
    return json.loads(content)


def taken_in(session: Session, actor: Actor, document: dict[str, Any], me: int | None = None) -> Group:
    found = read_group(json.dumps(document).encode())
    group = import_group(session, actor, found, me, now=LATER)
    session.flush()
    return group


def number_of(document: dict[str, Any], username: str) -> int:
    return next(person["id"] for person in document["people"] if person["username"] == username)


def by_name(session: Session, group_id: Any) -> dict[str, int]:
    query = select(User.name, Balance.amount).join(Balance, col(Balance.user_id) == col(User.id))
    return {name: amount for name, amount in session.execute(query.where(Balance.group_id == group_id)) if amount}


def count(session: Session, table: Any, **of: Any) -> int:
    query = select(func.count()).select_from(table)
    return session.scalars(query.where(*(getattr(table, name) == value for name, value in of.items()))).one()


def test_everybody_has_the_same_balance_where_the_group_comes_in(session: Session, lived: Cast) -> None:
    before = by_name(session, lived.group_id)
    document = document_of(session, lived)

    group = taken_in(session, lived.eva, document)

    assert before and by_name(session, group.id) == before
    assert balances(session, group.id)  # which checks the entries
    assert not session.scalars(wrong_runs(group.id)).all()
    assert group.id not in session.scalars(wrong_postings()).all()
    assert group.id not in session.scalars(wrong_balances()).all()


def test_what_came_in_leaves_as_the_same_file(session: Session, lived: Cast) -> None:
    document = document_of(session, lived)
    group = taken_in(session, lived.ana, document, number_of(document, "ana"))

    again = document_of(session, replace(lived, group_id=group.id))

    same = [travels.name for travels in COPIED]
    assert {name: sizes(again[name]) for name in same} == {name: sizes(document[name]) for name in same}
    assert again["statement_lines"] == document["statement_lines"]
    assert again["ledger_entries"] == document["ledger_entries"]
    assert again["payments"] == document["payments"]
    assert again["balances"] == document["balances"]


@pytest.mark.parametrize("travels", COPIED, ids=lambda travels: travels.name)
def test_no_column_of_a_table_that_travels_is_forgotten(travels: Travels) -> None:
    columns = {column.name for column in SQLModel.metadata.tables[travels.name].columns}

    assert columns == {"id", *travels.columns.split(), *travels.left_out.split()}


def sizes(rows: list[Any]) -> int:
    return len(rows)


def test_runs_that_are_open_stay_and_are_named(session: Session, lived: Cast) -> None:
    document = document_of(session, lived)

    group = taken_in(session, lived.eva, document)

    ended = (Phase.COMPLETED, Phase.CANCELLED)
    assert {run["phase"] for run in document["runs"]} == {"completed", "cancelled"}
    assert len(document["left_out"]) == 6
    query = select(func.count()).where(Run.group_id == lived.group_id, col(Run.phase).in_(ended))
    assert count(session, Run, group_id=group.id) == session.scalars(query).one()


def test_whoever_imports_is_the_only_member_and_whom_they_say_they_are(session: Session, lived: Cast) -> None:
    document = document_of(session, lived)

    group = taken_in(session, lived.eva, document, number_of(document, "bojan"))

    members = session.scalars(select(Membership).where(Membership.group_id == group.id)).all()
    assert [(each.user_id, each.is_admin) for each in members] == [(lived.eva.id, True)]
    assert balances(session, group.id)["eva"] == balances(session, lived.group_id)["bojan"]
    assert [each.username for each in kept_places(session, group.id)] == ["ana", "mila"]


def test_the_file_tells_nothing_that_opens_anything(session: Session, lived: Cast) -> None:
    text = json.dumps(document_of(session, lived))

    token = session.get_one(Group, lived.group_id).invite_token
    hashes = session.scalars(select(User.password_hash)).all()
    assert token not in text and not any(each in text for each in hashes if each)
    assert "password" not in text and "token" not in text and "payout" not in text


def test_a_member_that_is_no_admin_gets_no_file(session: Session, lived: Cast) -> None:
    with pytest.raises(Forbidden):
        group_to_export(session, lived.bojan, lived.group_id)
    with pytest.raises(NotFound):
        group_to_export(session, lived.eva, lived.group_id)


def test_somebody_takes_their_place_by_a_link(session: Session, lived: Cast) -> None:
    document = document_of(session, lived)
    group = taken_in(session, lived.eva, document)
    before = by_name(session, group.id)
    place = next(each for each in kept_places(session, group.id) if each.name == "Bojan")
    link = make_claim_link(session, lived.eva, group.id, place.user_id, now=LATER)
    session.flush()

    view = claim_view(session, None, link["token"])
    claim_place(session, lived.bojan, link["token"], now=LATER)
    session.flush()

    assert (view.person, view.balance) == ("Bojan", before["Bojan"])
    assert by_name(session, group.id) == before
    assert balances(session, group.id)["bojan"] == before["Bojan"]
    assert count(session, Membership, group_id=group.id, user_id=lived.bojan.id) == 1
    assert money_page(session, lived.bojan, group.id).people[str(lived.bojan.id)].is_member
    assert session.get(User, place.user_id) is None
    with pytest.raises(NotFound):
        claim_place(session, lived.mila, link["token"], now=LATER)


def test_a_newer_link_ends_the_older_one(session: Session, lived: Cast) -> None:
    group = taken_in(session, lived.eva, document_of(session, lived))
    place = kept_places(session, group.id)[0]
    old = make_claim_link(session, lived.eva, group.id, place.user_id, now=LATER)
    make_claim_link(session, lived.eva, group.id, place.user_id, now=LATER)
    session.flush()

    with pytest.raises(NotFound):
        claim_view(session, None, old["token"])


def test_a_product_counted_in_another_unit_here_is_another_product(session: Session, lived: Cast) -> None:
    document = document_of(session, lived)
    rice = next(each for each in document["products"] if each["name"].startswith("Basmati"))
    rice["unit"] = "bag"

    group = taken_in(session, lived.eva, document)

    names = {each["name"] for each in document_of(session, of_eva(lived, group))["products"]}
    assert names == {"Basmati rice 5 kg (bag)", "Tomatoes"}


def of_eva(cast: Cast, group: Group) -> Cast:
    return replace(cast, ana=cast.eva, group_id=group.id)


Change_ = Callable[[dict[str, Any]], Any]


def _first(section: str, column: str, value: Any) -> Change_:
    return lambda document: document[section][0].__setitem__(column, value)


WRONG: dict[str, tuple[Change_, str]] = {
    "format": (lambda document: document.__setitem__("format", "bulq.group/9"), "group_file_format"),
    "currency": (lambda document: document["group"].__setitem__("currency", "XXQ"), "group_file_currency"),
    "no currency": (lambda document: document["group"].__setitem__("currency", 5), "group_file_malformed"),
    "posting": (lambda document: add(document["ledger_entries"][0], "amount", 1), "group_file_posting"),
    "balance": (lambda document: add(document["balances"][0], "amount", 1), "group_file_balance"),
    "statement": (lambda document: add(document["statement_lines"][0], "amount", 1), "group_file_run"),
    "purchase": (lambda document: add(document["purchases"][0], "total", 1), "group_file_run"),
    "cost": (lambda document: add(document["costs"][0], "amount", 1), "group_file_run"),
    "negative bid": (_first("bids", "quantity", -5), "group_file_contradicts"),
    "twice": (lambda document: document["participants"].append(document["participants"][0]), "group_file_contradicts"),
    "foreign id": (_first("bids", "user_id", 999), "group_file_malformed"),
    "an id of a row": (_first("bids", "product_id", "0199"), "group_file_malformed"),
    "number as text": (_first("purchases", "total", "12"), "group_file_malformed"),
    "huge": (_first("purchases", "total", 10**15), "group_file_malformed"),
    "fraction": (_first("purchases", "total", 1.5), "group_file_malformed"),
    "truth as number": (_first("list_items", "missing", 1), "group_file_malformed"),
    "open run": (_first("runs", "phase", "shopping"), "group_file_malformed"),
    "no phase": (_first("runs", "phase", "sleeping"), "group_file_malformed"),
    "year": (_first("runs", "created_at", "0001-01-01T00:00:00+14:00"), "group_file_malformed"),
    "no zone": (_first("runs", "created_at", "2026-01-01T00:00:00"), "group_file_malformed"),
    "nul": (_first("runs", "note", "a\0b"), "group_file_malformed"),
    "long": (_first("runs", "note", "a" * 501), "group_file_malformed"),
    "not a list": (lambda document: document.__setitem__("runs", {}), "group_file_malformed"),
    "not a row": (lambda document: document["runs"].append([1]), "group_file_malformed"),
    "same number": (lambda document: document["runs"].append(document["runs"][0]), "group_file_malformed"),
    "reasons": (_first("payments", "reasons", [[1, 2]]), "group_file_malformed"),
    "step": (_first("products", "step", 0), "group_file_malformed"),
    "nobody": (lambda document: document.pop("participants"), "group_file_malformed"),
    "nameless": (lambda document: document["people"][0].__setitem__("name", None), "group_file_malformed"),
}


def add(row: dict[str, Any], column: str, amount: int) -> None:
    row[column] += amount


def test_a_file_that_does_not_hold_is_refused_and_leaves_nothing(session: Session, lived: Cast) -> None:
    whole = json.dumps(document_of(session, lived))
    before = {table: count(session, table) for table in (Group, Run, LedgerEntry, StatementLine, StandIn)}
    for what, (change, key) in WRONG.items():
        document = json.loads(whole)
        change(document)
        kept = session.begin_nested()

        with pytest.raises(BulqError) as refusal:
            taken_in(session, lived.eva, document)
        kept.rollback()

        assert (what, refusal.value.key, refusal.value.field) == (what, key, "file")
        assert {table: count(session, table) for table in before} == before


def test_a_run_does_not_take_rows_of_another(session: Session, lived: Cast) -> None:
    document = document_of(session, lived)
    line = document["statement_lines"][0]
    line["item_id"] = next(each["id"] for each in document["list_items"] if each["run_id"] != line["run_id"])

    with pytest.raises(Invalid, match="group_file_malformed") as refusal:
        taken_in(session, lived.eva, document)

    assert refusal.value.values["where"] == "statement_lines 1 item_id"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'"\\ud800"', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_group_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match=r"group_file_(not_json|format)"):
        read_group(content)


def test_a_lone_surrogate_is_refused(session: Session, lived: Cast) -> None:
    document = document_of(session, lived)
    document["runs"][0]["note"] = "\ud800"

    with pytest.raises(Invalid, match="group_file_not_json"):
        taken_in(session, lived.eva, document)


def test_nobody_says_they_are_somebody_who_is_not_in_the_file(session: Session, lived: Cast) -> None:
    with pytest.raises(Invalid, match="choice"):
        taken_in(session, lived.eva, document_of(session, lived), 999)


def test_a_correction_travels_too(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.COMPLETED)
    swap = [Change(amount, CostRule.PEOPLE, [Share(who.id)]) for who, amount in ((cast.bojan, -100), (cast.mila, 100))]
    correct_run(session, cast.ana, run_id, swap, payer_id=cast.ana.id, reason="Swapped", now=LATER)
    session.flush()

    group = taken_in(session, cast.eva, document_of(session, cast))

    assert by_name(session, group.id) == by_name(session, cast.group_id)


def test_what_was_paid_in_advance_for_an_open_run_travels_too(session: Session, cast: Cast) -> None:
    """The run stays where it is; the money that came is in the balances. What nobody paid yet stays with the run."""
    run_id = bring_to(session, cast, Phase.CONFIRMED)
    ask_advances(session, cast.ana, run_id, "all", now=NOW)
    asked = select(Payment).where(Payment.run_id == run_id, Payment.sender_id == cast.bojan.id)
    line = session.scalars(asked).one()
    payments.say_paid(session, cast.bojan, cast.group_id, line.id, line.amount, now=NOW)
    payments.confirm_payment(session, cast.ana, cast.group_id, line.id, now=NOW)
    groups.set_debt_limit(session, cast.ana, cast.group_id, 5000, now=NOW)
    session.flush()

    group = taken_in(session, cast.eva, document_of(session, cast))

    assert by_name(session, group.id) == by_name(session, cast.group_id)
    assert balances(session, group.id)
    assert group.debt_limit == 5000
    assert count(session, Payment, group_id=group.id, amount=line.amount, run_id=None) == 1


def test_a_place_that_is_kept_is_nobodys_account(session: Session, lived: Cast) -> None:
    group = taken_in(session, lived.eva, document_of(session, lived))
    place = kept_places(session, group.id)[0]

    user = session.get_one(User, place.user_id)

    assert user.password_hash == "" and user.username.startswith("guest.")
    with pytest.raises(Conflict):
        user.password_hash = "somebody has it"
        link = make_claim_link(session, lived.eva, group.id, place.user_id, now=LATER)
        claim_place(session, lived.bojan, link["token"], now=LATER)
