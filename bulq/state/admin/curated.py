"""What the admins' tables of products, stores and tags have in common: vouching, editing, deleting, merging."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

import reflex as rx

from bulq.domain.errors import BulqError
from bulq.i18n import full_day, text
from bulq.services import curating
from bulq.state.admin.tables import Table, undo_of
from bulq.state.auth import act, uuid
from bulq.state.refusals import message
from bulq.state.toasts import toast

VOUCHING: dict[str, tuple[Callable[..., int], str]] = {
    "verify": (curating.verify, "unverify"),
    "unverify": (curating.unverify, "verify"),
}


class Curated(Table, mixin=True):
    """A page adds what `Table` wants, `_kind`, `_fill` for the dialog of a row, `_save` and `_delete`."""

    about: str = ""  # whose dialog it is
    errors: dict[str, str] = {}
    alert: str = ""
    _about_id: str = ""
    _kind: str = ""

    def _fill(self, row: Any) -> None:
        """Put what is known of the row into the fields of the dialog."""
        raise NotImplementedError

    async def _save(self) -> None:
        raise NotImplementedError

    async def _delete(self) -> None:
        raise NotImplementedError

    @rx.event
    async def vouch(self, what: str, row_id: str):
        """Verify one, or take it back."""
        return await self._vouch(what, [row_id], offer_undo=True)

    @rx.event
    async def vouch_all(self, what: str):
        """The same with all that are chosen."""
        done = await self._vouch(what, self.chosen, offer_undo=True)
        self.chosen = []
        return done

    @rx.event
    async def undo(self, what: str):
        action, _, ids = str(what).partition(" ")
        return await self._vouch(action, ids.split(), offer_undo=False)

    @rx.event
    async def ask(self, dialog: str, row_id: str):
        """Open one of the dialogs: "edit" or "delete"."""
        row = next((row for row in self.rows if row.id == row_id), None)
        if row is None or dialog not in ("edit", "delete"):
            return
        self._about_id, self.about = row.id, row.name
        self._fill(row)
        self._refuse(None)
        self.dialog = dialog

    @rx.event
    async def save(self):
        try:
            await self._save()
        except BulqError as error:
            return self._refuse(error)
        return await self._done("curate.saved")

    @rx.event
    async def delete(self):
        try:
            await self._delete()
        except BulqError as error:
            return self._refuse(error)
        return await self._done("curate.deleted")

    @rx.event
    async def merge_chosen(self):
        """Both rows that are chosen beside each other, the older one to be kept."""
        if len(self.chosen) == 2:
            kept, duplicate = sorted(self.chosen)
            return rx.redirect(f"/admin/{self._kind}s/merge?duplicate={duplicate}&kept={kept}")

    async def _vouch(self, what: str, ids: Collection[str], offer_undo: bool):
        if (what := str(what)) not in VOUCHING or not ids:
            return
        use_case, back = VOUCHING[what]
        count = await act(self, use_case, self._kind, [uuid(each) for each in ids])
        await self._load()
        undo = undo_of(back, ids) if offer_undo and count == len(ids) else ""
        words = "curate.verified" if what == "verify" else "curate.unverified"
        return toast(text(words, count=count), undo=undo)

    async def _done(self, words: str):
        self.dialog = ""
        await self._load()
        return toast(text(words, name=self.about))

    def _refuse(self, error: BulqError | None) -> None:
        """Show the refusal at its field, or above the fields; None clears all."""
        self.errors, self.alert = {}, ""
        if error is not None and error.field and self.dialog == "edit":
            self.errors = {error.field: message(error)}
        elif error is not None:
            self.alert = message(error)


def checked(at: datetime | None, by: str | None) -> str:
    """Who vouched for it, and when; empty when nobody did."""
    return text("curate.verified_by", name=by or "", day=full_day(at.date())) if at else ""
