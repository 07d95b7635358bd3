"""Files kept in a bucket of an S3-compatible store. Loaded only where there is one: boto3 takes 30 MB of memory."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from bulq.config import settings
from bulq.storage import ABANDONED, PIECE, StorageError, Stored

PART = 8 << 20  # of an upload; a store takes 10,000 parts, so this reaches 80 GB


class Bucket:
    def __init__(self, bucket: str, prefix: str) -> None:
        self._bucket, self._prefix = bucket, f"{prefix}/" if prefix else ""
        with _explained(bucket):
            self._s3: Any = boto3.client(
                "s3",
                endpoint_url=settings.s3_endpoint,
                aws_access_key_id=settings.s3_key and settings.s3_key.get_secret_value(),
                aws_secret_access_key=settings.s3_secret and settings.s3_secret.get_secret_value(),
                config=_CONFIG,
            )

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        # In parts, taken back by boto3 when something is raised; nothing shows before the last one is there.
        with _explained(self._bucket):
            self._s3.upload_fileobj(_Pieces(pieces), self._bucket, self._prefix + name, Config=_UPLOAD)

    def read(self, name: str) -> Iterator[bytes]:
        with _explained(self._bucket):
            body = self._s3.get_object(Bucket=self._bucket, Key=self._prefix + name)["Body"]
            yield from body.iter_chunks(PIECE)

    def files(self) -> list[Stored]:
        with _explained(self._bucket):
            pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._prefix)
            found = [entry for page in pages for entry in page.get("Contents", ())]
        names = [(entry["Key"].removeprefix(self._prefix), entry["Size"]) for entry in found]
        return [Stored(name, size) for name, size in sorted(names) if name and "/" not in name]

    def delete(self, name: str) -> None:
        with _explained(self._bucket):
            self._s3.delete_object(Bucket=self._bucket, Key=self._prefix + name)

    def tidy(self, now: datetime) -> None:
        with _explained(self._bucket):
            pages = self._s3.get_paginator("list_multipart_uploads").paginate(Bucket=self._bucket, Prefix=self._prefix)
            for upload in (upload for page in pages for upload in page.get("Uploads", ())):
                if upload["Initiated"] < now - ABANDONED:
                    self._s3.abort_multipart_upload(Bucket=self._bucket, Key=upload["Key"], UploadId=upload["UploadId"])


_CONFIG = Config(
    retries={"mode": "standard", "max_attempts": 4},
    connect_timeout=10,
    read_timeout=60,
    # Checksums sent otherwise are Amazon's alone; ours lies beside each backup.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)
_UPLOAD = TransferConfig(multipart_threshold=PART, multipart_chunksize=PART, use_threads=False)


class _Pieces:
    """Pieces as a file that can only be read forward."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces, self._rest = iter(pieces), b""

    def read(self, size: int | None = None) -> bytes:
        """As many bytes as asked for unless it ends: a part that comes out short would be refused."""
        held = bytearray()
        while (size is None or len(held) < size) and (self._rest or self._next()):
            part = self._rest[: None if size is None else size - len(held)]
            held += part
            self._rest = self._rest[len(part) :]
        return bytes(held)

    def _next(self) -> bool:
        self._rest = next((piece for piece in self._pieces if piece), b"")
        return bool(self._rest)


@contextmanager
def _explained(bucket: str) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(f"{bucket}: {error.strerror or error}") from error
    except ClientError as error:
        told = error.response.get("Error", {})
        raise StorageError(f"bucket {bucket}: {told.get('Code', '')} {told.get('Message', '')}".strip()) from error
    except (BotoCoreError, Boto3Error) as error:
        raise StorageError(f"bucket {bucket}: {error}") from error
