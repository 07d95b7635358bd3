"""The dashboard of the admins: figures that matter, and first of all what is wrong."""

from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any

import reflex as rx

from bulq import db, metrics
from bulq.db import Session
from bulq.domain.actor import Actor
from bulq.i18n import count_of, day, size_of, text
from bulq.models import JobRun
from bulq.queries.access import need_server_admin
from bulq.queries.dashboard import Dashboard, Week, dashboard
from bulq.queries.imports import UnverifiedList, unverified_lists
from bulq.queries.integrity import JOB
from bulq.services.catalogue_undo import verify_list
from bulq.state.auth import AdminPage, act, look, now, uuid
from bulq.state.showing import put
from bulq.state.toasts import toast

HELD = 30.0  # seconds: counting the whole server costs more than these figures are worth


# What the server counts and does by these names; another one is shown as it is.
JOBS = {
    "backup": "admin.dashboard.job_backup",
    "deadlines": "admin.dashboard.job_deadlines",
    "sessions": "admin.dashboard.job_sessions",
    "notifications": "admin.dashboard.job_notifications",
    "operations": "admin.dashboard.job_operations",
    "payments": "admin.dashboard.job_payments",
    "alerts": "admin.dashboard.job_alerts",
    "audit": "admin.dashboard.job_audit",
    "uploads": "admin.dashboard.job_uploads",
    "attachments": "admin.dashboard.job_attachments",
    "imports": "admin.dashboard.job_imports",
    "integrity": "admin.dashboard.job_integrity",
}
LIMITS = {
    "login-address": "admin.dashboard.limit_login_address",
    "login-username": "admin.dashboard.limit_login_username",
    "register-address": "admin.dashboard.limit_register",
    "register-username": "admin.dashboard.limit_register_username",
    "reset-address": "admin.dashboard.limit_reset",
    "password": "admin.dashboard.limit_password",
    "api": "admin.dashboard.limit_api",
    "exports": "admin.dashboard.limit_exports",
    "bids": "admin.dashboard.limit_bids",
    "writes": "admin.dashboard.limit_writes",
}


def _known(names: dict[str, str], name: str) -> str:
    return text(names[name]) if name in names else name


@dataclass(frozen=True)
class PhaseRow:
    phase: str
    runs: int


@dataclass(frozen=True)
class WeekRow:
    """`until` is the last day of the week."""

    until: str
    prices: int
    users: int


@dataclass(frozen=True)
class JobRow:
    name: str
    at: str
    took: str
    error: str


@dataclass(frozen=True)
class IncidentRow:
    words: str
    since: str


@dataclass(frozen=True)
class FindingRow:
    words: str
    remedy: str


@dataclass(frozen=True)
class LimitRow:
    kind: str
    refused: str


@dataclass(frozen=True)
class ListRow:
    """A group's own list; `about` is whose it is, by whom and for which store."""

    id: str
    name: str
    about: str
    prices: str
    at: str


class DashboardState(AdminPage, rx.State):
    active: str = ""
    locked: int = 0
    users: str = ""
    groups: str = ""
    products: str = ""
    stores: str = ""
    prices: str = ""
    open_runs: str = ""
    storage: str = ""
    phases: list[PhaseRow] = []
    most_runs: int = 1
    weeks: list[WeekRow] = []
    backups: bool = False
    backup_at: str = ""
    proved_at: str = ""
    backup_size: str = ""
    troubles: list[str] = []
    jobs: list[JobRow] = []
    failed_jobs: int = 0
    incidents: list[IncidentRow] = []
    reported_at: str = ""
    findings: list[FindingRow] = []
    limits: list[LimitRow] = []
    delay: str = ""
    lists: list[ListRow] = []

    async def _show(self) -> None:
        view = await look(self, _held, now=now())
        lists = [_list(each) for each in await look(self, unverified_lists)]
        put(self, **_figures(view), **_work(view), **_process(), lists=lists)

    @rx.event
    async def verify_list(self, import_id: str):
        """Make everybody's what a group's own list says."""
        name = next((row.name for row in self.lists if row.id == str(import_id)), "")
        await act(self, verify_list, uuid(str(import_id)))
        await self._load()
        return toast(text("admin.dashboard.list_verified", name=name))


_kept: dict[object, tuple[float, Dashboard]] = {}  # by the database it is of


def _held(session: Session, viewer: Actor, *, now: datetime) -> Dashboard:
    """The figures as somebody may have seen them half a minute ago."""
    need_server_admin(viewer)
    until, view = _kept.get(engine := db.engine(), (0.0, None))
    if view is None or until < monotonic():
        view = dashboard(session, viewer, now=now)
        _kept.clear()
        _kept[engine] = (monotonic() + HELD, view)
    return view


def _figures(view: Dashboard) -> dict[str, Any]:
    weeks = [_week(week) for week in view.weeks]
    return {
        "active": count_of(view.active),
        "locked": view.locked,
        "users": count_of(view.users),
        "groups": count_of(view.groups),
        "products": count_of(view.products),
        "stores": count_of(view.stores),
        "prices": count_of(weeks[-1].prices),
        "open_runs": count_of(sum(view.phases.values())),
        "storage": size_of(view.storage),
        "phases": [PhaseRow(str(phase), runs) for phase, runs in view.phases.items()],
        "most_runs": max(1, *view.phases.values()),
        "weeks": weeks,
    }


def _week(week: Week) -> WeekRow:
    return WeekRow(day(week.until.date()).split(" ", 1)[1], week.prices, week.users)


def _work(view: Dashboard) -> dict[str, Any]:
    """What the server does by itself."""
    good, health = view.backups.last_good, view.backups
    return {
        "backups": health.expected,
        "backup_at": good.started_at.isoformat() if good else "",
        "proved_at": good.proved_at.isoformat() if good and good.proved_at else "",
        "backup_size": size_of(good.size) if good and good.size else "",
        "troubles": [text(f"notice.{kind}", reason=reason) for kind, reason in health.troubles.items()],
        "jobs": [_job(run) for run in view.jobs],
        "failed_jobs": sum(1 for run in view.jobs if run.error),
        "incidents": [
            IncidentRow(text(f"notice.{each.kind}", reason=each.detail), each.opened_at.isoformat())
            for each in view.incidents
        ],
        "reported_at": view.report.made_at.isoformat() if view.report.made_at else "",
        "findings": [FindingRow(each.words, each.remedy) for each in view.report.findings],
    }


def _list(found: UnverifiedList) -> ListRow:
    about = text("admin.dashboard.list_of", group=found.group, who=found.imported_by)
    prices = text("admin.dashboard.list_prices", count=found.prices)
    named = f"{found.store} · {about}" if found.store else about
    return ListRow(str(found.id), found.name, named, prices, found.taken_at.isoformat())


def _job(run: JobRun) -> JobRow:
    took = text("admin.dashboard.seconds", seconds=f"{run.seconds:.2f}") if run.seconds is not None else ""
    error = text("admin.dashboard.see_report") if run.error and run.name == JOB else run.error
    return JobRow(_known(JOBS, run.name), run.started_at.isoformat() if run.started_at else "", took, error)


def _process() -> dict[str, Any]:
    """What the server counts in memory, since it started."""
    samples = metrics.collected()
    refused = metrics.counts(samples, "bulq_refused_too_many", "kind")
    delay = metrics.quantile(samples, "bulq_room_delay_seconds", 0.95)
    return {
        "limits": [
            LimitRow(_known(LIMITS, kind), count_of(int(times)))
            for kind, times in sorted(refused.items(), key=lambda pair: -pair[1])
            if times
        ],
        "delay": _under(delay),
    }


def _under(delay: float | None) -> str:
    if delay is None:
        return ""
    if delay == float("inf"):
        return text("admin.dashboard.slow")
    return text("admin.dashboard.under", ms=round(delay * 1000))
