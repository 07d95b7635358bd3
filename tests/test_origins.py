"""Which pages may open a socket."""

from __future__ import annotations

import pytest

from bulq.config import settings
from bulq.origins import socket_guard


@pytest.mark.parametrize(
    ("origin", "host", "may", "while_developing"),
    [
        (None, "bulq.test", True, True),
        ("", "bulq.test", True, True),
        ("https://bulq.test", "bulq.test", True, True),
        ("http://Bulq.test", "bulq.TEST", True, True),
        ("http://bulq.test:3000", "bulq.test:8000", False, True),
        ("https://friend.test", "bulq.test", True, True),
        ("https://other.test", "bulq.test", False, False),
        ("https://bulq.test.evil.test", "bulq.test", False, False),
        ("null", "bulq.test", False, False),
        ("http://[x", "[", False, False),
        ("http://", "", False, False),
    ],
)
def test_a_page_may_if_it_is_ours_or_named(origin: str | None, host: str, may: bool, while_developing: bool) -> None:
    settings.allowed_origins = ("https://friend.test",)

    assert socket_guard()(origin, {"HTTP_HOST": host}) is may
    assert socket_guard(any_port=True)(origin, {"HTTP_HOST": host}) is while_developing
