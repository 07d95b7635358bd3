"""The server as it really runs, without the pages: which sites its socket lets in, and what its answers forbid."""

from __future__ import annotations

from collections.abc import Iterator

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
