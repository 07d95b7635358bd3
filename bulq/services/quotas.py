"""How much one person may add within a day, so that a new account can't fill the server for everybody."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum

from bulq import limits
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, TooMany


class Quota(StrEnum):
    """What is counted; each has a text `errors.quota_<value>`."""

    PRODUCTS = "products"
    STORES = "stores"
    PRICES = "prices"
    TAGS = "tags"
    NAMES = "names"
    GROUPS = "groups"
    RUNS = "runs"
    ATTACHMENTS = "attachments"


_importing: ContextVar[bool] = ContextVar("importing", default=False)


@contextmanager
def importing() -> Generator[None]:
    """Within it nothing is counted: a file is looked through before it is taken in."""
    before = _importing.set(True)
    try:
        yield
    finally:
        _importing.reset(before)


def add_one(actor: Actor, quota: Quota) -> None:
    """Count one more for today. Raises Conflict when the actor has added as much as one may; admins may always."""
    if actor.is_admin or _importing.get():
        return
    most = _most(quota)
    try:
        limits.spend(most, f"{quota}-day", str(actor.id), a_day=True)
    except TooMany as refusal:
        raise Conflict(f"quota_{quota}", maximum=most) from refusal


def _most(quota: Quota) -> int:
    return {
        Quota.PRODUCTS: settings.products_per_day,
        Quota.STORES: settings.stores_per_day,
        Quota.PRICES: settings.prices_per_day,
        Quota.TAGS: settings.tags_per_day,
        Quota.NAMES: settings.names_per_day,
        Quota.GROUPS: settings.groups_per_day,
        Quota.RUNS: settings.runs_per_day,
        Quota.ATTACHMENTS: settings.attachments_per_day,
    }[quota]
