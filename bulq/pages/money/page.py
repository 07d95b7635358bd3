"""The page of a group's money."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components import format
from bulq.components.buttons import button, glyph, link
from bulq.components.facts import Looking, known, state_of, var
from bulq.components.lists import size
from bulq.components.operations import PageLocals, turn_page
from bulq.components.surfaces import avatar, card, chip, empty_state, kv, notice, pager, skeleton_rows
from bulq.components.texts import t
from bulq.components.times import time_ago
from bulq.pages.layout import not_found_page, page_frame
from bulq.pages.money.dialogs import money_dialogs
from bulq.pages.money.facts import (
    BalanceRow,
    EntryPart,
    anybody_owes,
    asks,
    balances,
    money,
    my_advanced,
    my_balance,
    my_part,
    parts_of,
    payments,
)
from bulq.pages.money.households import household_dialog, households_card, together_line
from bulq.pages.money.lines import payment_list
from bulq.queries.money_history import MoneyEntry


def money_page() -> rx.Component:
    page = page_frame(
        rx.cond(known(money.id), _content(), card(skeleton_rows(4), padded=False)),
        money_dialogs(),
        household_dialog(),
        PageLocals.create(prefix="money."),
        title=t("money.title"),
        tab=rx.cond(known(money.name), t("money.tab", group=money.name), ""),
        crumb=[
            (
                rx.cond(known(money.name), var(money.name), t("group.title")),
                rx.Var.create("/groups/") + var(money.id),
            )
        ],
        actions=rx.cond(known(money.id), _actions(), rx.fragment()),
    )
    return rx.fragment(
        Looking.create(view="money", address="groups/{group_id}/money"),
        rx.cond(state_of("money") == "gone", not_found_page(), page),
    )


def _actions() -> rx.Component:
    """The one filled button is what to do next: with a saved plan that is to pay it. On a small phone both fit."""
    record = rx.el.span(t("money.record"), class_name="max-[380px]:sr-only")
    grows = "max-wide:order-first max-wide:grow"
    settle = rx.cond(
        known(money.plan),
        button(t("money.settle_up"), icon="scale", on_click=asks("settle"), class_name=grows),
        button(t("money.settle_up"), icon="scale", look="primary", on_click=asks("settle"), class_name=grows),
    )
    return rx.fragment(
        button(record, icon="hand-coins", on_click=asks("record")),
        rx.cond(anybody_owes(), settle, rx.fragment()),
    )


def _content() -> rx.Component:
    return rx.el.div(
        rx.el.div(_mine(), _plan(), _others(), _history(), class_name="grid gap-4 min-w-0"),
        rx.el.aside(_balances(), households_card(), class_name="grid gap-4 content-start"),
        class_name="cols",
    )


def _amount(amount: object, *, look: str = "") -> rx.Component:
    return rx.el.b(format.money(amount, money.currency), class_name=f"num whitespace-nowrap {look}".strip())


def _mine() -> rx.Component:
    """How the viewer stands, in a sentence."""
    mine = var(my_balance(), int)
    said = rx.cond(
        mine < 0,
        t("money.you_owe", amount=format.money(abs_of(mine), money.currency)),
        rx.cond(mine > 0, t("money.you_are_owed", amount=format.money(mine, money.currency)), t("money.you_are_even")),
    )
    return card(
        rx.el.p(said, class_name="text-[22px] font-semibold tracking-tight num", data_my_balance=mine.to_string()),
        _advanced(var(my_advanced(), int), class_name="block num"),
        together_line(),
        rx.el.p(t("money.you_detail"), class_name="text-muted text-[13.5px] mt-1"),
    )


def abs_of(amount: rx.Var[int]) -> rx.Var[int]:
    return rx.Var(_js_expr=f"Math.abs({amount!s})", _var_type=int, _var_data=amount._get_all_var_data()).to(int)


def _plan() -> rx.Component:
    plan = var(money.plan, dict)
    kind = rx.cond(plan["kind"] == "payer", t("money.payer"), t("money.fewest"))
    changed = rx.el.div(notice(t("money.plan_changed_since"), "warn"), class_name="p-4 border-b border-line")
    head = rx.el.p(
        t("money.plan_by", name=plan["made_by"]),
        " · ",
        time_ago(plan["made_at"].to(str)),
        class_name="text-muted text-[13.5px] px-4 py-3 border-b border-line",
    )
    shown = card(
        head,
        rx.cond(plan["holds"].to(bool), rx.fragment(), changed),
        payment_list(payments(planned=True)),
        title=t("money.plan"),
        note=kind,
        padded=False,
    )
    none = card(
        empty_state(
            t("money.no_plan"),
            t("money.no_plan_detail"),
            icon="scale",
        )
    )
    even = card(empty_state(t("money.all_even"), t("money.all_even_detail"), icon="check-check"))
    return rx.cond(known(money.plan), shown, rx.cond(anybody_owes(), none, even))


def _others() -> rx.Component:
    """Payments that wait and are not in the saved plan."""
    rows = payments(planned=False)
    return rx.cond(
        size(rows) > 0,
        card(payment_list(rows), title=t("money.waiting"), padded=False),
        rx.fragment(),
    )


def _balances() -> rx.Component:
    return card(
        rx.el.ul(rx.foreach(balances(), _balance)),
        rx.el.div(
            kv(t("money.sum"), format.money(money.total, money.currency), data_balance_sum=""),
            class_name="px-4 pb-2 border-t border-line text-muted text-[13.5px]",
        ),
        title=t("money.balances"),
        padded=False,
    )


def _balance(person: BalanceRow) -> rx.Component:
    balance = var(person.balance, int)
    name = rx.el.span(
        rx.el.span(person.name, class_name="min-w-0 break-words"),
        rx.cond(person.mine, chip(t("group.me")), rx.fragment()),
        rx.cond(
            person.is_awaited,
            chip(t("money.awaited")),
            rx.cond(person.left, chip(t("money.former_member")), rx.fragment()),
        ),
        class_name="flex flex-wrap items-center gap-x-2 min-w-0 flex-1",
    )
    words = rx.cond(
        balance < 0,
        t("money.owes"),
        rx.cond(balance > 0, t("money.is_owed"), t("money.even")),
    )
    figure = rx.el.span(
        rx.el.b(format.money(balance, money.currency), class_name="num block", data_balance=person.username),
        rx.el.span(words, class_name="block text-muted text-[12.5px]"),
        _advanced(
            var(person.advanced, int), class_name="block text-muted text-[12.5px]", data_advanced=person.username
        ),
        class_name=rx.cond(
            balance < 0, "text-right text-warn", rx.cond(balance > 0, "text-right text-brand-text", "text-right")
        ),
    )
    return rx.el.li(
        avatar(person.name, big=True),
        name,
        figure,
        key=person.id,
        class_name="flex items-center gap-2.5 px-4 py-2",
    )


def _advanced(advanced: Any, **props: Any) -> rx.Component:
    """What of the balance is for runs that go on, and which nobody pays back therefore."""
    amount = format.money(abs_of(advanced), money.currency)
    words = rx.cond(advanced > 0, t("money.advanced", amount=amount), t("money.holds_advances", amount=amount))
    return rx.cond(advanced != 0, rx.el.span(words, **props), rx.fragment())


def _history() -> rx.Component:
    some = rx.el.div(
        rx.el.ul(rx.foreach(money.entries, _entry)),
        pager(money.page, money.pages, on_page=lambda step: turn_page("money", step)),
    )
    none = rx.el.p(t("money.no_history"), class_name="p-4 text-muted")
    return card(
        rx.cond(size(money.entries) > 0, some, none),
        title=t("money.history"),
        padded=False,
    )


ICONS = (("run", "shopping-basket"), ("payment", "hand-coins"), ("left_over", "package-open"), ("import", "download"))


def _entry(entry: MoneyEntry) -> rx.Component:
    run = format.store_and_day(entry.store, entry.shopping_day)
    payment = t("money.entry_payment", sender=entry.sender, receiver=entry.receiver)
    advance = t("money.entry_advance", sender=entry.sender, receiver=entry.receiver, run=run)
    title = rx.match(
        entry.kind,
        ("run", link(run, rx.Var.create("/runs/") + var(entry.run_id))),
        ("left_over", rx.el.span(t("money.entry_left_over", run=run))),
        ("payment", rx.cond(known(entry.run_id), rx.el.span(advance), rx.el.span(payment))),
        ("import", rx.el.span(t("money.entry_import"))),
        rx.el.span(rx.cond(known(entry.store), t("money.entry_correction_of", run=run), t("money.entry_correction"))),
    )
    icon = rx.match(entry.kind, *[(kind, glyph(name, 20)) for kind, name in ICONS], glyph("pencil", 20))
    mine = var(my_part(entry), int)
    by = rx.cond(known(entry.by), rx.fragment(" · ", var(entry.by)), rx.fragment())
    return rx.el.li(
        rx.el.details(
            rx.el.summary(
                rx.el.span(icon, class_name="text-muted flex-none"),
                rx.el.span(
                    title,
                    rx.el.span(time_ago(var(entry.at)), by, class_name="block text-muted text-[13px]"),
                    class_name="min-w-0 flex-1 break-words",
                ),
                rx.el.span(
                    rx.el.b(format.money(mine, money.currency), class_name="num block"),
                    rx.el.span(t("money.for_you"), class_name="block text-muted text-[12.5px]"),
                    class_name="text-right flex-none",
                ),
                class_name="flex items-center gap-3 px-4 py-2.5 cursor-pointer min-h-11 list-none",
            ),
            rx.cond(
                known(entry.reason),
                rx.el.p("“", var(entry.reason), "”", class_name="px-4 pb-1 text-muted break-words"),
                rx.fragment(),
            ),
            rx.el.div(rx.foreach(parts_of(entry), _part), class_name="px-4 pb-3 pl-[52px]"),
        ),
        key=entry.id,
        data_entry=entry.kind,
        class_name="border-b border-line last:border-0",
    )


def _part(part: EntryPart) -> rx.Component:
    return rx.el.div(kv(part.name, format.money(part.amount, money.currency)), key=part.id, class_name="text-[14px]")
