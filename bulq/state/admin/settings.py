"""What admins choose for the server, and how it is set up."""

from dataclasses import asdict

import reflex as rx

from bulq.i18n import text
from bulq.queries.server import server_facts
from bulq.services.server_settings import set_registration
from bulq.state.auth import AdminPage, act, look
from bulq.state.showing import put
from bulq.state.toasts import toast


class AdminSettingsState(AdminPage, rx.State):
    registration: str = ""
    version: str = ""
    database: str = ""
    processes: int = 1
    redis: bool = False
    email: bool = False
    webhook: bool = False
    backups: bool = False
    encrypted: bool = False
    production: bool = False

    @rx.event
    async def set_registration(self, choice: str):
        await act(self, set_registration, str(choice))
        await self._load()
        return toast(text("manage.saved"))

    async def _show(self) -> None:
        facts = await look(self, server_facts)
        put(self, **asdict(facts) | {"registration": str(facts.registration)})
