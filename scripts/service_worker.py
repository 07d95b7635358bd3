"""Writes the service worker beside the built pages: which files are kept on a device, and under which name."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from reflex.plugins import Plugin

# React Router's names of the pages that open without a network; all they import is kept with them.
KEPT = (
    "root",
    "routes/_index",
    "routes/[away]._index",
    "routes/[groups].$[group_id]._index",
    "routes/[runs].$[run_id]._index",
    "routes/[runs].$[run_id].[shopping]._index",
)
AWAY = "routes/[away]._index"
SHELL = "/__spa-fallback.html"
BESIDES = (SHELL, "/favicon.svg")
MANIFEST = re.compile(r"=\s*(\{.*\});?\s*$", re.DOTALL)
WORKER = "offline/worker.js"


def manifest(folder: Path) -> dict[str, Any]:
    """What React Router's own list of routes says: which module each is, and which files that imports."""
    (file,) = (folder / "assets").glob("manifest-*.js")
    found = MANIFEST.search(file.read_text("utf-8"))
    if found is None:
        raise RuntimeError("React Router's manifest has another shape: see scripts/service_worker.py")
    return json.loads(found[1])


def kept_files(folder: Path) -> list[str]:
    """The addresses of the files that pages need without a network."""
    known = manifest(folder)
    files = {known["url"], known["entry"]["module"], *known["entry"]["imports"], *BESIDES}
    for name in KEPT:
        route = known["routes"][name]
        files |= {route["module"], *route.get("imports", []), *route.get("css", [])}
    files |= {f"/assets/{style.name}" for style in (folder / "assets").glob("*.css")}
    return sorted(files)


class ServiceWorker(Plugin):
    """The worker's version is made of the files that it keeps: another content is another version."""

    def post_build(self, **context: Any) -> None:
        folder = Path(context["static_dir"])
        files = kept_files(folder)
        worker = (folder / WORKER).read_text("utf-8")
        digest = hashlib.sha256(worker.encode())
        for file in files:
            digest.update(file.encode() + (folder / file.lstrip("/")).read_bytes())
        filled = {
            "__VERSION__": digest.hexdigest()[:16],
            "__FILES__": json.dumps(files),
            "__SHELL__": SHELL,
            "__AWAY__": manifest(folder)["routes"][AWAY]["module"],
        }
        code = worker.partition("\nconst VERSION")[2]
        text = "const VERSION" + code
        for name, value in filled.items():
            text = text.replace(name, value)
        (folder / "sw.js").write_text(text, "utf-8")
