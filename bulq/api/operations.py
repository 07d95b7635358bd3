"""Every change by POST: a use case by name, done once however often it arrives."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from bulq import limits
from bulq.api.bodies import read_json
from bulq.api.guards import session_cookie, token_of
from bulq.api.problems import PROBLEM, ProblemRoute
from bulq.operations import DOORS, operate

router = APIRouter(route_class=ProblemRoute, responses=PROBLEM, tags=["operations"])


def _schema() -> dict[str, Any]:
    """One shape for each use case, told apart by its name."""
    shapes: list[dict[str, Any]] = []
    for door in DOORS.values():
        arguments = door.needs.model_json_schema(ref_template="#/components/schemas/{model}")
        arguments.pop("$defs", None)
        shapes.append(
            {
                "type": "object",
                "title": door.name,
                "description": (door.use_case.__doc__ or "").strip().partition("\n")[0],
                "required": ["id", "name", "arguments"],
                "additionalProperties": False,
                "properties": {
                    "id": {"type": "string", "format": "uuid"},
                    "name": {"const": door.name},
                    "arguments": arguments,
                    "user": {"type": "string", "format": "uuid"},
                },
            }
        )
    return {"oneOf": shapes}


@router.post(
    "/operations",
    dependencies=[Depends(session_cookie)],
    summary="Change something, once",
    response_class=Response,
    responses={200: {"description": "What the use case returned", "content": {"application/json": {"schema": {}}}}},
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": _schema()}}}},
)
async def operation(request: Request) -> Response:
    body = await read_json(request)
    result = await operate(body, token_of(request), address=limits.address_of(request))
    return Response(result, media_type="application/json")
