"""What a job says of its failures, and that one row it fails at keeps no other row waiting."""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager

from prometheus_client import Counter
from sqlalchemy.exc import DBAPIError

from bulq.domain.errors import BulqError
from bulq.jobs import turns

FAILED = Counter("bulq_job_rows_failed", "Rows a job failed at; each is tried again the next time", ["job"])
REMEMBERED = 1000  # rows whose last error is known, so that its stack trace is logged once

log = logging.getLogger(__name__)
_last_error: dict[tuple[str, str], str] = {}


class SomeFailed(Exception):
    """A job did what it could; the message names the rows it failed at, the first ones with their reason."""


def explain(error: BaseException) -> str:
    """The error in one line without secrets: what drivers say of a statement leaves its values out."""
    words = str(error.orig) if isinstance(error, DBAPIError) else str(error)
    return " ".join(words.split())[: turns.LONGEST] or type(error).__name__


def log_failure(what: str, error: BaseException) -> None:
    """A refusal, such as a busy database, is one line; anything else comes with its stack trace."""
    if isinstance(error, BulqError):
        log.warning("%s failed: %s", what, error.key)
    else:
        log.error("%s failed: %s", what, explain(error), exc_info=error)


class Tries:
    """Does something with each of many rows. Use as a context manager, with `one(row)` around the work on a row.

    A row that fails is logged and counted, and the next one is begun. Leaving raises SomeFailed when any failed.
    """

    def __init__(self, job: str) -> None:
        self._job, self._count, self._failed = job, 0, list[str]()

    def __enter__(self) -> Tries:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if self._failed and error is None:
            raise SomeFailed(f"{len(self._failed)} of {self._count} failed: {'; '.join(self._failed[:3])}")

    @contextmanager
    def one(self, row: str) -> Generator[None]:
        self._count += 1
        try:
            yield
        except Exception as error:
            self._failed.append(f"{row}: {explain(error)}")
            FAILED.labels(self._job).inc()
            self._log(row, error)
        else:
            _last_error.pop((self._job, row), None)

    def _log(self, row: str, error: Exception) -> None:
        """A job that comes round every few seconds logs the same failure of the same row once."""
        if _last_error.get((self._job, row)) == (now := explain(error)):
            return
        if len(_last_error) >= REMEMBERED:
            _last_error.clear()
        _last_error[self._job, row] = now
        log_failure(f"{self._job}, {row},", error)
