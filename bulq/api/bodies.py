"""Reading what a request carries: a small JSON object, and its fields one by one, so that all errors come at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import Request

from bulq.api.problems import Malformed, TooLarge, WrongFields, WrongType
from bulq.domain.errors import BulqError, Invalid

LONGEST = 64 * 1024  # bytes


class Fields:
    """The fields of a body. What is wrong is collected; `check` refuses all of it together."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self._body = body
        self._errors: list[BulqError] = []

    def text(self, name: str, rule: Callable[[str], str] | None = None) -> str:
        """A text that has to be there, as the rule returns it; "" when something is wrong with it."""
        value = self._body.get(name)
        if value is None or value == "":
            return self._refuse(Invalid("text_missing", field=name))
        if not isinstance(value, str):
            return self._refuse(Invalid("not_a_text", field=name))
        try:
            return rule(value) if rule else value
        except BulqError as error:
            return self._refuse(error)

    def optional_text(self, name: str) -> str | None:
        return None if self._body.get(name) in (None, "") else self.text(name)

    def check(self) -> None:
        if self._errors:
            raise WrongFields(self._errors)

    def _refuse(self, error: BulqError) -> str:
        self._errors.append(error)
        return ""


async def read_fields(request: Request) -> Fields:
    """The JSON object in the body, however broken or large what was sent is."""
    try:
        body = json.loads(await read_json(request))
    except (ValueError, RecursionError):
        raise Malformed("not_json") from None
    if not isinstance(body, dict):
        raise Malformed("not_an_object")
    return Fields(body)


async def read_json(request: Request) -> bytes:
    """The body of a request that says it is JSON."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/json":
        raise WrongType("content_type")
    return await _read(request)


async def _read(request: Request) -> bytes:
    """The body, read no further than the limit: the length a client states may be wrong."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST:
            raise TooLarge("body_too_large", kilobytes=LONGEST // 1024)
    return bytes(body)
