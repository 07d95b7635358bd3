"""Facts of the page's store as typed values for page functions.

    shop = live_var(ShoppingList, "shopping")
    rx.foreach(listed(shop.items), once_per_row(_row))    # def _row(item: Item) -> rx.Component

pyright knows `shop` and `item` as the facts they are. In the browser each field is a subscription of its own: what
shows `shop.paid` is drawn anew when that changes, and nothing else.
"""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any, TypeVar, cast, get_type_hints
from uuid import UUID

import reflex as rx
from reflex.vars.base import LiteralVar, VarData
from reflex.vars.number import NumberVar

T = TypeVar("T")
V = TypeVar("V")
STORE = "$/public/live/store.js"


def imported(module: str, *names: str) -> dict[str, list[rx.ImportVar]]:
    return {module: [rx.ImportVar(tag=name) for name in names]}


def _in_browsers(kind: Any) -> Any:
    """The type a value has once it is JSON: days, times, enums and ids are texts."""
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return _in_browsers(next(part for part in parts if part is not types.NoneType))
    if origin is Mapping or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return dict[str, _in_browsers(parts[1])]
    if origin is tuple and len(parts) == 2 and parts[1] is Ellipsis:
        return list[_in_browsers(parts[0])]
    if origin is tuple:
        return list[Any]
    if isinstance(kind, type) and issubclass(kind, date | datetime | Enum | UUID):
        return str
    return kind


class _Facts:
    """Each attribute is a var with a subscription of its own."""

    def __init__(self, kind: type[Any], view: str) -> None:
        self._types, self._view = get_type_hints(kind), view

    def __getattr__(self, name: str) -> rx.Var[Any]:
        if name.startswith("_") or name not in self._types:
            raise AttributeError(name)
        kind, var = _in_browsers(self._types[name]), f"{self._view}_{name}"
        hook = f'const {var} = useFact("{self._view}", "{name}")'
        data = VarData(imports=imported(STORE, "useFact"), hooks={hook: None})
        return rx.Var(_js_expr=var, _var_type=kind, _var_data=data).to(kind)


def live_var(kind: type[T], view: str) -> T:
    """What the page looks at under the name of `view` (see `Looking`), with the type of its facts."""
    return cast(T, _Facts(kind, view))


def state_of(view: str) -> rx.Var[str]:
    """ "loading", "kept" (on this device), "live" (kept up to date) or "gone" (nothing is there for this person)."""
    hook = f'const {view}__state = useFactsState("{view}")'
    data = VarData(imports=imported(STORE, "useFactsState"), hooks={hook: None})
    return rx.Var(_js_expr=f"{view}__state", _var_type=str, _var_data=data).to(str)


class Looking(rx.Component):
    """Shows nothing. While it is on the page, `view` is what stands at `address`, such as "runs/{run_id}/shopping".

    Names in braces are filled in from the page's own address.
    """

    library = STORE
    tag = "Looking"

    view: rx.Var[str]
    address: rx.Var[str]

    def add_imports(self) -> dict[str, list[rx.ImportVar]]:
        return {"": [rx.ImportVar(tag="$/public/live/live.js")]}


def call(module: str, function: str, kind: Any, *arguments: Any) -> rx.Var[Any]:
    """The result of a JavaScript function of ours."""
    filled = [LiteralVar.create(each) for each in arguments]
    data = VarData.merge(VarData(imports=imported(module, function)), *(each._get_all_var_data() for each in filled))
    written = ", ".join(str(each) for each in filled)
    return rx.Var(_js_expr=f"{function}({written})", _var_type=kind, _var_data=data).to(kind)


def var(value: Any, kind: Any = str) -> Any:
    """A fact as the var it is, where pyright knows it as the fact."""
    return rx.Var.create(value).to(kind)


def known(value: Any) -> rx.Var[bool]:
    """Whether a fact is there: not None, and not the empty text."""
    return rx.Var.create(value).bool()


def listed(rows: Mapping[str, V]) -> list[V]:
    """The rows of a map in their order; the same list as long as the map is the same."""
    return cast(list[V], call(STORE, "listed", list[_row_kind(rows)], rows))


def rows_by(module: str, function: str, rows: Mapping[str, V], *more: Any) -> list[V]:
    """The rows that a JavaScript function of ours chooses from a map, in its order."""
    return cast(list[V], call(module, function, list[_row_kind(rows)], rows, *more))


def count_of(rows: Mapping[str, Any]) -> NumberVar[int]:
    return cast(NumberVar[int], call(STORE, "countOf", int, rows))


def _row_kind(rows: Any) -> Any:
    return rows._var_type.__args__[1]


def once_per_row(draw: Callable[[T], rx.Component]) -> Callable[[T], rx.Component]:
    """Makes each row that `draw` draws a component of its own, which is drawn anew only when its facts change.

    The row has an `id`. Besides the row, `draw` may use only facts of the store, not what another loop holds.
    """
    kind = get_type_hints(draw)[next(iter(inspect.signature(draw).parameters))]

    def body(row):
        return draw(row.to(kind))

    body.__name__ = body.__qualname__ = f"{draw.__module__.rpartition('.')[2]}_{draw.__name__.strip('_')}_once"
    body.__module__ = draw.__module__
    body.__annotations__ = {"row": rx.Var[kind], "return": rx.Component}
    memo = rx.memo(body)

    def each(row: T) -> rx.Component:
        return rx.fragment(memo(row=row), key=cast(Any, row).id)

    each.__annotations__ = {"row": kind, "return": rx.Component}
    return each
