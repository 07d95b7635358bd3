"""The server as it really runs, without the pages: which sites its socket lets in, and what its answers forbid."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import httpx
import pytest
import websockets
from websockets.exceptions import InvalidStatus

from tests.databases import SQLite
from tests.e2e.server import Server

ELSEWHERE = "https://shop.example.org"
SOCKET = "/_event/?token=a-tab&EIO=4&transport=websocket"
TOKEN = "hYt7-q0Lm_Wz3RkX"


class Backend(Server):
    command = (*Server.command, "--backend-only")


@pytest.fixture(scope="module")
def server(sqlite: SQLite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("served")
    server = Backend(folder, sqlite.copy_to(folder), ALLOWED_ORIGINS=ELSEWHERE, BULQ_METRICS_TOKEN=TOKEN)
    server.start()
    yield server
    server.stop()


async def connect(server: Server, origin: str | None) -> str:
    """Opens a socket as a page of this origin would; returns the server's first words."""
    address = f"ws://127.0.0.1:{server.port}{SOCKET}"
    async with websockets.connect(address, origin=origin) as socket:  # pyright: ignore[reportArgumentType]
        return str(await socket.recv())


@pytest.mark.parametrize("origin", [None, "http://{host}", "https://{host}", ELSEWHERE, ELSEWHERE.upper()])
async def test_the_socket_lets_in_its_own_pages_and_those_named(server: Server, origin: str | None) -> None:
    assert (await connect(server, origin and origin.format(host=f"127.0.0.1:{server.port}"))).startswith("0{")


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        "http://localhost:{port}",
        "https://shop.example.org.evil.example",
        "http://shop.example.org",
        "null",
        "*",
        "http://127.0.0.1:{port}@evil.example",
    ],
)
async def test_the_socket_refuses_every_other_site(server: Server, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        await connect(server, origin.format(port=server.port))

    assert 400 <= refusal.value.response.status_code < 500


async def test_answers_say_what_they_may_do(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.url) as client:
        for path in ("/api/v1/health/live", "/api/v1/nowhere", "/ping"):
            headers = (await client.get(path)).headers
            assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "same-origin"
            assert "camera=(self)" in headers["permissions-policy"]
            assert "strict-transport-security" not in headers


async def test_only_sites_that_are_named_may_read_answers(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.url) as client:
        named = await client.get("/api/v1/health/live", headers={"Origin": ELSEWHERE})
        other = await client.get("/api/v1/health/live", headers={"Origin": "https://evil.example"})

    assert named.headers["access-control-allow-origin"] == ELSEWHERE
    assert "access-control-allow-origin" not in other.headers


async def test_it_counts_requests_and_open_sockets(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.url) as client:
        answered = await client.get("/api/v1/health/live")
        assert len(answered.headers["x-request-id"]) == 32
        async with websockets.connect(f"{server.url.replace('http', 'ws')}{SOCKET}") as socket:
            await socket.recv()
            await socket.send("40/_event,")
            await socket.recv()
            figures = (await client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})).text

    assert 'bulq_request_seconds_count{method="GET",route="/health/live",status="200"}' in figures
    assert "bulq_open_sockets 1.0" in figures


async def figure(client: httpx.AsyncClient, name: str) -> float:
    text = (await client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})).text
    return next(float(line.split()[-1]) for line in text.splitlines() if line.startswith(f"{name} "))


async def until(client: httpx.AsyncClient, name: str, wanted: Callable[[float], bool]) -> None:
    async with asyncio.timeout(10):
        while not wanted(await figure(client, name)):
            await asyncio.sleep(0.05)


async def test_a_tab_that_went_and_came_back_is_the_same_one(server: Server) -> None:
    address = f"{server.url.replace('http', 'ws')}{SOCKET}&token=0195a3c0-0000-7000-8000-000000000001"
    async with httpx.AsyncClient(base_url=server.url) as client:
        for _ in range(2):
            async with websockets.connect(address) as socket:
                await socket.recv()
                await socket.send("40/_event,")
                assert str(await socket.recv()).startswith("40/_event,")
                await until(client, "bulq_open_sockets", lambda count: count == 1)
                with pytest.raises(TimeoutError):  # another token, had nobody heard that the first one went
                    await asyncio.wait_for(socket.recv(), 0.2)
            await until(client, "bulq_open_sockets", lambda count: count == 0)


async def test_a_change_is_one_round_after_which_the_process_sleeps(server: Server) -> None:
    body = {"name": "Nada", "username": "nada", "password": "a long enough password"}
    async with httpx.AsyncClient(base_url=server.url, headers={"Origin": server.url}) as client:
        assert (await client.post("/api/v1/account", json=body)).status_code == 201
        await asyncio.sleep(1)  # the new account was announced, too
        before = await figure(client, "bulq_room_delay_seconds_count")
        waited = await figure(client, "bulq_room_delay_seconds_sum")
        assert (await client.delete("/api/v1/session")).status_code == 204  # which other tabs are told

        await until(client, "bulq_room_delay_seconds_count", lambda count: count > before)
        await asyncio.sleep(0.5)
        rounds = await figure(client, "bulq_room_delay_seconds_count") - before
        waited = await figure(client, "bulq_room_delay_seconds_sum") - waited

    assert rounds == 1
    assert 0.005 <= waited < 5, "from hearing of the change until it was shown"
