"""Accounts and sessions over HTTP: the cookie can only be set here, and passwords pass nowhere else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from starlette.background import BackgroundTask

from bulq import db, devices, limits, passwords, sessions
from bulq.api.bodies import read_fields
from bulq.api.guards import cookies_of, token_of
from bulq.api.guessing import Guesses
from bulq.api.problems import PROBLEM, ProblemRoute, language_of, problem
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError, Conflict, Forbidden, Invalid, NotSignedIn
from bulq.domain.texts import check_password, check_username, clean_text
from bulq.queries.accounts import group_of_invite
from bulq.services import accounts

router = APIRouter(route_class=ProblemRoute, responses=PROBLEM, tags=["accounts"])


class SignedIn(BaseModel):
    name: str


def body_of(required: list[str], **extra: dict[str, Any]) -> dict[str, Any]:
    """What the document says of a body; it is checked by the rules themselves."""
    schema = {
        "type": "object",
        "required": required,
        "properties": {name: {"type": "string"} for name in required} | extra,
    }
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


@router.post(
    "/session",
    status_code=201,
    response_model=SignedIn,
    summary="Log in",
    openapi_extra=body_of(["username", "password"]),
)
async def log_in(request: Request) -> Response:
    """Sets the session cookie. Unknown username and wrong password are answered alike."""
    _spend_address("login", request)
    fields = await read_fields(request)
    username, password = fields.text("username"), fields.text("password")
    fields.check()
    username, address = _known_form(username), limits.address_of(request)
    login = await db.read(accounts.login_of, username)
    guesses = Guesses(username, address)
    guesses.check()
    if login is None or not devices.is_known(cookies_of(request), login.user_id):
        await guesses.slow_down()
    is_right = await passwords.matches(password, login.password_hash if login else None)
    try:
        login = accounts.let_in(login, is_right)
    except (Invalid, Forbidden) as refusal:
        if isinstance(refusal, Invalid):
            guesses.count()
        answer = problem(refusal, language_of(request))
        # Afterwards, so that a username there is takes no longer than one there isn't.
        answer.background = BackgroundTask(_note_refusal, username, isinstance(refusal, Forbidden), address)
        return answer
    return await _signed_in(request, login.user_id, login.password_hash)


@router.post(
    "/account",
    status_code=201,
    response_model=SignedIn,
    summary="Create an account",
    openapi_extra=body_of(["name", "username", "password"], invite={"type": ["string", "null"]}),
)
async def create_account(request: Request) -> Response:
    """Creates the account and logs in. While registration is by invitation it takes the token of an invite link."""
    _spend_address("register", request)
    fields = await read_fields(request)
    name = fields.text("name", check_name)
    username = fields.text("username", check_username)
    password = fields.text("password", check_password)
    invite = fields.optional_text("invite")
    fields.check()
    names = [name, username, *await db.read(group_of_invite, _token_form(invite))]
    password_hash = await passwords.hashed_if_good(password, names)
    details = {"invite": _token_form(invite), "address": limits.address_of(request)}
    try:
        user_id = await db.run(_register, name, username, password_hash, now=datetime.now(UTC), **details)
    except IntegrityError:  # somebody else took it between looking and writing
        raise Conflict("username_taken", field="username") from None
    return await _signed_in(request, user_id, password_hash)


@router.delete("/session", status_code=204, summary="Log out")
async def log_out(request: Request) -> Response:
    """Ends the session and clears the cookie; without a session there is nothing to do."""
    token = token_of(request)
    if token:
        await db.run(_end, token, limits.address_of(request), now=datetime.now(UTC))
    return without_cookie()


def without_cookie() -> Response:
    response = Response(status_code=204)
    response.delete_cookie(**_cookie(sessions.cookie_name()))
    return response


def check_name(name: str) -> str:
    return clean_text(name, field="name", minimum=1, maximum=100)


def _known_form(username: str) -> str:
    """What can't be a username is nobody's: it gets the same answer, and never reaches the database."""
    try:
        return check_username(username)
    except BulqError:
        return ""


def _token_form(invite: str | None) -> str | None:
    return invite if invite and len(invite) <= 64 and invite.isascii() and invite.isprintable() else None


def _spend_address(kind: str, request: Request) -> None:
    limits.spend(settings.login_per_minute, f"{kind}-address", limits.address_of(request))


def _register(session: Session, *given: str, now: datetime, **details: Any) -> UUID:
    return accounts.register(session, *given, now=now, **details).id


async def _note_refusal(username: str, locked: bool, address: str) -> None:
    await db.run(accounts.note_refusal, username, locked=locked, address=address, now=datetime.now(UTC))


async def _signed_in(request: Request, user_id: UUID, password_hash: str) -> Response:
    old, address = token_of(request), limits.address_of(request)
    agent = "".join(filter(str.isprintable, request.headers.get("user-agent", "")))
    given = user_id, password_hash, old, agent, address
    token, actor = await db.run(_switch_session, *given, now=datetime.now(UTC))
    response = JSONResponse({"name": actor.name}, status_code=201)
    age, known = timedelta(days=settings.session_days_absolute), timedelta(days=devices.DAYS)
    response.set_cookie(value=token, max_age=int(age.total_seconds()), **_cookie(sessions.cookie_name()))
    mark = devices.mark(cookies_of(request), user_id)
    response.set_cookie(value=mark, max_age=int(known.total_seconds()), **_cookie(devices.cookie_name()))
    return response


def _cookie(name: str) -> dict[str, Any]:
    return {"key": name, "path": "/", "httponly": True, "samesite": "lax", "secure": settings.secure_cookies}


def _switch_session(
    session: Session, user_id: UUID, proven: str, old: str | None, user_agent: str, address: str, *, now: datetime
) -> tuple[str, Actor]:
    """A new session in place of the one this browser had: its token must be of no use any more.

    Raises Invalid when the password is no longer the one that was checked.
    """
    if accounts.password_hash_of(session, user_id) != proven:
        raise Invalid("wrong_login")
    _end(session, old, address, now=now)
    token = accounts.start_session(session, user_id, user_agent, address=address, now=now)
    session.flush()
    return token, accounts.actor_for(session, token, now=now)


def _end(session: Session, token: str | None, address: str, *, now: datetime) -> None:
    """End the session of this token, if there is one."""
    try:
        actor = accounts.actor_for(session, token, address=address, now=now)
    except NotSignedIn:
        return
    if actor.session_id is not None:
        accounts.end_session(session, actor, actor.session_id, now=now)
