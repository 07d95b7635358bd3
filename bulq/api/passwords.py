"""Changing one's password: over HTTP, since passwords pass through no page's socket."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.orm import Session

from bulq import db, limits, passwords
from bulq.api.account import guarded_fields, proven
from bulq.api.bodies import read_fields
from bulq.api.guards import session_cookie, token_of
from bulq.api.problems import PROBLEM, ProblemRoute
from bulq.api.signing_in import body_of
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.errors import Invalid
from bulq.domain.texts import check_password
from bulq.queries.accounts import names_around
from bulq.queries.resets import usable_reset
from bulq.services import accounts
from bulq.services.password_resets import use_reset

router = APIRouter(route_class=ProblemRoute, responses=PROBLEM, tags=["accounts"])


@router.post(
    "/account/password",
    status_code=204,
    response_class=Response,
    dependencies=[Depends(session_cookie)],
    summary="Change one's password",
    openapi_extra=body_of(["current", "new"]),
)
async def change_password(request: Request) -> Response:
    """Needs the current password. All other sessions of the account end, and links for a new password."""
    token, (actor, fields) = token_of(request), await guarded_fields(request)
    current, new = fields.text("current"), fields.text("new", _check_new)
    fields.check()
    known_by = await proven(actor, current)
    new_hash = await passwords.hashed_if_good(new, await db.read(names_around, actor.id), field="new")
    await db.run(_change, token, limits.address_of(request), known_by, new_hash, now=datetime.now(UTC))
    return Response(status_code=204)


@router.post(
    "/password-reset",
    status_code=204,
    response_class=Response,
    summary="Set a new password by a reset link",
    openapi_extra=body_of(["token", "password"]),
)
async def reset_password(request: Request) -> Response:
    """Takes the token of a link an admin made, once. All sessions of the account end."""
    address = limits.address_of(request)
    limits.spend(settings.login_per_minute, "reset-address", address)
    fields = await read_fields(request)
    token, password = fields.text("token"), fields.text("password", check_password)
    fields.check()
    names = await db.read(_names_behind, token, now=datetime.now(UTC))  # before the work of hashing
    new_hash = await passwords.hashed_if_good(password, names)
    await db.run(use_reset, token, new_hash, address=address, now=datetime.now(UTC))
    return Response(status_code=204)


def _check_new(text: str) -> str:
    try:
        return check_password(text)
    except Invalid as error:
        raise Invalid(error.key, field="new", **error.values) from None


def _change(session: Session, token: str | None, address: str, known_by: str, new_hash: str, *, now: datetime) -> Actor:
    """The session is checked again: it may have ended while the password was hashed."""
    actor = accounts.actor_for(session, token, address=address, now=now)
    accounts.change_password(session, actor, known_by, new_hash, now=now)
    return actor


def _names_behind(session: Session, token: str, *, now: datetime) -> tuple[str, ...]:
    _reset, user = usable_reset(session, token, now=now)
    return names_around(session, user.id)
