"""The tags of a run's products: they filter its rows, or group them by category. Read when the page opens or wakes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

import reflex as rx

from bulq import live
from bulq.db import Session
from bulq.domain.actor import Actor
from bulq.domain.catalogue import TagKind
from bulq.domain.errors import NotFound
from bulq.i18n import text
from bulq.queries.tags import RunTag, RunTags, run_tags
from bulq.state.auth import arrived, route, session_token
from bulq.state.run import RunState, narrow
from bulq.state.showing import put, read_for_any

CHIPS = 12  # more would be no help on a phone


@dataclass(frozen=True)
class Choice:
    """A tag to filter by, and how many products have it."""

    id: str
    label: str
    count: int


@dataclass(frozen=True)
class Section:
    """Rows that stand together: those of `ids`, or with `others` all but those. The only one has no title."""

    title: str
    ids: list[str]
    others: bool = False


ALL = Section("", [], True)


class RunTagsState(rx.State):
    choices: list[Choice] = []
    categories: int = 0
    chosen: str = ""
    grouped: bool = False
    sections: list[Section] = [ALL]
    _tags: list[RunTag] = []

    @rx.event
    async def open(self):
        try:
            run_id = route(self, "run_id")
        except NotFound:
            return self.reset()
        if await arrived(self):
            self.reset()
        _show(self, *await live.read(TAGS, str(run_id), session_token(self)))
        await _arrange(self)

    @rx.event
    async def choose(self, tag_id: str):
        """Show the products of this tag only; choosing it again shows all."""
        tag_id = str(tag_id)
        self.chosen = "" if tag_id == self.chosen or tag_id not in {one.id for one in self.choices} else tag_id
        await _arrange(self)

    @rx.event
    async def show_all(self):
        self.chosen = ""
        await _arrange(self)

    @rx.event
    async def group(self):
        self.grouped = not self.grouped and self.categories > 0
        await _arrange(self)


def _read(session: Session, run_id: str, actors: Collection[Actor]) -> RunTags | None:
    return read_for_any(actors, lambda actor: run_tags(session, actor, UUID(run_id)))


def _show(state: RunTagsState, seen: RunTags | None, actor: Actor | None) -> None:
    tags = list(seen.tags) if seen is not None and actor is not None and str(actor.id) in seen.members else []
    choices = [Choice(str(tag.id), tag.name, len(tag.product_ids)) for tag in tags[:CHIPS]]
    categories = sum(tag.kind is TagKind.CATEGORY for tag in tags)
    chosen = state.chosen if state.chosen in {choice.id for choice in choices} else ""
    state._tags = tags
    put(state, choices=choices, categories=categories, chosen=chosen, grouped=state.grouped and categories > 0)


TAGS = live.Screen("tags", RunTagsState, _read, _show)


async def _arrange(state: RunTagsState) -> None:
    """The products of the chosen tag only, wherever among the pages of the run they stand."""
    await narrow(await state.get_state(RunState), products_of(state._tags, state.chosen))
    put(state, sections=arranged(state._tags, state.chosen, state.grouped))


def products_of(tags: Sequence[RunTag], chosen: str) -> frozenset[str] | None:
    return next((frozenset(str(each) for each in tag.product_ids) for tag in tags if str(tag.id) == chosen), None)


def arranged(tags: Sequence[RunTag], chosen: str, grouped: bool) -> list[Section]:
    """Each product stands in one section: that of the first of its categories."""
    if not grouped:
        return [ALL]
    ids = products_of(tags, chosen)
    placed: set[str] = set()
    sections: list[Section] = []
    for tag in tags:
        if tag.kind is TagKind.CATEGORY:
            mine = {str(each) for each in tag.product_ids} - placed
            placed |= mine
            if shown := sorted(mine if ids is None else mine & ids):
                sections.append(Section(tag.name, shown))
    rest = Section(text("tags.uncategorized"), sorted(placed), True)
    if ids is not None:
        rest = Section(rest.title, sorted(ids - placed))
    return [*sections, rest]
