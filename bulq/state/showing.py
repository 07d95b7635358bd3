"""What pages that stay up to date have in common: reading for whoever still may look, and sending only what differs."""

from collections.abc import Callable, Collection
from typing import Any, TypeVar

import reflex as rx

from bulq.domain.actor import Actor
from bulq.domain.errors import NotFound

V = TypeVar("V")


def read_for_any(actors: Collection[Actor], read: Callable[[Actor], V]) -> V | None:
    """The view as the first of `actors` who may still look sees it; None when nobody may."""
    for actor in actors:
        try:
            return read(actor)
        except NotFound:
            continue  # no member any more; somebody else who looks may be
    return None


def read_for_one(actors: Collection[Actor], user_id: str, read: Callable[[Actor], V]) -> V | None:
    """The view as this one of `actors` sees it; None when they may look no more."""
    return read_for_any([actor for actor in actors if str(actor.id) == user_id], read)


def put(state: rx.State, **values: Any) -> None:
    """Set what differs; what is the same is not sent again."""
    for name, value in values.items():
        if state.get_value(name) != value:
            setattr(state, name, value)
