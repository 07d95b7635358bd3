"""How long pages take on a server that has been used for years, each read in a transaction of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from uuid import UUID

from sqlalchemy.orm import Session

from bench.seed_large import Large
from bulq import cache, db
from bulq.queries.catalogue import find_products
from bulq.queries.groups import home
from bulq.queries.listing import Wish
from bulq.queries.own_lists import groups_of
from bulq.queries.product import product_facts
from bulq.queries.search import search
from bulq.queries.stores import store_page
from bulq.queries.users import users_list
from bulq.services import catalogue
from bulq.services.prices import Sighting, observe

TIMES = 30
HISTORY = 1000  # prices of one product at one store
WISH = Wish(typed="jova", sort="-seen", filters={"who": "active"})
COLD = 3
# The beginning of a word, a word, several, a name of a store, a typo, a word in the other script, and nothing at all.
TYPED = ("pi", "rice", "basmati rice kg", "metro novi", "tomatos", "пиринач", "pirinach", "zzzz")


def large_figures(large: Large) -> dict[str, float]:
    """Medians, in milliseconds."""
    figures = {"home_ms": _median(lambda session: home(session, large.viewer))}
    figures["product_ms"] = _median(lambda session: product_facts(session, large.viewer, large.product_id))
    history = db.write_now(_seen_often, large)
    figures["history_ms"] = _median(lambda session: product_facts(session, large.viewer, history))
    figures["store_ms"] = _median(lambda session: store_page(session, large.viewer, large.store_id))
    figures["admin_ms"] = _median(lambda session: users_list(session, large.admin, WISH, now=datetime.now(UTC)))
    figures["list_cold_ms"] = _median(lambda session: _list(session, large), COLD, before=cache.forget)
    figures["list_warm_ms"] = _median(lambda session: _list(session, large))
    figures["search_ms"] = max(_median(lambda session, typed=typed: _search(session, large, typed)) for typed in TYPED)
    return figures


def _seen_often(session: Session, large: Large) -> UUID:
    """A product that was seen once a day at one store."""
    now = datetime.now(UTC)
    product = catalogue.add_product(session, large.viewer, "Seen once a day", "", "pack", 1000, now=now)
    session.flush()
    currency = next(iter(groups_of(session, large.viewer).values()))
    for day in range(HISTORY):
        seen = Sighting(product.id, large.store_id, currency, 700 + day % 90)
        observe(session, large.viewer.id, seen, "UTC", now=now - timedelta(days=day))
    return product.id


def _search(session: Session, large: Large, typed: str) -> None:
    """What the header shows while somebody types."""
    search(session, large.viewer, typed)


def _list(session: Session, large: Large) -> None:
    """The products offered while somebody types in a run."""
    find_products(session, large.viewer, large.run_id, "pirinac")


def _median(read: Callable[[Session], object], times: int = TIMES, before: Callable[[], None] | None = None) -> float:
    took: list[float] = []
    for _ in range(times):
        if before:
            before()
        began = time.perf_counter()
        db.read_now(read)
        took.append((time.perf_counter() - began) * 1000)
    return median(took)
