"""Runs JavaScript of `assets/` outside of browsers, by the Node that builds the pages."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tests.databases import ROOT
from tests.e2e.server import build, environment

# Packages are found where the pages are built; the texts are those that pages have.
SETTING = """
import { registerHooks } from "node:module";
import { readFileSync } from "node:fs";
const root = "%(root)s";
registerHooks({
  resolve: (name, context, next) =>
    name.startsWith("/") || name.startsWith(".") || name.startsWith("node:") || name.startsWith("file:")
      ? next(name, context)
      : next(name, { ...context, parentURL: `file://${root}/.web/entry.js` }),
});
const { default: i18next } = await import("i18next");
const texts = JSON.parse(readFileSync(`${root}/assets/locales/en.json`, "utf8"));
await i18next.init({
  lng: "en", resources: { en: { translation: texts } }, initAsync: false, interpolation: { escapeValue: false },
  showSupportNotice: false,
});
const assets = (name) => import(`${root}/assets/${name}`);
const rows = JSON.parse(readFileSync(0, "utf8"));
const each = await (async () => { %(code)s })();
process.stdout.write(JSON.stringify(rows.map((row) => each(...row) ?? null)));
"""


def for_each(code: str, rows: list[Any], **settings: str) -> list[Any]:
    """What the function that `code` returns makes of the arguments in each row.

    `code` gets its modules by `await assets("numbers.js")`. `settings` are variables of the process, such as TZ.
    """
    if not (ROOT / ".web/build/page-policy").exists():  # what a build writes last
        build()
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "script.mjs"
        script.write_text(SETTING % {"root": ROOT, "code": code}, "utf-8")
        done = subprocess.run(
            ["node", script], input=json.dumps(rows).encode(), capture_output=True, env=environment(**settings)
        )
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    return json.loads(done.stdout)
