"""What the login form shows when the API refuses it."""

from typing import Any

import reflex as rx

from bulq.state.problems import messages

FIELDS = ("username", "password")


class LoginState(rx.State):
    alert: str = ""
    username_error: str = ""
    password_error: str = ""
    left: bool = False  # comes from an account that was deleted a moment ago

    @rx.event
    async def on_problem(self, problem: dict[str, Any]):
        found = messages(problem, FIELDS)
        self.username_error, self.password_error = found["username"], found["password"]
        self.alert = found[""]

    @rx.event
    async def start(self):
        self.alert = self.username_error = self.password_error = ""
        self.left = self.router.url.query_parameters.get("left") == "1"
