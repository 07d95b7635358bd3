"""The page of an invitation with its title and preview in the HTML itself, and the link as a QR code.

Chats and search engines show what stands in the HTML as it is served; they run no scripts.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from html import escape
from typing import Annotated

from babel.lists import format_list
from fastapi import APIRouter, Path, Request, Response

from bulq import i18n, limits, origins, qr
from bulq.api.problems import PROBLEM, ProblemRoute, language_of
from bulq.api.views import SHAPES, public_edition
from bulq.config import settings
from bulq.domain.errors import NotFound, TooMany
from bulq.headers import PAGES
from bulq.queries.asking import Token
from bulq.queries.invitations import Invitation
from bulq.views import PUBLIC, PUBLIC_VIEWS

SHELL = "__spa-fallback.html"  # the built page of every address that has none of its own
PICTURE = "/preview.png"
SIZE = (1200, 630)
STORES = 3  # that the preview names
HEADERS = {"Cache-Control": "private, no-cache", "Vary": "Cookie, Accept-Language", "X-Robots-Tag": "noindex"}

InAddress = Annotated[str, Path(json_schema_extra=SHAPES[Token])]
INVITATION = next(view for view in PUBLIC_VIEWS if view.facts is Invitation)

page = APIRouter()
router = APIRouter(route_class=ProblemRoute, responses=PROBLEM, tags=["views"])


@page.api_route("/invite/{token}", methods=["GET", "HEAD"], include_in_schema=False)
async def invite_page(request: Request, token: str) -> Response:
    """The same page as without a preview, 404 where the link leads nowhere; whoever asks too often gets no preview."""
    status, head = 200, ""
    try:
        limits.spend(settings.api_per_minute, "api", limits.address_of(request))
        found = await public_edition(request, INVITATION, token=token)
        head = _head(found.facts, _address(request, f"/invite/{token}"), _address(request, PICTURE), request)
    except TooMany:
        pass
    except NotFound:
        status = 404
    return Response(_shell().replace("</head>", f"{head}</head>", 1), status, HEADERS, "text/html; charset=utf-8")


@router.get(
    f"/{PUBLIC}invitations/{{token}}/qr.svg",
    response_class=Response,
    responses={200: {"description": "A picture of the link", "content": {"image/svg+xml": {}}}},
    summary="The link of an invitation as a QR code",
)
async def qr_code(request: Request, token: InAddress) -> Response:
    await public_edition(request, INVITATION, token=token)
    drawn = qr.svg(_address(request, f"/invite/{token}"))
    return Response(drawn, headers={"Cache-Control": "private, no-cache"}, media_type="image/svg+xml")


def _address(request: Request, path: str) -> str:
    return origins.own_address(request.url.scheme, request.headers) + path


@cache
def _shell() -> str:
    try:
        return (PAGES / SHELL).read_text("utf-8")
    except OSError:  # while developing, pages are served by Vite
        raise NotFound() from None


def _head(group: Invitation, address: str, picture: str, request: Request) -> str:
    language = language_of(request)
    title = i18n.text("invite.preview_title", language, group=group.name)
    detail = i18n.text("invite.preview_detail", language, count=group.members, name=group.made_by)
    if stores := list(dict.fromkeys(run.store for run in group.runs))[:STORES]:
        listed = format_list(stores, locale=i18n.locale(language))
        detail = f"{detail} {i18n.text('invite.preview_runs', language, stores=listed)}"
    properties = {
        "og:type": "website",
        "og:site_name": "Bulq",
        "og:title": title,
        "og:description": detail,
        "og:url": address,
        "og:image": picture,
        "og:image:width": str(SIZE[0]),
        "og:image:height": str(SIZE[1]),
        "og:image:alt": i18n.text("invite.preview_picture", language),
    }
    named = {"description": detail, "robots": "noindex", "twitter:card": "summary_large_image"}
    shown = i18n.text("invite.page_title", language, group=group.name)
    return f"<title>{escape(shown)} · Bulq</title>" + _tags("property", properties) + _tags("name", named)


def _tags(kind: str, values: Mapping[str, str]) -> str:
    return "".join(f'<meta {kind}="{name}" content="{escape(value)}"/>' for name, value in values.items())
