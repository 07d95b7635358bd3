"""What the last integrity report found, as the job remembers it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bulq.i18n import text
from bulq.models import JobRun

JOB = KIND = "integrity"  # of the job, and of the incident while something is wrong
LONGEST = 1000  # characters that a job's row holds


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong: `kind` names its texts under "integrity", `detail` says where and how much."""

    kind: str
    detail: str = ""

    @property
    def words(self) -> str:
        return text(f"integrity.{self.kind}", detail=self.detail)

    @property
    def remedy(self) -> str:
        return text(f"integrity.{self.kind}_remedy")


@dataclass(frozen=True, slots=True)
class Report:
    """`made_at` is None before the first one."""

    made_at: datetime | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def troubles(self) -> dict[str, str]:
        """The kind of an open incident, with its reason in words."""
        return {KIND: " ".join(each.words for each in self.findings)[:LONGEST]} if self.findings else {}


def last_report(session: Session) -> Report:
    run = session.get(JobRun, JOB)
    if run is None or run.started_at is None:
        return Report()
    lines = [line.partition(" ") for line in run.error.splitlines()]
    known = tuple(Finding(kind, detail) for kind, _, detail in lines if kind in KINDS)
    if run.error and not known:  # the job itself failed
        known = (Finding("not_made", run.error),)
    return Report(run.started_at, known)


def remembered(findings: Iterable[Finding]) -> str:
    """For the job's row: a line each, as many whole ones as there is room for."""
    lines, size = list[str](), 0
    for each in findings:
        line = f"{each.kind} {' '.join(each.detail.split())[:150]}"
        if (size := size + len(line) + 1) > LONGEST:
            break
        lines.append(line)
    return "\n".join(lines)


KINDS = (
    "items",
    "allocations",
    "ledger",
    "balances",
    "costs",
    "postings",
    "kept_balances",
    "orphans",
    "search_terms",
    "payouts",
    "files",
    "attachments_missing",
    "attachments_left",
    "backup_files",
    "backup_damaged",
    "no_backups",
    "open_backups",
    "no_alerts",
    "disk",
    "revision",
    "not_made",
)
