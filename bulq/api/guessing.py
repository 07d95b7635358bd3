"""Wrong passwords of one username: nobody guesses fast, and nobody can lock somebody else out."""

from __future__ import annotations

import asyncio

from bulq import limits
from bulq.config import settings
from bulq.domain.texts import username_key

PAIR, USERNAME = "wrong-password", "wrong-password-username"
COUNTED = 100  # wrong tries on one username that are told apart
STEP = 0.5  # seconds that each wrong try from anywhere adds to the next


class Guesses:
    """The tries on one username from one address. A username that nobody has is treated the same; an empty one, which
    nobody can have, is left to the limit of the address."""

    def __init__(self, username: str, address: str) -> None:
        self._username = username_key(username)
        self._pair = f"{self._username} {address}"

    def check(self) -> None:
        """Raises TooMany after too many wrong passwords from this address."""
        most = settings.wrong_passwords_per_minute
        if self._username and not limits.left(most, PAIR, self._pair):
            limits.spend(most, PAIR, self._pair)  # which refuses

    async def slow_down(self) -> None:
        """Wait the longer, the more wrong passwords were tried from anywhere in the last minute: never for long."""
        wrong = COUNTED - limits.left(COUNTED, USERNAME, self._username)
        over = wrong - settings.wrong_passwords_per_minute
        if self._username and over > 0:
            await asyncio.sleep(min(over * STEP, settings.sign_in_wait_seconds))

    def count(self) -> None:
        """One more wrong password."""
        for most, kind, key in (
            (settings.wrong_passwords_per_minute, PAIR, self._pair),
            (COUNTED, USERNAME, self._username),
        ):
            if self._username and limits.left(most, kind, key):
                limits.spend(most, kind, key)
