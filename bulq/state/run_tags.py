"""The tags of a run's products: they filter its rows, or group them by category. Read once, when the page opens."""

from collections.abc import Sequence
from dataclasses import dataclass

import reflex as rx

from bulq.domain.catalogue import TagKind
from bulq.domain.errors import NotFound
from bulq.i18n import text
from bulq.queries.tags import RunTag, run_tags
from bulq.state.auth import look, route

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
            tags = list(await look(self, run_tags, route(self, "run_id")))
        except NotFound:
            tags = []
        self._tags = tags
        self.choices = [Choice(str(tag.id), tag.name, len(tag.product_ids)) for tag in tags[:CHIPS]]
        self.categories = sum(tag.kind is TagKind.CATEGORY for tag in tags)
        if self.chosen not in {choice.id for choice in self.choices}:
            self.chosen = ""
        self.grouped = self.grouped and self.categories > 0
        self._arrange()

    @rx.event
    async def choose(self, tag_id: str):
        """Show the products of this tag only; choosing it again shows all."""
        tag_id = str(tag_id)
        self.chosen = "" if tag_id == self.chosen or tag_id not in {one.id for one in self.choices} else tag_id
        self._arrange()

    @rx.event
    async def group(self):
        self.grouped = not self.grouped and self.categories > 0
        self._arrange()

    def _arrange(self) -> None:
        sections = arranged(self._tags, self.chosen, self.grouped)
        if sections != self.sections:
            self.sections = sections


def arranged(tags: Sequence[RunTag], chosen: str, grouped: bool) -> list[Section]:
    """Each product stands in one section: that of the first of its categories."""
    ids = next(({str(each) for each in tag.product_ids} for tag in tags if str(tag.id) == chosen), None)
    if not grouped:
        return [ALL if ids is None else Section("", sorted(ids))]
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
