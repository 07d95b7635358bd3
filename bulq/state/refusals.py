"""What a page says when something is refused or goes wrong: one place for all handlers."""

import logging
from typing import Any

from reflex.event import Event, EventSpec

from bulq import i18n
from bulq.domain.errors import BulqError, NotSignedIn
from bulq.state.auth import AuthState
from bulq.state.toasts import toast

log = logging.getLogger(__name__)


def message(error: BulqError) -> str:
    """The refusal in words."""
    return i18n.text(f"errors.{error.key}", "en", **i18n.with_amounts(error.values))


def placed(error: BulqError) -> tuple[str, dict[str, str]]:
    """Where a dialog shows a refusal: above its fields, or at the one it is about."""
    return ("", {error.field: message(error)}) if error.field else (message(error), {})


def event_of(error: BulqError) -> dict[str, Any]:
    """The event that shows a refusal, as a page would send it."""
    (event,) = Event.from_event_type(toast(message(error), "error"))
    return {"name": event.name, "payload": event.payload}


def refused(exception: Exception) -> EventSpec:
    """A refusal becomes a toast, a missing session leads to the login, anything else is logged and owned up to."""
    if isinstance(exception, NotSignedIn):
        return AuthState.load()  # pyright: ignore[reportCallIssue, reportReturnType]
    if isinstance(exception, BulqError):
        return toast(message(exception), "error")
    log.error("a handler failed", exc_info=exception)
    return toast(i18n.text("errors.something_wrong"), "error")
