"""Whether this process runs, and whether it can do its work."""

from __future__ import annotations

import asyncio
import logging

from fastapi import APIRouter
from pydantic import BaseModel
from redis.exceptions import RedisError
from sqlalchemy.orm import Session

from bulq import db, disk, ending, migrations, redis_clients
from bulq.api.problems import PROBLEM, ProblemRoute, Unavailable
from bulq.config import settings

PATIENCE = 5  # seconds for the database to answer

log = logging.getLogger(__name__)
router = APIRouter(prefix="/health", route_class=ProblemRoute, responses=PROBLEM, tags=["health"])


class Health(BaseModel):
    status: str = "ok"


@router.get("/live", summary="Is the process there, and to stay?")
async def live() -> Health:
    if ending.is_ending():
        raise Unavailable("ending")
    return Health()


@router.get("/ready", summary="Can it reach a database of the right revision, and Redis, and write?")
async def ready() -> Health:
    try:
        revision = await asyncio.wait_for(db.read(_revision), PATIENCE)
    except Exception:
        log.error("the database does not answer")
        raise Unavailable("database_unreachable") from None
    if revision != migrations.newest():
        raise Unavailable("database_outdated")
    if why := await asyncio.to_thread(disk.trouble):
        log.error("nothing can be written: %s", why)
        raise Unavailable("disk_full")
    if settings.redis_url and not await asyncio.to_thread(_redis_answers, settings.redis_url):
        raise Unavailable("redis_unreachable")
    return Health()


def _redis_answers(url: str) -> bool:
    try:
        with redis_clients.client(url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE) as client:
            return bool(client.ping())
    except (RedisError, OSError) as error:
        log.error("Redis does not answer: %s", redis_clients.reason(error))
        return False


def _revision(session: Session) -> str | None:
    return migrations.revision_of(session.connection())
