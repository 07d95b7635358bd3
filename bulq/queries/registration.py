"""Who may make an account here: anybody, whoever is invited, or nobody."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq.config import Registration, settings
from bulq.domain.actor import Actor
from bulq.domain.errors import Forbidden
from bulq.models import Group, ServerSetting
from bulq.queries.access import may_be_token

NAME = "registration"  # of the server setting


@dataclass(frozen=True, slots=True)
class RegistrationView:
    registration: Registration


def registration_view(session: Session, _viewer: Actor | None) -> RegistrationView:
    """Who may make an account here."""
    return RegistrationView(registration(session))


def registration(session: Session) -> Registration:
    """As an admin chose it, else as the server was started with."""
    value = session.scalars(select(ServerSetting.value).where(ServerSetting.name == NAME)).first()
    return Registration(value) if value else settings.registration


def need_registration_open(session: Session, invite: str | None) -> None:
    """By invitation it takes the token of a link that lets somebody in right now."""
    chosen = registration(session)
    if chosen is Registration.CLOSED:
        raise Forbidden("registration_closed")
    if chosen is Registration.INVITE and not _joinable(session, invite):
        raise Forbidden("registration_by_invite")


def _joinable(session: Session, token: str | None) -> bool:
    query = select(Group.id).where(
        Group.invite_token == token, col(Group.joining_open).is_(True), col(Group.closed_at).is_(None)
    )
    return token is not None and may_be_token(token) and session.scalars(query).first() is not None
