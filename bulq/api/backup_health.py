"""Whether the data would survive: for whoever watches over the server. Reasons are told to its admins alone."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter
from pydantic import BaseModel

from bulq import db
from bulq.api.problems import PROBLEM, ProblemRoute, Unavailable
from bulq.queries.backups import backup_health

router = APIRouter(prefix="/health", route_class=ProblemRoute, responses=PROBLEM, tags=["health"])


class BackupState(BaseModel):
    status: str = "ok"
    last_good: datetime | None = None


@router.get("/backup", summary="Is there a proven backup of the last 26 hours?")
async def backup() -> BackupState:
    """503 when there is none, or when the last try failed. Without a place for backups the status is `off`."""
    health = await db.read(backup_health, now=datetime.now(UTC))
    if not health.expected:
        return BackupState(status="off")
    for kind in health.troubles:
        raise Unavailable(kind)
    return BackupState(last_good=health.last_good.started_at if health.last_good else None)
