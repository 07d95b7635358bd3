"""Session tokens, the cookie that carries them, and password hashes."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from bulq.config import settings

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")  # what `new_token` makes

_hasher = PasswordHasher()  # argon2id with the library's (RFC 9106, low memory) parameters
_nobody = _hasher.hash(secrets.token_urlsafe(16))


def cookie_name() -> str:
    """With the `__Host-` prefix browsers refuse the cookie unless it is secure and bound to this host."""
    return "__Host-bulq" if settings.secure_cookies else "bulq"


def new_token() -> str:
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """The token is random enough that a plain SHA-256 cannot be turned back."""
    return hashlib.sha256(token.encode()).hexdigest()


def token_in(cookie_header: str) -> str | None:
    """The session token in a `Cookie` header, or None."""
    return next(filter(TOKEN.fullmatch, cookie_values(cookie_header, cookie_name())), None)


def cookie_values(header: str, name: str) -> Iterator[str]:
    """The values of the cookies of this name, in order, whatever stands beside them.

    Browsers send what any page of the host has stored, often not by the grammar of RFC 6265. So pairs are only split
    at semicolons, as browsers join them, and what is not ours is not looked at.
    """
    for pair in header.split(";"):
        key, is_pair, value = pair.partition("=")
        if is_pair and key.strip() == name:
            yield value.strip().strip('"')


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def password_matches(password: str, stored: str | None) -> bool:
    """Whether the password is right. Without a stored hash it takes as long, and is wrong."""
    try:
        return _hasher.verify(stored or _nobody, password) and stored is not None
    except (VerifyMismatchError, InvalidHashError):
        return False
