"""Backups in their store: written with a checksum beside, read back checked, old ones let go."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from bulq.config import settings
from bulq.domain.backups import CHECKSUM, kept, kind_of, name_of, time_in
from bulq.jobs.failures import Tries
from bulq.jobs.sealing import SealError, seal, unseal
from bulq.storage import Storage, storage

BAD_ONES = 3  # backups without a proof that are kept to look into


class Damaged(Exception):
    """The stored file isn't what was written."""


@dataclass(frozen=True, slots=True)
class Kept:
    name: str
    at: datetime
    size: int

    @property
    def kind(self) -> str:
        return kind_of(self.name)


class Vault:
    def __init__(self, store: Storage) -> None:
        self.store = store

    def put(self, name: str, dump: Iterable[bytes]) -> tuple[int, str]:
        """Store a dump, encrypted if there is a key; returns bytes and SHA-256 of what was stored.

        The checksum comes last: without it nothing counts as a backup.
        """
        tally = _Tally(seal(dump, settings.backup_key.get_secret_value()) if settings.backup_key else dump)
        self.store.write(name, tally)
        self.store.write(name + CHECKSUM, [f"{tally.digest}  {name}\n".encode()])
        return tally.size, tally.digest

    def get(self, name: str, file: Path) -> None:
        """Write the plain dump into a file; Damaged or SealError when it can't be trusted."""
        expected = b"".join(self.store.read(name + CHECKSUM)).split()[:1]
        tally = _Tally(self.store.read(name))
        broken: SealError | None = None
        with file.open("wb") as to:
            try:
                for piece in unseal(tally, keys()) if name.endswith(".enc") else tally:
                    to.write(piece)
            except SealError as error:
                broken = error
        for _ in tally:  # the rest, so that the checksum is of all
            pass
        if [tally.digest.encode()] != expected:
            raise Damaged(f"{name} is damaged: its checksum is wrong")
        if broken:
            raise broken

    def is_whole(self, name: str) -> bool:
        """Whether the stored file is what was written, by its checksum. Reads it once, keeping nothing."""
        expected = b"".join(self.store.read(name + CHECKSUM)).split()[:1]
        tally = _Tally(self.store.read(name))
        for _ in tally:
            pass
        return [tally.digest.encode()] == expected

    def backups(self) -> list[Kept]:
        """Whole ones, the newest first."""
        files = {file.name: file.size for file in self.store.files()}
        whole = [(name, time_in(name)) for name in files if name + CHECKSUM in files]
        return sorted((Kept(name, at, files[name]) for name, at in whole if at), key=lambda b: b.name, reverse=True)

    def let_go(self, bad: Collection[str]) -> list[str]:
        """Delete what isn't kept any more; `bad` are those whose proof failed: they never stand in for a good one."""
        there = self.backups()
        keep = kept([each.at for each in there if each.name not in bad])
        stay = {each.name for each in there if each.at in keep and each.name not in bad}
        stay.update([each.name for each in there if each.name in bad][:BAD_ONES])
        gone = [each.name for each in there if each.name not in stay]
        with Tries("backup") as tries:
            for name in gone:
                with tries.one(name):
                    self.store.delete(name + CHECKSUM)  # first, so that a half-deleted one isn't listed
                    self.store.delete(name)
        return gone


class _Tally:
    """Passes pieces on, counting and digesting them."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces, self._digest, self.size = iter(pieces), sha256(), 0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece = next(self._pieces)
        self._digest.update(piece)
        self.size += len(piece)
        return piece

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()


def vault() -> Vault:
    return Vault(storage(settings.backup_target))


def keys() -> list[str]:
    """The key in use and those before it."""
    current = [settings.backup_key.get_secret_value()] if settings.backup_key else []
    old = settings.backup_old_keys.get_secret_value().split(",") if settings.backup_old_keys else []
    return [key.strip() for key in current + old]


def new_name(kind: str, at: datetime, mark: str) -> str:
    return name_of(kind, at, mark, encrypted=settings.backup_key is not None)
