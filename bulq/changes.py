"""Topics: under what a change is announced. A use case notes them; they are announced once its transaction commits.

Each view depends on a few topics. Whoever shows the view reads it again when one of these is announced. What is rolled
back, a savepoint included, is never announced.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

log = logging.getLogger(__name__)

CATALOGUE = "catalogue"  # a tag, or many products at once, as by an import
STORES = "stores"  # the name of a store, which is shown wherever there is a run to it

_NOTED = "topics"
_tell: Callable[..., None] | None = None


def run(run_id: UUID | str) -> str:
    """Anything of a run."""
    return f"run:{run_id}"


def row(run_id: UUID | str, product_id: UUID | str) -> str:
    """Of a run only the bids on one product, and the sums that follow from them."""
    return f"run:{run_id}/{product_id}"


def group(group_id: UUID | str) -> str:
    """A group: its members and their names, its settings, its runs with their phases, dates and leaders."""
    return f"group:{group_id}"


def user(user_id: UUID | str) -> str:
    """What one person sees of their own: name, rights, sessions, groups, notifications, what waits for them."""
    return f"user:{user_id}"


def product(product_id: UUID | str) -> str:
    """A product: its details, other names, tags, prices."""
    return f"product:{product_id}"


def store(store_id: UUID | str) -> str:
    """A store: its details, and the goods and prices seen there."""
    return f"store:{store_id}"


def whole(topic: str) -> str:
    """The topic of all that a narrower one is a part of: the run of a row; any other topic itself."""
    return topic.partition("/")[0]


def note(session: Session, *topics: str) -> None:
    """What is shown under these topics changes with this transaction."""
    at = session.get_nested_transaction() or session.get_transaction()
    session.info.setdefault(_NOTED, {}).setdefault(at, set()).update(topics)


def noted(session: Session) -> set[str]:
    """What was noted and not rolled back so far. Rows of a run that is noted as a whole are left out."""
    topics: set[str] = set().union(*session.info.get(_NOTED, {}).values())
    return {topic for topic in topics if topic == whole(topic) or whole(topic) not in topics}


def committed(session: Session) -> None:
    """Announce what was noted. That it is committed stays true when nobody can be told."""
    topics = noted(session)
    session.info.pop(_NOTED, None)
    if topics and _tell is not None:
        try:
            _tell(*topics)
        except Exception:
            log.exception("could not announce %s", ", ".join(sorted(topics)))


@event.listens_for(Session, "after_soft_rollback")
def _rolled_back(session: Session, ended: SessionTransaction) -> None:
    """Forget what was noted in the transaction or savepoint that ended, and in savepoints within it."""
    noted: dict[SessionTransaction | None, set[str]] = session.info.get(_NOTED, {})
    for at in [at for at in noted if _is_within(at, ended)]:
        del noted[at]


def _is_within(at: SessionTransaction | None, outer: SessionTransaction) -> bool:
    """None stands for the time before the session's first statement: that is within the outermost transaction."""
    if at is None:
        return outer.parent is None
    while at is not outer and at.parent is not None:
        at = at.parent
    return at is outer


def tell_by(announce: Callable[..., None] | None) -> None:
    """Who passes topics on; without anybody nothing shows pages here."""
    global _tell
    _tell = announce
