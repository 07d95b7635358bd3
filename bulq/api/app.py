"""Puts the API together."""

from __future__ import annotations

from fastapi import APIRouter, Depends, FastAPI

from bulq.api import (
    account,
    attachments,
    backup_health,
    catalogue,
    export,
    figures,
    group_export,
    health,
    invitations,
    lists,
    operations,
    passwords,
    signing_in,
    views,
)
from bulq.api.description import describe
from bulq.api.guards import limit_calls, same_site_only
from bulq.api.problems import ProblemRoute
from bulq.domain.errors import NotFound

ROOT = "/api/v1"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]

# The interactive pages would load their scripts from elsewhere.
api = FastAPI(title="Bulq", version="1", openapi_url=f"{ROOT}/openapi.json", docs_url=None, redoc_url=None)

api.openapi = lambda: describe(api, ROOT)

guarded = [Depends(limit_calls), Depends(same_site_only)]
elsewhere = APIRouter(route_class=ProblemRoute)


@elsewhere.api_route("/{path:path}", methods=METHODS, include_in_schema=False)
async def no_such_address(path: str) -> None:
    """Without this, what is no address of the API would be answered with a page."""
    raise NotFound()


api.include_router(backup_health.router, prefix=ROOT)
api.include_router(figures.router)
api.include_router(invitations.page)
api.include_router(health.router, prefix=ROOT)  # not counted: who watches over a server asks often
for router in (
    signing_in.router,
    passwords.router,
    account.router,
    export.router,
    attachments.router,
    group_export.router,
    catalogue.router,
    lists.router,
    views.router,
    invitations.router,
    operations.router,
    elsewhere,
):
    api.include_router(router, prefix=ROOT, dependencies=guarded)
