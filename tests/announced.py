"""What is announced, as those hear it who show pages."""

from collections.abc import Iterator
from contextlib import contextmanager

from bulq import announcing, changes


@contextmanager
def announcements() -> Iterator[list[set[str]]]:
    """The topics of each transaction that commits meanwhile; the open pages of this process hear of none."""
    heard: list[set[str]] = []
    changes.tell_by(lambda *topics: heard.append(set(topics)))
    try:
        yield heard
    finally:
        changes.tell_by(announcing.announce)
