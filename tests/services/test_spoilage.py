"""Spoiled goods: reported by who got them, asked of who got the same, credited so that all sums hold."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from sqlmodel import col, func, select

from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError, Conflict, Forbidden, Invalid, NotFound
from bulq.domain.phases import Phase
from bulq.domain.spoilage import Credit, worth
from bulq.models import Balance, Group, LedgerEntry, Notification, Run, Spoilage, StatementLine
from bulq.queries.item_shares import run_shares
from bulq.queries.spoilage import spoiled_view
from bulq.queries.statement import statement_view
from bulq.services import groups, mistakes
from bulq.services.attachments import keep_attachment
from bulq.services.spoilage import credit_spoiled, report_spoiled, say_fine
from tests.balances import balances
from tests.cast import LATER, NOW, PACK, Cast, World, bring_to, item_of


def reported(session: Session, cast: Cast, run_id: UUID, who: Actor, quantity: int = PACK, **more: Any) -> Spoilage:
    rice = item_of(session, run_id, cast.rice)
    row = report_spoiled(session, who, run_id, rice, quantity, note="Mouldy", now=LATER, **more)
    session.flush()
    return row


def told(session: Session, kind: str) -> set[UUID]:
    return set(session.scalars(select(Notification.user_id).where(Notification.kind == kind)))


@pytest.mark.parametrize("phase", [Phase.DISTRIBUTING, Phase.COMPLETED])
def test_whoever_has_the_same_is_asked_once(session: Session, cast: Cast, phase: Phase) -> None:
    run_id = bring_to(session, cast, phase)
    rice = item_of(session, run_id, cast.rice)

    reported(session, cast, run_id, cast.bojan)
    assert told(session, "spoiled_asked") == {cast.ana.id, cast.mila.id}
    say_fine(session, cast.mila, run_id, rice, now=LATER)
    reported(session, cast, run_id, cast.ana)

    session.flush()
    view = spoiled_view(session, cast.mila, run_id)
    said = {each.name: (each.quantity, each.note, each.worth) for each in view.reports.values()}
    assert said == {"Bojan": (PACK, "Mouldy", 799), "Mila": (0, "", 0), "Ana": (PACK, "Mouldy", 799)}
    with pytest.raises(NotFound):
        spoiled_view(session, cast.eva, run_id)


def test_what_is_said_again_replaces_what_was_said(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)
    rice = item_of(session, run_id, cast.rice)

    first = reported(session, cast, run_id, cast.bojan)
    assert reported(session, cast, run_id, cast.bojan, 2 * PACK).id == first.id
    say_fine(session, cast.bojan, run_id, rice, now=LATER)

    assert first.quantity == 0


@pytest.mark.parametrize(
    ("quantity", "key"), [(0, "quantity_positive"), (-1, "quantity_positive"), (2001, "spoiled_too_much")]
)
def test_nobody_reports_what_they_dont_have(session: Session, cast: Cast, quantity: int, key: str) -> None:
    """Bojan got two packs, and no tomatoes."""
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)

    with pytest.raises(BulqError, match=key) as refused:
        reported(session, cast, run_id, cast.bojan, quantity)
    assert refused.value.field == "quantity"
    with pytest.raises(Invalid):
        report_spoiled(session, cast.bojan, run_id, item_of(session, run_id, cast.rice), PACK, note=" ", now=LATER)
    with pytest.raises(NotFound):
        tomatoes = item_of(session, run_id, cast.tomatoes)
        report_spoiled(session, cast.bojan, run_id, tomatoes, 500, note="Soft", now=LATER)
    with pytest.raises(NotFound):  # nobody asked
        say_fine(session, cast.mila, run_id, item_of(session, run_id, cast.rice), now=LATER)
    session.flush()
    assert session.scalars(select(Spoilage.id).where(Spoilage.run_id == run_id)).all() == []


def test_a_photo_of_ones_own_goes_along(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)
    mine, anas = (keep_attachment(session, who, run_id, "jpeg", 10, now=NOW).id for who in (cast.bojan, cast.ana))  # type: ignore[arg-type]
    session.flush()

    with pytest.raises(NotFound):
        reported(session, cast, run_id, cast.bojan, attachment_id=anas)

    report = reported(session, cast, run_id, cast.bojan, attachment_id=mine)
    assert report.attachment_id == mine
    session.flush()
    photo = spoiled_view(session, cast.mila, run_id).reports[str(report.id)].photo
    assert photo is not None and (photo.id, photo.kind) == (str(mine), "jpeg")

    # Eva is in the group by now, but takes no part in the run.
    groups.join_group(session, cast.eva, session.get_one(Group, cast.group_id).invite_token, now=LATER)
    session.flush()
    assert spoiled_view(session, cast.eva, run_id).reports[str(report.id)].photo is None


@pytest.mark.parametrize(
    ("credit", "changed"),
    [
        # Ana paid, and gives Bojan what the store gave her.
        (Credit.REFUND, {"ana": -799, "bojan": 799}),
        # 7.99 by value of 4, 2 and 1 packs.
        (Credit.EVERYBODY, {"ana": -457, "bojan": 799 - 228, "mila": -114}),
        (Credit.NONE, {}),
    ],
)
def test_the_leader_credits_it_by_a_correction(
    session: Session, cast: Cast, credit: Credit, changed: dict[str, int]
) -> None:
    run_id = bring_to(session, cast, Phase.COMPLETED)
    row = reported(session, cast, run_id, cast.bojan)
    before = balances(session, cast.group_id)

    credit_spoiled(session, cast.ana, run_id, row.id, credit, seen=PACK, now=LATER)

    session.flush()
    now = balances(session, cast.group_id)
    assert {who: now[who] - before[who] for who in now if now[who] != before[who]} == changed
    assert (row.credit, row.amount) == (credit, 0 if credit is Credit.NONE else 799)
    kind = "spoiled_not_credited" if credit is Credit.NONE else "spoiled_credited"
    assert told(session, kind) == {cast.bojan.id}
    stories = statement_view(session, cast.mila, run_id, cast.bojan.id).costs.values()
    spoiled = [(each.spoiled, each.part, each.reason) for each in stories if each.spoiled]
    assert spoiled == ([] if credit is Credit.NONE else [(PACK, -799, "Mouldy")])
    with pytest.raises(Conflict, match="spoiled_decided"):
        credit_spoiled(session, cast.ana, run_id, row.id, credit, seen=PACK, now=LATER)
    with pytest.raises(Conflict, match="spoiled_decided"):
        reported(session, cast, run_id, cast.bojan)


def test_crediting_is_for_the_leader_who_saw_what_is_reported(session: Session, world: World) -> None:
    cast, run_id = world.cast, world.runs[Phase.COMPLETED]
    row = reported(session, cast, run_id, cast.bojan)
    early = reported(session, cast, world.runs[Phase.DISTRIBUTING], cast.bojan)

    with pytest.raises(Forbidden):
        credit_spoiled(session, cast.bojan, run_id, row.id, Credit.REFUND, seen=PACK, now=LATER)
    with pytest.raises(Conflict, match="spoiled_changed"):
        credit_spoiled(session, cast.ana, run_id, row.id, Credit.REFUND, seen=2 * PACK, now=LATER)
    with pytest.raises(Conflict, match="wrong_phase"):
        credit_spoiled(session, cast.ana, world.runs[Phase.DISTRIBUTING], early.id, Credit.REFUND, seen=PACK, now=LATER)
    with pytest.raises(NotFound):
        credit_spoiled(session, cast.ana, run_id, early.id, Credit.REFUND, seen=PACK, now=LATER)


def test_back_to_shopping_forgets_what_was_said(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)
    reported(session, cast, run_id, cast.bojan)

    mistakes.back_to_shopping(session, cast.ana, run_id, "", now=LATER)

    assert session.scalars(select(Spoilage.id).where(Spoilage.run_id == run_id)).all() == []


@given(st.integers(1, 10**7), st.integers(0, 10**8), st.data())
def test_what_is_spoiled_costs_its_part_and_no_more(got: int, cost: int, data: st.DataObject) -> None:
    quantity = data.draw(st.integers(1, got))

    found = worth("an item", quantity, got, cost)

    assert abs(found * got - cost * quantity) <= got
    assert worth("an item", got, got, cost) == cost


reports = st.lists(
    st.tuples(st.sampled_from(("ana", "bojan", "mila")), st.integers(1, 4000), st.sampled_from(Credit)), max_size=5
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reports)
def test_whatever_is_credited_balances_sum_to_zero_and_statements_to_what_was_paid(
    built: tuple[Engine, World], said: list[tuple[str, int, Credit]]
) -> None:
    engine, world = built
    cast, run_id = world.cast, world.runs[Phase.COMPLETED]
    with Session(engine, expire_on_commit=False) as session:
        lines = session.scalars(select(StatementLine.id).where(StatementLine.run_id == run_id)).all()
        for name, quantity, credit in said:
            try:
                row = reported(session, cast, run_id, getattr(cast, name), quantity)
                credit_spoiled(session, cast.ana, run_id, row.id, credit, seen=quantity, now=LATER)
            except BulqError as refused:
                assert refused.key in ("spoiled_too_much", "spoiled_decided")
            session.flush()

        for table in (Balance, LedgerEntry):
            sums = select(func.coalesce(func.sum(col(table.amount)), 0)).where(table.group_id == cast.group_id)
            assert session.scalars(sums).one() == 0
        shares = run_shares(session, session.get_one(Run, run_id))
        owed = sum(sum(each.costs.values()) + each.left_cost for each in shares.items.values())
        owed += sum(part.amount for parts in shares.costs.values() for part in parts.values())
        assert owed == sum(shares.spent.values())
        kept = session.scalars(select(StatementLine.id).where(col(StatementLine.id).in_(lines))).all()
        assert len(kept) == len(lines)  # nothing that was entered is gone
        session.rollback()
