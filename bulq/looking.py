"""The namespace /live of the pages' socket: what a page looks at, and what it does.

It rides on the connection that Reflex's pages open anyway. Messages to the server: `look {at, tag}`, `leave address`,
`do {operation}`, `here`. Messages to pages: `state {at, …}`, `patch {at, from, to, patch}`, `signed_out`.
"""

from __future__ import annotations

import logging
from typing import Any

import orjson
from socketio import AsyncNamespace
from socketio.exceptions import ConnectionRefusedError

from bulq import client_mistakes, limits, sessions
from bulq.domain.errors import BulqError, NotSignedIn
from bulq.operations import operate
from bulq.rooms import MOST_LOOKS, Rooms

log = logging.getLogger(__name__)

NAME = "/live"


class Looking(AsyncNamespace):
    def __init__(self, rooms: Rooms) -> None:
        super().__init__(NAME)
        self._rooms = rooms
        self._tokens: dict[str, tuple[str, str]] = {}  # socket → token, address

    async def on_connect(self, socket: str, environ: dict[str, Any], auth: Any = None) -> None:
        """The cookie of the handshake says who it is; what the page looks at already comes along."""
        token = sessions.token_in(environ.get("HTTP_COOKIE", "")) or ""
        try:
            await self._rooms.enter(socket, sessions.token_hash(token))
        except NotSignedIn:
            raise ConnectionRefusedError("signed_out") from None
        except BulqError as error:
            raise ConnectionRefusedError(error.key) from None
        except Exception:
            log.exception("a page could not begin to look")
            raise ConnectionRefusedError("unexpected") from None
        if not self._is_open(socket):  # it left meanwhile, and nobody will say so any more
            self._rooms.gone(socket)
            raise ConnectionRefusedError("gone")
        self._tokens[socket] = (token, _address(environ))
        looks = auth.get("looks") if isinstance(auth, dict) else None
        if isinstance(looks, list):
            assert self.server is not None
            self.server.start_background_task(self._look_at_all, socket, looks[:MOST_LOOKS])

    def _is_open(self, socket: str) -> bool:
        assert self.server is not None
        return self.server.manager.eio_sid_from_sid(socket, NAME) in self.server.eio.sockets

    async def _look_at_all(self, socket: str, looks: list[Any]) -> None:
        for look in looks:
            if isinstance(look, dict) and isinstance(look.get("at"), str):
                answer = await self.on_look(socket, look)
                await self.emit("state", {"at": look["at"], **answer}, to=socket)

    def on_disconnect(self, socket: str, *_reason: Any) -> None:
        self._tokens.pop(socket, None)
        self._rooms.gone(socket)

    async def on_look(self, socket: str, look: Any = None, *_more: Any) -> dict[str, Any]:
        if socket not in self._tokens or not isinstance(look, dict):
            return {"gone": True}
        if self._rooms.is_full(socket):
            client_mistakes.note("looking at too much", self._tokens[socket][1])
        return await self._rooms.look(socket, look.get("at"), look.get("tag"))

    async def on_leave(self, socket: str, address: Any = None, *_more: Any) -> None:
        self._rooms.leave(socket, address)

    async def on_here(self, socket: str, *_more: Any) -> bool:
        """A page asks whether anybody is there."""
        return True

    async def on_do(self, socket: str, operation: Any = None, *_more: Any) -> dict[str, Any]:
        """{"result": …}, or {"error": key, "values": {…}, "field": …, "status": …} of what was refused."""
        if socket not in self._tokens:
            return refusal(NotSignedIn())
        token, address = self._tokens[socket]
        try:
            return {"result": orjson.Fragment(await operate(orjson.dumps(operation), token, address=address))}
        except BulqError as error:
            return refusal(error)
        except orjson.JSONEncodeError:  # half of an emoji
            client_mistakes.note("a malformed operation", address)
            return {"error": "malformed_operation", "status": 422}
        except Exception:
            log.exception("an operation failed")
            return {"error": "unexpected", "status": 500}

    async def trigger_event(self, event: str, *arguments: Any) -> Any:
        """Other names are a client's mistake, and no reason for a stack trace."""
        if getattr(self, f"on_{event}", None) is None:
            return None
        return await super().trigger_event(event, *arguments)


def refusal(error: BulqError) -> dict[str, Any]:
    return {"error": error.key, "values": error.values, "field": error.field, "status": error.status}


def _address(environ: dict[str, Any]) -> str:
    scope = environ.get("asgi.scope") or {}
    client = scope.get("client") or ("unknown", 0)
    return limits.address(client[0], [environ.get("HTTP_X_FORWARDED_FOR", "")])
