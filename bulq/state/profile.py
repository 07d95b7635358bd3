"""My account: who I am here, how pages look, and where I am signed in."""

import re
from dataclasses import dataclass
from typing import Any

import reflex as rx

from bulq import live
from bulq.i18n import text
from bulq.queries.accounts import SessionLine, profile
from bulq.services.accounts import end_session, set_theme
from bulq.state.auth import AuthState, act, arrived, look, now, uuid
from bulq.state.problems import messages
from bulq.state.toasts import toast

# In this order: each of the later ones is also named by those before.
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet", "Firefox": "Firefox"}
BROWSERS |= {"FxiOS": "Firefox", "Chrome": "Chrome", "CriOS": "Chrome", "Safari": "Safari"}
SYSTEMS = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac OS": "Mac"}
SYSTEMS |= {"CrOS": "ChromeOS", "Linux": "Linux"}


@dataclass(frozen=True)
class SessionRow:
    id: str
    browser: str
    seen: str
    since: str
    is_this: bool


def device(user_agent: str) -> str:
    """Like "Firefox on Linux"; what names no known browser is shown as it named itself."""
    browser = next((name for mark, name in BROWSERS.items() if f"{mark}/" in user_agent), "")
    system = next((name for mark, name in SYSTEMS.items() if mark in user_agent), "")
    if browser and system:
        return text("profile.device", browser=browser, system=system)
    return browser or re.sub(r"\s+", " ", user_agent)[:40] or text("profile.unknown_device")


def _row(line: SessionLine) -> SessionRow:
    return SessionRow(
        str(line.id), device(line.user_agent), line.seen_at.isoformat(), line.created_at.isoformat(), line.is_this
    )


class ProfileState(rx.State):
    ready: bool = False
    name: str = ""
    username: str = ""
    theme: str = "system"
    language: str = "en"
    sessions: list[SessionRow] = []
    password_alert: str = ""
    current_error: str = ""
    new_error: str = ""

    @rx.event
    async def open(self):
        view = await look(self, profile, now=now())
        self.name, self.username, self.theme, self.language = view.name, view.username, view.theme, view.language
        self.sessions = [_row(line) for line in view.sessions]
        if await arrived(self):
            self.password_alert = self.current_error = self.new_error = ""
        self.ready = True

    @rx.event
    async def set_theme(self, theme: str):
        """Seen at once here, and from the next page on everywhere else."""
        await act(self, set_theme, str(theme))
        self.theme = (await self.get_state(AuthState)).theme = str(theme)

    @rx.event
    async def end(self, session_id: str):
        await act(self, end_session, uuid(session_id))
        self.sessions = [row for row in self.sessions if row.id != session_id]
        live.announce(f"user:{(await self.get_state(AuthState)).user_id}")  # its open pages show nothing any more
        return toast(text("profile.ended"))

    @rx.event
    async def on_problem(self, problem: dict[str, Any]):
        return toast(messages(problem, ())[""], "error")

    @rx.event
    async def on_password_problem(self, problem: dict[str, Any]):
        found = messages(problem, ("current", "new"))
        self.password_alert, self.current_error, self.new_error = found[""], found["current"], found["new"]

    @rx.event
    async def password_changed(self):
        """The API has changed it, and ended all sessions but this one."""
        self.password_alert = self.current_error = self.new_error = ""
        await self.open()
        return toast(text("profile.password_changed"))
