"""Password hashes, and which passwords are too easy to guess.

Hashing takes long on purpose. It never happens inside a transaction, and has threads of its own.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from bulq.domain.errors import Invalid
from bulq.domain.texts import PASSWORD, check_password, name_key

GUESSES = (
    1e6  # a password that zxcvbn finds within so many guesses is refused; the 10,000 most used ones are among these
)
LOOKED_AT = 40  # characters; zxcvbn's time grows with the square of the length
SHORTEST_WORD = 3  # of names, to look for in a password

_hasher = PasswordHasher()  # argon2id with the library's (RFC 9106, low memory) parameters
_nobody = _hasher.hash(secrets.token_urlsafe(16))
_threads = ThreadPoolExecutor(2, thread_name_prefix="argon2")  # each hash takes 64 MiB
_estimating = Lock()  # zxcvbn keeps the names in a global


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def password_matches(password: str, stored: str | None) -> bool:
    """Whether the password is right. Without a stored hash it takes as long, and is wrong."""
    try:
        password.encode()
    except UnicodeEncodeError:  # half a character, which no keyboard types but JSON can carry
        password, stored = "", None
    try:
        return _hasher.verify(stored or _nobody, password[: PASSWORD[1] + 1]) and stored is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


async def hashed(password: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_threads, hash_password, password)


async def matches(password: str, stored: str | None) -> bool:
    return await asyncio.get_running_loop().run_in_executor(_threads, password_matches, password, stored)


async def hashed_if_good(password: str, names: Iterable[str], *, field: str = "password") -> str:
    """The hash of a new password. Raises Invalid at `field` when it is too easy to guess (see `check_new`)."""
    await asyncio.get_running_loop().run_in_executor(_threads, check_new, password, tuple(names), field)
    return await hashed(password)


def check_new(password: str, names: Iterable[str], field: str = "password") -> str:
    """The password as it is, unless it has the wrong length, is a much used one, or like one of `names`.

    `names` are what others know of whose it is: their name, username, and the names of their groups.
    """
    check_password(password)
    from zxcvbn import zxcvbn  # its lists take a moment to load

    with _estimating:
        found = zxcvbn(password[:LOOKED_AT], user_inputs=_words(names))
    if found["guesses"] < GUESSES:
        raise Invalid("password_guessable", field=field)
    return password


def _words(names: Iterable[str]) -> list[str]:
    """Each name as it is, word by word, and with other marks between the words; also without case and accents."""
    words: dict[str, None] = {}
    for name in names:
        for form in (name, name_key(name)):
            parts = re.findall(r"[^\W_]+", form)
            joined = (mark.join(parts) for mark in ("", " ", "-", "_", "."))
            words |= dict.fromkeys(each for each in (form, *joined, *parts) if len(each) >= SHORTEST_WORD)
    return list(words)
