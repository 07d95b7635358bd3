"""Assembles the app: pages, API, what runs beside them. Decides nothing."""

from __future__ import annotations

import reflex as rx

from bulq import live
from bulq.api import api
from bulq.components.frame import colours_before_paint
from bulq.config import Environment, settings
from bulq.pages.layout import not_found_page
from bulq.pages.login import login_page
from bulq.pages.register import register_page
from bulq.pages.run import ON_LOAD as RUN_ON_LOAD
from bulq.pages.run import run_page
from bulq.pages.styleguide import styleguide_page
from bulq.state.login import LoginState
from bulq.state.refusals import refused
from bulq.state.register import RegisterState

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
app.add_page(not_found_page, route="404", title="Not found · Bulq")
if settings.env is not Environment.PRODUCTION:
    app.add_page(styleguide_page, route="/styleguide", title="Styleguide · Bulq")


async def keep_screens_up() -> None:
    await live.keep_up(app)


app.register_lifespan_task(keep_screens_up)
