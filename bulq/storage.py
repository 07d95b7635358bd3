"""Where files are kept that must outlive this machine: a folder, or a bucket of any S3-compatible store.

A file is there as a whole or not at all, and is written and read in pieces, whatever its size.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

PIECE = 1 << 20
HALF = ".half"  # ends the name of what is still being written into a folder
ABANDONED = timedelta(days=1)  # after this, a half-written file is nobody's any more


class StorageError(Exception):
    """The store can't be reached, refuses, or is full; the message says so without any secret."""


@dataclass(frozen=True, slots=True)
class Stored:
    name: str
    size: int


class Storage(Protocol):
    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        """Store all pieces under the name. If they end with an exception nothing is stored."""
        ...

    def read(self, name: str) -> Iterator[bytes]: ...

    def files(self) -> list[Stored]:
        """Every whole file, by name."""
        ...

    def delete(self, name: str) -> None: ...

    def tidy(self, now: datetime) -> None:
        """Remove what interrupted writing has left behind."""
        ...


def storage(target: str) -> Storage:
    """The place that `target` names: file:///folder or s3://bucket/prefix."""
    parts = urlsplit(target)
    if parts.scheme == "s3":
        from bulq.buckets import Bucket

        return Bucket(parts.netloc, unquote(parts.path).strip("/"))
    return Folder(Path(unquote(parts.path)))


class Folder:
    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        half = self._path / f"{name}{HALF}"
        try:
            with _explained(str(self._path)):
                self._path.mkdir(0o700, parents=True, exist_ok=True)
                with half.open("wb") as file:
                    os.fchmod(file.fileno(), 0o600)  # no other user's business
                    for piece in pieces:
                        file.write(piece)
                    file.flush()
                    os.fsync(file.fileno())
                half.rename(self._path / name)
                _sync_folder(self._path)
        except BaseException:
            with suppress(OSError):
                half.unlink(missing_ok=True)
            raise

    def read(self, name: str) -> Iterator[bytes]:
        with _explained(str(self._path)), (self._path / name).open("rb") as file:
            while piece := file.read(PIECE):
                yield piece

    def files(self) -> list[Stored]:
        with _explained(str(self._path)):
            found = [path for path in self._path.iterdir() if path.is_file() and path.suffix != HALF]
            return sorted((Stored(path.name, path.stat().st_size) for path in found), key=lambda file: file.name)

    def delete(self, name: str) -> None:
        with _explained(str(self._path)):
            (self._path / name).unlink(missing_ok=True)

    def tidy(self, now: datetime) -> None:
        with _explained(str(self._path)):
            for half in self._path.glob(f"*{HALF}"):
                if half.stat().st_mtime < (now - ABANDONED).timestamp():
                    half.unlink(missing_ok=True)


@contextmanager
def _explained(place: str) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(f"{place}: {error.strerror or error}") from error


def _sync_folder(path: Path) -> None:
    """A new name outlives a power cut only when its folder is written, too."""
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
