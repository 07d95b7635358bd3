"""Photos and PDFs of a run: sent here and attached by an operation afterwards, and given out to those who take part."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from bulq import attachments, db, limits
from bulq.api.guards import session_cookie, token_of
from bulq.api.problems import PROBLEM, ProblemRoute, TooLarge
from bulq.domain.attachments import MAX_BYTES, Content, FileKind
from bulq.domain.errors import NotFound
from bulq.models.base import new_id
from bulq.operations import perform
from bulq.pictures import Picture
from bulq.queries.attachments import attachment_of, may_send
from bulq.services.accounts import actor_for
from bulq.services.attachments import keep_attachment

T = TypeVar("T")
BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
BODY: dict[str, Any] = {"requestBody": {"required": True, "content": dict.fromkeys(Content, BINARY)}}
FILES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file", "content": {Content.JPEG: BINARY, Content.PDF: BINARY}},
    304: {"description": "Unchanged"},
}
MEDIA = {FileKind.JPEG: "image/jpeg", FileKind.PDF: "application/pdf"}
# A PDF is never shown within this site; a picture is, and runs nothing.
DISPOSITION = {
    FileKind.JPEG: 'inline; filename="receipt.jpg"',
    FileKind.PDF: 'attachment; filename="receipt.pdf"',
}

router = APIRouter(route_class=ProblemRoute, responses=PROBLEM, tags=["runs"])
# A large picture takes a core for a second and hundreds of megabytes: one after the other.
_decoder = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pictures")

AnId = Annotated[str, Path(json_schema_extra={"format": "uuid"})]


class Received(BaseModel):
    """A file that was received and waits for an hour to be attached to something."""

    id: UUID
    kind: FileKind
    size: int  # bytes, as it is kept


@router.post(
    "/runs/{run_id}/attachments",
    status_code=201,
    dependencies=[Depends(session_cookie)],
    summary="Send a photo or PDF",
    openapi_extra=BODY,
)
async def receive_attachment(request: Request, run_id: AnId) -> Received:
    """Keeps the file in the body for an hour: JPEG, PNG, WebP, HEIC or PDF.

    The operation `attach_to_receipt` attaches it. Pictures are made anew, without what the camera wrote beside them.
    """
    token, run = token_of(request), _id(run_id)
    await db.read(_may_send, token, run)
    data = await _body(request)
    declared = request.headers.get("content-type", "")
    content = await _decoded(lambda: attachments.prepared(data, declared))
    new, about, address = new_id(), _about(content), limits.address_of(request)
    await asyncio.to_thread(attachments.write, new, content)
    try:
        await db.run(perform, token or "", address, keep_attachment, run, **about, attachment_id=new)
    except BaseException:
        await asyncio.to_thread(attachments.discard, new)
        raise
    return Received(id=new, kind=about["kind"], size=about["size"])


@router.get(
    "/runs/{run_id}/attachments/{attachment_id}",
    dependencies=[Depends(session_cookie)],
    response_class=Response,
    responses=FILES,
    summary="A photo or PDF of a run",
)
async def give_attachment(request: Request, run_id: AnId, attachment_id: AnId) -> Response:
    """For those who take part in the run."""
    return await _file(request, run_id, attachment_id, small=False)


@router.get(
    "/runs/{run_id}/attachments/{attachment_id}/thumbnail",
    dependencies=[Depends(session_cookie)],
    response_class=Response,
    responses=FILES,
    summary="A small picture of a photo",
)
async def give_thumbnail(request: Request, run_id: AnId, attachment_id: AnId) -> Response:
    """For those who take part in the run. A PDF has none."""
    return await _file(request, run_id, attachment_id, small=True)


async def _file(request: Request, run_id: str, attachment_id: str, *, small: bool) -> Response:
    """The file, or 304 to whoever has it. Its content never changes, but who may see it does: each time is asked."""
    found_id = _id(attachment_id)
    kind = await db.read(_kind, token_of(request), _id(run_id), found_id)
    if small and kind is FileKind.PDF:
        raise NotFound()
    tag = f'"{found_id.hex}{"-small" if small else ""}"'
    headers = {"ETag": tag, "Vary": "Cookie", "Cache-Control": "private, no-cache"}
    if tag in [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    data = await asyncio.to_thread(attachments.read, found_id, kind, small=small)
    headers |= {
        "Content-Disposition": DISPOSITION[kind],
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    }
    return Response(data, media_type=MEDIA[kind], headers=headers)


async def _body(request: Request) -> bytes:
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > MAX_BYTES:
            raise TooLarge("file_too_large", field="file", megabytes=MAX_BYTES // 1_000_000)
    return bytes(data)


def _about(content: Picture | bytes) -> dict[str, Any]:
    if isinstance(content, Picture):
        size = len(content.large)
        return {"kind": FileKind.JPEG, "size": size, "width": content.width, "height": content.height}
    return {"kind": FileKind.PDF, "size": len(content)}


def _may_send(session: Session, token: str | None, run_id: UUID) -> None:
    may_send(session, actor_for(session, token, now=datetime.now(UTC)), run_id)


def _kind(session: Session, token: str | None, run_id: UUID, attachment_id: UUID) -> FileKind:
    return attachment_of(session, actor_for(session, token, now=datetime.now(UTC)), run_id, attachment_id).kind


def _id(text: str) -> UUID:
    try:
        return UUID(text[:40])
    except ValueError:
        raise NotFound() from None


async def _decoded(work: Callable[[], T]) -> T:
    """Off the event loop; what the log knows of the request goes along."""
    return await asyncio.get_running_loop().run_in_executor(_decoder, copy_context().run, work)
