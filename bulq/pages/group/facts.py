"""What the pages of a group know of it, and who is looking."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components.facts import call, live_var
from bulq.pages.person import me
from bulq.queries.groups import GroupView, ManageView
from bulq.queries.people import Member

WAYS = "$/public/group/ways.js"

group = live_var(GroupView, "group")
manage = live_var(ManageView, "manage")


def text(value: Any) -> Any:
    """A fact that is a text, as the var it is."""
    return rx.Var.create(value).to(str)


def is_known(value: Any) -> rx.Var[bool]:
    return rx.Var.create(value).bool()


def is_admin(members: tuple[Member, ...]) -> rx.Var[bool]:
    """Whether who is looking is an admin of the group."""
    return call(WAYS, "isAdmin", bool, members, me.id)


def invite_link(token: str) -> rx.Var[str]:
    return call(WAYS, "inviteLink", str, token)


def qr_address(token: str) -> rx.Var[str]:
    """Of the picture of the invite link."""
    return rx.Var.create("/api/v1/public/invitations/") + text(token) + "/qr.svg"


def is_me(member: Member) -> rx.Var[bool]:
    return text(member.user_id) == text(me.id)
