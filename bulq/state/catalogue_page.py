"""What the pages of a product and of a store have in common: an address that leads on, coming back, turning pages."""

import reflex as rx

from bulq import live
from bulq.queries.merged import Kept
from bulq.state.auth import arrived, tab


class CataloguePage(rx.State, mixin=True):
    """A page adds its `_kind`, "product" or "store", and `_load`, which shows it and keeps it up to date."""

    ready: bool = False
    missing: bool = False
    moved_to: str = ""
    name: str = ""
    page: int = 1
    _kind: str = ""

    async def _load(self) -> None:
        raise NotImplementedError

    @rx.event
    async def open(self):
        """One that was merged into another leads there."""
        if await arrived(self):
            self.reset()
        await self._load()
        if self.moved_to:
            return rx.redirect(self.moved_to, replace=True)

    @rx.event
    async def catch_up(self):
        await self._load()

    @rx.event
    async def turn(self, step: int):
        self.page = max(1, self.page + (1 if step == 1 else -1))
        await self._load()

    def _gone(self, kept: Kept | None) -> None:
        live.leave(tab(self), "page")
        self.reset()
        self.missing = self.ready = True
        if kept is not None:
            self.name, self.moved_to = kept.name, f"/{self._kind}s/{kept.id}"
