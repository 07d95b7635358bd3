"""What the registration form shows when the API refuses it."""

from typing import Any

import reflex as rx

from bulq.state.problems import messages

FIELDS = ("name", "username", "password")


class RegisterState(rx.State):
    alert: str = ""
    name_error: str = ""
    username_error: str = ""
    password_error: str = ""

    @rx.event
    async def on_problem(self, problem: dict[str, Any]):
        found = messages(problem, FIELDS)
        self.name_error, self.username_error = found["name"], found["username"]
        self.password_error, self.alert = found["password"], found[""]

    @rx.event
    async def start(self):
        self.alert = self.name_error = self.username_error = self.password_error = ""
