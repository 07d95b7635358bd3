"""Files that somebody sent and has yet to decide about: each its sender's alone, and gone after an hour."""

from __future__ import annotations

import io
import re
import secrets
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from uuid import UUID

from bulq.config import settings
from bulq.domain.errors import Conflict

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

FOLDER = "uploads"
KEPT = 3600  # seconds
CHECK_EVERY = 1 << 20  # bytes
TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


class _Bounded(io.BufferedRandom):
    """A file that grows only while everybody's files together stay within their bound."""

    _unchecked = 0

    def write(self, data: Buffer, /) -> int:
        self._unchecked += memoryview(data).nbytes
        if self._unchecked >= CHECK_EVERY:
            self.check_room()
        return super().write(data)

    def check_room(self) -> None:
        self._unchecked = 0
        if pending() > settings.uploads_mb * 1_000_000:
            raise Conflict("uploads_full", field="file")


def pending() -> int:
    """Bytes of all files that nobody has decided about yet."""
    total = 0
    for path in (settings.data / FOLDER).glob("*.*"):
        with suppress(OSError):  # another process may remove it this moment
            total += path.stat().st_size
    return total


@contextmanager
def receiving(owner: UUID) -> Generator[tuple[str, BinaryIO]]:
    """A new file of theirs, in place of the one before, with the token it goes by. It stays if all goes well.

    Raises Conflict when there are too many bytes of such files already, however many people they are of.
    """
    _forget(owner=owner)
    token = secrets.token_urlsafe(16)
    path = _path(owner, token)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with _Bounded(path.open("xb+", buffering=0)) as file:
            file.check_room()
            yield token, file
    except BaseException:
        path.unlink(missing_ok=True)
        raise


@contextmanager
def opened(owner: UUID, token: str) -> Generator[BinaryIO]:
    """The file, as long as it is kept and theirs."""
    gone = Conflict("upload_gone", field="file")
    try:
        path = _path(owner, token)
        if path.stat().st_mtime < time.time() - KEPT:
            raise gone
        file = path.open("rb")
    except (OSError, ValueError):
        raise gone from None
    with file:
        yield file


def lines(file: BinaryIO) -> int:
    """About how many rows it has, from its beginning on."""
    file.seek(0)
    return sum(piece.count(b"\n") for piece in iter(lambda: file.read(1 << 20), b""))


def discard(owner: UUID, token: str) -> None:
    with suppress(OSError, ValueError):
        _path(owner, token).unlink()


def forget_old(now: datetime) -> int:
    """Delete what nobody decided about; returns how many there were."""
    return _forget(before=now.timestamp() - KEPT)


def _forget(owner: UUID | None = None, before: float = 0.0) -> int:
    count = 0
    for path in (settings.data / FOLDER).glob(f"{owner or '*'}.*"):
        with suppress(OSError):  # another process may remove it this moment
            if owner or path.stat().st_mtime < before:
                path.unlink()
                count += 1
    return count


def _path(owner: UUID, token: str) -> Path:
    if not TOKEN.fullmatch(token):
        raise ValueError("no token")
    return settings.data / FOLDER / f"{owner}.{token}"
