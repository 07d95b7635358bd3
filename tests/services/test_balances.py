"""What members of a group owe each other once runs are done."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq.domain.ledger import PostingKind, balanced, net
from bulq.domain.phases import Phase
from bulq.models import Group, LedgerEntry, Posting
from bulq.queries.runs import run_view
from bulq.services import phases
from bulq.services.ledger import post
from bulq.services.merging_people import merge_users
from tests import seeing
from tests.balances import balances, postings_of
from tests.cast import LATER, NOW, PACK, Cast, bring_to, item_of, leave_over, person


@pytest.fixture
def before(session: Session, cast: Cast) -> Counter[str]:
    """What the runs of the world came to."""
    return Counter(balances(session, cast.group_id))


def since(before: Counter[str], session: Session, cast: Cast) -> dict[str, int]:
    """By how much balances have changed."""
    now = balances(session, cast.group_id)
    return {who: now.get(who, 0) - before[who] for who in {*now, *before} if now.get(who, 0) != before[who]}


def test_a_completed_run_is_owed_to_whoever_paid(session: Session, cast: Cast, before: Counter[str]) -> None:
    """Ana paid 55.93 for 7 packs: 4 are hers, 2 Bojan's, 1 Mila's."""
    run_id = bring_to(session, cast, Phase.COMPLETED)

    assert since(before, session, cast) == {"ana": 2397, "bojan": -1598, "mila": -799}
    posting = session.scalars(select(Posting).where(Posting.run_id == run_id)).one()
    assert (posting.kind, posting.run_id, posting.actor_id) == (PostingKind.RUN, run_id, cast.ana.id)


@pytest.mark.parametrize("phase", [Phase.DISTRIBUTING, Phase.CANCELLED])
def test_a_run_that_is_not_completed_changes_no_balance(
    session: Session, cast: Cast, before: Counter[str], phase: Phase
) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)
    if phase is Phase.CANCELLED:
        phases.cancel_run(session, cast.ana, run_id, "The goods were stolen", now=NOW)

    assert not since(before, session, cast)


def test_runs_add_up(session: Session, cast: Cast, before: Counter[str]) -> None:
    postings = postings_of(session, cast.group_id)
    for _ in range(2):
        bring_to(session, cast, Phase.COMPLETED)

    assert since(before, session, cast) == {"ana": 4794, "bojan": -3196, "mila": -1598}
    assert postings_of(session, cast.group_id) == postings + 2


def test_goods_taken_after_the_run_are_owed_to_whoever_bore_them(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)
    rice = item_of(session, run_id, cast.rice)
    leave_over(session, run_id, rice, cast.bojan.id, PACK)
    seeing.complete_run(session, cast.ana, run_id, now=NOW)
    before = Counter(balances(session, cast.group_id))

    seeing.take_leftovers(session, cast.mila, run_id, rice, PACK, now=LATER)

    assert since(before, session, cast) == {"ana": 799, "mila": -799}


def test_merged_accounts_have_one_balance(session: Session, cast: Cast, before: Counter[str]) -> None:
    eva = person(session, "Eva2")
    group = session.get_one(Group, cast.group_id)
    post(session, group, PostingKind.IMPORT, {str(eva.id): -300, str(cast.ana.id): 300}, actor=None, now=NOW)

    merge_users(session, cast.ada, eva.id, cast.mila.id, now=NOW)

    assert since(before, session, cast) == {"ana": 300, "mila": -300}


def test_what_people_owe_in_a_run_is_what_its_page_says(session: Session, cast: Cast, before: Counter[str]) -> None:
    run_id = bring_to(session, cast, Phase.COMPLETED)

    people = run_view(session, cast.ana, run_id).people
    found = {each.username: each.spent - each.part for each in people if each.spent != each.part}
    assert since(before, session, cast) == found


def test_the_database_changes_and_removes_no_entry(session: Session, cast: Cast) -> None:
    bring_to(session, cast, Phase.COMPLETED)

    for statement in (update(LedgerEntry).values(amount=1), delete(LedgerEntry)):
        with pytest.raises(DBAPIError, match="ledger entries are never"), session.begin_nested():
            session.execute(statement.where(col(LedgerEntry.group_id) == cast.group_id))


def test_amounts_that_do_not_sum_to_zero_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="sum to zero"):
        balanced({"ana": 1})


@given(
    paid=st.dictionaries(st.sampled_from("abc"), st.integers()),
    owed=st.dictionaries(st.sampled_from("abc"), st.integers()),
)
def test_what_is_paid_minus_what_is_owed_loses_nothing(paid: dict[str, int], owed: dict[str, int]) -> None:
    assert sum(net(paid, owed).values()) == sum(paid.values()) - sum(owed.values())
