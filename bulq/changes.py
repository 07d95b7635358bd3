"""What a use case has changed for pages that look at it: noted in its session, told once that is committed.

For what the caller of a use case cannot name, such as the goods of a finished shopping trip.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

_tell: Callable[..., None] | None = None


def note(session: Session, *topics: str) -> None:
    """Something under these topics ("product:…", "store:…") changes with this transaction."""
    session.info.setdefault("topics", set()).update(topics)


def committed(session: Session) -> None:
    topics = session.info.pop("topics", ())
    if topics and _tell is not None:
        _tell(*topics)


def tell_by(announce: Callable[..., None]) -> None:
    """Who passes it on; without anybody nothing shows pages here."""
    global _tell
    _tell = announce
