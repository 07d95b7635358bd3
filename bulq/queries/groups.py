"""Groups: the home page's cards, the group page, the manage page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.goodwill import GoodwillBound
from bulq.domain.paging import page_of
from bulq.domain.phases import FINAL, OPEN, FairRule, Phase
from bulq.models import Bid, Group, ListItem, Membership, Participant, Payment, Posting, Run, Store, User
from bulq.queries.access import group_for
from bulq.queries.households import settled_by
from bulq.queries.money_needs import MoneyNeed, money_needs
from bulq.queries.people import Member, members_of
from bulq.queries.stand_ins import KeptPlace, kept_places

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
class EndedRun(RunLine):
    """`total` is what was paid at the store, in minor units."""

    total: int


@dataclass(frozen=True, slots=True)
class GroupCard:
    """`balance` is what the viewer settles, also for their household, in minor units: above 0 the others owe it."""

    id: UUID
    name: str
    time_zone: str
    currency: str
    members: int
    runs: tuple[RunLine, ...]
    open_runs: int
    done_runs: int
    balance: int


@dataclass(frozen=True, slots=True)
class Need:
    """Something that waits for the viewer: "bid", "ready", "start", "shop", "adjust", "hand_out", "pick_up"."""

    id: UUID  # of the run
    kind: str
    run: RunLine
    group: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class HomeView:
    needs: tuple[Need, ...]
    payments: tuple[MoneyNeed, ...]
    groups: Mapping[str, GroupCard]


@dataclass(frozen=True, slots=True)
class GroupView:
    id: UUID
    name: str
    currency: str
    time_zone: str
    invite_token: str
    joining_open: bool
    members: tuple[Member, ...]
    open_runs: Mapping[str, RunLine]
    ended_runs: tuple[EndedRun, ...]
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
    goodwill_bound: GoodwillBound
    invite_token: str
    joining_open: bool
    confirm_after_days: int | None
    currency_fixed: bool
    price_per_km: int | None
    debt_limit: int | None
    members: tuple[Member, ...]
    awaited: tuple[KeptPlace, ...]


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
    """My groups as cards with their open runs, and what waits for me. Three queries however many groups."""
    lines: dict[UUID, list[RunLine]] = defaultdict(list)
    asked: list[tuple[str, RunLine]] = []
    for row in session.execute(_my_open_runs(viewer)):
        line = RunLine(*row[:-3])
        lines[line.group_id].append(line)
        if kind := _need(line, viewer, _Place(*row[-3:])):
            asked.append((kind, line))
    cards = [
        GroupCard(
            group_id, name, zone, currency, people, tuple(lines[group_id][:CARD_RUNS]), len(lines[group_id]), done, mine
        )
        for group_id, name, zone, currency, people, done, mine in session.execute(_my_groups(viewer))
    ]
    of = {card.id: card for card in cards}  # without the groups that are closed
    here = ((kind, line, of[line.group_id]) for kind, line in asked if line.group_id in of)
    needs = (Need(line.id, kind, line, card.name, card.time_zone) for kind, line, card in islice(here, NEEDS))
    return HomeView(tuple(needs), money_needs(session, viewer), {str(card.id): card for card in cards})


NEEDS = 8


class _Place(NamedTuple):
    """The viewer's part in a run."""

    helper_since: datetime | None
    ready_at: datetime | None
    has_bid: bool


def _my_groups(viewer: Actor):
    """With how many members, how many runs that are done, and what the viewer settles, each by its own index."""
    in_it = select(func.count()).where(col(Membership.group_id) == col(Group.id))
    done = select(func.count()).where(col(Run.group_id) == col(Group.id), col(Run.phase) == Phase.COMPLETED)
    mine = select(col(Membership.group_id)).where(col(Membership.user_id) == viewer.id)
    return (
        select(
            col(Group.id),
            col(Group.name),
            col(Group.time_zone),
            col(Group.currency),
            in_it.correlate(Group).scalar_subquery(),
            done.correlate(Group).scalar_subquery(),
            settled_by(viewer.id),
        )
        .where(col(Group.id).in_(mine), col(Group.closed_at).is_(None))
        .order_by(func.lower(col(Group.name)), col(Group.id))
    )


def _my_open_runs(viewer: Actor):
    """The open runs of my groups, the next one first, each with my place in it."""
    mine = aliased(Membership)
    # One look into the index per run: as EXISTS it would read all the bids the viewer ever made.
    bid = select(col(Bid.id)).where(col(Bid.run_id) == col(Run.id), col(Bid.user_id) == viewer.id).limit(1)
    has_bid = bid.correlate(Run).scalar_subquery().is_not(None)
    return (
        run_lines()
        .add_columns(col(Participant.helper_since), col(Participant.ready_at), has_bid)
        .join(mine, (col(mine.group_id) == col(Run.group_id)) & (col(mine.user_id) == viewer.id))
        .outerjoin(Participant, (col(Participant.run_id) == col(Run.id)) & (col(Participant.user_id) == viewer.id))
        .where(col(Run.phase).in_(OPEN))
        .order_by(col(Run.shopping_day).is_(None), col(Run.shopping_day), col(Run.id))
    )


def _need(line: RunLine, viewer: Actor, place: _Place) -> str | None:
    """What the run asks of the viewer now, if anything."""
    leads = line.leader_id == viewer.id
    helps = leads or place.helper_since is not None
    match line.phase:
        case Phase.PLANNING | Phase.ACTIVE if not place.has_bid:
            return "bid"
        case Phase.ACTIVE if place.ready_at is None:
            return "ready"
        case Phase.CONFIRMED if leads:
            return "start"
        case Phase.SHOPPING if helps:
            return "shop"
        case Phase.ADJUSTING if place.has_bid or leads:
            return "adjust"
        case Phase.DISTRIBUTING if leads:
            return "hand_out"
        case Phase.DISTRIBUTING if place.has_bid:
            return "pick_up"
        case _:
            return None


def group_page(session: Session, viewer: Actor, group_id: UUID, *, page: int = 1) -> GroupView:
    """A group: members, open runs, and a page of 20 of those that ended, newest first. The same for all members."""
    access = group_for(session, viewer, group_id)
    group = access.group
    open_runs = session.execute(
        run_lines()
        .where(col(Run.group_id) == group_id, col(Run.phase).in_(OPEN))
        .order_by(col(Run.shopping_day).is_(None), col(Run.shopping_day), col(Run.id))
    )
    ended = (col(Run.group_id) == group_id) & col(Run.phase).in_(FINAL)
    count = session.execute(select(func.count()).select_from(Run).where(ended)).scalar_one()
    page, pages = page_of(page, count, PAGE)
    paid = select(func.coalesce(func.sum(col(ListItem.line_total)), 0)).where(col(ListItem.run_id) == col(Run.id))
    ended_runs = session.execute(
        run_lines()
        .add_columns(paid.correlate(Run).scalar_subquery())
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
        group.invite_token,
        group.joining_open,
        tuple(members_of(session, group_id)),
        {str(row[0]): RunLine(*row) for row in open_runs},
        tuple(EndedRun(*row[:-1], total=int(row[-1])) for row in ended_runs),
        page,
        pages,
        count,
    )


def currency_is_fixed(session: Session, group_id: UUID) -> bool:
    """Whether the group has sums in its currency: of a run, a payment, or what was taken over from elsewhere."""
    sums = [select(col(table.id)).where(col(table.group_id) == group_id).limit(1) for table in (Run, Payment, Posting)]
    return bool(session.execute(select(or_(*(each.exists() for each in sums)))).scalar())


def manage_page(session: Session, viewer: Actor, group_id: UUID) -> ManageView:
    """Every member may look: the invite link is theirs to share. Changing is for admins."""
    access = group_for(session, viewer, group_id)
    group = access.group
    had_run = currency_is_fixed(session, group_id)
    return ManageView(
        group.id,
        group.name,
        group.currency,
        group.time_zone,
        group.fair_rule,
        group.goodwill_bound,
        group.invite_token,
        group.joining_open,
        group.confirm_after_days,
        had_run,
        group.price_per_km,
        group.debt_limit,
        tuple(members_of(session, group_id)),
        tuple(kept_places(session, group_id)),
    )
