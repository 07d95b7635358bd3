"""Signatures by this server's SECRET_KEY: only this server can make them, so that nothing needs to be stored."""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64encode

from bulq.config import settings

# Development goes without SECRET_KEY: then signatures end with the process.
_own_key = secrets.token_bytes(32)


def signature(purpose: str, *parts: str) -> str:
    """43 characters of base64url. A signature for one purpose is none for another."""
    key = settings.secret_key.get_secret_value().encode() if settings.secret_key else _own_key
    digest = hmac.digest(key, "\0".join((purpose, *parts)).encode(), "sha256")
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def is_signed(signed: str, purpose: str, *parts: str) -> bool:
    """Whether `signed` is what `signature` says of the same; takes the same time for every wrong one."""
    return hmac.compare_digest(signed.encode(), signature(purpose, *parts).encode())
