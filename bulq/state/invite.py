"""An invitation: what anybody may know of the group, signed in or not."""

from uuid import UUID

import reflex as rx

from bulq import db
from bulq.domain.errors import NotFound
from bulq.queries.groups import group_page, invite_preview
from bulq.state.auth import AuthState, look


class InviteState(rx.State):
    """Shown to people without a session, for whom nothing is kept up to date. Looking changes nothing."""

    ready: bool = False
    name: str = ""
    made_by: str = ""
    members: int = 0
    token: str = ""
    group: str = ""
    is_in: bool = False

    @rx.event
    async def open(self):
        self.reset()
        self.token = _token(self)
        self.ready = True
        try:
            preview = await db.read(invite_preview, self.token)
        except NotFound:
            return
        self.name, self.made_by, self.members = preview.name, preview.made_by, preview.members
        self.group = str(preview.group_id)
        if (await self.get_state(AuthState)).signed_in:
            self.is_in = await _is_member(self, preview.group_id)


def _token(state: rx.State) -> str:
    """The last part of the address."""
    return state.router.url.path.rstrip("/").rsplit("/", 1)[-1][:200]


async def _is_member(state: InviteState, group_id: UUID) -> bool:
    try:
        await look(state, group_page, group_id)
    except NotFound:
        return False
    return True
