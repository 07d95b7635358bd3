"""Room on disk for what is large for a moment."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from bulq.config import settings

PREFIX = ".moment-"
FORGOTTEN = 24 * 3600  # seconds: left behind by a process that was killed


@contextmanager
def room() -> Generator[Path]:
    """A folder of one's own beside the data, gone afterwards. The system's /tmp is memory on many machines."""
    settings.data.mkdir(parents=True, exist_ok=True)
    for folder in settings.data.glob(f"{PREFIX}*"):
        with suppress(OSError):  # its owner may remove it this moment
            if folder.stat().st_mtime < time.time() - FORGOTTEN:
                shutil.rmtree(folder)
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=settings.data) as folder:
        yield Path(folder)
