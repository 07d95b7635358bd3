"""My account: who I am here, how pages look, and where I am signed in."""

import re
from dataclasses import dataclass

import reflex as rx

from bulq.i18n import count_of, money, text
from bulq.queries.accounts import Figures, SessionLine, profile
from bulq.services.accounts import end_session
from bulq.state.auth import act, arrived, look, now, uuid
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


@dataclass(frozen=True)
class Figure:
    """`kind` names its text: profile.<kind>."""

    kind: str
    shown: str


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


def _figures(figures: Figures) -> list[Figure]:
    spent = " · ".join(money(amount, currency) for currency, amount in figures.spent)
    counted = {"products": figures.products, "runs": figures.runs, "led": figures.led}
    counted |= {"helped": figures.helped, "groups": figures.groups}
    shown = {name: count_of(count) for name, count in counted.items()}
    return [Figure("spent", spent or "0"), *(Figure(name, value) for name, value in shown.items())]


class ProfileState(rx.State):
    ready: bool = False
    name: str = ""
    username: str = ""
    language: str = "en"
    sessions: list[SessionRow] = []
    figures: list[Figure] = []
    leaving: bool = False

    @rx.event
    async def open(self):
        view = await look(self, profile, now=now())
        self.name, self.username, self.language = view.name, view.username, view.language
        self.sessions = [_row(line) for line in view.sessions]
        self.figures = _figures(view.figures)
        if await arrived(self):
            self.leaving = False
        self.ready = True

    @rx.event
    async def end(self, session_id: str):
        await act(self, end_session, uuid(session_id))
        self.sessions = [row for row in self.sessions if row.id != session_id]
        return toast(text("profile.ended"))

    @rx.event
    async def password_changed(self):
        """The API has changed it, and ended all sessions but this one."""
        await self.open()
        return toast(text("profile.password_changed"))

    @rx.event
    async def name_changed(self):
        await self.open()
        return toast(text("profile.name_changed"))

    @rx.event
    async def ask_leave(self):
        self.leaving = True

    @rx.event
    async def stay(self):
        self.leaving = False
