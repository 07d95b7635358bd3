"""Assembles the app: pages, API, what runs beside them. Decides nothing."""

from __future__ import annotations

import reflex as rx

from bulq import live
from bulq.api import api
from bulq.components.frame import colours_before_paint
from bulq.config import Environment, settings
from bulq.pages.group import group_page
from bulq.pages.home import home_page
from bulq.pages.invite import invite_page
from bulq.pages.layout import not_found_page
from bulq.pages.login import login_page
from bulq.pages.manage import manage_page
from bulq.pages.notifications import notifications_page
from bulq.pages.profile import profile_page
from bulq.pages.register import register_page
from bulq.pages.run import ON_LOAD as RUN_ON_LOAD
from bulq.pages.run import run_page
from bulq.pages.shopping import shopping_page
from bulq.pages.styleguide import styleguide_page
from bulq.state.auth import AuthState
from bulq.state.group import GroupState
from bulq.state.home import HomeState
from bulq.state.invite import InviteState
from bulq.state.login import LoginState
from bulq.state.manage import ManageState
from bulq.state.notifications import NotificationsState
from bulq.state.profile import ProfileState
from bulq.state.refusals import refused
from bulq.state.register import RegisterState
from bulq.state.shopping import ShoppingState

app = rx.App(
    stylesheets=["/bulq.css"],
    reset_style=False,
    toaster=None,
    api_transformer=api,
    backend_exception_handler=refused,
    html_lang="en",
    head_components=[colours_before_paint(), rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml")],
)
# Reflex's own connection messages, for which connection_banner() stands in.
app.app_wraps.pop((5, "Overlay"))

app.add_page(login_page, route="/login", title="Log in · Bulq", on_load=LoginState.start)
app.add_page(register_page, route="/register", title="Create an account · Bulq", on_load=RegisterState.start)
app.add_page(run_page, route="/runs/[run_id]", title="Run · Bulq", on_load=RUN_ON_LOAD)
app.add_page(home_page, route="/", title="Bulq", on_load=[AuthState.load, HomeState.open])
app.add_page(group_page, route="/groups/[group_id]", title="Group · Bulq", on_load=[AuthState.load, GroupState.open])
app.add_page(
    manage_page,
    route="/groups/[group_id]/manage",
    title="Manage group · Bulq",
    on_load=[AuthState.load, ManageState.open],
)
app.add_page(
    invite_page, route="/invite/[token]", title="Invitation · Bulq", on_load=[AuthState.glance, InviteState.open]
)
app.add_page(
    notifications_page,
    route="/notifications",
    title="Notifications · Bulq",
    on_load=[AuthState.load, NotificationsState.open],
)
app.add_page(profile_page, route="/profile", title="Profile · Bulq", on_load=[AuthState.load, ProfileState.open])
app.add_page(
    shopping_page,
    route="/runs/[run_id]/shopping",
    title="Shopping · Bulq",
    on_load=[AuthState.load, ShoppingState.open],
)
app.add_page(not_found_page, route="404", title="Not found · Bulq")
if settings.env is not Environment.PRODUCTION:
    app.add_page(styleguide_page, route="/styleguide", title="Styleguide · Bulq")


async def keep_screens_up() -> None:
    await live.keep_up(app)


app.register_lifespan_task(keep_screens_up)
