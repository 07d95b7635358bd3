"""A group as one zip: sent to its admins as it is made, run by run, and received from whoever takes it in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path as FilePath
from typing import IO, Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.orm import Session

from bulq import db, limits
from bulq.api.export import id_of, off_the_loop
from bulq.api.guards import session_cookie, token_of
from bulq.api.lists import BODY, Received, keep
from bulq.api.problems import PROBLEM, ProblemRoute, language_of
from bulq.archives import check_archive
from bulq.config import settings
from bulq.domain.exports import What
from bulq.exports.commas import Separator
from bulq.exports.files import Kind, file_of
from bulq.exports.group_file import Outflow, write_files
from bulq.queries.export import RunExport, run_export_for_admins
from bulq.queries.group_export import completed_runs, group_to_export
from bulq.services.accounts import actor_for

Files = dict[str, IO[bytes]]

FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "`group.json` (see docs/export.md), tables as CSV, and each completed run as PDF.",
        "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
    }
}
GroupId = Annotated[str, Path(json_schema_extra={"format": "uuid"})]

router = APIRouter(route_class=ProblemRoute, responses=PROBLEM, tags=["groups"])


@router.get(
    "/groups/{group_id}/export.zip",
    dependencies=[Depends(session_cookie)],
    responses=FILE,
    response_class=Response,
    summary="A group as a zip: everything of its ended runs and of its money",
)
async def export_group(request: Request, group_id: GroupId) -> Response:
    """For admins of the group. Another server takes it in. Runs that are still open are left out."""
    token, language, key, now = token_of(request), language_of(request), id_of(group_id), datetime.now(UTC)
    files: Files = {}
    runs = await db.read(_begin, token, key, files, language, now)
    name = f"bulq-group-{now.date()}-{key.hex[-6:]}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(
        _pieces(token, key, files, runs, language, now), media_type="application/zip", headers=headers
    )


@router.post(
    "/groups/files",
    status_code=201,
    dependencies=[Depends(session_cookie)],
    summary="Send a group that another server exported",
    openapi_extra=BODY,
)
async def receive_group(request: Request) -> Received:
    """Keeps the zip in the body for an hour. It changes nothing before it is taken in."""
    return await keep(request, settings.group_file_mb, _look)


def _look(path: FilePath) -> None:
    with path.open("rb") as file:
        check_archive(file)


def _begin(
    session: Session, token: str | None, group_id: UUID, files: Files, language: str, now: datetime
) -> list[UUID]:
    """Everything but the PDFs as of one moment, in `files`; the runs to be written as PDF."""
    actor = actor_for(session, token, now=now)
    limits.spend(settings.exports_per_minute, "exports", str(actor.id))
    group = group_to_export(session, actor, group_id)
    limits.spend(settings.group_exports_per_day, "group-exports", str(actor.id), a_day=True)
    _close(files)
    files |= write_files(session, group, language, now)
    return completed_runs(session, actor, group_id)


def _close(files: Files) -> None:
    for file in files.values():
        file.close()


async def _pieces(
    token: str | None, group_id: UUID, files: Files, runs: list[UUID], language: str, now: datetime
) -> AsyncIterator[bytes]:
    """Each run is read when its turn comes: whoever is no admin any more by then gets no more."""
    outflow = Outflow()
    try:
        for name, file in files.items():
            pieces = outflow.pieces_of(name, file)
            while (piece := await off_the_loop(lambda pieces=pieces: _next(pieces))) is not None:
                yield piece
        for run_id in runs:
            export = await db.read(_run, token, group_id, run_id)
            yield await off_the_loop(lambda export=export: _paper(outflow, export, language, now))
        yield await off_the_loop(outflow.end)
    finally:
        with suppress(Exception):
            _close(files)


def _next(pieces: Iterator[bytes]) -> bytes | None:
    return next(pieces, None)


def _run(session: Session, token: str | None, group_id: UUID, run_id: UUID) -> RunExport:
    actor = actor_for(session, token, now=datetime.now(UTC))
    return run_export_for_admins(session, actor, group_id, run_id)


def _paper(outflow: Outflow, export: RunExport, language: str, now: datetime) -> bytes:
    file = file_of(export, Kind.PDF, What.EVERYTHING, Separator.COMMA, language, now)
    return outflow.add(f"runs/{file.name}", file.content)
