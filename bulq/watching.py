"""Times what this process does: requests, events and queries; what is slow is told, with where it belongs."""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bulq import metrics
from bulq.config import settings
from bulq.domain.errors import BulqError
from bulq.log import bound
from bulq.models.base import new_id

LONGEST = 300  # characters of a slow statement
MANY = 1000  # slow things remembered
PAUSE = 1.0  # seconds without telling of the same again

log = logging.getLogger(__name__)
_told: dict[tuple[str, str], float] = {}


class Watch:
    """ASGI middleware: gives each request an id, which the answer and every line of the log carry, and times it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        request, began, status = new_id().hex, perf_counter(), 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request
            await send(message)

        with bound(request=request):
            try:
                await self.app(scope, receive, send_with_id)
            finally:
                _note_request(scope, status, perf_counter() - began)


def _note_request(scope: Scope, status: int, seconds: float) -> None:
    # Not the address itself: it holds ids, and anybody can think of new ones.
    route = getattr(scope.get("route"), "path", "") if scope["path"].startswith("/api/") else "pages"
    method = scope["method"] if scope["method"] in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE") else "other"
    metrics.REQUESTS.labels(method, route, status).observe(seconds)
    _note_if_slow("request", route, seconds, method=method, route=route)


def _note_if_slow(kind: str, name: str, seconds: float, **about: str) -> None:
    """Count what was slow and tell of it: of each at most once a second, since with too much to do everything is."""
    if seconds * 1000 <= settings.slow_ms:
        return
    metrics.SLOW.labels(kind).inc()
    now = perf_counter()
    if len(_told) > MANY:
        _told.clear()
    if now - _told.get((kind, name), -PAUSE) >= PAUSE:
        _told[kind, name] = now
        log.warning(f"slow {kind}", extra={"ms": round(seconds * 1000), **about})


@contextmanager
def event_of(name: str, run: str = "") -> Generator[None]:
    """Around what a page asked for: a use case or view of this name, on the page of a run."""
    began, outcome = perf_counter(), "failed"
    with bound(request=new_id().hex, event_name=name, **({"run": run} if run else {})):
        try:
            yield
            outcome = "done"
        except BulqError:
            outcome = "refused"
            raise
        finally:
            seconds = perf_counter() - began
            metrics.EVENTS.labels(name, outcome).observe(seconds)
            _note_if_slow("event", name, seconds, outcome=outcome)


def watch_databases() -> None:
    """Time every query and count connections, of whatever engine this process makes."""
    event.listen(Engine, "before_cursor_execute", _before)
    event.listen(Engine, "after_cursor_execute", _after)
    for name, gauge, step in (
        ("connect", metrics.CONNECTIONS, 1),
        ("close", metrics.CONNECTIONS, -1),
        ("checkout", metrics.BUSY, 1),
        ("checkin", metrics.BUSY, -1),
    ):
        event.listen(Pool, name, lambda *_, gauge=gauge, step=step: gauge.inc(step))


def _before(_connection: Any, _cursor: Any, _statement: str, _parameters: Any, context: Any, _many: bool) -> None:
    if context is not None:
        context.bulq_began = perf_counter()


def _after(_connection: Any, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool) -> None:
    if context is None:
        return
    seconds = perf_counter() - context.bulq_began
    metrics.QUERIES.observe(seconds)
    _note_if_slow("query", statement[:LONGEST], seconds, statement=" ".join(statement[: 2 * LONGEST].split())[:LONGEST])
