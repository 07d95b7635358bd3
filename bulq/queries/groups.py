"""Groups: the home page's cards, the group page, the manage page, an invitation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.errors import NotFound
from bulq.domain.phases import FINAL, OPEN, FairRule, Phase
from bulq.models import Bid, Group, Membership, Participant, Run, Store, User
from bulq.queries.access import group_for, may_be_token
from bulq.queries.people import Member, members_of

PAGE = 20


@dataclass(frozen=True, slots=True)
class RunLine:
    id: UUID
    group_id: UUID
    store: str
    phase: Phase
    shopping_day: date | None
    bids_close_at: datetime | None
    leader_id: UUID
    leader: str
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class GroupCard:
    id: UUID
    name: str
    time_zone: str
    members: int
    runs: tuple[RunLine, ...]
    open_runs: int
    done_runs: int


@dataclass(frozen=True, slots=True)
class Need:
    """Something that waits for the viewer: "bid", "ready", "start", "shop", "adjust", "hand_out", "pick_up"."""

    kind: str
    run: RunLine
    group: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class HomeView:
    needs: tuple[Need, ...]
    groups: tuple[GroupCard, ...]


@dataclass(frozen=True, slots=True)
class GroupView:
    id: UUID
    name: str
    currency: str
    time_zone: str
    is_admin: bool
    invite_token: str
    joining_open: bool
    members: tuple[Member, ...]
    open_runs: tuple[RunLine, ...]
    ended_runs: tuple[RunLine, ...]
    page: int
    pages: int
    ended_count: int


@dataclass(frozen=True, slots=True)
class ManageView:
    id: UUID
    name: str
    currency: str
    time_zone: str
    fair_rule: FairRule
    invite_token: str
    joining_open: bool
    currency_fixed: bool
    is_admin: bool
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class InvitePreview:
    group_id: UUID
    name: str
    made_by: str
    members: int


def run_lines():
    return (
        select(
            col(Run.id),
            col(Run.group_id),
            col(Store.name),
            col(Run.phase),
            col(Run.shopping_day),
            col(Run.bids_close_at),
            col(Run.leader_id),
            col(User.name),
            col(Run.created_at),
            col(Run.ended_at),
        )
        .join(Store, col(Store.id) == col(Run.store_id))
        .join(User, col(User.id) == col(Run.leader_id))
    )


CARD_RUNS = 4  # open runs a card shows; the group page has them all


def home(session: Session, viewer: Actor) -> HomeView:
    """My groups as cards with their open runs, and what waits for me. Five queries however many groups."""
    mine = select(col(Membership.group_id)).where(col(Membership.user_id) == viewer.id)
    groups = session.execute(
        select(col(Group.id), col(Group.name), col(Group.time_zone), func.count(col(Membership.id)))
        .join(Membership, col(Membership.group_id) == col(Group.id))
        .where(col(Group.id).in_(mine), col(Group.closed_at).is_(None))
        .group_by(col(Group.id), col(Group.name), col(Group.time_zone))
        .order_by(func.lower(col(Group.name)), col(Group.id))
    ).all()
    lines = [
        RunLine(*row)
        for row in session.execute(
            run_lines()
            .where(col(Run.group_id).in_(mine), col(Run.phase).in_(OPEN))
            .order_by(col(Run.shopping_day).is_(None), col(Run.shopping_day), col(Run.id))
        )
    ]
    done = dict(
        session.execute(
            select(col(Run.group_id), func.count())
            .where(col(Run.group_id).in_(mine), col(Run.phase) == Phase.COMPLETED)
            .group_by(col(Run.group_id))
        ).all()
    )
    cards: list[GroupCard] = []
    for group_id, name, time_zone, members in groups:
        runs = [line for line in lines if line.group_id == group_id]
        cards.append(
            GroupCard(group_id, name, time_zone, members, tuple(runs[:CARD_RUNS]), len(runs), done.get(group_id, 0))
        )
    return HomeView(_needs(session, viewer, lines, {card.id: card for card in cards}), tuple(cards))


NEEDS = 8


def _needs(session: Session, viewer: Actor, lines: list[RunLine], cards: dict[UUID, GroupCard]) -> tuple[Need, ...]:
    open_ids = select(col(Run.id)).where(col(Run.phase).in_(OPEN))
    places = {
        place.run_id: place
        for place in session.execute(
            select(Participant).where(col(Participant.user_id) == viewer.id, col(Participant.run_id).in_(open_ids))
        ).scalars()
    }
    bidding = set(
        session.execute(
            select(col(Bid.run_id)).where(col(Bid.user_id) == viewer.id, col(Bid.run_id).in_(open_ids)).distinct()
        ).scalars()
    )
    needs: list[Need] = []
    for line in lines:
        card = cards.get(line.group_id)
        kind = _need(line, viewer, places.get(line.id), line.id in bidding)
        if kind and card:
            needs.append(Need(kind, line, card.name, card.time_zone))
    return tuple(needs[:NEEDS])


def _need(line: RunLine, viewer: Actor, place: Participant | None, has_bid: bool) -> str | None:
    """What the run asks of the viewer now, if anything."""
    leads = line.leader_id == viewer.id
    helps = leads or (place is not None and place.helper_since is not None)
    match line.phase:
        case Phase.PLANNING | Phase.ACTIVE if not has_bid:
            return "bid"
        case Phase.ACTIVE if place is not None and place.ready_at is None:
            return "ready"
        case Phase.CONFIRMED if leads:
            return "start"
        case Phase.SHOPPING if helps:
            return "shop"
        case Phase.ADJUSTING if has_bid or leads:
            return "adjust"
        case Phase.DISTRIBUTING if leads:
            return "hand_out"
        case Phase.DISTRIBUTING if has_bid:
            return "pick_up"
        case _:
            return None


def group_page(session: Session, viewer: Actor, group_id: UUID, *, page: int = 1) -> GroupView:
    """A group: members, open runs, and a page of 20 of those that ended, newest first."""
    access = group_for(session, viewer, group_id)
    group = access.group
    open_runs = session.execute(
        run_lines()
        .where(col(Run.group_id) == group_id, col(Run.phase).in_(OPEN))
        .order_by(col(Run.shopping_day).is_(None), col(Run.shopping_day), col(Run.id))
    )
    ended = (col(Run.group_id) == group_id) & col(Run.phase).in_(FINAL)
    count = session.execute(select(func.count()).select_from(Run).where(ended)).scalar_one()
    pages = max(1, -(-count // PAGE))
    page = min(max(1, page), pages)
    ended_runs = session.execute(
        run_lines()
        .where(ended)
        .order_by(col(Run.ended_at).desc(), col(Run.id).desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return GroupView(
        group.id,
        group.name,
        group.currency,
        group.time_zone,
        access.membership.is_admin,
        group.invite_token,
        group.joining_open,
        tuple(members_of(session, group_id)),
        tuple(RunLine(*row) for row in open_runs),
        tuple(RunLine(*row) for row in ended_runs),
        page,
        pages,
        count,
    )


def manage_page(session: Session, viewer: Actor, group_id: UUID) -> ManageView:
    """Every member may look: the invite link is theirs to share. Changing is for admins."""
    access = group_for(session, viewer, group_id)
    group = access.group
    had_run = session.execute(select(col(Run.id)).where(col(Run.group_id) == group_id).limit(1)).first() is not None
    return ManageView(
        group.id,
        group.name,
        group.currency,
        group.time_zone,
        group.fair_rule,
        group.invite_token,
        group.joining_open,
        had_run,
        access.membership.is_admin,
        tuple(members_of(session, group_id)),
    )


def invite_preview(session: Session, token: str) -> InvitePreview:
    """What anybody with the link may know, signed in or not. A closed group tells nothing."""
    if not may_be_token(token):
        raise NotFound("invite_unknown")
    found = session.execute(
        select(col(Group.id), col(Group.name), col(User.name), func.count(col(Membership.id)))
        .join(User, col(User.id) == col(Group.created_by))
        .join(Membership, col(Membership.group_id) == col(Group.id))
        .where(
            col(Group.invite_token) == token,
            col(Group.joining_open).is_(True),
            col(Group.closed_at).is_(None),
        )
        .group_by(col(Group.id), col(Group.name), col(User.name))
    ).first()
    if found is None:
        raise NotFound("invite_unknown")
    return InvitePreview(*found)
