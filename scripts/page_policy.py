"""Lets the built pages run the scripts written into them and no others, by their hashes."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

from reflex.plugins import Plugin

from bulq.headers import ALWAYS, page_policy

SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<text>.*?)</script>", re.DOTALL)


def hashes(page: str) -> set[str]:
    """Of the scripts in a page, as a Content-Security-Policy names them."""
    texts = [found["text"] for found in SCRIPT.finditer(page) if " src=" not in found["attributes"]]
    return {f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}" for text in texts}


class PagePolicy(Plugin):
    """Writes the policy beside the built pages, and the headers in Caddy's words among them."""

    def post_build(self, **context: Any) -> None:
        folder = Path(context["static_dir"])
        found = set[str]().union(*(hashes(page.read_text("utf-8")) for page in folder.rglob("*.html")))
        if not found:
            raise RuntimeError("The built pages have no scripts in any place known: see scripts/page_policy.py")
        policy = page_policy(found)
        (folder.parent / "page-policy").write_text(policy, "utf-8")
        headers = ALWAYS | {"Content-Security-Policy": policy}
        lines = [f'\t{name} "{value}"' for name, value in headers.items()]
        (folder / "headers.caddy").write_text("\n".join(["header {", *lines, "}", ""]), "utf-8")
