"""The admins' table of accounts: renaming, locking, rights, links for a new password, deleting."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import reflex as rx

from bulq.domain.errors import BulqError
from bulq.i18n import full_day, text
from bulq.queries.listing import Listed, Wish
from bulq.queries.users import UserLine, users_list
from bulq.services import users
from bulq.services.password_resets import offer_reset
from bulq.state.admin.tables import Table, undo_of
from bulq.state.auth import AuthState, act, look, now, uuid
from bulq.state.refusals import message
from bulq.state.toasts import toast

FIELDS = ("name", "username")
# What can be done to one or many, with what undoes it, if anything does.
ACTIONS: dict[str, tuple[Callable[..., None], str]] = {
    "sign_out": (users.end_sessions, ""),
    "lock": (users.lock_users, "unlock"),
    "unlock": (users.unlock_users, "lock"),
    "promote": (users.make_admins, "demote"),
    "demote": (users.unmake_admins, "promote"),
}


@dataclass(frozen=True)
class UserRow:
    id: str
    name: str
    username: str
    is_admin: bool
    is_me: bool
    is_locked: bool
    joined: str
    seen: str


class UsersState(Table, rx.State):
    rows: list[UserRow] = []
    filters: dict[str, str] = {"who": ""}
    about: str = ""  # whose dialog it is
    name: str = ""
    username: str = ""
    name_error: str = ""
    username_error: str = ""
    alert: str = ""
    link: str = ""
    _about_id: str = ""

    async def _read(self, wish: Wish) -> Listed[Any]:
        me = (await self.get_state(AuthState)).user_id
        found = await look(self, users_list, wish, now=now())
        return replace(found, rows=tuple(_row(line, me) for line in found.rows))

    @rx.event
    async def do(self, what: str, user_id: str):
        """One of ACTIONS with one account."""
        return await self._do(what, [user_id], offer_undo=True)

    @rx.event
    async def do_all(self, what: str):
        """One of ACTIONS with all that are chosen."""
        done = await self._do(what, self.chosen, offer_undo=True)
        self.chosen = []
        return done

    @rx.event
    async def undo(self, what: str):
        action, _, ids = str(what).partition(" ")
        return await self._do(action, ids.split(), offer_undo=False)

    @rx.event
    async def ask(self, dialog: str, user_id: str):
        """Open one of the dialogs: "edit", "reset" or "delete"."""
        row = next((row for row in self.rows if row.id == user_id), None)
        if row is None or dialog not in ("edit", "reset", "delete"):
            return
        self._about_id, self.about, self.link = row.id, row.name, ""
        self.name, self.username = row.name, row.username
        self._refuse(None)
        self.dialog = dialog

    @rx.event
    async def set_name(self, name: str):
        self.name = str(name)

    @rx.event
    async def set_username(self, username: str):
        self.username = str(username)

    @rx.event
    async def save(self):
        try:
            await act(self, users.edit_user, user_id := uuid(self._about_id), self.name, self.username)
        except BulqError as error:
            return self._refuse(error)
        return await self._done([user_id], "admin.users.saved")

    @rx.event
    async def make_link(self):
        """It is shown this once."""
        try:
            token = await act(self, offer_reset, uuid(self._about_id))
        except BulqError as error:
            return self._refuse(error)
        self.link = f"{self.router.url.origin}/reset/{token}"

    @rx.event
    async def delete(self):
        try:
            await act(self, users.delete_account, user_id := uuid(self._about_id))
        except BulqError as error:
            return self._refuse(error)
        return await self._done([user_id], "admin.users.deleted")

    @rx.event
    async def close(self):
        self.dialog = self.link = ""

    async def _do(self, what: str, ids: Collection[str], offer_undo: bool):
        if (what := str(what)) not in ACTIONS or not ids:
            return
        use_case, back = ACTIONS[what]
        user_ids = [uuid(each) for each in ids]
        await act(self, use_case, user_ids)
        names = [row.name for row in self.rows if row.id in ids]
        self.about = names[0] if len(names) == 1 else ""
        undo = undo_of(back, user_ids) if offer_undo and back else ""
        return await self._done(user_ids, f"admin.users.done_{what}", undo)

    async def _done(self, ids: Collection[UUID], words: str, undo: str = ""):
        """Show it here, on the open pages of those it is about, and say so."""
        self.dialog = ""
        await self._load()
        who = self.about if len(ids) == 1 else text("admin.users.people", count=len(ids))
        return toast(text(words, who=who), undo=undo)

    def _refuse(self, error: BulqError | None) -> None:
        self.name_error = self.username_error = self.alert = ""
        if error is not None:
            setattr(self, f"{error.field}_error" if error.field in FIELDS else "alert", message(error))


def _row(line: UserLine, me: str) -> UserRow:
    return UserRow(
        str(line.id),
        line.name,
        line.username,
        line.is_admin,
        str(line.id) == me,
        line.locked_at is not None,
        full_day(line.created_at.date()),
        line.seen_at.isoformat() if line.seen_at else "",
    )
