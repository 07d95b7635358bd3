"""What is looked for, opened and filtered while goods are handed out: known to this page alone."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.vars.base import VarData

from bulq.components.facts import imported
from bulq.components.operations import local

SERVING = "$/public/run/handing_out.js"
PRINTING = local("run.printing", False, bool)
WIDE = local("run.wide", False, bool)  # there is room for a table


def serving() -> Any:
    """`find`, `folds` and `waiting` of assets/run/handing_out.js; the same object as long as nothing changes."""
    data = VarData(imports=imported(SERVING, "useServing"), hooks={"const serving = useServing()": None})
    return rx.Var(_js_expr="serving", _var_type=dict[str, Any], _var_data=data).to(dict[str, Any])
