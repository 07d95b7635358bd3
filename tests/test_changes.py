"""What a use case changes is told once it is committed, and only then."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bulq import changes, db, live
from bulq.domain.phases import Phase
from bulq.services import curating, prices
from tests.cast import LATER, Cast, assemble, bring_to
from tests.conftest import Scene


@pytest.fixture
def cast(scene: Scene) -> Cast:
    return scene(assemble)


@pytest.fixture
def told() -> Iterator[list[set[str]]]:
    heard: list[set[str]] = []
    changes.tell_by(lambda *topics: heard.append(set(topics)))
    yield heard
    changes.tell_by(live.announce)


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

    assert told == [{f"product:{cast.rice}", f"store:{cast.store_id}"}]


def test_of_an_edited_product_the_stores_it_was_seen_at_are_told(cast: Cast, told: list[set[str]]) -> None:
    see(cast, 799)
    told.clear()

    db.write_now(curating.verify, cast.ada, "product", [cast.rice], now=LATER)
    with db.reading() as session:
        assert curating.where_shown(session, cast.rice) == [f"product:{cast.rice}", f"store:{cast.store_id}"]

    assert told == [{f"product:{cast.rice}"}]
