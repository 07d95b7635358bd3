"""What the documents name is there: files they link to, and the tests that hold what always holds."""

import re
from pathlib import Path

import pytest

from tests.databases import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\[([^]\n]+)\]\(([^)\s#]+)[^)]*\)")
PARTS = ("## Decided", "## Tried or considered", "## Measured", "## What would change our mind")
MOST = 25


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    targets = [target for _, target in LINK.findall(page.read_text("utf-8")) if "://" not in target]

    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_invariant_is_held_by_a_test_that_is_there() -> None:
    page = ROOT / "docs" / "invariants.md"
    rows = [line for line in page.read_text("utf-8").splitlines() if re.match(r"\| (?!what always|--)", line)]

    assert rows and [row for row in rows if not LINK.search(row)] == []
    for name, target in LINK.findall("\n".join(rows)):
        source = (page.parent / target).read_text("utf-8")
        assert re.search(rf"^(async )?(def|class) {name.strip('`')}\b", source, re.MULTILINE), name


def test_decisions_are_few_and_each_says_what_would_change_our_mind() -> None:
    folder = ROOT / "docs" / "decisions"
    pages = sorted(folder.glob("[0-9]*.md"))
    listed = (folder / "README.md").read_text("utf-8")

    assert 0 < len(pages) <= MOST
    for page in pages:
        text = page.read_text("utf-8")
        assert re.findall(r"^## .*$", text, re.MULTILINE) == list(PARTS), page.name
        assert f"({page.name})" in listed, page.name
