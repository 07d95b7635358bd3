"""What the tables of the admin pages have in common: searching, filtering, sorting, turning pages, choosing rows."""

from collections.abc import Collection
from typing import Any

import reflex as rx

from bulq.i18n import count_of
from bulq.queries.listing import Listed, Wish
from bulq.state.auth import AdminPage
from bulq.state.showing import put

UNDONE_AT_ONCE = 8
LONGEST = 100  # characters of what is searched for


class Table(AdminPage, mixin=True):
    """A page adds `rows`, whose items have an `id`, its `filters` with their first values, and `_read`."""

    rows: list[Any] = []
    typed: str = ""
    sort: str = ""
    filters: dict[str, str] = {}
    page: int = 1
    pages: int = 1
    total: int = 0
    shown_total: str = ""
    chosen: list[str] = []
    dialog: str = ""

    async def _read(self, wish: Wish) -> Listed[Any]:
        """The rows of a page, as the browser may see them."""
        raise NotImplementedError

    @rx.event
    async def search(self, typed: str):
        self.typed, self.page = str(typed)[:LONGEST], 1
        await self._load()

    @rx.event
    async def sort_by(self, sort: str):
        """By a column, backwards with "-" in front."""
        self.sort, self.page = str(sort)[:40], 1
        await self._load()

    @rx.event
    async def narrow(self, name: str, value: str):
        """Set one of the filters."""
        if (name := str(name)) in self.filters:
            self.filters, self.page = {**self.filters, name: str(value)[:40]}, 1
            await self._load()

    @rx.event
    async def turn(self, step: int):
        self.page = max(1, self.page + (1 if step == 1 else -1))
        await self._load()

    @rx.event
    async def choose(self, row_id: str, on: bool):
        """For what is done with many rows at once; only what is shown can be chosen."""
        others = [each for each in self.chosen if each != row_id]
        self.chosen = [*others, row_id] if on is True and row_id in _ids(self) else others

    @rx.event
    async def choose_all(self, on: bool):
        self.chosen = _ids(self) if on is True else []

    @rx.event
    async def close(self):
        self.dialog = ""

    async def _show(self) -> None:
        """The page that is wished for."""
        found = await self._read(Wish(self.typed, self.sort, self.page, self.filters))
        put(
            self,
            rows=list(found.rows),
            page=found.page,
            pages=found.pages,
            total=found.total,
            shown_total=count_of(found.total) + ("+" if found.more else ""),
            sort=found.sort,
        )
        put(self, chosen=[each for each in self.chosen if each in _ids(self)])


def undo_of(back: str, ids: Collection[object]) -> str:
    """What a toast carries to do `back` with the same rows; nothing where they are too many for it."""
    return f"{back} {' '.join(map(str, ids))}" if len(ids) <= UNDONE_AT_ONCE else ""


def _ids(state: Any) -> list[str]:
    return [row.id for row in state.rows]
