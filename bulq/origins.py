"""Which pages may talk to this server: its own, and those the settings name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from bulq.config import settings

MayConnect = Callable[[str | None, Mapping[str, str]], bool]


def same_host(origin: str, host: str) -> bool:
    """Whether the page comes from the address it talks to. Not the scheme: a proxy may end TLS in front of us."""
    return origin.partition("://")[2].lower() == host.lower() != ""


def socket_guard(*, any_port: bool = False) -> MayConnect:
    """Says of an `Origin` and the WSGI environment of a handshake whether the socket may be opened.

    While developing, pages and server have the same name and different ports (`any_port`).
    """

    def may_connect(origin: str | None, environ: Mapping[str, str]) -> bool:
        host = environ.get("HTTP_HOST", "")
        if not origin or origin.lower() in settings.allowed_origins or same_host(origin, host):
            return True
        return any_port and _name(origin) == _name(f"//{host}") is not None

    return may_connect


def own_address(scheme: str, headers: Mapping[str, str]) -> str:
    """Under which whoever asks knows this server, such as https://bulq.example.org.

    Where the settings name addresses it is one of these, whatever a request says of itself.
    """
    host = headers.get("host", "")
    named = [origin for origin in settings.allowed_origins if same_host(origin, host)] or settings.allowed_origins
    if named:
        return named[0]
    told = headers.get("x-forwarded-proto", "") if settings.trusted_proxy_hops else ""
    return f"{told if told in ('http', 'https') else scheme}://{host}"


def _name(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
