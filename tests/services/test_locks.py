"""What changes a run or a group holds the lock on its row before it writes, so that two at once can't both be right."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import db
from bulq.domain.phases import Phase
from bulq.models import Group, Run
from bulq.services.accounts_removal import remove_own_account
from bulq.services.catalogue_import import Order, preview_catalogue
from bulq.services.stand_ins import claim_place
from bulq.services.users import delete_account
from tests import seeing
from tests.cast import NOW, World
from tests.queries.counting import statements
from tests.services.test_every_use_case import home_of, ids, person, ready
from tests.services.use_cases import USE_CASES, UseCase

WRITES = re.compile(r"\s*(?:WITH .*?)?(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)", re.DOTALL)
LOCKS = re.compile(r"FOR (?:NO KEY )?UPDATE")
# By what there is only one of.
ONE_ROW = re.compile(
    r"\bWHERE (?:\w+\.id|groups\.invite_token|bids\.run_id = \S+ AND bids\.user_id = \S+ AND bids\.product_id) = %\("
)
IN_ORDER = re.compile(r"\bORDER BY \w+\.id\s+(?:LIMIT .*)?FOR ", re.DOTALL)
OF_RUN = {
    *("runs", "bids", "bid_raises", "list_items", "purchases", "allocations", "participants", "phase_entries"),
    "statement_lines",
}
OF_GROUP = {"groups", "memberships", "plans", "payments", "postings", "ledger_entries", "balances", "household_members"}


# Who leaves everything leaves groups, too.
LOCKING = [case for case in USE_CASES if case.in_group or case.function in (remove_own_account, delete_account)]


def _begins_with_a_lock(sent: list[str], table: str, of: set[str]) -> bool:
    """Whether the rows of `table` were locked before anything `of` it was written; True if nothing was."""
    for statement in sent:
        if LOCKS.search(statement) and re.search(rf"\b{table}\b", statement):
            return True
        if (written := WRITES.match(statement)) and written[1] in of:
            return False
    return True


@pytest.mark.only("postgresql")  # the other database lets nobody else write
@pytest.mark.parametrize("case", LOCKING, ids=ids)
def test_a_lock_comes_before_what_is_written(
    session: Session, world: World, case: UseCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seeing, "_lock", lambda *_: None)  # of tests that look first
    at = ready(session, world, case, home_of(case))

    with statements(session) as sent:
        case.call(at, person(world, case.who))
        session.flush()

    assert _begins_with_a_lock(sent, *(("runs", OF_RUN) if case.in_run else ("groups", OF_GROUP)))


@pytest.mark.only("postgresql")
@pytest.mark.parametrize("case", USE_CASES, ids=ids)
def test_of_several_rows_each_locks_the_one_with_the_lowest_id_first(
    session: Session, world: World, case: UseCase
) -> None:
    """Two people who lock the same rows in different orders would wait for each other until one of them fails."""
    at = ready(session, world, case, home_of(case))

    with statements(session) as sent:
        case.call(at, person(world, case.who))
        session.flush()

    assert not [each for each in sent if LOCKS.search(each) and not ONE_ROW.search(each) and not IN_ORDER.search(each)]


# Whose account takes in another one, in all their groups.
MERGING = (claim_place,)


@pytest.mark.only("postgresql")
@pytest.mark.parametrize(
    "case", [case for case in USE_CASES if case.who != "ada" and case.function not in MERGING], ids=ids
)
def test_nobody_waits_for_what_is_done_in_another_group(session: Session, world: World, case: UseCase) -> None:
    at = ready(session, world, case, home_of(case))
    case.call(at, person(world, case.who))
    session.flush()

    with db.engine().connect() as evas:
        for table, row in ((Group, world.evas.group_id), (Run, world.evas_runs[Phase.SHOPPING])):
            free = select(table.id).where(col(table.id) == row).with_for_update(key_share=True, skip_locked=True)
            assert evas.execute(free).all() == [(row,)]


@pytest.mark.only("postgresql")
def test_looking_through_a_list_locks_nothing(session: Session, world: World) -> None:
    goods = BytesIO(b"name;unit;brand;step\nBasmati rice 5 kg;pack;Daawat;2\nSalt;kg;;\n")

    with statements(session) as sent:
        found = preview_catalogue(session, world.cast.ada, goods, Order(), now=NOW)

    assert found.rows == 2 and not [statement for statement in sent if LOCKS.search(statement)]
