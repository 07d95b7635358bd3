"""What a watcher of the server asks, and what the API says of itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import httpx
import pytest

from bulq import db
from bulq.api import api
from bulq.config import settings
from bulq.views import PUBLIC_VIEWS, VIEWS
from rehearsal.machines import free_port
from tests.api.conftest import Browser


@pytest.mark.only("sqlite")
async def test_a_running_process_says_so(browser: Browser) -> None:
    async with browser() as client:
        assert (await client.get("/health/live")).json() == {"status": "ok"}


async def test_it_is_ready_with_a_migrated_database(browser: Browser) -> None:
    async with browser() as client:
        answer = await client.get("/health/ready")

        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_it_is_not_ready_with_a_database_of_another_revision(browser: Browser) -> None:
    with db.transaction() as session:
        before = session.connection().exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = 'older'")
    try:
        async with browser() as client:
            answer = await client.get("/health/ready")
    finally:
        with db.transaction() as session:
            session.connection().exec_driver_sql(f"UPDATE alembic_version SET version_num = '{before}'")

    assert (answer.status_code, answer.json()["type"]) == (503, "urn:bulq:error:database_outdated")


@pytest.mark.only("sqlite")
async def test_it_is_not_ready_without_a_database(browser: Browser) -> None:
    db.connect("sqlite:////nowhere/at/all.db")
    async with browser() as client:
        answer = await client.get("/health/ready")

    assert (answer.status_code, answer.json()["type"]) == (503, "urn:bulq:error:database_unreachable")


async def test_it_is_not_ready_with_too_little_room_on_the_disk(browser: Browser) -> None:
    async with browser() as client:
        settings.free_mb = shutil.disk_usage(settings.data).free // 2**20 + 1000
        full = await client.get("/health/ready")
        settings.free_mb = 0
        fine = await client.get("/health/ready")

    assert (full.status_code, full.json()["type"]) == (503, "urn:bulq:error:disk_full")
    assert fine.status_code == 200


@pytest.mark.only("sqlite")
async def test_it_is_not_ready_where_nothing_can_be_written(browser: Browser) -> None:
    settings.data = Path("/proc/self")
    async with browser() as client:
        answer = await client.get("/health/ready")

    assert (answer.status_code, answer.json()["type"]) == (503, "urn:bulq:error:disk_full")


@pytest.mark.only("sqlite")
async def test_it_is_not_ready_without_its_redis_and_runs_all_the_same(browser: Browser) -> None:
    settings.redis_url = f"redis://127.0.0.1:{free_port()}/0"
    async with browser() as client:
        ready, live = await client.get("/health/ready"), await client.get("/health/live")

    assert (ready.status_code, ready.json()["type"]) == (503, "urn:bulq:error:redis_unreachable")
    assert live.status_code == 200


async def test_the_api_describes_itself() -> None:
    transport = httpx.ASGITransport(app=api)
    async with httpx.AsyncClient(transport=transport, base_url="http://bulq.test") as client:
        document = (await client.get("/api/v1/openapi.json")).json()

    assert {(path, method) for path, calls in document["paths"].items() for method in calls} == {
        ("/api/v1/account", "patch"),
        ("/api/v1/account", "post"),
        ("/api/v1/account/deletion", "post"),
        ("/api/v1/account/export.json", "get"),
        ("/api/v1/account/password", "post"),
        ("/api/v1/admin/audit.csv", "get"),
        ("/api/v1/admin/catalogue", "post"),
        ("/api/v1/groups/files", "post"),
        ("/api/v1/groups/{group_id}/export.zip", "get"),
        ("/api/v1/lists", "post"),
        ("/api/v1/operations", "post"),
        *((f"/api/v1/{view.address}", "get") for view in (*VIEWS, *PUBLIC_VIEWS)),
        ("/api/v1/public/invitations/{token}/qr.svg", "get"),
        ("/api/v1/admin/catalogue.csv", "get"),
        ("/api/v1/password-reset", "post"),
        ("/api/v1/session", "post"),
        ("/api/v1/session", "delete"),
        ("/api/v1/health/backup", "get"),
        ("/api/v1/health/live", "get"),
        ("/api/v1/health/ready", "get"),
        ("/api/v1/runs/{run_id}/attachments", "post"),
        ("/api/v1/runs/{run_id}/attachments/{attachment_id}", "get"),
        ("/api/v1/runs/{run_id}/attachments/{attachment_id}/thumbnail", "get"),
        *((f"/api/v1/runs/{{run_id}}/export.{kind}", "get") for kind in ("csv", "json", "pdf", "xlsx")),
    }
    account = document["paths"]["/api/v1/account"]["post"]
    body = account["requestBody"]["content"]["application/json"]["schema"]
    assert body["required"] == ["name", "username", "password"] and "invite" in body["properties"]
    assert list(account["responses"]["default"]["content"]) == ["application/problem+json"]
    assert set(account["responses"]) == {"201", "default"}
    assert list(document["paths"]["/api/v1/session"]["delete"]["responses"]) == ["204", "default"]
    assert "text/csv" in document["paths"]["/api/v1/runs/{run_id}/export.csv"]["get"]["responses"]["200"]["content"]
