"""A backup of many bids into a bucket, and its proof."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from uuid import UUID

import boto3
import psutil
from sqlalchemy.orm import Session

from bulq import db
from bulq.domain.actor import Actor
from bulq.models import User
from bulq.services import accounts
from rehearsal.machines import ROOT, Machine, environment, free_port, listens
from rehearsal.server import STOPPING, Stack
from rehearsal.village import Village, bid_on, some_products

BUCKET = "backups"


@contextmanager
def bucket(stack: Stack) -> Iterator[dict[str, str]]:
    """An S3 endpoint, and the settings by which Bulq finds it."""
    port = free_port()
    endpoint = Machine("s3", stack.folder, [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)])
    endpoint.start()
    try:
        endpoint.until(lambda: listens(port))
        address, key, secret = f"http://127.0.0.1:{port}", "rehearsal", os.urandom(16).hex()
        store = boto3.client(  # pyright: ignore[reportUnknownMemberType]
            "s3", endpoint_url=address, region_name="us-east-1", aws_access_key_id=key, aws_secret_access_key=secret
        )
        store.create_bucket(Bucket=BUCKET)
        yield {
            "BULQ_BACKUP_TARGET": f"s3://{BUCKET}/bulq",
            "BULQ_S3_ENDPOINT": address,
            "BULQ_S3_KEY": key,
            "BULQ_S3_SECRET": secret,
            "BULQ_PG_BIN": str(stack.postgresql.programs),
        }
    finally:
        endpoint.signal(15, STOPPING)


def backup(stack: Stack, village: Village, bids: int) -> dict[str, float]:
    """`python -m bulq backup` as the schedule calls it: the dump, the upload, and a restore that proves it."""
    db.write_now(_more_bids, village, bids)
    with bucket(stack) as settings, (stack.folder / "backup.log").open("w+") as log:
        began = time.monotonic()
        command = [sys.executable, "-m", "bulq", "backup"]
        env = environment(**stack.settings, **settings)
        process = psutil.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
        peak = 0
        while process.poll() is None:
            peak = max(peak, _resident(process))
            time.sleep(0.05)
        took = time.monotonic() - began
        log.seek(0)
        print(log.read().strip(), file=sys.stderr)
    return {
        "backup_bids": bids,
        "backup_s": took,
        "backup_peak_mb": peak / 1_000_000,
        "backup_failed": abs(process.returncode),
    }


def _resident(process: psutil.Process) -> int:
    """Bytes in memory of Bulq's process and the programs it calls."""
    with suppress(psutil.Error):
        return sum(one.memory_info().rss for one in [process, *process.children(recursive=True)])
    return 0


def _more_bids(session: Session, village: Village, bids: int) -> None:
    """As if there had been more people and products in the first run: each bids on everything."""
    now, run_id = datetime.now(UTC), UUID(village.people[0].run_id)
    first = session.get_one(User, UUID(village.people[0].user_id))
    products = some_products(session, Actor(first.id, first.name, first.username), "Former product", 100, now)
    many = -(-bids // len(products))
    users = [accounts.create_user(session, f"Former {n}", f"former{n}", "unusable", now=now) for n in range(many)]
    session.flush()
    bid_on(session, run_id, [user.id for user in users], products, now)
