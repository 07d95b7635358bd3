"""What changes a run or a group holds the lock on its row before it writes, so that two at once can't both be right."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from sqlalchemy.orm import Session

from bulq.services.catalogue_import import Order, preview_catalogue
from tests import seeing
from tests.cast import NOW, World
from tests.queries.counting import statements
from tests.services.test_every_use_case import home_of, ids, person, ready
from tests.services.use_cases import USE_CASES, UseCase

WRITES = re.compile(r"\s*(?:WITH .*?)?(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)", re.DOTALL)
LOCKS = re.compile(r"FOR (?:NO KEY )?UPDATE")
OF_RUN = {
    *("runs", "bids", "bid_raises", "list_items", "purchases", "allocations", "participants", "phase_entries"),
    "statement_lines",
}
OF_GROUP = {"groups", "memberships"}


def _begins_with_a_lock(sent: list[str], table: str, of: set[str]) -> bool:
    """Whether the rows of `table` were locked before anything `of` it was written; True if nothing was."""
    for statement in sent:
        if LOCKS.search(statement) and re.search(rf"\b{table}\b", statement):
            return True
        if (written := WRITES.match(statement)) and written[1] in of:
            return False
    return True


@pytest.mark.only("postgresql")  # the other database lets nobody else write
@pytest.mark.parametrize("case", [case for case in USE_CASES if case.in_group], ids=ids)
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
def test_looking_through_a_list_locks_nothing(session: Session, world: World) -> None:
    goods = BytesIO(b"name;unit;brand;step\nBasmati rice 5 kg;pack;Daawat;2\nSalt;kg;;\n")

    with statements(session) as sent:
        found = preview_catalogue(session, world.cast.ada, goods, Order(), now=NOW)

    assert found.rows == 2 and not [statement for statement in sent if LOCKS.search(statement)]
