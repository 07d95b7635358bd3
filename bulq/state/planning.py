"""Finding the store of a new run while its name is typed."""

from dataclasses import dataclass

import reflex as rx

from bulq.db import Session
from bulq.domain.actor import Actor
from bulq.queries.catalogue import StoreFound, find_stores
from bulq.state.auth import look


@dataclass(frozen=True)
class StoreOption:
    """`exact`: it is called as was typed, but for case and accents."""

    id: str
    label: str
    exact: bool


class PlanningState(rx.State):
    stores: list[StoreOption] = []

    @rx.event
    async def find(self, typed: str):
        found = await look(self, _stores, str(typed))
        self.stores = [StoreOption(str(store.id), store.name, store.exact) for store in found]


def _stores(session: Session, viewer: Actor, typed: str) -> list[StoreFound]:
    return find_stores(session, viewer, typed)
