"""Whether one can register at all, and what the form shows when the API refuses it."""

import re
from typing import Any
from urllib.parse import unquote

import reflex as rx

from bulq import db
from bulq.domain.errors import Forbidden
from bulq.queries.registration import need_registration_open
from bulq.state.problems import messages
from bulq.state.refusals import message

FIELDS = ("name", "username", "password")
# As assets/api_form.js reads it from where one goes next, and sends it along.
INVITED = re.compile(r"/invite/([\w-]+)")


class RegisterState(rx.State):
    shut: str = ""  # why nobody can register, or not without an invitation
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
        self.alert = self.name_error = self.username_error = self.password_error = self.shut = ""
        invited = INVITED.match(unquote(str(self.router.url.query_parameters.get("next", ""))[:200]))
        try:
            await db.read(need_registration_open, invited[1] if invited else None)
        except Forbidden as refusal:
            self.shut = message(refusal)
