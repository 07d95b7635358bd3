"""Builds the front end for any port and address; with --check only says whether the built one is still good."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / os.environ.get("REFLEX_WEB_WORKDIR", ".web")
STAMP = WEB / "build" / "made-from"
PLUGINS = ("scripts/own_origin.py", "scripts/page_policy.py", "scripts/service_worker.py")
SOURCES = ("bulq", "assets", "rxconfig.py", "requirements.txt", "scripts/build.py", *PLUGINS)
LOCK = ("reflex.lock",)
# What pages or the bundler read from the environment.
VARIABLES = ("API_URL", "BULQ_ENV", "DEPLOY_URL", "FRONTEND_PATH", "REFLEX_API_URL", "REFLEX_DEPLOY_URL")


def files(names: tuple[str, ...]) -> Iterator[Path]:
    for name in names:
        path = ROOT / name
        found = [path] if path.is_file() else path.rglob("*")
        # assets/external is written by the build itself.
        yield from sorted(f for f in found if f.is_file() and not {"__pycache__", "external"} & set(f.parts))


def fingerprint(names: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for file in files(names):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"{file.relative_to(ROOT)}\0{content}\n".encode())
    for name in VARIABLES:
        digest.update(f"{name}={os.environ.get(name, '')}\n".encode())
    return digest.hexdigest()


def is_current() -> bool:
    return STAMP.exists() and STAMP.read_text() == fingerprint(SOURCES) + fingerprint(LOCK)


def build() -> int:
    before = fingerprint(SOURCES)
    own = ["own_origin.OwnOrigin", "page_policy.PagePolicy", "service_worker.ServiceWorker"]
    plugins = ":".join(filter(None, [os.environ.get("REFLEX_EXTRA_PLUGINS"), *own]))
    path = os.pathsep.join(filter(None, [str(ROOT), str(ROOT / "scripts"), os.environ.get("PYTHONPATH")]))
    env = os.environ | {"REFLEX_EXTRA_PLUGINS": plugins, "PYTHONPATH": path, "BULQ_BUILDING": "1"}
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"]
    if status := subprocess.run(command, cwd=ROOT, env=env).returncode:
        return status
    # A build cut short leaves no stamp, and an edit made during it leaves one that no longer fits. The lock is read
    # afterwards because the build itself may complete it.
    STAMP.write_text(before + fingerprint(LOCK))
    return 0


if __name__ == "__main__":
    sys.exit(not is_current() if "--check" in sys.argv[1:] else build())
