"""A store's price list as its supplier sends it: received here, looked through and taken in on the store's page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from sqlalchemy.orm import Session

from bulq import db, uploads
from bulq.api.guards import session_cookie, token_of
from bulq.api.problems import PROBLEM, ProblemRoute, TooLarge
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.lists.files import prepare
from bulq.services.accounts import actor_for

BINARY = {"schema": {"type": "string", "format": "binary"}}
BODY: dict[str, Any] = {"requestBody": {"required": True, "content": {"application/octet-stream": BINARY}}}

router = APIRouter(route_class=ProblemRoute, responses=PROBLEM, tags=["price lists"])


class Received(BaseModel):
    """A file that was received, by the token it goes by."""

    token: str
    size: int  # bytes


@router.post(
    "/lists",
    status_code=201,
    dependencies=[Depends(session_cookie)],
    summary="Send a store's price list",
    openapi_extra=BODY,
)
async def receive_list(request: Request) -> Received:
    """Keeps the file in the body for an hour: CSV, TSV, XLSX, ODS or XLS. It changes nothing before it is taken in."""
    # Spreadsheets become plain rows now, within bounds on memory and time, so that looking through is quick.
    return await keep(request, settings.list_file_mb, prepare)


async def keep(request: Request, megabytes: int, look: Callable[[Path], None]) -> Received:
    """Keep the file in the body for whoever sends it, unless `look`, on another thread, refuses it."""
    actor = await db.read(_actor, token_of(request))
    with uploads.receiving(actor.id) as (token, file):
        size = 0
        async for chunk in request.stream():
            if (size := size + len(chunk)) > megabytes * 1_000_000:
                raise TooLarge("file_too_large", megabytes=megabytes)
            await asyncio.to_thread(file.write, chunk)
        await asyncio.to_thread(file.flush)
        await asyncio.to_thread(look, Path(str(file.name)))
    return Received(token=token, size=size)


def _actor(session: Session, token: str | None) -> Actor:
    return actor_for(session, token, now=datetime.now(UTC))
