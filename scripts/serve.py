"""Serves the built front end and the server on one port without building again, and says when it answers.

With --backend-only the front end is somebody else's (Caddy's) to serve.
"""

import atexit
import os
import shutil
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

PORT = int(os.environ.get("PORT", "3000"))
WITH_PAGES = "--backend-only" not in sys.argv[1:]
FIRST_SIGN = "/" if WITH_PAGES else "/api/v1/health/live"
PREPARING = 9  # the descriptor by which scripts/run keeps other starts in this tree waiting


def announce_when_ready(server: int) -> None:
    while True:
        try:
            os.kill(server, 0)
            with urllib.request.urlopen(f"http://127.0.0.1:{PORT}{FIRST_SIGN}", timeout=5) as answer:
                answer.read()
            break
        except urllib.error.HTTPError as wrong:
            return print(f"Bulq answers with an error ({wrong.code}) at http://localhost:{PORT}", file=sys.stderr)
        except ProcessLookupError:
            return None
        except OSError:
            time.sleep(0.1)
    print(f"Bulq is ready at http://localhost:{PORT}", flush=True)


def take_the_database() -> None:
    from bulq import alone
    from bulq.config import settings

    try:
        alone.hold(settings.database_url)
    except alone.InUse as reason:
        sys.exit(f"Bulq can't start: {reason}")


def watch_from_aside() -> None:
    """Forked twice so that the server has no child it never asked for, and before Reflex starts any thread."""
    server = os.getpid()
    if child := os.fork():
        os.waitpid(child, 0)
        with suppress(OSError):
            os.close(PREPARING)
        return
    if not os.fork():
        from bulq import alone

        alone.leave_to_parent()
        with suppress(KeyboardInterrupt):
            announce_when_ready(server)
    os._exit(0)


def serve() -> None:
    # What `reflex run --env prod --single-port` does after it has compiled and built.
    from reflex.config import get_config
    from reflex.constants import Env
    from reflex.environment import environment
    from reflex.utils.exec import run_backend_prod

    from bulq.config import Environment, settings

    environment.REFLEX_ENV_MODE.set(Env.PROD)
    environment.REFLEX_SKIP_COMPILE.set(True)
    os.environ["GRANIAN_WORKERS"] = str(settings.processes)
    os.environ["REFLEX_LOG_JSON"] = str(settings.env is Environment.PRODUCTION)
    if settings.processes > 1:
        # Where they put their figures together: whoever is asked for them answers for all.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder = tempfile.mkdtemp(prefix="bulq-metrics-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    config = get_config()
    config._set_persistent(frontend_port=PORT, backend_port=PORT)
    level = config.loglevel.subprocess_level()
    run_backend_prod(config.backend_host, PORT, level, mount_frontend_compiled_app=WITH_PAGES)


if __name__ == "__main__":
    os.environ.pop("BULQ_BUILDING", None)  # the build's leave to do without secrets is none to serve without
    os.chdir(Path(__file__).resolve().parent.parent)
    sys.path.insert(0, os.getcwd())
    take_the_database()
    watch_from_aside()
    serve()
