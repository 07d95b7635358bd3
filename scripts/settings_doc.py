"""Writes the table of settings in docs/configuration.md from the code; with --check only says whether it is current."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "configuration.md"
PLACE = re.compile(r"(?<=<!-- settings -->\n).*(?=<!-- end of settings -->)", re.DOTALL)


def table() -> str:
    from bulq.config import Settings, variable

    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        rows.append(f"| `{variable(name)}` | {_shown(field.default)} | {field.description or ''} |")
    return "\n".join(rows) + "\n"


def _shown(default: object) -> str:
    if default in (None, "", ()):
        return "none"
    if isinstance(default, bool):
        return "on" if default else "off"
    return f"`{default}`"


def current() -> str:
    """The page as it should be."""
    return PLACE.sub(lambda _: table(), PAGE.read_text("utf-8"))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    page = current()
    if "--check" in sys.argv[1:]:
        sys.exit(page != PAGE.read_text("utf-8"))
    PAGE.write_text(page, "utf-8")
