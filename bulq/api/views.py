"""Every view by GET: the very bytes that pages are sent, with their ETag."""

from __future__ import annotations

import inspect
import zlib
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from sqlalchemy.orm import Session

from bulq import db, limits, pacing, rooms, sessions
from bulq.api.guards import session_cookie, token_of
from bulq.api.problems import PROBLEM, ProblemRoute
from bulq.domain.actor import Actor
from bulq.domain.errors import NotFound, NotSignedIn
from bulq.domain.notices import Concern
from bulq.domain.searching import LONGEST_TYPED
from bulq.editions import Edition, edition
from bulq.queries.asking import Amount, Asked, Currency, Token
from bulq.services.accounts import actor_for
from bulq.views import PRIVATE, PUBLIC_VIEWS, VIEWS, View

WORTH_IT = 1024  # bytes from which on compressing pays
GZIP = 16 + zlib.MAX_WBITS
SHAPES: dict[Any, dict[str, Any]] = {
    UUID: {"type": "string", "format": "uuid"},
    int: {"type": "integer", "minimum": 1},
    Amount: {"type": "integer", "minimum": 1, "maximum": 10**14 - 1},
    Currency: {"type": "string", "pattern": "^[A-Z]{3}$"},
    Asked: {"type": "string", "maxLength": LONGEST_TYPED},
    Token: {"type": "string", "maxLength": 64},
    Concern | None: {"type": "string", "enum": list(Concern)},
}

router = APIRouter(route_class=ProblemRoute, responses=PROBLEM, tags=["views"])


def _endpoint(view: View[Any]) -> Any:
    async def get(request: Request, **arguments: Any) -> Response:
        if view in PUBLIC_VIEWS:
            return answer(request, await public_edition(request, view, **arguments))
        token_hash = sessions.token_hash(token_of(request) or "")
        try:
            if not token_of(request):
                raise NotSignedIn()
            newest = await rooms.here.newest(view.address_of(**arguments), token_hash)
            return answer(request, newest, keep=not view.address.startswith(PRIVATE))
        except NotSignedIn:
            if view.name != "me":
                raise
            return Response(status_code=204, headers={"Cache-Control": "no-store"})

    parameters = [inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Request)]
    for name, kind in view.arguments.items():
        # Texts, since whatever is no id is like the id of nothing.
        asked, shown = name in view.asks, SHAPES[kind]
        where = Query(default=None, json_schema_extra=shown) if asked else Path(json_schema_extra=shown)
        annotation = str | None if asked else str
        parameters.append(inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=where, annotation=annotation))
    get.__signature__ = inspect.Signature(parameters)  # pyright: ignore[reportFunctionMemberAccess]
    get.__name__ = view.name
    return get


async def public_edition(request: Request, view: View[Any], **arguments: Any) -> Edition[Any]:
    """What anybody may read, at the pace of whoever asks: a person, or an address. Raises NotFound."""
    token = token_of(request)
    reader = pacing.person_of(sessions.token_hash(token)) if token else limits.address_of(request)
    async with pacing.reading(reader):
        facts, seconds = await db.read(pacing.timed, _read_public, view, token, arguments)
        pacing.charge([reader], seconds)
    if facts is None:
        raise NotFound()
    return edition(facts)


def _read_public(session: Session, view: View[Any], token: str | None, arguments: dict[str, Any]) -> Any:
    """None where nothing is there: time is charged for that as well."""
    try:
        return view.read(session, _viewer(session, token), **arguments)
    except NotFound:
        return None


def _viewer(session: Session, token: str | None) -> Actor | None:
    try:
        return actor_for(session, token, now=datetime.now(UTC)) if token else None
    except NotSignedIn:
        return None


def answer(request: Request, edition: Edition[Any], *, keep: bool = True) -> Response:
    """The edition, or 304 to whoever has it. The tag is weak, since it is of the facts and not of their compression."""
    headers = {"ETag": f'W/"{edition.tag}"', "Vary": "Cookie, Accept-Encoding"}
    headers["Cache-Control"] = "private, no-cache" if keep else "no-store"
    known = request.headers.get("if-none-match", "").split(",")
    if any(each.strip().removeprefix("W/").strip('"') in (edition.tag, "*") for each in known):
        return Response(status_code=304, headers=headers)
    body = edition.body
    if len(body) >= WORTH_IT and _reads_gzip(request.headers.get("accept-encoding", "")):
        headers["Content-Encoding"] = "gzip"
        body = _compressed(body)
    return Response(body, media_type="application/json", headers=headers)


def _reads_gzip(accepted: str) -> bool:
    """Whether this Accept-Encoding names gzip, or "*" instead, with a weight above 0 (RFC 9110, 12.5.3)."""
    weights: dict[str, str] = {}
    for part in accepted.lower().replace(" ", "").split(","):
        coding, _, weight = part.partition(";q=")
        weights[coding] = weight or "1"
    return weights.get("gzip", weights.get("*", "0")).strip("0.") != ""


@lru_cache(maxsize=64)
def _compressed(body: bytes) -> bytes:
    """After a restart hundreds of pages ask for the same."""
    packer = zlib.compressobj(6, zlib.DEFLATED, GZIP)
    return packer.compress(body) + packer.flush()


NOBODY: dict[int | str, dict[str, Any]] = {204: {"description": "Nobody is signed in"}}

for _view in (*VIEWS, *PUBLIC_VIEWS):
    router.add_api_route(
        f"/{_view.address}",
        _endpoint(_view),
        methods=["GET"],
        name=_view.name,
        operation_id=f"get_{_view.name}",
        summary=(inspect.getdoc(_view.read) or inspect.getdoc(_view.facts) or "").partition("\n")[0],
        dependencies=[Depends(session_cookie)],
        response_class=Response,
        responses={200: {"description": "The facts"}, 304: {"description": "Unchanged"}}
        | (NOBODY if _view.name == "me" else {}),
    )
    router.add_api_route(f"/{_view.address}", _endpoint(_view), methods=["HEAD"], include_in_schema=False)
