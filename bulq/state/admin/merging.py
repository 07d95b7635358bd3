"""Choosing two products, stores, tags or accounts that are one, seeing what would move, and merging them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx

from bulq.domain.errors import BulqError, NotFound
from bulq.domain.prices import content_key
from bulq.i18n import full_day, product_name, quantity, text, unit_name
from bulq.queries.curating import products_list, stores_list, tags_list
from bulq.queries.duplicates import Likely, likely_products, likely_stores, likely_tags, likely_users
from bulq.queries.listing import Wish
from bulq.queries.merging import Merge, ProductSide, StoreSide, TagSide, product_merge, store_merge, tag_merge
from bulq.queries.merging_people import UserSide, user_merge
from bulq.queries.users import users_list
from bulq.services.merging import merge_products, merge_stores, merge_tags
from bulq.services.merging_people import merge_users
from bulq.state.auth import AdminPage, act, arrived, look, now, uuid
from bulq.state.options import Option
from bulq.state.refusals import message
from bulq.state.toasts import toast

OFFERED = 8


@dataclass(frozen=True)
class Fact:
    """One line of the comparison; `key` names its label."""

    key: str
    duplicate: str
    kept: str
    differs: bool


@dataclass(frozen=True)
class Suggestion:
    duplicate: str
    duplicate_name: str
    kept: str
    kept_name: str


class Merging(AdminPage, mixin=True):
    """A page adds how to find, compare and merge what it is about."""

    suggestions: list[Suggestion] = []
    found: list[Option] = []
    duplicate: str = ""
    kept: str = ""
    duplicate_name: str = ""
    kept_name: str = ""
    facts: list[Fact] = []
    moves: list[str] = []
    compared: bool = False
    refusal: str = ""

    async def _suggest(self, about: UUID | None) -> tuple[Likely, ...]:
        """Likely duplicates; with `about` those of one thing."""
        raise NotImplementedError

    async def _find(self, typed: str) -> list[Option]:
        raise NotImplementedError

    async def _compare(self, duplicate: UUID, kept: UUID) -> "_Compared":
        raise NotImplementedError

    async def _merge(self) -> None:
        raise NotImplementedError

    @rx.event
    async def open(self):
        """What the address names is chosen already."""
        if await arrived(self):
            self.reset()
            chosen = self.router.url.query_parameters
            self.duplicate, self.kept = (_an_id(chosen.get(name, "")) for name in ("duplicate", "kept"))
        await self._load()

    @rx.event
    async def find(self, typed: str):
        self.found = await self._find(str(typed)[:100])

    @rx.event
    async def choose_duplicate(self, row_id: str):
        self.duplicate = _an_id(row_id)
        await self._side_by_side()

    @rx.event
    async def choose_kept(self, row_id: str):
        self.kept = _an_id(row_id)
        await self._side_by_side()

    @rx.event
    async def take(self, duplicate: str, kept: str):
        """One of the suggestions."""
        self.duplicate, self.kept = _an_id(duplicate), _an_id(kept)
        await self._side_by_side()

    @rx.event
    async def swap(self):
        self.duplicate, self.kept = self.kept, self.duplicate
        await self._side_by_side()

    @rx.event
    async def clear(self):
        self.duplicate = self.kept = ""
        await self._side_by_side()

    @rx.event
    async def merge(self):
        duplicate, kept = self.duplicate_name, self.kept_name
        try:
            await self._merge()
        except BulqError as error:
            self.refusal = message(error)
            return
        self.duplicate = self.kept = ""
        await self._load()
        return toast(text("merge.done", duplicate=duplicate, kept=kept))

    async def _show(self) -> None:
        alone = self.duplicate if not self.kept else ""
        likely = await self._suggest(uuid(alone) if alone else None)
        self.suggestions = [
            Suggestion(str(each.duplicate), each.duplicate_name, str(each.kept), each.kept_name) for each in likely
        ]
        self.found = await self._find("")
        await self._side_by_side()

    async def _side_by_side(self) -> None:
        """Both beside each other once both are chosen, and why they can't be merged if so."""
        self.facts, self.moves, self.refusal, self.compared = [], [], "", False
        self.duplicate_name = self.kept_name = ""
        if not self.duplicate and not self.kept:
            return
        try:  # with one of them chosen, for its name
            found = await self._compare(uuid(self.duplicate or self.kept), uuid(self.kept or self.duplicate))
        except NotFound:
            self.duplicate = self.kept = ""
            return
        self.duplicate_name = found.duplicate_name if self.duplicate else ""
        self.kept_name = found.kept_name if self.kept else ""
        if self.duplicate and self.kept:
            self.facts, self.compared = found.facts, True
            self.moves = [text(f"merge.moves.{what}", count=count) for what, count in found.moves.items()]
            self.refusal = message(found.refusal) if found.refusal else ""


def _an_id(text: str) -> str:
    """Empty when it is none."""
    try:
        return str(uuid(text))
    except NotFound:
        return ""


@dataclass(frozen=True)
class _Compared:
    duplicate_name: str
    kept_name: str
    facts: list[Fact]
    moves: Mapping[str, int]
    refusal: BulqError | None


def _compared(merge: Merge[Any], facts_of: Any, detail: str) -> _Compared:
    """Side by side; what neither has is left out. Beside its name stands the `detail` that tells it from namesakes."""
    ours, theirs = facts_of(merge.duplicate), facts_of(merge.kept)
    facts = [Fact(key, value, theirs[key], value != theirs[key]) for key, value in ours.items() if value or theirs[key]]
    duplicate, kept = (f"{side['name']} · {side[detail]}" if side[detail] else side["name"] for side in (ours, theirs))
    return _Compared(duplicate, kept, facts, merge.moves, merge.refusal)


def _product_facts(side: ProductSide) -> dict[str, str]:
    holds = quantity(side.content, side.content_unit) if side.content and side.content_unit else ""
    return {
        "name": side.name,
        "brand": side.brand,
        "unit": unit_name(side.unit),
        "step": quantity(side.step, side.unit),
        "barcode": side.barcode or "",
        "content": holds,
        **_origin(side),
        **_uses(side),
    }


def _store_facts(side: StoreSide) -> dict[str, str]:
    return {"name": side.name, "chain": side.chain, "address": side.address, **_origin(side), **_uses(side)}


def _tag_facts(side: TagSide) -> dict[str, str]:
    kind = text(f"admin_tags.kinds.{side.kind}")
    return {"name": side.name, "kind": kind, **_origin(side), "products": str(side.products)}


def _origin(side: ProductSide | StoreSide | TagSide) -> dict[str, str]:
    return {
        "made": text("merge.made", name=side.created_by, day=full_day(side.created_at.date())),
        "verified": full_day(side.verified_at.date()) if side.verified_at else text("merge.not_verified"),
    }


def _uses(side: ProductSide | StoreSide) -> dict[str, str]:
    return {"runs": str(side.runs), "sightings": str(side.sightings)}


def _user_facts(side: UserSide) -> dict[str, str]:
    return {
        "name": side.name,
        "username": f"@{side.username}",
        "joined": full_day(side.created_at.date()),
        "seen": full_day(side.seen_at.date()) if side.seen_at else "",
        "rights": text("merge.is_admin") if side.is_admin else "",
        "locked": text("merge.is_locked") if side.locked else "",
        "groups": str(side.groups),
        "runs": str(side.runs),
    }


class MergeProductsState(Merging, rx.State):
    async def _suggest(self, about: UUID | None) -> tuple[Likely, ...]:
        return await look(self, likely_products, about)

    async def _find(self, typed: str) -> list[Option]:
        lines = await look(self, products_list, Wish(typed))
        return [
            Option(str(line.id), product_name(line.name, content_key(line.content, line.content_unit)), line.brand)
            for line in lines.rows[:OFFERED]
        ]

    async def _compare(self, duplicate: UUID, kept: UUID) -> _Compared:
        return _compared(await look(self, product_merge, duplicate, kept), _product_facts, "brand")

    async def _merge(self) -> None:
        await act(self, merge_products, uuid(self.duplicate), uuid(self.kept))


class MergeStoresState(Merging, rx.State):
    async def _suggest(self, about: UUID | None) -> tuple[Likely, ...]:
        return await look(self, likely_stores, about)

    async def _find(self, typed: str) -> list[Option]:
        lines = await look(self, stores_list, Wish(typed))
        return [Option(str(line.id), line.name, line.address or line.chain) for line in lines.rows[:OFFERED]]

    async def _compare(self, duplicate: UUID, kept: UUID) -> _Compared:
        return _compared(await look(self, store_merge, duplicate, kept), _store_facts, "address")

    async def _merge(self) -> None:
        await act(self, merge_stores, uuid(self.duplicate), uuid(self.kept))


class MergeTagsState(Merging, rx.State):
    async def _suggest(self, about: UUID | None) -> tuple[Likely, ...]:
        return await look(self, likely_tags, about)

    async def _find(self, typed: str) -> list[Option]:
        lines = await look(self, tags_list, Wish(typed))
        return [Option(str(line.id), line.name, text(f"admin_tags.kinds.{line.kind}")) for line in lines.rows[:OFFERED]]

    async def _compare(self, duplicate: UUID, kept: UUID) -> _Compared:
        return _compared(await look(self, tag_merge, duplicate, kept), _tag_facts, "kind")

    async def _merge(self) -> None:
        await act(self, merge_tags, uuid(self.duplicate), uuid(self.kept))


class MergeUsersState(Merging, rx.State):
    async def _suggest(self, about: UUID | None) -> tuple[Likely, ...]:
        return await look(self, likely_users, about)

    async def _find(self, typed: str) -> list[Option]:
        lines = await look(self, users_list, Wish(typed), now=now())
        return [Option(str(line.id), line.name, f"@{line.username}") for line in lines.rows[:OFFERED]]

    async def _compare(self, duplicate: UUID, kept: UUID) -> _Compared:
        return _compared(await look(self, user_merge, duplicate, kept), _user_facts, "username")

    async def _merge(self) -> None:
        await act(self, merge_users, uuid(self.duplicate), uuid(self.kept))
