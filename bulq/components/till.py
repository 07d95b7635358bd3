"""The fields at the shelf, which compute each other while one types, and the word that all is saved."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components.texts import Flag, Text, t


def _record_spec(
    sheet: rx.Var[int],
    question: rx.Var[int],
    quantity: rx.Var[str],
    price: rx.Var[str],
    total: rx.Var[str],
    payer: rx.Var[str],
) -> tuple[rx.Var[int], rx.Var[int], rx.Var[str], rx.Var[str], rx.Var[str], rx.Var[str]]:
    return sheet, question, quantity, price, total, payer


def _price_spec(sheet: rx.Var[int], price: rx.Var[str]) -> tuple[rx.Var[int], rx.Var[str]]:
    return sheet, price


class _Till(rx.Component):
    library = "$/public/till.js"
    tag = "Till"

    sheet: rx.Var[int]
    question: rx.Var[int]
    form: rx.Var[Any]
    payers: rx.Var[list[tuple[str, str]]]
    me: rx.Var[str]
    errors: rx.Var[dict[str, str]]
    answered: rx.Var[int]
    words: rx.Var[dict[str, str]]
    may_miss: rx.Var[bool]
    may_note: rx.Var[bool]
    on_record: rx.EventHandler[_record_spec]
    on_missing: rx.EventHandler[rx.event.passthrough_event_spec(int)]
    on_price: rx.EventHandler[_price_spec]


class _Saved(rx.Component):
    library = "$/public/till.js"
    tag = "Saved"

    answered: rx.Var[int]
    saved: rx.Var[str]
    saving: rx.Var[str]


def till(
    sheet: int | rx.Var[int],
    form: Any,
    *,
    question: int | rx.Var[int],
    record: Text,
    anyway: Text,
    per: Text,
    payers: list[tuple[str, str]] | rx.Var[list[tuple[str, str]]],
    me: Text,
    errors: dict[str, str] | rx.Var[dict[str, str]],
    answered: int | rx.Var[int],
    may_miss: Flag,
    may_note: Flag,
    on_record: Any,
    on_missing: Any,
    on_price: Any,
) -> rx.Component:
    """Quantity, price, total, who paid, and the buttons.

    `form` has quantity, price, total (-1 when empty), per, decimals, payer and payer_name. The price is for `per`
    thousandths, which `per` says in words for the label. The form is taken once per `sheet`, a number that comes back
    first with `on_record(sheet, question, quantity, price, total, payer)`, `on_missing(sheet)` and
    `on_price(sheet, price)`. A change of `answered` ends the waiting.

    The button `record` sends question 0. With another `question` on screen only the button `anyway` sends, and sends
    its number: a second tap on the first button agrees to nothing.
    """
    return _Till.create(
        key=sheet,
        sheet=sheet,
        question=question,
        form=form,
        payers=payers,
        me=me,
        errors=errors,
        answered=answered,
        words={
            "quantity": t("shopping.quantity"),
            "price": t("shopping.price", unit=per),
            "total": t("shopping.total"),
            "payer": t("shopping.paid_by"),
            "record": record,
            "anyway": anyway,
            "missing": t("shopping.not_there"),
            "note": t("shopping.note_price"),
        },
        may_miss=may_miss,
        may_note=may_note,
        on_record=on_record,
        on_missing=on_missing,
        on_price=on_price,
        class_name="grid grid-cols-2 gap-x-3 gap-y-3 items-start",
    )


def saved_chip(answered: int | rx.Var[int]) -> rx.Component:
    """Turns to "saving" when something with `data_saves` is pressed and back when `answered` changes."""
    return _Saved.create(
        answered=answered, saved=t("shopping.saved"), saving=t("shopping.saving"), class_name="flex-none"
    )
