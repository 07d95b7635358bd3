"""The catalogue and the record of who did what as files: for those who look after the server."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from sqlalchemy.orm import Session

from bulq import db, uploads
from bulq.api.guards import session_cookie, token_of
from bulq.api.problems import PROBLEM, ProblemRoute, TooLarge, WrongType
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.catalogue_file import COLUMNS, NEEDED
from bulq.domain.exports import harmless
from bulq.domain.tables import Table
from bulq.queries.access import need_server_admin
from bulq.queries.audit import AuditLine, audit_batch, sentence
from bulq.queries.catalogue_file import export_rows
from bulq.queries.listing import Wish
from bulq.services.accounts import actor_for

AUDIT_HEADER = ("at", "who", "from", "action", "sentence", "kind", "subject", "subject_id", "group_id", "details")
TYPES = ("text/csv", "text/plain", "application/octet-stream", "application/vnd.ms-excel")
CSV: dict[int | str, dict[str, Any]] = {
    200: {"description": "The table", "content": {"text/csv": {"schema": {"type": "string"}}}}
}
BODY = {"requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}}}}

router = APIRouter(prefix="/admin", route_class=ProblemRoute, responses=PROBLEM, tags=["administration"])
cookie = [Depends(session_cookie)]
Batch = Callable[[Any], Awaitable[tuple[Iterable[Iterable[str]], Any]]]


class Uploaded(BaseModel):
    """What was received, by the token it goes by."""

    token: str
    size: int
    columns: list[str]
    ignored: list[str]


@router.post(
    "/catalogue", status_code=201, dependencies=cookie, summary="Send a file for the catalogue", openapi_extra=BODY
)
async def upload(request: Request) -> Uploaded:
    """Keeps the CSV file in the body for an hour. It changes nothing before it is looked at and taken in."""
    actor = await db.read(_admin, token_of(request))
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in TYPES:
        raise WrongType("content_type_csv")
    most = settings.catalogue_file_mb * 1_000_000
    with uploads.receiving(actor.id) as (token, file):
        size = 0
        async for chunk in request.stream():
            if (size := size + len(chunk)) > most:
                raise TooLarge("file_too_large", megabytes=settings.catalogue_file_mb)
            await asyncio.to_thread(file.write, chunk)
        await asyncio.to_thread(file.seek, 0)
        table = await asyncio.to_thread(Table, file, COLUMNS, NEEDED)
        return Uploaded(token=token, size=size, columns=table.columns, ignored=table.ignored)


@router.get("/catalogue.csv", dependencies=cookie, responses=CSV, response_class=Response, summary="The catalogue")
async def export_catalogue(request: Request) -> Response:
    """Products with their newest price in each store: what can be sent back as it is."""
    token = token_of(request)

    async def batch(place: Any) -> tuple[Iterable[Iterable[str]], Any]:
        return await db.read(_export, token, place)

    return await _streamed("catalogue", COLUMNS, batch)


@router.get("/audit.csv", dependencies=cookie, responses=CSV, response_class=Response, summary="The audit log")
async def export_audit(
    request: Request,
    typed: str = "",
    kind: str = "",
    topic: str = "",
    since: Annotated[str, Query(alias="from")] = "",
    until: Annotated[str, Query(alias="to")] = "",
) -> Response:
    """Newest first, narrowed down as on its page; `from` and `to` are days in UTC."""
    token = token_of(request)
    filters = {"kind": kind, "topic": topic, "from": since, "to": until}
    wish = Wish(typed=typed[:100], filters={name: value[:100] for name, value in filters.items()})

    async def batch(place: Any) -> tuple[Iterable[Iterable[str]], Any]:
        lines = await db.read(_audit, token, wish, place)
        return map(_audit_row, lines), (lines[-1].at, lines[-1].id) if lines else None

    return await _streamed("audit", AUDIT_HEADER, batch)


def _actor(session: Session, token: str | None) -> Actor:
    return actor_for(session, token, now=datetime.now(UTC))


def _admin(session: Session, token: str | None) -> Actor:
    actor = _actor(session, token)
    need_server_admin(actor)
    return actor


def _export(session: Session, token: str | None, place: Any) -> Any:
    return export_rows(session, _actor(session, token), place)


def _audit(session: Session, token: str | None, wish: Wish, place: Any) -> list[AuditLine]:
    return audit_batch(session, _actor(session, token), wish, after=place)


def _audit_row(line: AuditLine) -> list[str]:
    ids = [str(each or "") for each in (line.subject_id, line.group_id)]
    about = (line.action, sentence(line), line.kind, line.subject_name, *ids, json.dumps(line.details))
    return [line.at.isoformat(), *map(harmless, (line.actor_name, line.address, *about))]


async def _streamed(name: str, header: Iterable[str], batch: Batch) -> Response:
    """Batch by batch, each in a transaction of its own. The first one is read before anything is answered."""
    first = await batch(None)

    async def pieces() -> AsyncIterator[bytes]:
        yield _csv([header], mark=True)
        rows, place = first
        while place is not None:
            yield _csv(rows)
            rows, place = await batch(place)

    headers = {"Content-Disposition": f'attachment; filename="bulq-{name}-{datetime.now(UTC).date()}.csv"'}
    return StreamingResponse(pieces(), media_type="text/csv", headers=headers)


def _csv(rows: Iterable[Iterable[str]], *, mark: bool = False) -> bytes:
    """With a byte order mark spreadsheets read the letters right."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8-sig" if mark else "utf-8")
