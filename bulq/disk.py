"""Whether there is room to write: a server on a full disk still answers, and loses what people do."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from sqlalchemy.engine import make_url

from bulq.config import settings

PROBE = b"\0" * 4096


def trouble() -> str:
    """Why nothing can be written where this process keeps its data, in one line; empty when it can."""
    for folder in folders():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if (free := shutil.disk_usage(folder).free) < settings.free_mb << 20:
                return f"{folder} has {free >> 20} MB left, less than {settings.free_mb} MB"
            with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
                if file.write(PROBE) < len(PROBE):
                    return f"{folder} takes nothing more"
                os.fsync(file.fileno())
        except OSError as error:
            return f"{folder}: {error.strerror or error}"
    return ""


def folders() -> list[Path]:
    """The data folder, and that of a SQLite file."""
    file = make_url(settings.database_url).database if settings.database_url.startswith("sqlite") else None
    return sorted({settings.data.resolve(), *([Path(file).resolve().parent] if file else [])})
