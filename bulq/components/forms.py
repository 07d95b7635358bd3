"""Forms that speak to the API by themselves, so that a password never passes through a state."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components.texts import Text

FORM = "$/public/api_form.js"
ENTRANCE = "$/public/entrance.js"


class _ApiForm(rx.Component):
    library = FORM
    tag = "ApiForm"

    action: rx.Var[str]
    method: rx.Var[str]
    stay: rx.Var[bool]
    then: rx.Var[str]
    on_done: rx.EventHandler[rx.event.no_args_event_spec]


class _ParamField(rx.Component):
    library = FORM
    tag = "ParamField"

    name: rx.Var[str]


class _KeepNext(rx.Component):
    library = ENTRANCE
    tag = "KeepNext"

    to: rx.Var[str]


class _InviteField(rx.Component):
    library = ENTRANCE
    tag = "InviteField"


class _Joining(rx.Component):
    library = ENTRANCE
    tag = "Joining"


class _IfOpen(rx.Component):
    library = ENTRANCE
    tag = "IfOpen"

    closed: rx.Var[str]
    by_invite: rx.Var[str]


class _IfAsked(rx.Component):
    library = ENTRANCE
    tag = "IfAsked"

    name: rx.Var[str]


def api_form(
    *content: rx.Component,
    action: str,
    method: str = "POST",
    on_done: Any = None,
    then: str | None = None,
    class_name: str = "grid gap-4",
) -> rx.Component:
    """Sends its fields (form_field, form_password) as JSON to an address under /api/v1, once.

    When it worked the browser goes to `then`, else to ?next= (paths of this site only), to the group that somebody
    wishes to join, or home; with `on_done` it stays and calls that. A refusal (RFC 9457) is said at its field.
    """
    stays = {"on_done": on_done, "stay": True} if on_done is not None else {}
    if then is not None:
        stays["then"] = then
    return _ApiForm.create(*content, action=action, method=method, class_name=class_name, **stays)


def param_field(name: str) -> rx.Component:
    """A part of the page's address as a hidden field: `token` in /reset/[token]."""
    return _ParamField.create(name=name)


def keep_next(label: Text, href: str, class_name: str = "link") -> rx.Component:
    """A link that takes ?next= of this page along."""
    return _KeepNext.create(label, to=href, class_name=class_name)


def invite_field() -> rx.Component:
    """Sends along the token of the invitation one comes from, inside api_form."""
    return _InviteField.create()


def joining() -> rx.Component:
    """Which group somebody is about to join, if they came by an invite link; it names `invitation` in the store."""
    return _Joining.create()


def if_open(form: rx.Component, *, closed: Text, by_invite: Text) -> rx.Component:
    """The form, unless nobody may register (`closed`), or not without an invitation (`by_invite`)."""
    return _IfOpen.create(form, closed=closed, by_invite=by_invite)


def if_asked(name: str, content: rx.Component) -> rx.Component:
    """What is shown only with ?name=1 in the address."""
    return _IfAsked.create(content, name=name)
