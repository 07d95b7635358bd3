"""Changes as event handlers: an operation that is sent by the page's own door, not one of Reflex's events.

Reflex's events wait in a queue, and are sent with the address of whatever page is shown by then. An operation names
what it concerns when it is made.
"""

from __future__ import annotations

import inspect
from typing import Any

import reflex as rx
from reflex.event import EventChain
from reflex.vars.base import LiteralVar, VarData
from reflex_base.vars.function import FunctionVar

from bulq.components.facts import STORE, imported
from bulq.operations import DOORS, UseCase

OPERATE = "$/public/live/operate.js"
LOCAL = "$/public/local.js"
SAY = "$/public/say.js"


def given(place: int, kind: Any = int) -> rx.Var[Any]:
    """What the control says, such as the quantity of a stepper: its argument at this place."""
    return rx.Var(_js_expr=f"given[{place}]", _var_type=kind).to(kind)


def operation(use_case: UseCase, **arguments: Any) -> Any:
    """An event handler that does this use case. Values may be facts, and what the control says (`given`)."""
    door = DOORS[use_case.__name__]
    inspect.signature(use_case).bind(None, None, **arguments, now=None)  # a wrong name fails when pages are built
    filled = LiteralVar.create(arguments)
    data = VarData.merge(VarData(imports=imported(OPERATE, "operate")), filled._get_all_var_data())
    return _handler(f'operate("{door.name}", {filled!s})', data)


def set_local(name: str, value: Any) -> Any:
    """An event handler that sets what only this page knows, such as which dialog is open."""
    filled = LiteralVar.create(value)
    data = VarData.merge(VarData(imports=imported(LOCAL, "setLocal")), filled._get_all_var_data())
    return _handler(f'setLocal("{name}", {filled!s})', data)


class PageLocals(rx.Component):
    """Shows nothing. Once the page shows another address, what `set_local` set under this prefix is forgotten."""

    library = LOCAL
    tag = "PageLocals"

    prefix: rx.Var[str]


def local(name: str, otherwise: Any, kind: Any = str) -> rx.Var[Any]:
    """What `set_local` set on this page, else `otherwise`."""
    var = "local_" + name.replace(".", "_")
    hook = f'const {var} = useLocal("{name}", {LiteralVar.create(otherwise)!s})'
    data = VarData(imports=imported(LOCAL, "useLocal"), hooks={hook: None})
    return rx.Var(_js_expr=var, _var_type=kind, _var_data=data).to(kind)


def operation_saying(words: rx.Var[str], use_case: UseCase, **arguments: Any) -> Any:
    """The same as `operation`; once the server has done it, a message says so."""
    door = DOORS[use_case.__name__]
    inspect.signature(use_case).bind(None, None, **arguments, now=None)
    return handler(OPERATE, "operateSaying", door.name, arguments, words)


def operation_then(done: Any, use_case: UseCase, **arguments: Any) -> Any:
    """The same as `operation`; once the server has done it, `done` is called with the result."""
    door = DOORS[use_case.__name__]
    inspect.signature(use_case).bind(None, None, **arguments, now=None)
    return handler(OPERATE, "operateThen", door.name, arguments, done)


def handler(module: str, function: str, *arguments: Any) -> Any:
    """An event handler that calls a JavaScript function of ours."""
    filled = [LiteralVar.create(each) for each in arguments]
    data = VarData.merge(VarData(imports=imported(module, function)), *(each._get_all_var_data() for each in filled))
    return _handler(f"{function}({', '.join(str(each) for each in filled)})", data)


def in_turn(*handlers: Any) -> Any:
    """An event handler that calls each of these."""
    calls = "; ".join(f"({each!s})(...given)" for each in handlers)
    return _handler(f"{{ {calls} }}", VarData.merge(*(each._get_all_var_data() for each in handlers)))


def told(words: Any) -> Any:
    """An event handler that says this in a message."""
    return handler(SAY, "tell", words)


def ask_for(view: str, **part: Any) -> Any:
    """An event handler that shows another part of a view: q=given(0, str), currency=…, from its first page on."""
    return handler(STORE, "askFor", view, part)


def turn_page(view: str, step: int) -> Any:
    """An event handler that shows the page after (1) or before (-1) the one that is shown."""
    return handler(STORE, "turnPage", view, step)


def _handler(expression: str, data: VarData | None) -> Any:
    return rx.Var(_js_expr=f"((...given) => {expression})", _var_data=data).to(FunctionVar, EventChain)
