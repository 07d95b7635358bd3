"""Session tokens, the cookie that carries them, and password hashes."""

from __future__ import annotations

import hashlib
import secrets
from http.cookies import CookieError, SimpleCookie

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from bulq.config import settings

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
    try:
        morsel = SimpleCookie(cookie_header).get(cookie_name())
    except CookieError:
        return None
    return morsel.value if morsel and morsel.value else None


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def password_matches(password: str, stored: str | None) -> bool:
    """Whether the password is right. Without a stored hash it takes as long, and is wrong."""
    try:
        return _hasher.verify(stored or _nobody, password) and stored is not None
    except (VerifyMismatchError, InvalidHashError):
        return False
