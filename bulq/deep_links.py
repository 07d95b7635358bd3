"""A page's address answers at once: without a detour to the same address with a slash at its end."""

from __future__ import annotations

from pathlib import PurePosixPath

from starlette.types import ASGIApp, Receive, Scope, Send

from bulq.headers import PAGES


class DeepLinks:
    """ASGI middleware. Reflex looks for the built page of an address only when that ends with a slash."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and _is_page(scope["path"]):
            scope = {**scope, "path": f"{scope['path']}/", "raw_path": scope["path"].encode() + b"/"}
        await self.app(scope, receive, send)


def _is_page(path: str) -> bool:
    parts = PurePosixPath(path).parts[1:]
    if path.endswith("/") or not parts or not all(part.replace("-", "").isalnum() for part in parts):
        return False
    return PAGES.joinpath(*parts, "index.html").is_file()
