"""Prices over time as lines, one per store. The same figures stand in tables: to screen readers it is one picture."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.vars.base import VarData

from bulq.components.facts import imported
from bulq.components.format import FORMAT
from bulq.components.texts import Text

# Lines differ by colour and by how they are broken.
DASHES = ("0", "7 4", "2 4", "12 4", "7 4 2 4", "2 8")
LANGUAGE = "document.documentElement.lang"
SHORT_DAY = (
    f"(ms) => new Intl.DateTimeFormat({LANGUAGE}, {{ month: 'short', year: '2-digit', timeZone: 'UTC' }}).format(ms)"
)
WHOLE_DAY = rx.Var(
    f"(ms) => new Intl.DateTimeFormat(localeOf({LANGUAGE}), {{ dateStyle: 'medium', timeZone: 'UTC' }}).format(ms)",
    _var_data=VarData(imports=imported(FORMAT, "localeOf")),
)


def price_chart(label: Text, points: Any, names: Any, *, decimals: Any, dots: Any) -> rx.Component:
    """`points` are rows with "at" (milliseconds) and "s0" … for each of the `names`; a price holds until the next."""
    places = rx.Var.create(decimals)
    amount = rx.Var(
        f"(v) => v.toLocaleString({LANGUAGE}, "
        f"{{ minimumFractionDigits: {places!s}, maximumFractionDigits: {places!s} }})",
        _var_data=places._get_all_var_data(),
    )
    axis: dict[str, Any] = {"stroke": "var(--muted)", "tick_line": False, "axis_line": False}
    lines = [
        rx.recharts.line(
            data_key=f"s{n}",
            name=names[n],
            type_="stepAfter",
            stroke=f"var(--series-{n})",
            stroke_width=2,
            stroke_dasharray=dash,
            dot=dots,
            active_dot={"fill": f"var(--series-{n})", "stroke": "var(--surface)"},
            connect_nulls=True,
            is_animation_active=False,
        )
        for n, dash in enumerate(DASHES)
    ]
    chart = rx.recharts.line_chart(
        rx.recharts.cartesian_grid(vertical=False, stroke="var(--line)"),
        rx.recharts.x_axis(
            data_key="at",
            type_="number",
            scale="time",
            domain=["dataMin", "dataMax"],
            tick_formatter=SHORT_DAY,
            min_tick_gap=28,
            **axis,
        ),
        rx.recharts.y_axis(domain=["auto", "auto"], width="auto", custom_attrs={"tickFormatter": amount}, **axis),
        rx.recharts.graphing_tooltip(
            is_animation_active=False,
            content_style={
                "background": "var(--surface)",
                "borderColor": "var(--line-strong)",
                "borderRadius": "var(--r)",
                "maxWidth": "260px",
                "whiteSpace": "normal",
            },
            item_style={"color": "var(--text)", "padding": "1px 0"},
            label_style={"color": "var(--muted)"},
            cursor={"stroke": "var(--line-strong)", "strokeWidth": 1},
            custom_attrs={"labelFormatter": WHOLE_DAY, "formatter": amount},
        ),
        *lines,
        data=points,
        margin={"top": 8, "right": 12, "bottom": 0, "left": 0},
        custom_attrs={"accessibilityLayer": False},
    )
    return rx.el.div(chart, role="img", aria_label=label, class_name="price-chart num")
