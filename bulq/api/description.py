"""The description of the API (OpenAPI): what FastAPI knows, with the shapes of views and operations.

The shapes are made from the very dataclasses and signatures that the views and use cases have, when somebody asks for
the description: they take 20 MB of memory, which a server that nobody asks need not have.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from bulq.operations import DOORS, Door
from bulq.views import PUBLIC_VIEWS, VIEWS

REF = "#/components/schemas/{model}"


def describe(api: FastAPI, root: str) -> dict[str, Any]:
    if api.openapi_schema:
        return api.openapi_schema
    document = get_openapi(title=api.title, version=api.version, routes=api.routes)
    shapes: dict[str, Any] = document.setdefault("components", {}).setdefault("schemas", {})
    for view in (*VIEWS, *PUBLIC_VIEWS):
        answer = document["paths"][f"{root}/{view.address}"]["get"]["responses"]["200"]
        answer["content"] = {"application/json": {"schema": _shape(TypeAdapter(view.facts).json_schema, shapes)}}
    doors = {"oneOf": [_operation(door, shapes) for door in DOORS.values()]}
    change = document["paths"][f"{root}/operations"]["post"]
    change["requestBody"] = {"required": True, "content": {"application/json": {"schema": doors}}}
    api.openapi_schema = document
    return document


def _shape(schema_of: Any, shapes: dict[str, Any]) -> dict[str, Any]:
    """A schema whose definitions stand among the components."""
    schema = schema_of(ref_template=REF)
    shapes |= schema.pop("$defs", {})
    return schema


def _operation(door: Door, shapes: dict[str, Any]) -> dict[str, Any]:
    """One shape for each use case, told apart by its name."""
    return {
        "type": "object",
        "title": door.name,
        "description": (door.use_case.__doc__ or "").strip().partition("\n")[0],
        "required": ["id", "name", "arguments"],
        "additionalProperties": False,
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "name": {"const": door.name},
            "arguments": _shape(door.needs.model_json_schema, shapes),
            "user": {"type": "string", "format": "uuid"},
        },
    }
