"""The record of who did what: searched, narrowed down, and each entry in a sentence."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import reflex as rx

from bulq import i18n
from bulq.domain.auditing import topic_of
from bulq.queries.audit import AuditLine, audit_log, sentence
from bulq.queries.listing import Listed, Wish
from bulq.state.admin.tables import Table
from bulq.state.auth import look

NO_FILTERS = {"topic": "", "kind": "", "from": "", "to": ""}


@dataclass(frozen=True)
class AuditRow:
    """`details` are lines of what else is known, `by` who did it."""

    id: str
    name: str
    at: str
    moment: str
    by: str
    address: str
    topic: str
    details: list[list[str]]


def audit_row(line: AuditLine) -> AuditRow:
    details = [["action", line.action], ["about", f"{line.kind} {line.subject_id or ''}".strip()]]
    details += [["by", str(line.actor_id)]] if line.actor_id else []
    details += [["group", str(line.group_id)]] if line.group_id else []
    details += [[str(name), str(value)[:300]] for name, value in list(line.details.items())[:20]]
    return AuditRow(
        str(line.id),
        sentence(line),
        line.at.isoformat(),
        f"{line.at:%Y-%m-%d %H:%M:%S}",
        line.actor_name,
        line.address,
        i18n.text(f"audit_page.topic.{topic_of(line.action)}"),
        details,
    )


class AuditState(Table, rx.State):
    rows: list[AuditRow] = []
    filters: dict[str, str] = NO_FILTERS
    export: str = "/api/v1/admin/audit.csv"

    async def _read(self, wish: Wish) -> Listed[Any]:
        found = await look(self, audit_log, wish)
        given = {"typed": wish.typed, **wish.filters}
        query = urlencode({name: value for name, value in given.items() if value}, errors="replace")
        self.export = f"/api/v1/admin/audit.csv{'?' if query else ''}{query}"
        return replace(found, rows=tuple(audit_row(line) for line in found.rows))
