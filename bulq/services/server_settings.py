"""What admins choose for the whole server."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bulq.config import Registration
from bulq.domain.actor import Actor
from bulq.domain.errors import Invalid
from bulq.models import ServerSetting
from bulq.queries.access import need_server_admin_still
from bulq.queries.registration import NAME, registration
from bulq.services.audit import record
from bulq.services.uniqueness import inserting


def set_registration(session: Session, actor: Actor, choice: str, *, now: datetime) -> None:
    """Open, closed, or by invite link; holds from now on, whatever the server was started with."""
    need_server_admin_still(session, actor)
    if choice not in list(Registration):
        raise Invalid("choice", field="registration")
    before = registration(session)
    if before == choice:
        return
    values = {"value": str(choice), "changed_by": actor.id, "changed_at": now}
    # Two admins may choose at the same time.
    session.execute(
        inserting(session, ServerSetting)
        .values(name=NAME, **values)
        .on_conflict_do_update(index_elements=["name"], set_=values)
    )
    record(
        session, actor, "registration_set", kind="server", subject=None, name=NAME, now=now,
        before=str(before), after=str(choice),
    )  # fmt: skip
