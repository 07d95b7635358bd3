"""How to pay somebody is shown to whoever owes them, and to nobody else."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.errors import NotFound
from bulq.domain.payments import PaymentState
from bulq.domain.payouts import Kind
from bulq.domain.phases import Phase
from bulq.models import Group, Payment, Payout
from bulq.models.base import new_id
from bulq.queries.payment_code import PaymentCode, payment_code
from bulq.services.payments import record_payment, say_paid
from bulq.services.payouts import add_payout, prefer_payout
from tests import seeing
from tests.balances import balances
from tests.cast import NOW, Cast, assemble, bring_to, remove
from tests.owing import line_of
from tests.queries.counting import statements

IBAN = "DE89370400440532013000"


@pytest.fixture
def cast(session: Session) -> Cast:
    """Ana has paid for all; Bojan and Mila owe her."""
    cast = assemble(session)
    bring_to(session, cast, Phase.COMPLETED)
    for who in (cast.ana, cast.bojan):
        add_payout(session, who, "serbian", "165-55-74", name=who.name, now=NOW)
        add_payout(session, who, "iban", IBAN, name=who.name, now=NOW)
        add_payout(session, who, "text", "060 123", name="Zelle", now=NOW)
    session.flush()
    return cast


def seen(session: Session, cast: Cast, viewer: Actor, payee: Actor, **asked: object) -> PaymentCode | None:
    try:
        return payment_code(session, viewer, cast.group_id, payee.id, **asked)  # type: ignore[arg-type]
    except NotFound as refusal:
        assert refusal.key == "not_found"
        return None


def test_whoever_owes_sees_where_with_the_amount(session: Session, cast: Cast) -> None:
    owes = -balances(session, cast.group_id)["bojan"]

    code = seen(session, cast, cast.bojan, cast.ana)

    assert code and (code.name, code.currency, code.amount, code.purpose) == ("Ana", "EUR", owes, "Liman")
    iban, text = code.ways.values()
    assert (iban.kind, iban.account, iban.shown, iban.name) == (Kind.IBAN, IBAN, "DE89 3704 0044 0532 0130 00", "Ana")
    assert iban.path and iban.size and not iban.link
    assert (text.kind, text.shown, text.path, text.size) == (Kind.TEXT, "060 123", "", 0)


@pytest.mark.parametrize(("state", "is_open"), [("proposed", True), ("paid", True), ("withdrawn", False)])
def test_whoever_is_to_pay_somebody_by_a_plan_owes_them_so_much(
    session: Session, cast: Cast, state: str, is_open: bool
) -> None:
    """Mila and Bojan both owe Ana; a plan may let Mila pay Bojan instead."""
    about = {"group_id": cast.group_id, "currency": "EUR", "created_by": cast.ana.id, "created_at": NOW}
    between = {"sender_id": cast.mila.id, "receiver_id": cast.bojan.id}
    session.add(Payment(amount=300, state=PaymentState(state), **about, **between))  # type: ignore[arg-type]
    session.flush()

    code = seen(session, cast, cast.mila, cast.bojan)

    assert (code.amount if code else None) == (300 if is_open else None)


def test_a_payment_that_somebody_made_up_opens_nothing(session: Session, cast: Cast) -> None:
    record_payment(session, cast.mila, cast.group_id, cast.mila.id, cast.bojan.id, 100, "EUR", now=NOW)
    session.flush()

    assert seen(session, cast, cast.mila, cast.bojan) is None


def test_a_line_of_a_plan_that_is_paid_still_shows_where_it_went(session: Session, cast: Cast) -> None:
    seeing.save_plan(session, cast.bojan, cast.group_id, "payer", now=NOW)
    line = line_of(session, cast.group_id, cast.bojan)
    say_paid(session, cast.bojan, cast.group_id, line.id, line.amount, now=NOW)
    session.flush()

    code = seen(session, cast, cast.bojan, cast.ana)

    assert code and code.amount == line.amount


def test_nobody_else_does(session: Session, cast: Cast) -> None:
    for viewer, payee in (
        (cast.ana, cast.bojan),  # who owes her
        (cast.ana, cast.ana),
        (cast.bojan, cast.bojan),
        (cast.bojan, cast.mila),  # neither owes the other
        (cast.mila, cast.bojan),
        (cast.eva, cast.ana),
        (cast.ada, cast.ana),
    ):
        assert seen(session, cast, viewer, payee) is None, (viewer.name, payee.name)
    assert seen(session, cast, cast.bojan, Actor(new_id(), "", "")) is None
    with pytest.raises(NotFound):
        payment_code(session, cast.bojan, new_id(), cast.ana.id)


def test_before_the_run_is_over_nobody_owes(session: Session) -> None:
    cast = assemble(session)
    bring_to(session, cast, Phase.DISTRIBUTING)
    add_payout(session, cast.ana, "iban", IBAN, name="Ana", now=NOW)

    assert seen(session, cast, cast.bojan, cast.ana) is None


def test_in_another_group_or_currency_nobody_owes(session: Session, cast: Cast) -> None:
    assert seen(session, cast, cast.bojan, cast.ana, currency="RSD") is None
    assert seen(session, cast, cast.bojan, cast.ana, currency="EUR") is not None


def test_who_was_removed_or_whose_group_is_closed_sees_it_no_more(session: Session, cast: Cast) -> None:
    remove(session, cast, cast.mila)
    assert seen(session, cast, cast.mila, cast.ana) is None

    session.get_one(Group, cast.group_id).closed_at = NOW
    session.flush()
    assert seen(session, cast, cast.bojan, cast.ana) is None


def test_another_amount_may_be_asked_for(session: Session, cast: Cast) -> None:
    code = seen(session, cast, cast.bojan, cast.ana, amount=1)

    assert code and code.amount == 1


def test_the_first_choice_comes_first_and_what_can_not_be_read_does_not_come(session: Session, cast: Cast) -> None:
    def ids() -> list[str]:
        session.expire_all()
        code = seen(session, cast, cast.bojan, cast.ana)
        assert code
        return list(code.ways)

    iban, text = ids()
    prefer_payout(session, cast.ana, UUID(text), now=NOW)
    session.flush()
    assert ids() == [text, iban]

    session.execute(update(Payout).where(col(Payout.id) == UUID(iban)).values(sealed=b"\1" * 60))
    assert ids() == [text]


def test_who_has_said_nothing_is_owed_all_the_same(session: Session) -> None:
    cast = assemble(session)
    bring_to(session, cast, Phase.COMPLETED)

    code = seen(session, cast, cast.mila, cast.ana)

    assert code and code.ways == {} and code.amount > 0


def test_it_takes_few_statements(session: Session, cast: Cast) -> None:
    with statements(session) as sent:
        payment_code(session, cast.bojan, cast.group_id, cast.ana.id)

    assert len(sent) <= 5
