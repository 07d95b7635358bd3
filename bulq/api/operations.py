"""Every change by POST: a use case by name, done once however often it arrives."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response

from bulq import limits
from bulq.api.bodies import read_json
from bulq.api.guards import session_cookie, token_of
from bulq.api.problems import PROBLEM, ProblemRoute
from bulq.operations import operate

router = APIRouter(route_class=ProblemRoute, responses=PROBLEM, tags=["operations"])


@router.post(
    "/operations",
    dependencies=[Depends(session_cookie)],
    summary="Change something, once",
    response_class=Response,
    responses={200: {"description": "What the use case returned", "content": {"application/json": {"schema": {}}}}},
)
async def operation(request: Request) -> Response:
    body = await read_json(request)
    result = await operate(body, token_of(request), address=limits.address_of(request))
    return Response(result, media_type="application/json")
