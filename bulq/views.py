"""The views by their addresses: what pages look at live, other programs GET, and browsers keep.

An address names a view and what it is of, such as "runs/018f…/shopping" or "stores/018f…?page=2". It is the same on
the live socket, under /api/v1/, and in a browser's storage.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Generic, TypeVar, get_type_hints
from urllib.parse import quote, unquote
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.errors import NotFound
from bulq.domain.notices import Concern
from bulq.models import Membership
from bulq.queries.accounts import me
from bulq.queries.asking import Amount, Asked, Currency, Token
from bulq.queries.case_proposals import case_proposals
from bulq.queries.groups import GroupView, ManageView, group_page, home, manage_page
from bulq.queries.invitations import invitation
from bulq.queries.money import MoneyView, money_page
from bulq.queries.notices import NotificationsView, notifications
from bulq.queries.payment_code import payment_code
from bulq.queries.payouts import payouts
from bulq.queries.pick_up import pick_up
from bulq.queries.product import product_facts
from bulq.queries.receipts import receipts_view
from bulq.queries.registration import registration_view
from bulq.queries.resets import ResetView, reset_view
from bulq.queries.run_facts import reread_bids, run_facts
from bulq.queries.savings import savings_view
from bulq.queries.settling import settling
from bulq.queries.shares import fair_split
from bulq.queries.shopping import shopping_list
from bulq.queries.spoilage import spoiled_view
from bulq.queries.stand_ins import claim_view
from bulq.queries.statement import statement_view
from bulq.queries.stores import store_page
from bulq.queries.topics import (
    group_topics,
    header_topics,
    own_topics,
    payment_code_topics,
    product_topics,
    run_tags_topics,
    run_topics,
    store_topics,
)

F = TypeVar("F")

LONGEST = 1000  # characters of an address
# What stands in an address for an argument of this type, and how it is read.
PARTS: dict[Any, str] = {
    UUID: "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    int: "[1-9][0-9]{0,5}",
    Amount: "[1-9][0-9]{0,13}",
    Currency: "[A-Z]{3}",
    Asked: "[^&#?\\s]+",
    Token: "[A-Za-z0-9_-]{1,64}",
    Concern | None: "|".join(Concern),
}
READ: dict[Any, Callable[[str], Any]] = {
    UUID: UUID,
    int: int,
    Amount: int,
    Currency: str,
    Asked: unquote,
    Token: str,
    Concern | None: Concern,
}
UNQUOTED = "!'()*"  # as encodeURIComponent leaves them

# Reads what stands in the facts' rows of these keys anew, with all that follows from it; None: not possible.
Reread = Callable[[Session, F, Collection[str]], F | None]


def _nothing(_facts: Any, _viewer: Actor) -> Collection[str]:
    return ()


@dataclass(frozen=True)
class View(Generic[F]):
    """`address` is a template such as "runs/{run_id}/shopping".

    `read(session, viewer, **ids)` returns the facts, or raises NotFound to whoever may not look.
    `topics(facts, viewer)` are those under which what it shows may change.
    `audience(session, facts)` are the ids of the people who may look, and all see the same. A view without an audience
    is read for one viewer at a time.
    """

    name: str
    address: str
    read: Callable[..., F]
    topics: Callable[[F, Actor], Collection[str]] = _nothing
    audience: Callable[[Session, F], frozenset[str]] | None = None
    reread: Reread[F] | None = None
    facts: type[F] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "facts", get_type_hints(self.read)["return"])

    @cached_property
    def arguments(self) -> dict[str, Any]:
        """What `read` takes beside session and viewer, with the types."""
        hints = get_type_hints(self.read, include_extras=True)
        return {name: hints[name] for name in list(inspect.signature(self.read).parameters)[2:]}

    @cached_property
    def ids(self) -> dict[str, Any]:
        """What the address names."""
        return {name: kind for name, kind in self.arguments.items() if f"{{{name}}}" in self.address}

    @cached_property
    def asks(self) -> dict[str, Any]:
        """What may follow the address in this order, each or none of it: ?q=milk&page=2."""
        return {name: kind for name, kind in self.arguments.items() if name not in self.ids}

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        path = re.sub(r"\{(\w+)\}", lambda name: f"(?P<{name[1]}>{PARTS[self.ids[name[1]]]})", self.address)
        asked = [f"(?:[?&]{name}=(?P<{name}>{PARTS[kind]}))?" for name, kind in self.asks.items()]
        return re.compile(path + "(?!&)" + "".join(asked))

    def arguments_in(self, address: str) -> dict[str, Any] | None:
        if (found := self.pattern.fullmatch(address)) is None:
            return None
        return {name: READ[self.arguments[name]](part) for name, part in found.groupdict().items() if part is not None}

    def address_of(self, **arguments: Any) -> str:
        """The address of these ids, followed by what else is asked."""
        asked = [f"{name}={quote(str(arguments[name]), UNQUOTED)}" for name in self.asks if arguments.get(name)]
        return self.address.format(**arguments) + ("?" + "&".join(asked) if asked else "")


def view_at(address: object, views: Collection[View[Any]]) -> tuple[View[Any], dict[str, Any]]:
    """The view at this address and the arguments in it. Raises NotFound for whatever else a client sends."""
    if isinstance(address, str) and len(address) <= LONGEST:
        for view in views:
            if (arguments := view.arguments_in(address)) is not None:
                return view, arguments
    raise NotFound()


def _group_of(session: Session, facts: Any) -> frozenset[str]:
    """The members of the group that a run belongs to."""
    members = select(col(Membership.user_id)).where(col(Membership.group_id) == UUID(facts.group_id))
    return frozenset(str(user_id) for user_id in session.execute(members).scalars())


def _run_topics(facts: Any, viewer: Actor) -> frozenset[str]:
    return run_topics(facts.id, facts.group_id)


def _members(_session: Session, facts: GroupView | ManageView) -> frozenset[str]:
    return frozenset(str(member.user_id) for member in facts.members)


def _members_of_money(_session: Session, facts: MoneyView) -> frozenset[str]:
    return frozenset(person for person, each in facts.people.items() if each.is_member)


def _topics_of_lines(facts: NotificationsView, viewer: Actor) -> Collection[str]:
    return own_topics(viewer.id, {line.group_id for line in facts.lines.values() if line.group_id and not line.left})


PRIVATE = "private/"  # how the addresses of views begin that no device keeps; assets/live/live.js knows it, too

VIEWS: tuple[View[Any], ...] = (
    View("me", "me", me, lambda facts, viewer: header_topics(viewer.id)),
    View("home", "home", home, lambda facts, viewer: own_topics(viewer.id, facts.groups)),
    View("payouts", f"{PRIVATE}payouts", payouts, lambda facts, viewer: header_topics(viewer.id)),
    View(
        "payment_code",
        f"{PRIVATE}groups/{{group_id}}/pay/{{payee_id}}",
        payment_code,
        lambda facts, viewer: payment_code_topics(facts.group_id, facts.payee_id, viewer.id),
    ),
    View("notifications", "notifications", notifications, _topics_of_lines),
    View("group", "groups/{group_id}", group_page, lambda facts, _viewer: group_topics(facts.id), audience=_members),
    View(
        "manage",
        "groups/{group_id}/manage",
        manage_page,
        lambda facts, _viewer: group_topics(facts.id),
        audience=_members,
    ),
    View(
        "money",
        "groups/{group_id}/money",
        money_page,
        lambda facts, _viewer: group_topics(facts.id),
        audience=_members_of_money,
    ),
    # With what the viewer saved.
    View("savings", "groups/{group_id}/savings", savings_view, lambda facts, _viewer: group_topics(facts.id)),
    View("settling", "groups/{group_id}/settling", settling, lambda facts, _viewer: group_topics(facts.id)),
    View(
        "run",
        "runs/{run_id}",
        run_facts,
        lambda facts, viewer: run_tags_topics(facts.id, facts.group_id),
        audience=_group_of,
        reread=reread_bids,
    ),
    View("pick_up", "runs/{run_id}/pick-up", pick_up, _run_topics, audience=_group_of),
    View("receipts", "runs/{run_id}/receipts", receipts_view, _run_topics, audience=_group_of),
    View("spoiled", "runs/{run_id}/spoiled", spoiled_view, _run_topics, audience=_group_of),
    View("statement", "runs/{run_id}/statements/{user_id}", statement_view, _run_topics, audience=_group_of),
    View("split", "runs/{run_id}/split", fair_split, _run_topics),
    View("cases", "runs/{run_id}/cases", case_proposals, _run_topics),
    View(
        "shopping",
        "runs/{run_id}/shopping",
        shopping_list,
        lambda facts, viewer: run_topics(facts.id, facts.group_id),
        audience=_group_of,
    ),
    # Each viewer's own: prices of a group's list are seen by its members, and runs are those of the viewer's groups.
    View(
        "store",
        "stores/{store_id}",
        store_page,
        lambda facts, viewer: store_topics(facts.id, viewer.id, facts.groups),
    ),
    View(
        "product",
        "products/{product_id}",
        product_facts,
        lambda facts, viewer: product_topics(facts.id, viewer.id),
    ),
)


def _reset(session: Session, _viewer: Actor | None, token: Token) -> ResetView:
    """Whose password a link sets anew, while it can be used."""
    return reset_view(session, token, now=datetime.now(UTC))


PUBLIC = "public/"  # how the addresses of views begin that anybody may read; assets/live/live.js knows it, too

# What anybody may read, signed in or not: the viewer may be None. Nobody is kept up to date on these, nor are they kept
# on a device.
PUBLIC_VIEWS: tuple[View[Any], ...] = (
    View("invitation", f"{PUBLIC}invitations/{{token}}", invitation),
    View("registration", f"{PUBLIC}registration", registration_view),
    View("claim", f"{PUBLIC}claims/{{token}}", claim_view),
    View("reset", f"{PUBLIC}resets/{{token}}", _reset),
)
