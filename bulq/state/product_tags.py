"""The tags and other names of a product, on its page: its address says which."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import reflex as rx

from bulq import live
from bulq.db import Session
from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError, NotFound
from bulq.i18n import language_name
from bulq.queries.tags import KnownAs, find_tags, known_as
from bulq.services import aliases, tags
from bulq.state.auth import act, arrived, look, route, uuid
from bulq.state.options import Option
from bulq.state.refusals import message
from bulq.state.showing import put, read_for_one

FIELDS = ("tag", "kind", "alias", "language")


@dataclass(frozen=True)
class TagChip:
    id: str
    kind: str
    label: str
    verified: bool
    removable: bool


@dataclass(frozen=True)
class OtherName:
    id: str
    label: str
    language: str
    removable: bool


class ProductTagsState(rx.State):
    shown: bool = False
    tags: list[TagChip] = []
    names: list[OtherName] = []

    dialog: str = ""
    kind: str = "category"
    found: list[Option] = []
    alias: str = ""
    language: str = ""
    error: str = ""
    error_at: str = ""

    @rx.event
    async def open(self):
        """What loads it, after the page's own: nothing is shown for a product that isn't there."""
        if await arrived(self):
            self.reset()
        try:
            await _load(self, route(self, "product_id"))
        except NotFound:
            return

    @rx.event
    async def ask_tag(self):
        self.dialog, self.error_at = "tag", ""
        await _find(self, "")

    @rx.event
    async def ask_alias(self):
        self.dialog, self.alias, self.language, self.error_at = "alias", "", "", ""

    @rx.event
    async def close(self):
        self.dialog = ""

    @rx.event
    async def set_kind(self, kind: str):
        self.kind = str(kind)[:20]
        await _find(self, "")

    @rx.event
    async def find(self, typed: str):
        self.error_at = ""
        await _find(self, str(typed))

    @rx.event
    async def choose(self, tag_id: str):
        """A tag that is there already."""
        chosen = next((option for option in self.found if option.id == tag_id), None)
        if chosen is not None:
            await self._add(tags.add_tag, self.kind, chosen.label)

    @rx.event
    async def set_alias(self, name: str):
        self.alias = str(name)

    @rx.event
    async def set_language(self, language: str):
        self.language = str(language)[:10]

    @rx.event
    async def add_tag(self, name: str):
        await self._add(tags.add_tag, self.kind, str(name))

    @rx.event
    async def add_alias(self):
        await self._add(aliases.add_alias, self.alias, self.language)

    async def _add(self, use_case, *values: str) -> None:
        product_id = route(self, "product_id")
        self.error_at = ""
        try:
            await act(self, use_case, product_id, *values)
        except BulqError as error:
            if error.field not in FIELDS:
                raise
            self.error_at, self.error = error.field or "", message(error)
            return
        self.dialog = ""
        await _load(self, product_id)

    @rx.event
    async def remove_tag(self, tag_id: str):
        product_id = route(self, "product_id")
        await act(self, tags.remove_tag, product_id, uuid(tag_id))
        await _load(self, product_id)

    @rx.event
    async def remove_alias(self, alias_id: str):
        await act(self, aliases.remove_alias, uuid(alias_id))
        await _load(self, route(self, "product_id"))


async def _load(state: ProductTagsState, product_id: UUID) -> None:
    _put(state, await look(state, known_as, product_id))


def _put(state: ProductTagsState, known: KnownAs) -> None:
    tags = [TagChip(str(tag.id), str(tag.kind), tag.name, tag.verified, tag.removable) for tag in known.tags]
    names = [
        OtherName(str(each.id), each.name, language_name(each.language) if each.language else "", each.removable)
        for each in known.aliases
    ]
    put(state, tags=tags, names=names, shown=True)


def _read(session: Session, key: str, actors: Collection[Actor]) -> KnownAs | None:
    """As the one viewer sees it, who may take off what they put on."""
    user_id, product_id = key.split("/")
    return read_for_one(actors, user_id, lambda actor: known_as(session, actor, UUID(product_id)))


def _show(state: ProductTagsState, known: KnownAs | None, actor: Actor | None) -> None:
    if known is None or actor is None:
        return put(state, tags=[], names=[], shown=False)
    _put(state, known)


KNOWN_AS = live.Screen("known_as", ProductTagsState, _read, _show)


async def _find(state: ProductTagsState, typed: str) -> None:
    state.found = [Option(str(tag.id), tag.name) for tag in await look(state, find_tags, state.kind, typed)]
