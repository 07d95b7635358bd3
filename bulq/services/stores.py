"""What is known about a store beyond its name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bulq import changes
from bulq.domain.actor import Actor
from bulq.domain.errors import Invalid, NotFound
from bulq.domain.opening_hours import check_hours
from bulq.domain.texts import clean_text
from bulq.i18n import time_zones
from bulq.models import Store
from bulq.queries.access import need_server_admin_still
from bulq.services import audit


def edit_store_details(
    session: Session,
    actor: Actor,
    store_id: UUID,
    *,
    chain: str,
    address: str,
    hours: Sequence[Sequence[int]] | None,
    time_zone: str,
    now: datetime,
) -> None:
    """For server admins. Hours are minutes from midnight as in domain/opening_hours.py; None means not known."""
    need_server_admin_still(session, actor)
    store = session.get(Store, store_id, with_for_update=True)
    if store is None:
        raise NotFound()
    check_hours(hours)
    if time_zone not in time_zones() and (time_zone or hours is not None):
        raise Invalid("time_zone", field="time_zone")
    details = {
        "chain": clean_text(chain, field="chain", maximum=100),
        "address": clean_text(address, field="address", maximum=200),
        "hours": [list(day) for day in hours] if hours is not None else None,
        "time_zone": time_zone,
    }
    changed = [name for name, value in details.items() if getattr(store, name) != value]
    if not changed:
        return
    for name in changed:
        setattr(store, name, details[name])
    audit.record(
        session,
        actor,
        "store_details_edited",
        kind="store",
        subject=store.id,
        name=store.name,
        now=now,
        fields=", ".join(changed),
    )
    changes.note(session, changes.store(store_id))
