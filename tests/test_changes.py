"""Topics that a use case notes are announced once its transaction is committed, and only then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bulq import changes, db
from bulq.domain.errors import Conflict
from bulq.domain.phases import Phase
from bulq.models import Run, Store
from bulq.queries import shown
from bulq.services import groups, prices
from bulq.services.uniqueness import only_once
from tests.announced import announcements
from tests.cast import LATER, Cast, assemble, bring_to
from tests.conftest import Scene


@pytest.fixture
def cast(scene: Scene) -> Cast:
    return scene(assemble)


@pytest.fixture
def told() -> Iterator[list[set[str]]]:
    with announcements() as heard:
        yield heard


def see(cast: Cast, price: int) -> None:
    db.write_now(prices.see_price, cast.bojan, cast.rice, cast.store_id, price, "EUR", now=LATER)


def test_a_price_is_told_of_once(cast: Cast, told: list[set[str]]) -> None:
    for _ in range(2):
        see(cast, 799)

    assert told == [{f"product:{cast.rice}", f"store:{cast.store_id}"}]


def test_what_is_rolled_back_is_not_told(cast: Cast, told: list[set[str]]) -> None:
    with pytest.raises(RuntimeError), db.transaction() as session:
        prices.see_price(session, cast.bojan, cast.rice, cast.store_id, 799, "EUR", now=LATER)
        raise RuntimeError

    assert told == []


def test_a_finished_shopping_trip_tells_of_everything_bought(cast: Cast, told: list[set[str]]) -> None:
    with db.transaction() as session:
        bring_to(session, cast, Phase.ADJUSTING)

    assert told[0] >= {changes.product(cast.rice), changes.store(cast.store_id)} and len(told) == 1


def test_where_goods_are_shown(cast: Cast) -> None:
    see(cast, 799)
    with db.transaction() as session:
        recent, old, other = (bring_to(session, cast, Phase.COMPLETED) for _ in range(3))
        for run_id in (old, other):
            session.get_one(Run, run_id).ended_at = LATER - timedelta(days=60)

        both = shown.topics_of_goods(session, [cast.rice, cast.tomatoes], now=LATER)
        there = shown.run_topics_with(session, [cast.rice], store_id=cast.store_id, now=LATER)
        elsewhere = shown.run_topics_with(session, [cast.rice], store_id=cast.rice, now=LATER)

    pages = {changes.product(cast.rice), changes.product(cast.tomatoes), changes.store(cast.store_id)}
    assert both == pages | {changes.run(recent)}
    assert there == {changes.run(recent)} and elsewhere == set()


def test_where_a_person_is_named(cast: Cast) -> None:
    with db.transaction() as session:
        bring_to(session, cast, Phase.SHOPPING)
        assert shown.topics_naming(session, cast.bojan.id) == {changes.group(cast.group_id)}
        groups.leave_group(session, cast.bojan, cast.group_id, now=LATER)  # what they bid on is bought for them
        assert shown.topics_naming(session, cast.bojan.id) == {changes.group(cast.group_id)}
        prices.see_price(session, cast.eva, cast.rice, cast.store_id, 777, "EUR", now=LATER)
        assert shown.topics_naming(session, cast.eva.id) == {changes.CATALOGUE}
        assert shown.topics_naming(session, cast.ada.id) == set()


def test_what_a_savepoint_took_back_is_not_told(cast: Cast, told: list[set[str]]) -> None:
    with db.transaction() as session:
        changes.note(session, "before")
        with session.begin_nested():
            changes.note(session, "within")
        with pytest.raises(RuntimeError), session.begin_nested():
            changes.note(session, "taken back")
            with session.begin_nested():
                changes.note(session, "taken back with the outer one")
            raise RuntimeError
        changes.note(session, "after")

    assert told == [{"before", "within", "after"}]


def test_what_somebody_else_was_quicker_with_is_not_told(cast: Cast, told: list[set[str]]) -> None:
    with db.transaction() as session:
        twin = session.get_one(Store, cast.store_id)
        with pytest.raises(Conflict), only_once(session, Conflict("store_exists")):
            changes.note(session, "a second Metro")
            session.add(Store(name=twin.name, name_key=twin.name_key, created_by=cast.ana.id, created_at=LATER))
        changes.note(session, changes.CATALOGUE)

    assert told == [{changes.CATALOGUE}]


def test_a_transaction_that_is_repeated_tells_once_and_of_the_last_time_only(cast: Cast, told: list[set[str]]) -> None:
    times: list[int] = []

    def work(session: Session) -> None:
        times.append(len(times))
        session.get_one(Store, cast.store_id)
        changes.note(session, f"time {len(times)}")
        if len(times) < 3:
            raise OperationalError("", {}, psycopg.errors.SerializationFailure())

    db.write_now(work)

    assert told == [{"time 3"}]


def test_a_session_that_goes_on_after_a_rollback_has_noted_nothing(cast: Cast) -> None:
    with Session(db.engine()) as session:
        changes.note(session, "before the first statement")
        session.get_one(Store, cast.store_id)
        changes.note(session, "after it")
        assert changes.noted(session) == {"before the first statement", "after it"}
        session.rollback()

        assert changes.noted(session) == set()


def test_that_nobody_can_be_told_undoes_nothing(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    def fail(*_topics: str) -> None:
        raise RuntimeError("no pages today")

    with announcements():
        changes.tell_by(fail)
        see(cast, 799)

    assert "no pages today" in caplog.text and f"product:{cast.rice}" in caplog.text
    with announcements() as told:
        see(cast, 799)
    assert told == []  # it is known already


def test_a_row_is_part_of_its_run() -> None:
    assert changes.whole(changes.row("r", "p")) == changes.run("r") == changes.whole(changes.run("r"))


def test_of_a_run_that_is_told_as_a_whole_no_rows_are_told(cast: Cast, told: list[set[str]]) -> None:
    with db.transaction() as session:
        session.get_one(Store, cast.store_id)
        changes.note(session, changes.row("one", "p"), changes.row("other", "p"), changes.run("one"))

    assert told == [{changes.run("one"), changes.row("other", "p")}]
