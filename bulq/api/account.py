"""One's own account over HTTP: another name, everything kept about one, and an end to it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.orm import Session

from bulq import db, limits, passwords
from bulq.api.bodies import Fields, read_fields
from bulq.api.guards import session_cookie, token_of
from bulq.api.problems import PROBLEM, ProblemRoute
from bulq.api.signing_in import body_of, check_name, without_cookie
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.errors import Invalid
from bulq.domain.texts import check_username
from bulq.queries.own_data import Part, Place, own_data
from bulq.services import accounts
from bulq.services.accounts_removal import remove_own_account

FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Money in whole numbers of the currency's smallest part, quantities in thousandths.",
        "content": {"application/json": {"schema": {"type": "object", "required": ["format", "made_at", "account"]}}},
    }
}

router = APIRouter(route_class=ProblemRoute, responses=PROBLEM, tags=["accounts"])
cookie = [Depends(session_cookie)]


async def guarded_fields(request: Request) -> tuple[Actor, Fields]:
    """Who asks, and the fields of what only their current password lets them do; guesses are counted."""
    actor = await db.read(accounts.actor_for, token_of(request), now=datetime.now(UTC))
    limits.spend(settings.login_per_minute, "password", str(actor.id))
    return actor, await read_fields(request)


async def proven(actor: Actor, current: str) -> str:
    """The stored hash that the current password matches, found before the transaction that relies on it begins."""
    stored = await db.read(accounts.password_hash_of, actor.id)
    if not await passwords.matches(current, stored):
        raise Invalid("wrong_password", field="current")
    return stored


@router.patch(
    "/account",
    status_code=204,
    response_class=Response,
    dependencies=cookie,
    summary="Change one's name and username",
    openapi_extra=body_of(["name", "username", "current"]),
)
async def change_name(request: Request) -> Response:
    """Needs the current password. Sessions go on."""
    actor, fields = await guarded_fields(request)
    current = fields.text("current")
    name, username = fields.text("name", check_name), fields.text("username", check_username)
    fields.check()
    await _do(request, accounts.change_name, await proven(actor, current), name, username)
    return Response(status_code=204)


@router.post(
    "/account/deletion",
    status_code=204,
    response_class=Response,
    dependencies=cookie,
    summary="Delete one's account",
    openapi_extra=body_of(["current"]),
)
async def delete_account(request: Request) -> Response:
    """Needs the current password. Refused while one leads an open run, or is the only admin of the server."""
    actor, fields = await guarded_fields(request)
    current = fields.text("current")
    fields.check()
    await _do(request, remove_own_account, await proven(actor, current))
    return without_cookie()


@router.get(
    "/account/export.json",
    dependencies=cookie,
    responses=FILE,
    response_class=Response,
    summary="Everything that is kept about oneself",
)
async def export_account(request: Request) -> Response:
    """Section by section, each a list; times in UTC."""
    token = token_of(request)
    first = await db.read(_first_part, token)
    made_at = datetime.now(UTC)

    async def pieces() -> AsyncIterator[str]:
        yield f'{{"format": 1,\n"made_at": "{made_at.isoformat()}"'
        parts, place = first
        while True:
            for part in parts:
                yield _written(part)
            if place is None:
                break
            parts, place = await db.read(_part, token, place)
        yield "}\n"

    headers = {"Content-Disposition": f'attachment; filename="bulq-account-{made_at.date()}.json"'}
    headers["Cache-Control"] = "no-store"
    return StreamingResponse(pieces(), media_type="application/json", headers=headers)


async def _do(request: Request, use_case: Callable[..., None], *given: str) -> None:
    address = limits.address_of(request)
    await db.run(_acting, token_of(request), address, use_case, given, now=datetime.now(UTC))


def _acting(
    session: Session, token: str | None, address: str, use_case: Callable[..., None], given: Any, *, now: datetime
) -> None:
    """The session is checked again: it may have ended meanwhile."""
    actor = accounts.actor_for(session, token, address=address, now=now)
    use_case(session, actor, *given, now=now)


def _first_part(session: Session, token: str | None) -> tuple[list[Part], Place | None]:
    actor = accounts.actor_for(session, token, now=datetime.now(UTC))
    limits.spend(settings.exports_per_minute, "exports", str(actor.id))
    return own_data(session, actor)


def _part(session: Session, token: str | None, place: Place) -> tuple[list[Part], Place | None]:
    return own_data(session, accounts.actor_for(session, token, now=datetime.now(UTC)), place)


def _written(part: Part) -> str:
    rows = ",\n".join(json.dumps(row, ensure_ascii=False, default=_plain) for row in part.rows)
    before = f',\n"{part.section}": [' if part.begins else "," if rows else ""
    return f"{before}{rows}{']' if part.ends else ''}"


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
