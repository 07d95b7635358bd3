"""The figures Prometheus collects, for who knows the token."""

from __future__ import annotations

from datetime import datetime
from secrets import compare_digest

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import select
from sqlalchemy.orm import Session

from bulq import db, metrics
from bulq.api.problems import ProblemRoute
from bulq.config import settings
from bulq.domain.errors import NotFound
from bulq.models import JobRun
from bulq.queries.backups import last_good

router = APIRouter(route_class=ProblemRoute)
Jobs = dict[str, tuple[datetime | None, float | None, bool]]


@router.get("/metrics", include_in_schema=False)
async def read_metrics(request: Request) -> Response:
    """As if it were not there without the right token, and while none is set."""
    token = settings.metrics_token.get_secret_value() if settings.metrics_token else ""
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not token or not compare_digest(given.encode(), token.encode()):
        raise NotFound()
    return Response(metrics.exposition(*await db.read(_jobs_and_backup)), media_type=CONTENT_TYPE_LATEST)


def _jobs_and_backup(session: Session) -> tuple[Jobs, datetime | None]:
    runs: Jobs = {run.name: (run.started_at, run.seconds, bool(run.error)) for run in session.scalars(select(JobRun))}
    good = last_good(session)
    return runs, good.started_at if good else None
