"""How a process tells what it does: one line of JSON each in production, readable lines while developing.

Everything goes through Python's own logging. What is bound here (request, user, handler) is in every line below. Texts
that people wrote are in none: addresses, values of queries and passwords are struck out wherever they come from.
"""

from __future__ import annotations

import logging
import re
import sys
import time
from typing import Any

import structlog
from structlog.contextvars import bound_contextvars, get_contextvars
from structlog.typing import EventDict, Processor, WrappedLogger

from bulq.config import SECRET_SETTINGS, Environment, settings

bound = bound_contextvars

MINUTE = 60.0  # seconds
LINES, WITH_TRACES = 300, 30  # of one place in a minute; whatever somebody floods, the disk doesn't fill with it
LONGEST = 16_000  # characters of one value in a line; a traceback with its causes fits

SECRET_NAMES = ("token", "secret", "password", "signature", "credential", "[?&]key", "[?&]api_key", "[?&]apikey")
# Where SQLAlchemy, PostgreSQL and addresses repeat what somebody typed or what is secret. Every pattern takes time in
# proportion to the text: none can be made to look at the same characters again and again.
PRIVATE = (
    # Parameters that don't end, because the text was cut, go to the end of it.
    (re.compile(r"\[parameters: .*?(?:\](?=\n|\\n|\Z)|\Z)", re.DOTALL), "[parameters: …]"),
    (re.compile(r"^[ |]{0,40}(?:DETAIL|CONTEXT):.*$|(?<=\n)[ |]{0,40}LINE \d{1,9}:.*\n.*$", re.MULTILINE), "…"),
    (re.compile(r"(?<=://)[^/\s]*@"), "…@"),
    (re.compile(r"((?:__Host-)?bulq=)[\w-]{20,}"), r"\1…"),
    # Invitations, links for a new password and to kept places, also inside another address (?next=%2Finvite%2F…).
    (re.compile(r"((?:/|%2F)(?=[cir])(?:invite|invitations|resets?|claims?)(?:/|%2F))[\w-]+", re.IGNORECASE), r"\1…"),
    # A tab's token on the socket, keys and signatures of stores, whatever else an address carries that is secret.
    (re.compile(rf"=(?:{'|'.join(f'(?<={name}=)' for name in SECRET_NAMES)})[^&\s\"'#]+", re.IGNORECASE), "=…"),
    (re.compile(r"(\bbearer )[\w.~+/=-]+", re.IGNORECASE), r"\1…"),
)
_SHORTEST_SECRET = 8  # characters; a shorter one would be struck out of ordinary words


def request_id() -> str:
    """Of the request or event that is being answered; empty outside of any."""
    return get_contextvars().get("request", "")


def strike_out(text: str) -> str:
    """The text without what is private, and at most LONGEST characters of it."""
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}… ({len(text) - LONGEST} more characters)"
    for secret in _secrets():
        text = text.replace(secret, "…")
    for pattern, instead in PRIVATE:
        text = pattern.sub(instead, text)
    return text


def _secrets() -> list[str]:
    """The settings that are secrets, as they are; the address of a webhook, for example, is one as a whole."""
    values = (getattr(settings, name) for name in SECRET_SETTINGS)
    return [text for value in values if value and len(text := value.get_secret_value()) >= _SHORTEST_SECRET]


def _keep_private(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {key: strike_out(value) if isinstance(value, str) else value for key, value in event.items()}


class Sparing(logging.Filter):
    """Lets so many lines of one place in the code through a minute; the first one after says how many were left out."""

    def __init__(self) -> None:
        super().__init__()
        self._of: dict[tuple[str, int], tuple[float, int]] = {}  # place → begin of its minute, lines since

    def filter(self, record: logging.LogRecord) -> bool:
        place, now = (record.pathname, record.lineno), time.monotonic()
        began, lines = self._of.get(place, (now, 0))
        most = WITH_TRACES if record.exc_info else LINES
        if now - began >= MINUTE:
            if lines > most:
                record.left_out = lines - most
            began, lines = now, 0
        self._of[place] = began, lines + 1
        return lines < most


def _handler() -> logging.Handler:
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _keep_private,
    ]
    last: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
    if settings.env is not Environment.PRODUCTION:
        last = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    handler = logging.StreamHandler()
    handler.addFilter(Sparing())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]
        )
    )
    return handler


def configure() -> None:
    """Let everything this process logs look alike. Called once, by whoever starts it."""
    logging.basicConfig(handlers=[_handler()], level=logging.INFO, force=True)
    for name in (
        "alembic",
        "botocore",
        "boto3",
        "httpx",
        "s3transfer",
        "urllib3",
        "engineio",
        "socketio",
    ):
        logging.getLogger(name).setLevel(logging.WARNING)
