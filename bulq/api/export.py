"""A run as a table for a spreadsheet: one line per person and product."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Annotated, Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.security import APIKeyCookie
from sqlalchemy.orm import Session

from bulq import db, sessions
from bulq.api.problems import PROBLEM, ProblemRoute, language_of
from bulq.domain.actor import Actor
from bulq.domain.errors import Forbidden, NotFound
from bulq.domain.phases import Phase
from bulq.i18n import exponent, text, unit_name
from bulq.queries.runs import RunView, run_view
from bulq.queries.statements import StatementsView, run_statements
from bulq.services.accounts import actor_for

P = ParamSpec("P")
R = TypeVar("R")
Row = tuple[str, ...]

COLUMNS = ("person", "username", "product", "brand", "unit", "wanted", "got", "cost", "currency")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

router = APIRouter(route_class=ProblemRoute, responses=PROBLEM, tags=["runs"])
session_cookie = APIKeyCookie(name=sessions.cookie_name(), scheme_name="session", auto_error=False)


@router.get(
    "/runs/{run_id}/export.csv",
    response_class=Response,
    responses={200: {"description": "The table", "content": {"text/csv": {"schema": {"type": "string"}}}}},
    dependencies=[Depends(session_cookie)],
    summary="Wanted, got and cost per person and product",
)
async def export_run(request: Request, run_id: Annotated[str, Path(json_schema_extra={"format": "uuid"})]) -> Response:
    """For participants. Until the goods are given out it has the bids alone."""
    token = sessions.token_in(request.headers.get("cookie", ""))
    view, statements = await db.read(_as_viewer, token, _export, _id(run_id))
    body = table(view, statements, language_of(request))
    name = f"bulq-{view.shopping_day or view.history[0].entered_at.date()}-{view.id[-6:]}.csv"
    # With a byte order mark spreadsheets read the letters right.
    return Response(
        body.encode("utf-8-sig"),
        media_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"},
    )


def _id(text: str) -> UUID:
    try:
        return UUID(text[:40])
    except ValueError:
        raise NotFound() from None


def _as_viewer(
    session: Session,
    token: str | None,
    view: Callable[Concatenate[Session, Actor, P], R],
    *args: P.args,
    **kwargs: P.kwargs,
) -> R:
    return view(session, actor_for(session, token, now=datetime.now(UTC)), *args, **kwargs)


def _export(session: Session, viewer: Actor, run_id: UUID) -> tuple[RunView, StatementsView | None]:
    run = run_view(session, viewer, run_id)
    if str(viewer.id) not in {person.user_id for person in run.people}:
        raise Forbidden("participants_only")
    given_out = run.phase in (Phase.DISTRIBUTING, Phase.COMPLETED)
    return run, run_statements(session, viewer, run_id) if given_out else None


def table(run: RunView, statements: StatementsView | None, language: str = "en") -> str:
    """The run as CSV. Numbers have a point and no groups, so that every program reads them."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([text(f"export.{column}", language) for column in COLUMNS])
    rows = _bids(run, language) if statements is None else _statements(statements, run.currency, language)
    for row in rows:
        writer.writerow([_harmless(cell) for cell in row])
    return out.getvalue()


def _bids(run: RunView, language: str) -> Iterable[Row]:
    people = {person.user_id: person for person in run.people}
    rows: list[Row] = []
    for product in run.products:
        for bid in product.bids:
            wanted = bid.quantity if bid.wanted is None else bid.wanted
            person = people.get(bid.user_id)
            if wanted is not None and person is not None:
                unit = unit_name(product.unit, language)
                goods = (product.name, product.brand, unit, _plain(wanted, 3))
                rows.append((person.name, person.username, *goods, "", "", run.currency))
    return sorted(rows, key=lambda row: (row[0].casefold(), row[1]))


def _statements(view: StatementsView, currency: str, language: str) -> Iterable[Row]:
    places = exponent(currency)
    for person in sorted(view.people, key=lambda person: (person.name.casefold(), person.username)):
        for line in person.lines:
            unit = unit_name(line.unit, language)
            amounts = (_plain(line.wanted, 3), _plain(line.got, 3), _plain(line.cost, places, padded=True))
            yield (person.name, person.username, line.product, line.brand, unit, *amounts, currency)
    for left in view.left_over:
        unit = unit_name(left.unit, language)
        amounts = ("", _plain(left.quantity, 3), _plain(left.cost, places, padded=True))
        yield (text("export.left_over", language), "", left.product, "", unit, *amounts, currency)


def _plain(number: int, places: int, *, padded: bool = False) -> str:
    """An integer of 10**-places in digits: "2.5", or with `padded` "2.50"."""
    sign, digits = ("-" if number < 0 else ""), str(abs(number)).rjust(places + 1, "0")
    whole, fraction = (digits[:-places], digits[-places:]) if places else (digits, "")
    fraction = fraction if padded else fraction.rstrip("0")
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def _harmless(cell: Any) -> str:
    """A spreadsheet must not take a name for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
