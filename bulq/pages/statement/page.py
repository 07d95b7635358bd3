"""One person's statement of a run: goods, costs, left-over goods, what they paid; every amount tells why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx
from reflex.vars.base import LiteralVar, VarData

from bulq.components import format
from bulq.components.buttons import copy_button, download_button
from bulq.components.facts import Looking, call, known, live_var, state_of, var
from bulq.components.lists import size
from bulq.components.phases import phase_chip
from bulq.components.share import share_button
from bulq.components.surfaces import card, empty_state, skeleton_rows
from bulq.components.texts import Text, section, t
from bulq.pages.layout import missing, page_frame
from bulq.pages.person import me
from bulq.queries.statement import StatementView

STORY = "$/public/statement/story.js"

facts = live_var(StatementView, "statement")
WHOLE = (
    *("currency", "fair_rule", "name", "goods", "costs", "borne", "total", "left_over", "paid", "advanced"),
)  # of these the stories are made


@dataclass(frozen=True)
class Row:
    """A line of the statement with its story, as assets/statement/story.js makes it."""

    id: str
    called: str
    beside: str
    amount: int
    why: str


class _Why(rx.Component):
    library = STORY
    tag = "Why"

    amount: rx.Var[str]
    label: rx.Var[str]
    story: rx.Var[str]
    username: rx.Var[str]


def statement_page() -> rx.Component:
    is_gone, is_known = state_of("statement") == "gone", known(facts.id)
    page = rx.cond(is_gone, missing(), rx.cond(is_known, _statement(), card(skeleton_rows(4), padded=False)))
    title = rx.cond(_is_mine(), t("statement.mine"), t("statement.of", name=facts.name))
    return page_frame(
        Looking.create(view="statement", address="runs/{run_id}/statements/{user_id}"),
        page,
        title=rx.cond(is_gone, t("missing.page_title"), rx.cond(is_known, title, t("statement.title"))),
        tab=rx.cond(is_gone, t("missing.page_title"), rx.cond(is_known, _about(), "")),
        crumb=[
            (rx.cond(known(facts.group), var(facts.group), t("run.group")), _href("/groups/", facts.group_id)),
            (rx.cond(is_known, _run(), t("run.title")), _href("/runs/", facts.id)),
        ],
        beside=rx.cond(is_known, phase_chip(var(facts.phase)), rx.fragment()),
        narrow=True,
    )


def _href(before: str, page_id: str) -> Any:
    return rx.cond(known(page_id), rx.Var.create(before) + var(page_id), "/")


def _run() -> rx.Var[str]:
    return format.store_and_day(facts.store, facts.shopping_day)


def _about() -> rx.Var[str]:
    return t("statement.tab", name=facts.name, run=_run())


def _is_mine() -> rx.Var[bool]:
    return var(facts.user_id) == var(me.id)


def _whole() -> rx.Var[Any]:
    """The facts of which stories are made, as one object."""
    return LiteralVar.create({name: getattr(facts, name) for name in WHOLE})


def _call(function: str, kind: Any, *arguments: Any) -> Any:
    """What a function makes of the facts in the language of the page."""
    found = call(STORY, function, kind, *arguments, _whole(), _is_mine())
    words = VarData.merge(*(section(name) for name in ("story", "cost", "unit", "format")))
    data = VarData.merge(found._get_all_var_data(), words, t("statement.title")._get_all_var_data())
    return rx.Var(_js_expr=str(found), _var_type=kind, _var_data=data).to(kind)


def _why(amount: Any, story: Text, **props: Any) -> rx.Component:
    said = format.money(amount, facts.currency)
    return _Why.create(amount=said, label=t("statement.why", amount=said), story=story, **props)


def _statement() -> rx.Component:
    goods = _call("goodsRows", list[Row], facts.goods)
    costs = _call("costRows", list[Row], facts.costs)
    borne = _call("borneRows", list[Row], facts.borne)
    nothing = empty_state(t("statement.nothing"), icon="receipt-text")
    has_lines = (size(goods) > 0) | (size(costs) > 0)
    return rx.el.div(
        _tools(),
        rx.cond(size(goods) > 0, _part(t("statement.goods"), goods), rx.fragment()),
        rx.cond(size(costs) > 0, _part(t("statement.costs"), costs), rx.fragment()),
        rx.cond(has_lines, rx.fragment(), nothing),
        rx.cond(size(borne) > 0, _part(t("statement.borne"), borne), rx.fragment()),
        card(
            _sum(t("statement.total"), facts.total, _call("totalStory", str), username=facts.username),
            rx.cond(
                var(facts.left_over, int) > 0,
                _sum(t("statement.borne"), facts.left_over, t("statement.borne_why")),
                rx.fragment(),
            ),
            _sum(t("statement.paid"), facts.paid, _call("paidStory", str)),
            _sum(t("statement.net"), _call("netOf", int), _call("netStory", str), total=True),
            rx.cond(var(facts.advanced, int) != 0, _advanced(), rx.fragment()),
            _saved(),
            title=t("statement.in_all"),
        ),
        class_name="grid gap-4",
    )


def _advanced() -> rx.Component:
    """ "Paid in advance 12.00, still to pay 3.40"; whoever got advances sees what they hold for others."""
    rest = _call("restOf", int)
    label = rx.cond(rest < 0, t("statement.to_get"), t("statement.to_pay"))
    got = var(facts.advanced, int) < 0
    return rx.fragment(
        _sum(
            rx.cond(got, t("statement.got_advances"), t("statement.advanced")),
            _call("advanceOf", int),
            rx.cond(got, t("statement.got_advances_why"), t("statement.advanced_why")),
        ),
        _sum(label, _call("restAmount", int), _call("restStory", str), total=True),
    )


def _saved() -> rx.Component:
    """Beside what an ordinary shop takes, once the run is completed."""
    saved = var(facts.saved, int)
    values = {"known": facts.saved_known, "count": var(facts.saved_of, int)}
    less = t("statement.saved", saved=format.money(saved, facts.currency), **values)
    more = t("statement.saved_nothing", more=format.money(-saved, facts.currency), **values)
    said = rx.cond(known(facts.saved_known), rx.cond(saved >= 0, less, more), t("statement.saved_unknown"))
    line = rx.el.p(said, data_saved=facts.username, class_name="text-muted text-[13.5px] mt-3 num")
    return rx.cond(known(facts.saved_of), line, rx.fragment())


def _part(title: Text, rows: Any) -> rx.Component:
    return card(rx.foreach(rows, _row), title=title, padded=False)


def _row(row: Row) -> rx.Component:
    return rx.el.div(
        rx.el.span(
            rx.el.bdi(row.called, class_name="font-semibold"),
            rx.cond(
                known(row.beside), rx.el.span(row.beside, class_name="block text-muted text-[13px]"), rx.fragment()
            ),
            class_name="min-w-0 break-words",
        ),
        _why(row.amount, row.why),
        key=row.id,
        data_line=row.called,
        class_name="why-row px-4 border-b border-line last:border-0",
    )


def _sum(label: Text, amount: Any, story: Text, *, total: bool = False, **props: Any) -> rx.Component:
    return rx.el.div(
        rx.el.span(label), _why(amount, story, **props), class_name="why-row why-total" if total else "why-row"
    )


def _tools() -> rx.Component:
    """The statement to be taken along: as text for a chat, as a link, as a file of one's own."""
    file = rx.Var.create("/api/v1/runs/") + var(facts.id) + "/export."
    files = rx.fragment(
        download_button(t("statement.pdf"), file + "pdf?what=mine", look="ghost"),
        download_button(t("statement.csv"), file + "csv?what=mine", look="ghost"),
    )
    link = share_button(
        t("statement.share"),
        title=_about(),
        url=rx.Var.create("/runs/") + var(facts.id) + "/statement/" + var(facts.user_id),
    )
    words = call(STORY, "asText", str, _whole(), _run(), _is_mine())
    return rx.el.div(
        copy_button(t("statement.copy"), words),
        link,
        rx.cond(_is_mine(), files, rx.fragment()),
        class_name="flex flex-wrap gap-2",
    )
