"""The admins' table of tags."""

from dataclasses import dataclass, replace
from typing import Any

import reflex as rx

from bulq.queries.curating import TagLine, tags_list
from bulq.queries.listing import Listed, Wish
from bulq.services import curating, deleting
from bulq.state.admin.curated import Curated, checked
from bulq.state.auth import act, look, uuid


@dataclass(frozen=True)
class TagRow:
    id: str
    name: str
    kind: str
    created_by: str
    checked: str
    products: int


class AdminTagsState(Curated, rx.State):
    rows: list[TagRow] = []
    filters: dict[str, str] = {"which": "", "kind": ""}
    name: str = ""
    kind: str = "category"
    _kind: str = "tag"

    async def _read(self, wish: Wish) -> Listed[Any]:
        found = await look(self, tags_list, wish)
        return replace(found, rows=tuple(_row(line) for line in found.rows))

    def _fill(self, row: TagRow) -> None:
        self.name, self.kind = row.name, row.kind

    async def _save(self) -> None:
        await act(self, curating.edit_tag, uuid(self._about_id), name=self.name, kind=self.kind)

    async def _delete(self) -> None:
        await act(self, deleting.delete_tag, uuid(self._about_id))

    @rx.event
    async def set_name(self, value: str):
        self.name = str(value)

    @rx.event
    async def set_kind(self, value: str):
        self.kind = str(value)


def _row(line: TagLine) -> TagRow:
    checks = checked(line.verified_at, line.verified_by)
    return TagRow(str(line.id), line.name, str(line.kind), line.created_by, checks, line.products)
