"""Secrets in rows of the database: AES-256-GCM by `cryptography` under a key derived from SECRET_KEY.

What is sealed begins with VERSION, MARK bytes that tell the key, and a random nonce. It is bound to what it belongs to,
such as a kind of row and a person: put into another row, it can't be read. Whoever has a copy of the database alone
reads nothing of it.

Development goes without SECRET_KEY. A key is made then and kept in the folder of the data, so that what is tried out on
one's own machine works as on a server, and outlives a restart. It protects from nobody who has the whole folder.
Production never uses one, since it doesn't start without SECRET_KEY.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from bulq.config import settings

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = b"\1"
MARK, NONCE = 8, 12  # bytes
HEADER = len(VERSION) + MARK + NONCE
OWN_KEY = "secret.key"  # in the folder of the data, while developing


class Unreadable(Exception):
    """It was sealed with another key than those given, belongs elsewhere, or was changed."""


def seal(plain: bytes, *bound: str) -> bytes:
    mark, cipher = _key(_current())
    nonce = secrets.token_bytes(NONCE)
    return VERSION + mark + nonce + cipher.encrypt(nonce, plain, _bound(bound))


def unseal(sealed: bytes, *bound: str) -> bytes:
    """What was sealed with the key in use or an earlier one, bound to the same. Raises Unreadable."""
    from cryptography.exceptions import InvalidTag

    if len(sealed) <= HEADER or not sealed.startswith(VERSION):
        raise Unreadable
    nonce, content = sealed[HEADER - NONCE : HEADER], sealed[HEADER:]
    for mark, cipher in map(_key, _all()):
        if _mark_of(sealed) == mark:
            with suppress(InvalidTag):
                return cipher.decrypt(nonce, content, _bound(bound))
    raise Unreadable


def is_current(sealed: bytes) -> bool:
    """Whether it is sealed with the key in use, so that it outlives the earlier ones."""
    return _mark_of(sealed) == _key(_current())[0]


def _mark_of(sealed: bytes) -> bytes:
    return sealed[len(VERSION) : len(VERSION) + MARK]


def _bound(parts: tuple[str, ...]) -> bytes:
    return "\0".join(parts).encode()


@lru_cache(maxsize=16)
def _key(secret: str) -> tuple[bytes, AESGCM]:
    """The mark of a key, which is no part of it, and the key itself."""
    # 7 MB of memory, which a process where nobody seals anything need not have.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    derived = HKDF(SHA256(), MARK + 32, salt=None, info=b"bulq sealed rows").derive(secret.encode())
    return derived[:MARK], AESGCM(derived[MARK:])


def _current() -> str:
    return settings.secret_key.get_secret_value() if settings.secret_key else _own_key(settings.data / OWN_KEY)


def _all() -> list[str]:
    """The key in use, and those before it; one with a comma in it counts as a whole, too."""
    old = settings.secret_key_old.get_secret_value() if settings.secret_key_old else ""
    parts = [part.strip() for part in old.split(",")]
    return [_current(), *filter(None, dict.fromkeys([*parts, old.strip()]))]


@lru_cache(maxsize=16)
def _own_key(path: Path) -> str:
    """Of several processes that start at once, the first makes it."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            with suppress(FileExistsError):
                os.link(draft, path)
        finally:
            draft.unlink()
    key = path.read_text("ascii").strip()
    if not key:
        raise RuntimeError(f"{path} is empty: it should hold the key of what was sealed")
    return key
