"""A real server for the journeys: the production build on a port of its own, with its log kept."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.databases import ROOT

PATIENCE = 60  # seconds a busy machine may take to start one


def environment(**settings: str) -> dict[str, str]:
    """What the scripts run in: the tools of this Python first, and no settings of this machine."""
    foreign = ("BULQ_", "DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_ORIGINS", "PORT")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    path = os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", "")])
    quiet = {"REFLEX_USE_NPM": "1", "REFLEX_TELEMETRY_ENABLED": "false", "REFLEX_CHECK_LATEST_VERSION": "0"}
    return kept | quiet | {"PATH": path} | settings


def build() -> None:
    """Make sure that what is served was built from what is tested. Other test workers wait meanwhile."""
    check = [sys.executable, "scripts/build.py"]
    with (ROOT / "pyproject.toml").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if subprocess.run([*check, "--check"], cwd=ROOT, env=environment()).returncode:
            subprocess.run(check, cwd=ROOT, env=environment(), check=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """`settings` are Bulq's variables; the same server can be stopped or killed and started again."""

    command = (sys.executable, "scripts/serve.py")

    def __init__(self, folder: Path, database_url: str, **settings: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = folder / "server.log"
        self._environment = environment(
            PORT=str(self.port),
            BULQ_DATA=str(folder),
            DATABASE_URL=database_url,
            **settings,
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A group of its own: ending it takes along whatever it started, and nothing else.
                start_new_session=True,
            )
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"The server did not start:\n{self.log()}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/ping", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def stop(self) -> None:
        """In order, or by force if it doesn't end."""
        if self._process is None:
            return
        self._signal(signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """Like a power cut: nothing is said and nothing is finished."""
        assert self._process is not None
        self._signal(signal.SIGKILL)
        self._process.wait()
        self._process = None

    def _signal(self, number: int) -> None:
        assert self._process is not None
        if self._process.poll() is None:
            os.killpg(self._process.pid, number)

    def mark(self) -> int:
        """Where the log ends now."""
        return self._log.stat().st_size if self._log.exists() else 0

    def log(self, since: int = 0) -> str:
        return self._log.read_bytes()[since:].decode(errors="replace") if self._log.exists() else ""
