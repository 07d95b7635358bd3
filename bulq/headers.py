"""Headers that tell browsers what our answers may do: on every page, file and answer of the API."""

from __future__ import annotations

import os
from collections.abc import Collection
from functools import cache
from http import HTTPStatus
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bulq.config import Environment, settings

# Written by the build, which knows the scripts in the pages: scripts/page_policy.py.
BUILD = Path(os.environ.get("REFLEX_WEB_WORKDIR", ".web")) / "build"
PAGES = BUILD / "client"
PAGE_POLICY = BUILD / "page-policy"
# What is no page loads nothing and is shown in no frame.
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
# The service worker fetches the files that it keeps: assets/offline/worker.js.
WORKER, WORKER_POLICY = "/sw.js", "default-src 'none'; connect-src 'self'; script-src 'self'; frame-ancestors 'none'"
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    # Addresses of invitations are secrets: they go nowhere else.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
HSTS = "max-age=31536000"
FOR_EVER = "public, max-age=31536000, immutable"  # the names of built files change with their content


def page_policy(scripts: Collection[str]) -> str:
    """The Content-Security-Policy of pages; `scripts` are the hashes (sha256-…) of the scripts written into them.

    Styles may be inline: places and sizes that scripts work out are style attributes in the pages as built.
    """
    inline = " ".join(f"'{script}'" for script in sorted(scripts))
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {inline}".strip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


@cache
def _built_policy() -> str:
    try:
        return PAGE_POLICY.read_text("utf-8").strip()
    except OSError:
        return page_policy(())


class SecurityHeaders:
    """ASGI middleware that adds them. What an answer says by itself stays."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add(MutableHeaders(scope=message), message["status"], scope["path"])
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _add(headers: MutableHeaders, status: int, path: str) -> None:
    for name, value in ALWAYS.items():
        headers.setdefault(name, value)
    if status != HTTPStatus.NOT_MODIFIED:  # says no type: what it said of a page would replace the page's own policy
        is_page = headers.get("content-type", "").startswith("text/html")
        other = WORKER_POLICY if path == WORKER else DATA_POLICY
        headers.setdefault("Content-Security-Policy", _built_policy() if is_page else other)
    if status in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED):
        headers.setdefault("Cache-Control", FOR_EVER if path.startswith("/assets/") else "no-cache")
    if settings.env is Environment.PRODUCTION:
        headers.setdefault("Strict-Transport-Security", HSTS)
