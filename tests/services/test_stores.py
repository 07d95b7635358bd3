"""What admins say about stores."""

import pytest
from sqlalchemy.orm import Session
from sqlmodel import select

from bulq.domain.errors import Invalid
from bulq.models import AuditEntry, Store
from bulq.services import stores
from tests.cast import NOW, Cast

WEEK = [[480, 1200]] * 6 + [[]]


def edit(session: Session, cast: Cast, **details: object) -> Store:
    values: dict[str, object] = {"chain": "", "address": "", "hours": None, "time_zone": "", **details}
    stores.edit_store_details(session, cast.ada, cast.store_id, now=NOW, **values)  # type: ignore[arg-type]
    session.flush()
    return session.get_one(Store, cast.store_id)


def test_an_admin_says_where_it_is_and_when_it_is_open(session: Session, cast: Cast) -> None:
    edit(session, cast, chain=" Metro  AG ", address="Put 1", hours=WEEK, time_zone="Europe/Belgrade")
    session.expire_all()
    store = session.get_one(Store, cast.store_id)

    assert (store.chain, store.address, store.hours, store.time_zone) == ("Metro AG", "Put 1", WEEK, "Europe/Belgrade")


def test_each_change_is_recorded_with_what_was_changed(session: Session, cast: Cast) -> None:
    for _ in range(2):
        edit(session, cast, chain="Metro", hours=WEEK, time_zone="UTC")

    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "store_details_edited")).one()
    assert (entry.action, entry.actor_name, entry.subject_name) == ("store_details_edited", "Ada", "Metro")
    assert entry.details == {"fields": "chain, hours, time_zone"}


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "x" * 5000}, "time_zone"),
        ({"hours": WEEK}, "time_zone"),
        ({"hours": WEEK[:6], "time_zone": "UTC"}, None),
        ({"hours": [[1200, 480]] * 7, "time_zone": "UTC"}, "monday"),
        ({"hours": [[0, 1441]] * 7, "time_zone": "UTC"}, "monday"),
    ],
)
def test_what_is_wrong_is_refused_at_its_field(
    session: Session, cast: Cast, details: dict[str, object], field: str | None
) -> None:
    with pytest.raises(Invalid) as refusal:
        edit(session, cast, **details)

    assert refusal.value.field == field
    assert session.get_one(Store, cast.store_id).hours is None
