"""What the stylesheet must hold everywhere."""

from __future__ import annotations

import re
from pathlib import Path

STYLES = (Path(__file__).parent.parent / "assets" / "bulq.css").read_text("utf-8")


def test_nothing_stays_lit_where_a_finger_touched_it() -> None:
    """On touch the look of `:hover` stays until something else is touched."""
    outside = re.sub(r"/\*.*?\*/", "", STYLES, flags=re.DOTALL)
    while found := re.search(r"@media \(hover: hover\) \{", outside):
        outside = outside[: found.start()] + outside[_end(outside, found.end()) :]

    assert not re.findall(r"[^{}]*:hover[^{}]*\{", outside)


def _end(text: str, at: int) -> int:
    """Where the block ends that begins here."""
    depth = 1
    while depth:
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        at += 1
    return at
