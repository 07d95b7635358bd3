"""Bulq as an operator runs it: app processes behind Caddy and one for jobs, with production's settings."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bulq import db, migrations
from bulq.config import Settings
from rehearsal.machines import ROOT, Caddy, Machine, PostgreSQL, Valkey, environment, free_port

COOKIE = "__Host-bulq"  # what production calls it
APP = "app-"  # and a number: how logs and database connections of a process are called
STOPPING = 25  # seconds for a process to end in order, which sends its pages elsewhere first


class App(Machine):
    def __init__(self, number: int, folder: Path, port: int, settings: dict[str, str]) -> None:
        self.port = port
        command = [sys.executable, "scripts/serve.py", "--backend-only"]
        # Several of them are several machines here, of one process each.
        one = {"PORT": str(port), "GRANIAN_WORKERS": "1", "PGAPPNAME": f"{APP}{number}"}
        super().__init__(f"{APP}{number}", folder, [*command], **settings | one)

    def until_ready(self) -> None:
        self.until(self._is_ready)

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/health/ready", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def family(self) -> list[psutil.Process]:
        """The process that watches, and the one that serves."""
        assert self._process is not None
        first = psutil.Process(self._process.pid)
        return [first, *first.children(recursive=True)]

    def busy_seconds(self) -> float:
        """Of the processor's time, since it was started."""
        return sum(sum(one.cpu_times()[:2]) for one in self.family())

    def resident_mb(self) -> float:
        """Of the one that serves, which is the larger."""
        return max(one.memory_info().rss for one in self.family()) / 1_000_000

    def kill(self) -> None:
        self.signal(signal.SIGKILL, 10)

    def stop(self) -> None:
        self.signal(signal.SIGTERM, STOPPING)


@dataclass(slots=True)
class Stack:
    folder: Path
    postgresql: PostgreSQL
    valkey: Valkey
    caddy: Caddy
    apps: list[App]
    settings: dict[str, str] = field(repr=False)

    @property
    def pool(self) -> int:
        """The most connections one process may have."""
        return Settings.model_fields["database_pool_size"].default

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """`python -m bulq …` with the settings of the servers."""
        command = [sys.executable, "-m", "bulq", *arguments]
        env = environment(**self.settings, **more)
        return subprocess.run(command, cwd=ROOT, env=env, text=True, capture_output=True)


@dataclass(slots=True)
class Bulq:
    """The processes of Bulq itself, and Caddy before them."""

    caddy: Caddy
    apps: list[App]
    jobs: Machine
    settings: dict[str, str] = field(repr=False)


@contextmanager
def stack(apps: int = 2) -> Iterator[Stack]:
    with ExitStack() as ending:
        folder = new_folder(ending)
        postgresql = PostgreSQL()
        ending.callback(postgresql.stop)
        url = "postgresql+psycopg://" + postgresql.url.split("://", 1)[1]
        migrations.upgrade(url)
        ending.callback(db.connect(url).dispose)
        valkey = Valkey(folder)
        ending.callback(valkey.signal, signal.SIGTERM, STOPPING)
        valkey.start()
        bulq = start_bulq(ending, folder, postgresql.url, valkey.url, apps)
        yield Stack(folder, postgresql, valkey, bulq.caddy, bulq.apps, bulq.settings)
        keep_logs(folder)


def new_folder(ending: ExitStack) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="bulq-rehearsal-"))
    ending.callback(shutil.rmtree, folder, ignore_errors=True)
    return folder


def keep_logs(folder: Path) -> None:
    if keep := os.environ.get("REHEARSAL_LOGS"):
        for log in folder.glob("*.log"):
            shutil.copy(log, keep)


def start_bulq(ending: ExitStack, folder: Path, database_url: str, redis_url: str, apps: int = 2, **more: str) -> Bulq:
    """All processes that serve and the one for jobs, ready, with production's settings and `more`."""
    ports = [free_port() for _ in range(apps)]
    caddy = Caddy(folder, ports)
    ending.callback(caddy.signal, signal.SIGTERM, STOPPING)
    caddy.start()
    settings = {
        "BULQ_ENV": "production",
        "BULQ_DATA": str(folder),
        "BULQ_JOBS": "process",
        "BULQ_TRUSTED_PROXY_HOPS": "1",
        # The whole crowd sits at one address, and one process may have to take all of it.
        "BULQ_SOCKETS_PER_ADDRESS": "9999",
        "BULQ_ADDRESS_EVENTS_PER_SECOND": "9999",
        "BULQ_API_PER_MINUTE": "9999",
        "ALLOWED_ORIGINS": caddy.address,
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "SECRET_KEY": secrets.token_urlsafe(48),
    } | more
    jobs = Machine("jobs", folder, [sys.executable, "-m", "bulq", "jobs"], **settings)
    ending.callback(jobs.signal, signal.SIGTERM, STOPPING)
    jobs.start()
    servers = [App(number, folder, port, settings) for number, port in enumerate(ports, 1)]
    for server in servers:
        ending.callback(server.stop)
        server.start()
    for server in servers:
        server.until_ready()
    return Bulq(caddy, servers, jobs, settings)
