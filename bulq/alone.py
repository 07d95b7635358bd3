"""One server per SQLite file. A lock beside the file says which process it is; the system frees it when that ends."""

from __future__ import annotations

import fcntl
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from sqlalchemy.engine import make_url

SERVED = "SERVED_SQLITE_FILE"  # set by a server for the processes it starts: the lock is held for them, too

_held: list[IO[str]] = []  # until the process ends


class InUse(Exception):
    """Another server works on the same SQLite file; the message says which."""


def hold(url: str) -> None:
    """Take the lock of a server for as long as this process lives. Raises InUse while another server has it."""
    if (file := _sqlite_file(url)) is None or os.environ.get(SERVED) == str(file):
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = _lock_of(file).open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise InUse(f"{_said_by(file)} Stop it first, or give this server its own data (BULQ_DATA).") from None
    lock.truncate(0)
    lock.write(f"{os.getpid()} {datetime.now(UTC):%Y-%m-%d %H:%M:%S}\n")
    lock.flush()
    _held.append(lock)
    os.environ[SERVED] = str(file)


def leave_to_parent() -> None:
    """In a forked process that isn't a server: the lock is the parent's alone."""
    while _held:
        _held.pop().close()


def server_on(url: str) -> str | None:
    """A sentence about the server that works on this SQLite file now; None when there is none, or no such file."""
    file = _sqlite_file(url)
    if file is None or not _lock_of(file).exists():
        return None
    with _lock_of(file).open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _said_by(file)
    return None


def _said_by(file: Path) -> str:
    number, _, since = _lock_of(file).read_text().strip().partition(" ")
    return f"{file} is in use by a server: process {number or 'unknown'}, since {since or 'just now'} UTC."


def _sqlite_file(url: str) -> Path | None:
    name = make_url(url).database if url.startswith("sqlite") else None
    return Path(name).resolve() if name and name != ":memory:" else None


def _lock_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.lock")
