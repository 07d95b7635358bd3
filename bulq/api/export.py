"""A run as a file, for those who take part in it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from sqlalchemy.orm import Session

from bulq import db, limits
from bulq.api.guards import session_cookie, token_of
from bulq.api.problems import PROBLEM, ProblemRoute, language_of
from bulq.config import settings
from bulq.domain.errors import Invalid, NotFound
from bulq.domain.exports import What
from bulq.exports.commas import Separator
from bulq.exports.files import MEDIA_TYPES, Kind, file_of
from bulq.queries.export import RunExport, own_export, run_export
from bulq.services.accounts import actor_for

ABOUT = {
    Kind.CSV: "Comma-separated values. With `semicolon`, numbers have a decimal comma.",
    Kind.XLSX: "A spreadsheet.",
    Kind.JSON: "For programs. Money in whole numbers of the currency's smallest part, quantities in thousandths.",
    Kind.PDF: "To print: the shopping list, and one page per person.",
}
SCHEMAS: dict[Kind, dict[str, Any]] = {
    Kind.CSV: {"type": "string"},
    Kind.JSON: {"type": "object", "required": ["format", "units", "run", "costs"]},
}
BINARY = {"type": "string", "format": "binary"}

router = APIRouter(route_class=ProblemRoute, responses=PROBLEM, tags=["runs"])
# A PDF of a hundred people takes a core for seconds: one after the other, so that the others stay free.
_writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="export")

RunId = Annotated[str, Path(json_schema_extra={"format": "uuid"})]
AskedFor = Annotated[str, Query(json_schema_extra={"enum": list(What)})]
Separated = Annotated[str, Query(json_schema_extra={"enum": list(Separator)})]
Choice = TypeVar("Choice", bound=StrEnum)
R = TypeVar("R")


async def _export(request: Request, run_id: str, kind: Kind, what: str, separator: str) -> Response:
    part, between = _chosen(What, what, "what"), _chosen(Separator, separator, "separator")
    now = datetime.now(UTC)
    export = await db.read(_read, token_of(request), id_of(run_id), part, now)
    file = await off_the_loop(lambda: file_of(export, kind, part, between, language_of(request), now))
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return Response(file.content, media_type=file.media_type, headers=headers)


def _read(session: Session, token: str | None, run_id: UUID, what: What, now: datetime) -> RunExport:
    actor = actor_for(session, token, now=now)
    limits.spend(settings.exports_per_minute, "exports", str(actor.id))
    try:
        return run_export(session, actor, run_id)
    except NotFound:
        if what is not What.MINE:
            raise
        return own_export(session, actor, run_id)  # of who has left the group, or of a group that was closed


def id_of(text: str) -> UUID:
    try:
        return UUID(text[:40])
    except ValueError:
        raise NotFound() from None


async def off_the_loop(write: Callable[[], R]) -> R:
    """The result of work that takes a core for long, one such work after the other."""
    return await asyncio.get_running_loop().run_in_executor(_writer, copy_context().run, write)


def _chosen(choices: type[Choice], value: str, field: str) -> Choice:
    try:
        return choices(value)
    except ValueError:
        raise Invalid("no_such_choice", field=field) from None


def _endpoint(kind: Kind) -> Callable[..., Coroutine[Any, Any, Response]]:
    if kind is Kind.CSV:

        async def export_csv(
            request: Request,
            run_id: RunId,
            what: AskedFor = What.STATEMENTS,
            separator: Separated = Separator.COMMA,
        ) -> Response:
            return await _export(request, run_id, kind, what, separator)

        return export_csv

    async def export(request: Request, run_id: RunId, what: AskedFor = What.STATEMENTS) -> Response:
        return await _export(request, run_id, kind, what, Separator.COMMA)

    return export


for _kind in Kind:
    _content = {MEDIA_TYPES[_kind]: {"schema": SCHEMAS.get(_kind, BINARY)}}
    router.add_api_route(
        f"/runs/{{run_id}}/export.{_kind}",
        _endpoint(_kind),
        methods=["GET"],
        name=f"export_{_kind}",
        response_class=Response,
        responses={200: {"description": ABOUT[_kind], "content": _content}},
        dependencies=[Depends(session_cookie)],
        summary=f"A run as {_kind.upper()}: everything, shopping list, packing list, my statement, or all statements",
    )
