"""Finding what a form names, while it is typed: stores, tags."""

from dataclasses import dataclass

import reflex as rx

from bulq.domain.searching import LONGEST_TYPED
from bulq.queries.catalogue import find_stores
from bulq.queries.tags import find_tags
from bulq.state.auth import look
from bulq.state.options import Option


@dataclass(frozen=True)
class StoreOption:
    """`exact`: it is called as was typed, but for case and accents."""

    id: str
    label: str
    exact: bool


class StoresFound(rx.State):
    found: list[StoreOption] = []

    @rx.event
    async def find(self, typed: str):
        found = await look(self, find_stores, str(typed)[:LONGEST_TYPED])
        self.found = [StoreOption(str(store.id), store.name, store.exact) for store in found]


class TagsFound(rx.State):
    found: list[Option] = []

    @rx.event
    async def find(self, typed: str, kind: str):
        found = await look(self, find_tags, str(kind)[:20], str(typed)[:LONGEST_TYPED])
        self.found = [Option(str(tag.id), tag.name) for tag in found]
