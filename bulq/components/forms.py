"""Forms that speak to the API by themselves, so that a password never passes through a state."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components.texts import Text


class _ApiForm(rx.Component):
    library = "$/public/api_form.js"
    tag = "ApiForm"

    action: rx.Var[str]
    method: rx.Var[str]
    stay: rx.Var[bool]
    then: rx.Var[str]
    on_problem: rx.EventHandler[rx.event.passthrough_event_spec(dict[str, Any])]
    on_done: rx.EventHandler[rx.event.no_args_event_spec]


class _KeepNext(rx.Component):
    library = "$/public/api_form.js"
    tag = "KeepNext"

    to: rx.Var[str]


class _InviteField(rx.Component):
    library = "$/public/api_form.js"
    tag = "InviteField"


def api_form(
    *content: rx.Component,
    action: str,
    on_problem: Any,
    method: str = "POST",
    on_done: Any = None,
    then: str | None = None,
    class_name: str = "grid gap-4",
) -> rx.Component:
    """Sends its named fields as JSON to an address under /api/v1.

    When it worked the browser goes to `then`, else to ?next= (paths of this site only) or home; with `on_done` it
    stays and calls that.
    A refusal (RFC 9457) goes to `on_problem(problem: dict)`: status, detail, errors [{field, message}].
    """
    stays = {"on_done": on_done, "stay": True} if on_done is not None else {}
    if then is not None:
        stays["then"] = then
    return _ApiForm.create(
        *content, action=action, method=method, on_problem=on_problem, class_name=class_name, **stays
    )


def keep_next(label: Text, href: str, class_name: str = "link") -> rx.Component:
    """A link that takes ?next= of this page along."""
    return _KeepNext.create(label, to=href, class_name=class_name)


def invite_field() -> rx.Component:
    """Sends along the token of the invitation one comes from, inside api_form."""
    return _InviteField.create()
