"""Where members want to be paid: kept encrypted, bounded, in their order, and nobody else's business."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import passwords
from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, Invalid, NotFound
from bulq.domain.payouts import MOST, Kind
from bulq.models import AuditEntry, Payout, User
from bulq.queries.own_data import own_data
from bulq.queries.payouts import PayoutLine, payouts
from bulq.services import accounts_removal, merging_people
from bulq.services.payouts import add_payout, edit_payout, prefer_payout, remove_payout
from tests.cast import LATER, NOW, Cast, person
from tests.knowing import proof

ACCOUNT, IBAN = "165-55-74", "DE89370400440532013000"
SECRETS = ("165000000000005574", ACCOUNT, IBAN, "Bojan Bojanić", "bojan@oksbi")


def lines(session: Session, who: Actor) -> list[PayoutLine]:
    session.flush()
    return list(payouts(session, who).payouts.values())


def three(session: Session, who: Actor) -> list[UUID]:
    made = [
        add_payout(session, who, "serbian", ACCOUNT, name="Bojan Bojanić", now=NOW),
        add_payout(session, who, "iban", IBAN, name="Bojan Bojanić", now=NOW),
        add_payout(session, who, "upi", "bojan@oksbi", name="Bojan Bojanić", now=NOW),
    ]
    session.flush()
    return [row.id for row in made]


def test_one_finds_ones_own_in_their_order_and_others_find_nothing(session: Session, cast: Cast) -> None:
    ids = three(session, cast.bojan)

    found = lines(session, cast.bojan)

    assert [(line.id, line.kind, line.shown) for line in found] == [
        (str(ids[0]), Kind.SERBIAN, ACCOUNT),
        (str(ids[1]), Kind.IBAN, "DE89 3704 0044 0532 0130 00"),
        (str(ids[2]), Kind.UPI, "bojan@oksbi"),
    ]
    assert all((line.name, line.is_readable, line.changed_at) == ("Bojan Bojanić", True, NOW) for line in found)
    for other in (cast.ana, cast.ada, cast.eva):
        assert lines(session, other) == []


def test_the_database_holds_nothing_that_could_be_read(session: Session, cast: Cast) -> None:
    three(session, cast.bojan)

    rows = session.execute(text("SELECT * FROM payouts")).all()

    assert len(rows) == 3
    for secret in SECRETS:
        assert secret.encode() not in b"".join(bytes(row.sealed) for row in rows) and secret not in str(rows)


def test_what_is_put_into_another_persons_row_can_not_be_read(session: Session, cast: Cast) -> None:
    ids = three(session, cast.bojan)

    session.execute(update(Payout).where(col(Payout.id) == ids[0]).values(user_id=cast.mila.id))
    session.execute(update(Payout).where(col(Payout.id) == ids[2]).values(kind="paypal"))
    session.expire_all()

    assert [(line.account, line.is_readable) for line in lines(session, cast.mila)] == [("", False)]
    assert [line.is_readable for line in lines(session, cast.bojan)] == [True, False]


def test_one_is_changed_moved_to_the_front_and_removed(session: Session, cast: Cast) -> None:
    first, second, third = three(session, cast.bojan)

    edit_payout(session, cast.bojan, first, "310-1234567891211-86", name="Bojan", now=LATER)
    prefer_payout(session, cast.bojan, third, now=LATER)
    remove_payout(session, cast.bojan, second, now=LATER)

    found = lines(session, cast.bojan)
    assert [line.id for line in found] == [str(third), str(first)]
    assert (found[1].shown, found[1].name, found[1].changed_at) == ("310-1234567891211-86", "Bojan", LATER)


def test_there_is_room_for_a_few(session: Session, cast: Cast) -> None:
    for number in range(MOST):
        assert payouts(session, cast.bojan).may_add
        add_payout(session, cast.bojan, "paypal", f"bojan{number}", now=NOW)
        session.flush()

    with pytest.raises(Conflict) as refusal:
        add_payout(session, cast.bojan, "paypal", "onemore", now=NOW)

    assert (refusal.value.key, refusal.value.values) == ("too_many_payouts", {"maximum": MOST})
    assert not payouts(session, cast.bojan).may_add


def test_nothing_is_there_twice(session: Session, cast: Cast) -> None:
    first, second, _ = three(session, cast.bojan)
    add_payout(session, cast.mila, "serbian", ACCOUNT, name="Bojan Bojanić", now=NOW)

    for again in (
        lambda: add_payout(session, cast.bojan, "serbian", "165 0000000000055 74", name=" Bojan  Bojanić", now=NOW),
        lambda: edit_payout(session, cast.bojan, _another(session, cast), IBAN, name="Bojan Bojanić", now=NOW),
    ):
        with pytest.raises(Conflict) as refusal:
            again()
        assert (refusal.value.key, refusal.value.field) == ("payout_there", "to")
    edit_payout(session, cast.bojan, second, IBAN, name="Bojan Bojanić", now=LATER)  # as it is
    assert lines(session, cast.bojan)[1].changed_at == NOW and first


def _another(session: Session, cast: Cast) -> UUID:
    return add_payout(session, cast.bojan, "iban", "FR1420041010050500013M02606", name="Bojan", now=NOW).id


@pytest.mark.parametrize(
    ("kind", "to", "name", "field"),
    [
        ("cheque", "x", "x", "kind"),
        ("serbian", "165-55-75", "Bojan", "to"),
        ("serbian", ACCOUNT, "Bojan | Ana", "name"),
        ("iban", "DE00", "Bojan", "to"),
        ("iban", IBAN, "\ud800", "name"),
        ("upi", "x" * 4096, "Bojan", "to"),
        ("text", "\u202e", "Zelle", "to"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(
    session: Session, cast: Cast, kind: str, to: str, name: str, field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        add_payout(session, cast.bojan, kind, to, name=name, now=NOW)

    assert refusal.value.field == field and lines(session, cast.bojan) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda s, who, id: edit_payout(s, who, id, "310-1234567891211-86", name="Me", now=NOW),
        lambda s, who, id: remove_payout(s, who, id, now=NOW),
        lambda s, who, id: prefer_payout(s, who, id, now=NOW),
    ],
    ids=["edit", "remove", "prefer"],
)
def test_somebody_elses_is_not_found(session: Session, cast: Cast, change: Callable[..., Any]) -> None:
    (first, *_) = three(session, cast.bojan)

    for who in (cast.mila, cast.ada):
        with pytest.raises(NotFound):
            change(session, who, first)

    assert len(lines(session, cast.bojan)) == 3


def test_the_record_says_that_it_changed_and_nothing_of_what(session: Session, cast: Cast) -> None:
    first, second, _ = three(session, cast.bojan)
    edit_payout(session, cast.bojan, first, "310-1234567891211-86", name="Bojan Bojanić", now=NOW)
    prefer_payout(session, cast.bojan, second, now=NOW)
    remove_payout(session, cast.bojan, first, now=NOW)
    session.flush()

    found = [row for row in session.scalars(select(AuditEntry)) if row.action.startswith("payout_")]

    actions = ["payout_added"] * 3 + ["payout_edited", "payout_preferred", "payout_removed"]
    assert [entry.action for entry in found] == actions
    assert {(entry.actor_id, entry.topic) for entry in found} == {(cast.bojan.id, "accounts")}
    written = str([entry.model_dump() for entry in found])
    assert not any(secret in written for secret in (*SECRETS, "310"))


def test_deleting_the_account_deletes_them(session: Session, cast: Cast) -> None:
    three(session, cast.mila)
    three(session, cast.bojan)

    accounts_removal.remove_own_account(session, cast.mila, _proven(session, cast.mila), now=LATER)
    session.flush()

    assert {row.user_id for row in session.scalars(select(Payout))} == {cast.bojan.id}


def _proven(session: Session, who: Actor) -> str:
    session.get_one(User, who.id).password_hash = passwords.hash_password("correct horse battery")
    session.flush()
    return proof(session, who.id, "correct horse battery")


def test_merging_accounts_brings_them_together(session: Session, cast: Cast) -> None:
    twin = person(session, "Bojana")
    session.flush()
    three(session, cast.bojan)
    add_payout(session, twin, "serbian", ACCOUNT, name="Bojan Bojanić", now=NOW)
    add_payout(session, twin, "revolut", "@bojan", now=NOW)
    broken = add_payout(session, twin, "paypal", "bojan", now=NOW)
    session.flush()
    broken.sealed = b"\1" * 60
    session.flush()

    merging_people.merge_users(session, cast.ada, twin.id, cast.bojan.id, now=LATER)

    found = lines(session, cast.bojan)
    assert [line.kind for line in found] == [Kind.SERBIAN, Kind.IBAN, Kind.UPI, Kind.REVOLUT]
    assert all(line.is_readable for line in found)


def test_ones_own_export_has_them_and_nobody_elses(session: Session, cast: Cast) -> None:
    three(session, cast.bojan)
    session.flush()

    def section(who: Actor) -> list[dict[str, Any]]:
        return [row for part in own_data(session, who)[0] if part.section == "payouts" for row in part.rows]

    assert [(row["kind"], row["to"], row["name"], row["bic"]) for row in section(cast.bojan)] == [
        (Kind.SERBIAN, "165000000000005574", "Bojan Bojanić", ""),
        (Kind.IBAN, IBAN, "Bojan Bojanić", ""),
        (Kind.UPI, "bojan@oksbi", "Bojan Bojanić", ""),
    ]
    assert all(
        row.keys() == {"id", "kind", "to", "name", "bic", "created_at", "changed_at"} for row in section(cast.bojan)
    )
    assert section(cast.mila) == section(cast.ada) == []
