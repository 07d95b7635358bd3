"""Pages of a long list."""

from __future__ import annotations


def page_of(wanted: int, count: int, size: int) -> tuple[int, int]:
    """Which page of how many is shown. There always is one; whoever wants one beyond the last sees the last."""
    pages = max(1, -(-count // size))
    return min(max(1, wanted), pages), pages
