"""Lets built pages talk to the address they came from: one build serves on every port and behind any proxy."""

import re
from typing import Any

from reflex.plugins import Plugin

# Reflex writes the server's address into the scripts when it builds, and swaps only the host name in the browser.
ADDRESS = re.compile(r"""(["'`])(?P<scheme>http|ws)s?://(?:localhost|0\.0\.0\.0)(?::\d+)?(?P<path>/[\w/-]+)\1""")


def _from_own_origin(found: re.Match[str]) -> str:
    origin = "location.origin" if found["scheme"] == "http" else 'location.origin.replace("http","ws")'
    return f'({origin}+"{found["path"]}")'


class OwnOrigin(Plugin):
    """Rewrites the addresses after the build and before its files are compressed."""

    def post_build(self, **context: Any) -> None:
        changed = 0
        for script in (context["static_dir"] / "assets").glob("reflex-env-*.js"):
            text, count = ADDRESS.subn(_from_own_origin, script.read_text("utf-8"))
            script.write_text(text, "utf-8")
            changed += count
        if not changed:
            raise RuntimeError(
                "The built scripts name the server's address in no place known: see scripts/own_origin.py"
            )
