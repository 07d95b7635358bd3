"""How the server is doing, at a glance, for its admins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ScalarSelect, func, select, text
from sqlalchemy.orm import Mapped, Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.phases import OPEN, Phase
from bulq.models import Group, Incident, JobRun, PriceObservation, Product, Run, Store, User
from bulq.queries.access import need_server_admin
from bulq.queries.backups import BackupHealth, backup_health, job_runs
from bulq.queries.integrity import Report, last_report

WEEK = timedelta(days=7)
WEEKS = 12
SHOWN = 20  # incidents


@dataclass(frozen=True, slots=True)
class Week:
    """Of the seven days before `until`."""

    until: datetime
    prices: int
    users: int


@dataclass(frozen=True, slots=True)
class Dashboard:
    phases: dict[Phase, int]  # open runs
    active: int  # people seen in the last seven days
    locked: int
    users: int
    groups: int
    products: int
    stores: int
    weeks: tuple[Week, ...]  # oldest first
    storage: int  # bytes of the database
    backups: BackupHealth
    jobs: tuple[JobRun, ...]  # failed ones first
    incidents: tuple[Incident, ...]
    report: Report


def dashboard(session: Session, viewer: Actor, *, now: datetime) -> Dashboard:
    """At most nine statements, each of which counts what an index holds."""
    need_server_admin(viewer)
    phases = session.execute(
        select(col(Run.phase), func.count()).where(col(Run.phase).in_(OPEN)).group_by(col(Run.phase))
    )
    counts: dict[Phase, int] = dict(phases.all())
    active, locked, users, groups, products, stores = session.execute(_totals(now)).one()
    incidents = session.scalars(
        select(Incident)
        .where(col(Incident.closed_at).is_(None))
        .order_by(col(Incident.opened_at).desc(), col(Incident.id).desc())
        .limit(SHOWN)
    )
    return Dashboard(
        {phase: counts.get(phase, 0) for phase in OPEN},
        active,
        locked,
        users,
        groups,
        products,
        stores,
        _weeks(session, now),
        _storage(session),
        backup_health(session, now=now),
        tuple(sorted(job_runs(session), key=lambda run: (not run.error, run.name))),
        tuple(incidents),
        last_report(session),
    )


def _totals(now: datetime):
    here = col(User.deleted_at).is_(None)
    return select(
        select(func.count()).where(col(User.seen_at) > now - WEEK).scalar_subquery(),
        select(func.count()).where(col(User.locked_at).is_not(None), here).scalar_subquery(),
        select(func.count()).select_from(User).where(here).scalar_subquery(),
        select(func.count()).where(col(Group.closed_at).is_(None)).scalar_subquery(),
        select(func.count()).select_from(Product).scalar_subquery(),
        select(func.count()).select_from(Store).scalar_subquery(),
    )


def _weeks(session: Session, now: datetime) -> tuple[Week, ...]:
    ends = [now - WEEK * back for back in reversed(range(WEEKS))]
    stands = col(PriceObservation.withdrawn_at).is_(None)
    prices = [_between(col(PriceObservation.seen_at), end, stands) for end in ends]
    users = [_between(col(User.created_at), end) for end in ends]
    counted = session.execute(select(*prices, *users)).one()
    return tuple(Week(end, counted[n], counted[WEEKS + n]) for n, end in enumerate(ends))


def _between(at: Mapped[datetime], end: datetime, *more: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).where(at > end - WEEK, at <= end, *more).scalar_subquery()


def _storage(session: Session) -> int:
    if session.get_bind().dialect.name == "sqlite":
        return session.scalar(text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")) or 0
    return session.scalar(select(func.pg_database_size(func.current_database()))) or 0
