"""The device mark: a cookie by which this server knows on which devices somebody has signed in before.

It lets nobody in. Its holder only is not slowed down while strangers try passwords on the same username.
The value is a random id of the device, and a signature for each of the last accounts that signed in there.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from itertools import islice
from uuid import UUID

from bulq import sessions, signing

MOST_ACCOUNTS = 5  # remembered on one device
MOST_MARKS = 3  # looked at, when something else of this host set a cookie of the same name
DAYS = 400  # as long as browsers keep a cookie at most
DEVICE = re.compile(r"[A-Za-z0-9_-]{22}")


def cookie_name() -> str:
    return f"{sessions.cookie_name()}-device"


def is_known(cookie_header: str, user_id: UUID) -> bool:
    """Whether this account signed in on the device that sends these cookies."""
    return any(
        signing.is_signed(each, "device", device, str(user_id))
        for device, signed in _marks(cookie_header)
        for each in signed
    )


def mark(cookie_header: str, user_id: UUID) -> str:
    """The value of the device's cookie after this account signed in."""
    device, signed = next(_marks(cookie_header), (secrets.token_urlsafe(16), []))
    mine = signing.signature("device", device, str(user_id))
    others = [each for each in signed if each != mine]
    return ".".join([device, *others[-MOST_ACCOUNTS + 1 :], mine])


def _marks(cookie_header: str) -> Iterator[tuple[str, list[str]]]:
    """The id of the device and its signatures, of each mark there is: usually one."""
    for value in islice(sessions.cookie_values(cookie_header, cookie_name()), MOST_MARKS):
        device, *signed = value.split(".", 2 * MOST_ACCOUNTS)
        if DEVICE.fullmatch(device):
            yield device, [each for each in signed if sessions.TOKEN.fullmatch(each)][-MOST_ACCOUNTS:]
