"""Session tokens, and the cookie that carries them."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from bulq.config import settings

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")  # what `new_token` makes
_used: dict[UUID, datetime] = {}


def cookie_name() -> str:
    """With the `__Host-` prefix browsers refuse the cookie unless it is secure and bound to this host."""
    return "__Host-bulq" if settings.secure_cookies else "bulq"


def note_use(session_id: UUID, now: datetime) -> None:
    """This session was used `now`. Kept in memory until somebody writes it down, so that no event has to write."""
    _used[session_id] = now


def take_used() -> dict[UUID, datetime]:
    """When each session was used last, of those noted since the last time."""
    global _used
    used, _used = _used, {}
    return used


def new_token() -> str:
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """The token is random enough that a plain SHA-256 cannot be turned back."""
    return hashlib.sha256(token.encode()).hexdigest()


def token_in(cookie_header: str) -> str | None:
    """The session token in a `Cookie` header, or None."""
    return next(filter(TOKEN.fullmatch, cookie_values(cookie_header, cookie_name())), None)


def cookie_values(header: str, name: str) -> Iterator[str]:
    """The values of the cookies of this name, in order, whatever stands beside them.

    Browsers send what any page of the host has stored, often not by the grammar of RFC 6265. So pairs are only split
    at semicolons, as browsers join them, and what is not ours is not looked at.
    """
    for pair in header.split(";"):
        key, is_pair, value = pair.partition("=")
        if is_pair and key.strip() == name:
            yield value.strip().strip('"')
