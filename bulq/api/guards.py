"""What stands before every call: how often, and from which site."""

from __future__ import annotations

from fastapi import Request
from fastapi.security import APIKeyCookie

from bulq import limits, origins, pacing, sessions
from bulq.config import settings
from bulq.domain.errors import Forbidden

READING = {"GET", "HEAD", "OPTIONS"}


# Told to whoever reads the API's description; `token_of` is what reads it.
session_cookie = APIKeyCookie(name=sessions.cookie_name(), scheme_name="session", auto_error=False)


def token_of(request: Request) -> str | None:
    """The session token the request carries."""
    return sessions.token_in(cookies_of(request))


def cookies_of(request: Request) -> str:
    """All cookies in one header's form: HTTP/2 may send them in several."""
    return "; ".join(request.headers.getlist("cookie"))


async def limit_calls(request: Request) -> None:
    """Whoever is known to be signed in has a budget of their own: many people may share one address."""
    token_hash = sessions.token_hash(token_of(request) or "")
    person = pacing.person_of(token_hash)
    limits.spend(settings.api_per_minute, "api", limits.address_of(request) if person == token_hash else person)


async def same_site_only(request: Request) -> None:
    """Refuse changes another site makes with our visitor's cookie, or by which it would sign them in as somebody else.

    Browsers say where a request comes from in `Sec-Fetch-Site` (over HTTPS and on localhost) and in `Origin`. Without
    either it is no browser, so nobody's cookie can be borrowed; one that carries a cookie all the same is refused.
    """
    if request.method not in READING and not _from_here(request):
        raise Forbidden("cross_site")


def _from_here(request: Request) -> bool:
    if site := request.headers.get("sec-fetch-site"):
        return site in ("same-origin", "none")
    if origin := request.headers.get("origin"):
        return origins.same_host(origin, request.headers.get("host", ""))
    return not any(sessions.cookie_values(cookies_of(request), sessions.cookie_name()))
