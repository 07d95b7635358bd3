"""How a process tells what it does: one line of JSON each in production, readable lines while developing.

Everything goes through Python's own logging. What is bound here (request, user, handler) is in every line below. Texts
that people wrote are in none: addresses, values of queries and passwords are struck out wherever they come from.
"""

from __future__ import annotations

import logging
import re
import sys
from typing import Any

import structlog
from structlog.contextvars import bound_contextvars, get_contextvars
from structlog.typing import EventDict, Processor, WrappedLogger

from bulq.config import Environment, settings

bound = bound_contextvars

# Where SQLAlchemy, PostgreSQL and addresses repeat what somebody typed or what is secret.
PRIVATE = (
    (re.compile(r"\[parameters: .*?\](?=\n|\\n|$)", re.DOTALL), "[parameters: …]"),
    (re.compile(r"^DETAIL:.*$|^CONTEXT:.*$|(?<=\n)LINE \d+:.*\n.*$", re.MULTILINE), "…"),
    (re.compile(r"(?<=://)[^/\s@]*:[^/\s]*@"), "…@"),
    (re.compile(r"((?:__Host-)?bulq=)[\w-]{20,}"), r"\1…"),
    (re.compile(r"(/invite/)[\w-]+"), r"\1…"),
)


def request_id() -> str:
    """Of the request or event that is being answered; empty outside of any."""
    return get_contextvars().get("request", "")


def strike_out(text: str) -> str:
    for pattern, instead in PRIVATE:
        text = pattern.sub(instead, text)
    return text


def _keep_private(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {key: strike_out(value) if isinstance(value, str) else value for key, value in event.items()}


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
