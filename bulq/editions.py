"""Editions of facts, and the patches between them.

An edition is the facts of a view at one moment with their JSON. Its tag is a hash of these bytes: the same facts have
the same tag in every process, also after a restart, so that whoever has an edition need not be sent the same again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from hashlib import blake2b
from typing import Any, Generic, TypeVar

import orjson

F = TypeVar("F")

OPTIONS = orjson.OPT_NON_STR_KEYS


@dataclass(frozen=True, slots=True)
class Edition(Generic[F]):
    """`tag` is the ETag without its quotes."""

    facts: F
    body: bytes
    tag: str


def edition(facts: F) -> Edition[F]:
    body = to_json(facts)
    return Edition(facts, body, blake2b(body, digest_size=9).hexdigest())


def to_json(facts: Any) -> bytes:
    return orjson.dumps(facts, default=_listed, option=OPTIONS)


def _listed(value: Any) -> Any:
    """Named tuples become arrays, and sets arrays in order: the same facts must give the same bytes."""
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)


def patch(old: Any, new: Any) -> dict[str, Any]:
    """What makes `new` of `old`, both of one dataclass: a merge patch (RFC 7396).

    None in a patch takes a key away. To whoever reads facts, a key that isn't there and None are the same.
    """
    changed: dict[str, Any] = {}
    for each in fields(new):
        _compare(each.name, getattr(old, each.name), getattr(new, each.name), changed)
    return changed


def _compare(key: str, old: Any, new: Any, changed: dict[str, Any]) -> None:
    if old is new or old == new:
        return
    if is_dataclass(new) and type(old) is type(new):
        changed[key] = patch(old, new)
    elif isinstance(new, Mapping) and isinstance(old, Mapping):
        rows = changed[key] = {str(gone): None for gone in old if gone not in new}
        for name, row in new.items():
            if name in old:
                _compare(str(name), old[name], row, rows)
            else:
                rows[str(name)] = row
    else:
        changed[key] = new


def order(old: Any, new: Any) -> dict[str, Any]:
    """Where merging the patch would leave the rows of a map in another order than they have in `new`.

    The keys of such a map stand in their order under "", beside what its rows hold: {"items": {"": ["b", "a"]}}.
    """
    if isinstance(new, Mapping):
        pairs = [(str(name), old[name], row) for name, row in new.items() if name in old]
        merged = [name for name in old if name in new] + [name for name in new if name not in old]
        found: dict[str, Any] = {} if merged == list(new) else {"": [str(name) for name in new]}
    else:
        pairs = [(each.name, getattr(old, each.name), getattr(new, each.name)) for each in fields(new)]
        found = {}
    for name, before, after in pairs:
        if (
            before is not after
            and _has_rows(after)
            and type(before) is type(after)
            and (within := order(before, after))
        ):
            found[name] = within
    return found


def _has_rows(value: Any) -> bool:
    return isinstance(value, Mapping) or is_dataclass(value)


def merge(facts: Any, change: Any) -> Any:
    """RFC 7396 on decoded JSON, as browsers do it."""
    if not isinstance(change, dict):
        return change
    merged = dict(facts) if isinstance(facts, dict) else {}
    for key, value in change.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge(merged.get(key), value)
    return merged


def reorder(facts: Any, moved: Mapping[str, Any]) -> Any:
    """Decoded and merged JSON in the `order` that came with the patch, as browsers put it."""
    rows = {name: facts[name] for name in moved.get("", facts) if name in facts}
    return rows | {name: reorder(rows[name], within) for name, within in moved.items() if name and name in rows}
