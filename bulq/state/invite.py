"""An invitation: what anybody may know of the group, and joining it."""

from urllib.parse import quote
from uuid import UUID

import reflex as rx

from bulq import db
from bulq.domain.errors import BulqError, NotFound, NotSignedIn
from bulq.i18n import text
from bulq.queries.groups import group_page, invite_preview
from bulq.services.groups import join_group
from bulq.state.auth import AuthState, act, look
from bulq.state.refusals import message
from bulq.state.toasts import toast


class InviteState(rx.State):
    ready: bool = False
    name: str = ""
    made_by: str = ""
    members: int = 0
    token: str = ""
    login: str = "/login"
    alert: str = ""
    _group: str = ""

    @rx.event
    async def open(self):
        """Show the invitation. That changes nothing: joining takes a click, which assets/join.js may have kept."""
        self.reset()
        self.token = _token(self)
        self.login = f"/login?next={quote(f'/invite/{self.token}')}"
        self.ready = True
        try:
            preview = await db.read(invite_preview, _token(self))
        except NotFound:
            return None
        self.name, self.made_by, self.members = preview.name, preview.made_by, preview.members
        self._group = str(preview.group_id)
        if not (await self.get_state(AuthState)).signed_in:
            return None
        if await _is_member(self, preview.group_id):
            return _to_group(self._group, text("invite.already"))

    @rx.event
    async def join(self):
        return await _join(self)


def _token(state: rx.State) -> str:
    """The last part of the address."""
    return state.router.url.path.rstrip("/").rsplit("/", 1)[-1][:200]


async def _is_member(state: InviteState, group_id: UUID) -> bool:
    try:
        await look(state, group_page, group_id)
    except NotFound:
        return False
    return True


async def _join(state: InviteState):
    """A refusal stays in the page, next to what it is about."""
    try:
        group = await act(state, join_group, _token(state))
    except NotSignedIn:
        return rx.redirect(state.login)
    except BulqError as error:
        if error.key == "already_member":
            return _to_group(state._group, text("invite.already"))
        state.alert = message(error)
        return None
    return _to_group(str(group.id), text("invite.joined", group=group.name))


def _to_group(group_id: str, words: str):
    return [rx.redirect(f"/groups/{group_id}", replace=True), toast(words)]
