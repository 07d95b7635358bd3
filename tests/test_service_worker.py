"""The service worker: it keeps what there is, all of it, and another content is another version."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from bulq.headers import PAGES
from scripts.service_worker import AWAY, KEPT, ServiceWorker, kept_files, manifest
from tests.e2e.server import build

WRITTEN = re.compile(
    r'^const VERSION = "(\w+)";\nconst FILES = (.*);\nconst SHELL = "(.*)";.*\nconst AWAY = "(.*)";', re.M
)


@pytest.fixture(scope="module")
def pages() -> Path:
    build()
    return PAGES


def written(folder: Path) -> tuple[str, ...]:
    found = WRITTEN.search((folder / "sw.js").read_text("utf-8"))
    assert found
    return found.groups()


def test_every_file_that_is_kept_is_there(pages: Path) -> None:
    _, files, shell, away = written(pages)

    assert json.loads(files) == kept_files(pages)
    assert all((pages / file.lstrip("/")).is_file() for file in json.loads(files))
    assert {shell, away} <= set(json.loads(files))


def test_what_a_kept_page_imports_is_kept(pages: Path) -> None:
    files, routes = set(kept_files(pages)), manifest(pages)["routes"]

    assert AWAY in KEPT
    for name in KEPT:
        assert {routes[name]["module"], *routes[name]["imports"]} <= files
    assert routes["routes/[profile]._index"]["module"] not in files


def test_another_content_is_another_version(pages: Path, tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    for file in [*kept_files(pages), "/offline/worker.js"]:
        (tmp_path / file.lstrip("/")).parent.mkdir(exist_ok=True)
        shutil.copyfile(pages / file.lstrip("/"), tmp_path / file.lstrip("/"))

    def version() -> str:
        ServiceWorker().post_build(static_dir=tmp_path)
        return written(tmp_path)[0]

    first = version()
    assert version() == first == written(pages)[0]
    with (tmp_path / "__spa-fallback.html").open("a") as page:
        page.write(" ")
    assert version() != first
