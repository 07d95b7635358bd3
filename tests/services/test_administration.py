"""What admins decide for the server: who may register (M5, A1), and closing a group."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import changes
from bulq.config import Registration, settings
from bulq.domain.errors import Conflict, Forbidden, Invalid, NotFound
from bulq.domain.phases import OPEN, Phase
from bulq.models import AuditEntry, Group, Notification, Run
from bulq.queries.groups import group_page, home
from bulq.queries.registration import registration
from bulq.services import accounts, groups
from bulq.services.closing import close_group
from bulq.services.server_settings import set_registration
from tests.cast import LATER, NOW, Cast


def register(session: Session, username: str, invite: str | None = None) -> None:
    accounts.register(session, "Ceca", username, "hash", now=NOW, invite=invite)


def test_m5_admins_open_and_close_registration(session: Session, cast: Cast) -> None:
    """M5: Open, close, or invite-only registration."""
    token = session.get_one(Group, cast.group_id).invite_token

    set_registration(session, cast.ada, "closed", now=NOW)
    for invite in (None, token):
        with pytest.raises(Forbidden) as refusal:
            register(session, "ceca", invite)
        assert refusal.value.key == "registration_closed"
    set_registration(session, cast.ada, "invite", now=NOW)
    with pytest.raises(Forbidden) as refusal:
        register(session, "ceca")
    assert refusal.value.key == "registration_by_invite"
    register(session, "ceca", token)
    set_registration(session, cast.ada, "open", now=NOW)
    register(session, "ceca2")


def test_the_choice_stands_over_what_the_server_was_started_with(session: Session, cast: Cast) -> None:
    settings.registration = Registration.CLOSED
    assert registration(session) is Registration.CLOSED

    set_registration(session, cast.ada, "invite", now=NOW)

    assert registration(session) is Registration.INVITE


@pytest.mark.parametrize("choice", ["", "OPEN", "x" * 5000, "\x00", "open'; --"])
def test_anything_else_is_no_choice(session: Session, cast: Cast, choice: str) -> None:
    with pytest.raises(Invalid):
        set_registration(session, cast.ada, choice, now=NOW)

    assert registration(session) is Registration.OPEN


def test_a_choice_is_written_down_once(session: Session, cast: Cast) -> None:
    for _ in range(2):
        set_registration(session, cast.ada, "closed", now=NOW)
    session.flush()

    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "registration_set")).one()
    assert (entry.action, entry.actor_name, entry.details) == (
        "registration_set",
        "Ada",
        {"before": "open", "after": "closed"},
    )


def test_a_closed_group_is_gone_for_its_members_and_its_runs_are_cancelled(session: Session, cast: Cast) -> None:
    open_before = set(session.scalars(select(Run.id).where(Run.group_id == cast.group_id, col(Run.phase).in_(OPEN))))
    close_group(session, cast.ada, cast.group_id, now=LATER)
    session.flush()

    people = {changes.user(each.id) for each in (cast.ana, cast.bojan, cast.mila)}
    assert changes.noted(session) == {changes.group(cast.group_id), *map(changes.run, open_before), *people}
    phases = session.scalars(select(Run.phase).where(Run.group_id == cast.group_id)).all()
    assert not set(phases) & set(OPEN) and Phase.COMPLETED in phases
    for who in (cast.ana, cast.mila):
        with pytest.raises(NotFound):
            group_page(session, who, cast.group_id)
        assert home(session, who).groups == {}
        kinds = session.scalars(select(Notification.kind).where(Notification.user_id == who.id)).all()
        assert "group_closed" in kinds and "phase_cancelled" in kinds
    with pytest.raises(NotFound):
        groups.join_group(session, cast.eva, session.get_one(Group, cast.group_id).invite_token, now=LATER)


def test_a_group_is_closed_once(session: Session, cast: Cast) -> None:
    close_group(session, cast.ada, cast.group_id, now=LATER)
    session.flush()

    with pytest.raises(Conflict) as refusal:
        close_group(session, cast.ada, cast.group_id, now=LATER)

    assert refusal.value.key == "group_closed"
    assert len(session.scalars(select(AuditEntry).where(AuditEntry.action == "group_closed")).all()) == 1
