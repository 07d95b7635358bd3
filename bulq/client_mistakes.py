"""Clients' mistakes: one short line of the log each, with nothing of what was sent, and only so many of them."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass

from prometheus_client import Counter

WINDOW = 60.0  # seconds
PER_ADDRESS = 5  # lines of one kind and one address in a window
ALTOGETHER = 20  # lines of one kind in a window, whatever the addresses
LONGEST = 200  # characters of the only text that is repeated: what a browser says of a page that failed
EVERYBODY = ""  # in place of an address
KEYS = 10_000  # kinds and addresses that are remembered

MISTAKES = Counter("bulq_client_mistakes", "What clients sent that no page of ours sends, by kind", ["kind"])

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Told:
    since: float
    lines: int = 0
    left_out: int = 0


_told: dict[tuple[str, str], _Told] = {}


def note(kind: str, address: str = "unknown", detail: str = "") -> None:
    """Count a mistake and log it, unless a minute has had its lines of this kind; then it is counted as left out."""
    MISTAKES.labels(kind).inc()
    mine, everybodys = _of(kind, address), _of(kind, EVERYBODY)
    if mine.lines < PER_ADDRESS and everybodys.lines < ALTOGETHER:
        mine.lines += 1
        everybodys.lines += 1
        more = {"detail": " ".join(detail[:LONGEST].split())} if detail else {}
        log.warning("client mistake: %s", kind, extra={"address": address, **more})
    else:
        # Beyond its own share an address answers for itself, beyond everybody's nobody in particular does.
        told, key = (everybodys, (kind, EVERYBODY)) if mine.lines < PER_ADDRESS else (mine, (kind, address))
        told.left_out += 1
        if told.left_out == 1:
            asyncio.get_running_loop().call_later(WINDOW, _tell_left_out, key)


def forget() -> None:
    """Begin anew, as if nothing had been told yet."""
    _told.clear()


def _of(kind: str, address: str) -> _Told:
    now, key = time.monotonic(), (kind, address)
    told = _told.get(key)
    if told is None or now - told.since >= WINDOW:
        if len(_told) >= KEYS:
            _told.clear()
        told = _told[key] = _Told(now, left_out=told.left_out if told else 0)
    return told


def _tell_left_out(key: tuple[str, str]) -> None:
    told = _told.get(key)
    if told is not None and told.left_out:
        kind, address = key
        log.warning("client mistakes left out: %s", kind, extra={"address": address, "left_out": told.left_out})
        told.left_out = 0
