"""What the API answers when it refuses: problem documents (RFC 9457), also for what nobody foresaw."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Sequence
from http import HTTPStatus
from typing import Any

from babel import negotiate_locale
from fastapi import Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect

from bulq.domain.errors import BulqError, Busy, TooMany
from bulq.i18n import LANGUAGES, text, with_amounts
from bulq.log import request_id as bound_request_id
from bulq.models.base import new_id

log = logging.getLogger(__name__)

_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:bulq:error:wrong_login"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "For people, in the language of Accept-Language."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
        "values": {"type": "object", "description": "What the detail says, for programs: thousandths and minor units."},
        "request_id": {"type": "string", "description": "Of an unexpected error: the log has it, too."},
    },
}
PROBLEM: dict[int | str, dict[str, Any]] = {
    "default": {"description": "Refused", "content": {"application/problem+json": {"schema": _SCHEMA}}}
}


class Malformed(BulqError):
    """The request can't be read at all."""


class TooLarge(BulqError):
    status = 413


class WrongType(BulqError):
    status = 415


class Unavailable(BulqError):
    status = 503


class WrongFields(BulqError):
    """Everything that is wrong with the fields of a body, at once."""

    status = 422

    def __init__(self, errors: Sequence[BulqError]) -> None:
        super().__init__("check_fields")
        self.errors = errors


def problem(error: BulqError, language: str = "en", *, request_id: str = "") -> Response:
    parts = error.errors if isinstance(error, WrongFields) else [error] if error.field else []
    document: dict[str, Any] = {
        "type": f"urn:bulq:error:{error.key}",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": _message(error, language),
        "errors": [{"field": part.field, "message": _message(part, language)} for part in parts],
        "values": error.values,
    }
    if request_id:
        document["request_id"] = request_id
    headers = {"Retry-After": str(error.values["seconds"])} if isinstance(error, TooMany | Busy) else {}
    return JSONResponse(document, error.status, headers, "application/problem+json")


def _message(error: BulqError, language: str) -> str:
    return text(f"errors.{error.key}", language, **with_amounts(error.values, language))


def _unexpected(request: Request) -> Response:
    request_id = bound_request_id() or new_id().hex
    log.exception("%s %s failed (request %s)", request.method, request.url.path, request_id)
    error = BulqError("unexpected")
    error.status = 500  # pyright: ignore[reportAttributeAccessIssue]
    return problem(error, language_of(request), request_id=request_id)


def language_of(request: Request) -> str:
    """Of the languages Bulq has, the one the browser likes best."""
    header = request.headers.get("accept-language", "")[:200]
    preferred = [part.split(";")[0].strip().replace("-", "_") for part in header.split(",")]
    return negotiate_locale([tag for tag in preferred if tag], LANGUAGES) or LANGUAGES[0]


class ProblemRoute(APIRoute):
    """Answers in problem documents by itself: a handler of the whole app would also answer for Reflex, beside us."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                response = await handle(request)
            except BulqError as error:
                response = problem(error, language_of(request))
            except ClientDisconnect:
                response = Response(status_code=HTTPStatus.BAD_REQUEST)
            except Exception:
                response = _unexpected(request)
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        return answer
