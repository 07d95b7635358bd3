"""A link for a new password: whose it is, and what the form shows when the API refuses it."""

from typing import Any

import reflex as rx

from bulq import db
from bulq.domain.errors import NotFound
from bulq.queries.resets import reset_view
from bulq.state.auth import now
from bulq.state.problems import messages

FIELDS = ("password",)


class ResetState(rx.State):
    ready: bool = False
    name: str = ""
    username: str = ""
    secret: str = ""
    done: bool = False
    alert: str = ""
    password_error: str = ""

    @rx.event
    async def open(self):
        self.reset()
        secret = str(self.rx_router_page.params.get("token", ""))[:100]
        try:
            view = await db.read(reset_view, secret, now=now())
            self.name, self.username, self.secret = view.name, view.username, secret
        except NotFound:
            pass  # the page says so
        self.ready = True

    @rx.event
    async def on_problem(self, problem: dict[str, Any]):
        found = messages(problem, FIELDS)
        self.password_error, self.alert = found["password"], found[""]

    @rx.event
    async def changed(self):
        self.reset()
        self.ready = self.done = True
