"""The figures for Prometheus, over a real server: for whoever knows the token, and what they count."""

from __future__ import annotations

import httpx
import pytest
from pydantic import SecretStr

from bulq.api import api
from bulq.config import settings
from tests.api.conftest import Browser

TOKEN = "hYt7-q0Lm_Wz3RkX"


async def read(authorization: str = "") -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=api), base_url="http://bulq.test") as client:
        return await client.get("/metrics", headers={"Authorization": authorization} if authorization else {})


@pytest.mark.only("sqlite")
async def test_without_the_token_there_are_none(browser: Browser) -> None:
    assert (await read("Bearer ")).status_code == 404

    settings.metrics_token = SecretStr(TOKEN)
    for wrong in ("", "Bearer ", "Bearer wrong", f"Basic {TOKEN}"):
        assert (await read(wrong)).status_code == 404


async def test_they_tell_what_the_process_and_the_server_did(browser: Browser) -> None:
    settings.metrics_token = SecretStr(TOKEN)

    answer = await read(f"Bearer {TOKEN}")

    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/plain")
    for name in ("bulq_request_seconds", "bulq_bids_total", "bulq_open_sockets", "bulq_backup_last_good"):
        assert name in answer.text
