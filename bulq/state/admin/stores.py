"""The admins' table of stores."""

from dataclasses import dataclass, replace
from typing import Any

import reflex as rx

from bulq.queries.curating import StoreLine, stores_list
from bulq.queries.listing import Listed, Wish
from bulq.services import curating, deleting
from bulq.state.admin.curated import Curated, checked
from bulq.state.auth import act, look, uuid


@dataclass(frozen=True)
class StoreRow:
    id: str
    name: str
    chain: str
    address: str
    created_by: str
    checked: str
    used: bool


class AdminStoresState(Curated, rx.State):
    rows: list[StoreRow] = []
    filters: dict[str, str] = {"which": ""}
    name: str = ""
    chain: str = ""
    address: str = ""
    _kind: str = "store"

    async def _read(self, wish: Wish) -> Listed[Any]:
        found = await look(self, stores_list, wish)
        return replace(found, rows=tuple(_row(line) for line in found.rows))

    def _fill(self, row: StoreRow) -> None:
        self.name, self.chain, self.address = row.name, row.chain, row.address

    async def _save(self) -> None:
        values = {"name": self.name, "chain": self.chain, "address": self.address}
        await act(self, curating.edit_store, uuid(self._about_id), **values)

    async def _delete(self) -> None:
        await act(self, deleting.delete_store, uuid(self._about_id))

    @rx.event
    async def set_name(self, value: str):
        self.name = str(value)

    @rx.event
    async def set_chain(self, value: str):
        self.chain = str(value)

    @rx.event
    async def set_address(self, value: str):
        self.address = str(value)


def _row(line: StoreLine) -> StoreRow:
    checks = checked(line.verified_at, line.verified_by)
    return StoreRow(str(line.id), line.name, line.chain, line.address, line.created_by, checks, line.used)
