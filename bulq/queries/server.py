"""How this server is set up, as far as its admins may know: what is there, never a secret or an address."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bulq.config import VERSION, Registration, settings
from bulq.domain.actor import Actor
from bulq.queries.access import need_server_admin
from bulq.queries.registration import registration


@dataclass(frozen=True, slots=True)
class ServerFacts:
    registration: Registration
    version: str
    database: str  # "PostgreSQL 18.0", "SQLite 3.45.1"
    processes: int
    redis: bool
    email: bool
    webhook: bool
    backups: bool
    encrypted: bool
    production: bool


def server_facts(session: Session, viewer: Actor) -> ServerFacts:
    need_server_admin(viewer)
    return ServerFacts(
        registration(session),
        VERSION,
        _database(session),
        settings.processes,
        bool(settings.redis_url),
        bool(settings.smtp_url and settings.alert_email),
        settings.alert_webhook is not None,
        bool(settings.backup_target),
        settings.backup_key is not None,
        settings.env == "production",
    )


def _database(session: Session) -> str:
    if session.get_bind().dialect.name == "sqlite":
        return f"SQLite {session.scalar(select(func.sqlite_version()))}"
    version = session.scalar(select(func.current_setting("server_version")))
    return f"PostgreSQL {str(version).split()[0]}"
