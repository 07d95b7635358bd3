"""t(): a text of the catalogue on a page, in the language the browser shows right now."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import reflex as rx
from reflex.vars.base import LiteralVar, VarData

Text = str | rx.Var[str]
Flag = bool | rx.Var[bool]

_HOOK = VarData(
    imports={"$/public/i18n.js": [rx.ImportVar(tag="useT")]},
    hooks={"const t = useT()": None},
)


def t(key: Text, **values: Any) -> rx.Var[str]:
    """The text under a dotted key; values may be vars, `count` chooses the plural form. Works inside foreach.

    A key that is a var begins with a literal section all the same: a page loads the sections it speaks from.
    """
    name, filled = LiteralVar.create(key), LiteralVar.create(values)
    return rx.Var(
        _js_expr=f"t({name!s}, {filled!s})",
        _var_type=str,
        _var_data=VarData.merge(_HOOK, _section_of(name), name._get_all_var_data(), filled._get_all_var_data()),
    ).to(str)


def _section_of(key: rx.Var[Any]) -> VarData:
    found = re.match(r'\(*"(\w+)\.', str(key))
    if found is None:
        raise ValueError(f"{key} names no section of the texts")
    return section(found[1])


@cache
def section(name: str) -> VarData:
    """A page that uses this brings along the texts under that name."""
    return VarData(imports={"": [rx.ImportVar(tag=f"$/texts/{name}.js")]})
