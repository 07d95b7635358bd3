"""Search: a few things while typing in the header, and the page of everything found."""

from dataclasses import dataclass

import reflex as rx

from bulq.domain.searching import LONGEST_TYPED
from bulq.i18n import price, text
from bulq.queries.search import Hits, ProductHit, results, search
from bulq.state.auth import arrived, look


@dataclass(frozen=True)
class Hit:
    """A line of what was found; `kind` is "product", "store" or "group"."""

    id: str
    kind: str
    href: str
    label: str
    detail: str = ""


def hits_in(found: Hits) -> tuple[list[Hit], list[Hit], list[Hit]]:
    """Products, stores and groups, ready to be shown."""
    products = [
        _hit("product", "products", hit.id, hit.name, " · ".join(filter(None, (hit.brand, hit.known_as, _price(hit)))))
        for hit in found.products
    ]
    stores = [_hit("store", "stores", hit.id, hit.name) for hit in found.stores]
    return products, stores, [_hit("group", "groups", hit.id, hit.name) for hit in found.groups]


def _price(hit: ProductHit) -> str:
    """What it was last seen for and where; empty when nobody noted a price."""
    if hit.price is None:
        return ""
    shown = price(hit.price.offer, hit.unit, hit.price.currency, symbol=True)
    return text("search.gone" if hit.price.gone else "search.price", price=shown, store=hit.price.store)


def _hit(kind: str, place: str, thing: object, label: str, detail: str = "") -> Hit:
    return Hit(f"{kind}-{thing}", kind, f"/{place}/{thing}", label, detail)


class SearchState(rx.State):
    """The field in the header. Nothing is asked for until somebody types."""

    text: str = ""
    hits: list[Hit] = []
    respelt: bool = False

    @rx.event
    async def find(self, typed: str):
        typed = str(typed)[:LONGEST_TYPED]
        found = await look(self, search, typed)
        products, stores, groups = hits_in(found)
        self.text, self.respelt, self.hits = typed, found.respelt, [*products, *stores, *groups]


class ResultsState(rx.State):
    ready: bool = False
    text: str = ""
    products: list[Hit] = []
    stores: list[Hit] = []
    groups: list[Hit] = []
    found: int = 0
    more: bool = False
    respelt: bool = False
    page: int = 1
    pages: int = 1

    @rx.event
    async def open(self):
        if await arrived(self):
            self.reset()
            self.text = str(self.router.url.query_parameters.get("q", "")).strip()[:LONGEST_TYPED]
        await self._show(self.page)

    @rx.event
    async def turn(self, step: int):
        await self._show(self.page + (1 if step == 1 else -1))

    async def _show(self, page: int) -> None:
        found = await look(self, results, self.text, page=page)
        self.products, self.stores, self.groups = hits_in(found)
        self.found, self.more, self.respelt = found.found, found.more, found.respelt
        self.page, self.pages, self.ready = found.page, found.pages, True
