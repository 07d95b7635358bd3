"""Whether a server could start with these settings and reach what they name: python -m bulq check."""

from __future__ import annotations

from collections.abc import Callable

import redis
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from bulq import migrations, redis_clients
from bulq.attachments import place
from bulq.config import settings
from bulq.storage import StorageError, storage

PATIENCE = 5  # seconds to wait for each


class Failed(Exception):
    """Says in one line why, without any secret."""


def check_all(say: Callable[[str], None]) -> bool:
    """Try each connection and say how it went. The settings have been judged when they were loaded."""
    say(f"settings: fine ({settings.env})")
    checks = {"database": database, "redis": cache, "backups": backups, "attachments": attachments}
    went_well = [_check(name, check, say) for name, check in checks.items()]  # all of them, even after one failed
    return all(went_well)


def _check(name: str, check: Callable[[], str], say: Callable[[str], None]) -> bool:
    try:
        say(f"{name}: {check()}")
    except Failed as reason:
        say(f"{name}: FAILED, {reason}")
        return False
    return True


def database() -> str:
    url = settings.database_url
    patience = {} if url.startswith("sqlite") else {"connect_timeout": PATIENCE}
    engine = create_engine(url, connect_args=patience, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            version = ".".join(map(str, connection.dialect.server_version_info or ()))
            revision = migrations.revision_of(connection)
    except SQLAlchemyError as error:
        raise Failed(_first_line(getattr(error, "orig", None) or error)) from None
    if revision != migrations.newest():
        raise Failed(f"is at revision {revision}, not {migrations.newest()}: python -m bulq migrate")
    return f"fine ({engine.dialect.name} {version}, revision {revision})"


def cache() -> str:
    if not settings.redis_url:
        return "not used"
    client = redis_clients.client(settings.redis_url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE)
    try:
        client.ping()
        version = client.info("server")["redis_version"]  # pyright: ignore[reportIndexIssue]
    except (redis.RedisError, OSError) as error:
        raise Failed(redis_clients.reason(error) or type(error).__name__) from None
    finally:
        client.close()
    return f"fine ({version})"


def backups() -> str:
    if not settings.backup_target:
        return "not used"
    try:
        count = len(storage(settings.backup_target).files())
    except StorageError as error:
        raise Failed(_first_line(error)) from None
    return f"fine ({count} files)"


def attachments() -> str:
    try:
        return f"fine ({len(place().files())} files)"
    except (StorageError, OSError) as error:
        raise Failed(_first_line(error)) from None


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
