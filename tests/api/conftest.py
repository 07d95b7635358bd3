"""A browser without pages: talks to the API as one served over HTTP would be talked to."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from bulq import limits
from bulq.api import api

Browser = Callable[..., httpx.AsyncClient]


@pytest.fixture(autouse=True)
def nobody_has_tried_yet() -> Iterator[None]:
    limits.forget()
    yield
    limits.forget()


@pytest.fixture
def browser(database: str) -> Browser:
    """Makes a client at an address of its own; `origin=None` leaves away what browsers say of where they are."""

    def make(address: str = "192.0.2.1", *, origin: str | None = "http://bulq.test") -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=api, client=(address, 50_000))
        headers = {"Origin": origin} if origin else {}
        return httpx.AsyncClient(transport=transport, base_url="http://bulq.test/api/v1", headers=headers)

    return make
