"""The pages around groups render, with the controls people and assistive technology find them by."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import reflex as rx

from bulq.pages.account.profile import profile_page
from bulq.pages.group.invite import invite_page
from bulq.pages.group.manage import manage_page
from bulq.pages.group.page import group_page
from bulq.pages.home.page import home_page
from bulq.pages.notifications.page import notifications_page

CONTROLS = {
    home_page: ("home.new_group", "home.group_name", "home.currency", "home.create_group"),
    group_page: (
        "group.new_run",
        "group.store",
        "group.shopping_day",
        "group.bids_close",
        "group.note",
        "group.manage",
    ),
    manage_page: ("manage.link", "manage.copy", "manage.new_link", "manage.joining", "manage.leave"),
    invite_page: ("invite.join",),
    notifications_page: ("notifications.read_all",),
    profile_page: ("profile.theme", "profile.language", "profile.log_out"),
}


@pytest.mark.parametrize("page", CONTROLS)
def test_the_page_has_its_controls(page: Callable[[], rx.Component]) -> None:
    shown = str(page().render())

    assert all(f't("{key}"' in shown.replace("\\", "") for key in CONTROLS[page])


@pytest.mark.parametrize("page", CONTROLS)
def test_the_page_has_one_heading_on_top(page: Callable[[], rx.Component]) -> None:
    shown = str(page().render())

    # A page that may be missing is drawn twice, and shown once.
    missing = "missing.page_title" in shown or "invite.unknown" in shown
    assert shown.count("'\"h1\"'") == (2 if missing else 1)
