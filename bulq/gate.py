"""What a server that others use must not start with. Nothing here repeats a secret in what it says."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from difflib import get_close_matches
from itertools import pairwise
from urllib.parse import unquote, urlsplit

SECRET_LENGTH = 32
VARIETY = 10  # different characters at least; 32 hexadecimal digits by chance have 14
HOW = "python -c 'import secrets; print(secrets.token_urlsafe(48))'"
# What examples and templates put where a secret belongs.
PLACEHOLDER = re.compile(
    r"(change|replace|fill|put|insert)[-_ ]?(me|this|it|in|here|with).*|(your|my)[-_ ].*"
    r"|<.*>|\$?\{.*\}|\$[A-Z_]+|x{3,}|\*+|\.{3}|…"
    r"|(super)?[-_ ]?(secret|password|passwort|pass|passwd|token|key)([-_ ]?(key|here|word))?[0-9!]*"
    r"|(secret|insecure|django-insecure|dev|development|test|example|sample|placeholder|default)[-_ ].*"
    r"|example|placeholder|default|todo|none|null|postgres|postgresql|redis|bulq|admin|root|guest|test|123[0-9]*"
    r"|qwerty.*|letmein",
    re.IGNORECASE,
)


def is_placeholder(secret: str) -> bool:
    """Whether it is what an example says in place of a secret, rather than one."""
    return PLACEHOLDER.fullmatch(secret.strip()) is not None


def secret_key(secret: str) -> str | None:
    if not secret:
        return f"is missing; make one with {HOW}"
    if is_placeholder(secret):
        return f"is a known default, not a secret; make one with {HOW}"
    if len(secret) < SECRET_LENGTH:
        return f"has {len(secret)} characters, fewer than {SECRET_LENGTH}; make one with {HOW}"
    if len(set(secret)) < VARIETY or _repeats(secret) or _counts(secret):
        return f"has too little variety to be random; make one with {HOW}"
    return None


def old_keys(old: str, current: str) -> str | None:
    """What was taken out of use because others may know it must not be the key in use again."""
    if current and current in [key.strip() for key in old.split(",")]:
        return "names the key in SECRET_KEY, which has to be a new one"
    return None


def _repeats(secret: str) -> bool:
    """Whether it is a shorter text again and again."""
    return (secret + secret).find(secret, 1) < len(secret)


def _counts(secret: str) -> bool:
    """Whether most of it is like abc or 123."""
    steps = [ord(after) - ord(before) for before, after in pairwise(secret)]
    return sum(abs(step) <= 1 for step in steps) > len(steps) / 2


def database(url: str) -> str | None:
    if not url:
        return "is missing; a server needs PostgreSQL: postgresql://user:password@host/name"
    if not url.startswith(("postgres://", "postgresql://", "postgresql+psycopg://")):
        return "must be a PostgreSQL database: postgresql://user:password@host/name"
    return password_in(url)


def password_in(url: str) -> str | None:
    try:
        password = unquote(urlsplit(url).password or "")
    except ValueError:
        return "is no address that can be read"
    return "has a placeholder for a password" if password and is_placeholder(password) else None


def origins(values: Collection[str]) -> str | None:
    if not values:
        return "is missing; name the address people use, such as https://bulq.example.org"
    wrong = [origin for origin in values if not origin.startswith("https://")]
    return f"must be https, so that nobody can listen: {', '.join(wrong)}" if wrong else None


def unknown(names: Iterable[str], known: Collection[str], prefix: str) -> dict[str, str]:
    """Variables that look like settings and are none, by name, each with what may have been meant."""
    found: dict[str, str] = {}
    for name in sorted(names):
        if name.startswith(prefix) and name not in known:
            closest = get_close_matches(name, known, n=1, cutoff=0.6)
            found[name] = f"is no setting; did you mean {closest[0]}?" if closest else "is no setting"
    return found
