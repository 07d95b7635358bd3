"""What a process tells of itself: lines without anything private, and what was slow."""

from __future__ import annotations

import io
import json
import logging
import time
from collections.abc import Iterator

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bulq import db, log, watching
from bulq.config import Environment, settings
from bulq.domain.errors import NotFound
from bulq.watching import event_of, watch_databases

logger = logging.getLogger("bulq.test")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What a server in production would write."""
    settings_env, root = settings.env, logging.getLogger()
    handlers, level = root.handlers[:], root.level
    object.__setattr__(settings, "env", Environment.PRODUCTION)
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    log.configure()
    yield stream
    object.__setattr__(settings, "env", settings_env)
    root.handlers, root.level = handlers, level


def lines(told: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in told.getvalue().splitlines()]


def test_a_line_is_json_and_says_where_it_belongs(told: io.StringIO) -> None:
    with log.bound(request="r1", user="u1"):
        logger.info("%s runs closed", 2)

    (line,) = lines(told)
    assert (line["event"], line["level"], line["logger"]) == ("2 runs closed", "info", "bulq.test")
    assert (line["request"], line["user"]) == ("r1", "u1")


def test_what_people_typed_and_secrets_are_in_no_line(database: str, told: io.StringIO) -> None:
    somebody = {"name": "".join(("Ana ", "Anić"))}  # not as a word of this line, which the traceback shows
    with pytest.raises(DBAPIError) as failure, db.transaction() as session:
        session.execute(text("INSERT INTO nowhere (name) VALUES (:name)"), somebody)
    logger.error("failed", exc_info=failure.value)
    logger.warning("postgresql://bulq:hush-hush@db/bulq refuses; Cookie: bulq=%s; /invite/%s", "c" * 43, "t" * 22)
    logger.error("twice\nDETAIL:  Key (username_key)=(ana) already exists.")

    for private in ("Ana Anić", "hush", "ccc", "ttt", "(ana)"):
        assert private not in told.getvalue()
    assert "nowhere" in told.getvalue()


@pytest.mark.only("postgresql")
def test_a_slow_query_and_event_are_told_with_their_place(database: str, told: io.StringIO) -> None:
    watch_databases()
    db.connect(database)
    settings.slow_ms = 20

    with event_of("close_bidding", "a-run"):
        db.read_now(lambda session: session.execute(text("SELECT pg_sleep(0.05), :secret"), {"secret": "hush"}))

    query, slow = [line for line in lines(told) if str(line["event"]).startswith("slow")]
    assert query["event"] == "slow query" and "pg_sleep" in str(query["statement"])
    assert (slow["event"], slow["event_name"], slow["run"]) == ("slow event", "close_bidding", "a-run")
    assert query["request"] == slow["request"] and "hush" not in told.getvalue()


def test_what_is_slow_all_the_time_is_counted_but_not_told_all_the_time(
    told: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.slow_ms = 1
    monkeypatch.setattr(watching, "_told", {})
    before = slow_events()

    for _ in range(5):
        with event_of("add_store"):
            time.sleep(0.002)

    assert [line["event"] for line in lines(told)] == ["slow event"]
    assert slow_events() == before + 5


def slow_events() -> float:
    return REGISTRY.get_sample_value("bulq_slow_total", {"what": "event"}) or 0


def test_a_refusal_is_counted_as_one(told: io.StringIO) -> None:
    with pytest.raises(NotFound), event_of("open_nothing"):
        raise NotFound()

    assert "slow" not in told.getvalue()
