"""docs/asvs.md names every requirement of ASVS 5.0, levels 1 and 2, and links to what is there."""

import re
from collections import Counter

import pytest

from tests.databases import ROOT

# The requirements of levels 1 and 2, section by section.
NUMBERS = """
1.1.1-2 1.2.1-9 1.3.1-11 1.4.1-3 1.5.1-2
2.1.1-3 2.2.1-3 2.3.1-4 2.4.1
3.2.1-2 3.3.1-4 3.4.1-6 3.5.1-5 3.7.1-2
4.1.1-3 4.2.1 4.3.1-2 4.4.1-4
5.1.1 5.2.1-3 5.3.1-2 5.4.1-3
6.1.1-3 6.2.1-12 6.3.1-4 6.4.1-4 6.5.1-5 6.6.1-3 6.8.1-4
7.1.1-3 7.2.1-4 7.3.1-2 7.4.1-5 7.5.1-2 7.6.1-2
8.1.1-2 8.2.1-3 8.3.1 8.4.1
9.1.1-3 9.2.1-4
10.1.1-2 10.2.1-2 10.3.1-4 10.4.1-11 10.5.1-5 10.6.1-2 10.7.1-3
11.1.1-2 11.2.1-3 11.3.1-3 11.4.1-4 11.5.1 11.6.1
12.1.1-3 12.2.1-2 12.3.1-4
13.1.1 13.2.1-5 13.3.1-2 13.4.1-5
14.1.1-2 14.2.1-4 14.3.1-3
15.1.1-3 15.2.1-3 15.3.1-7
16.1.1 16.2.1-5 16.3.1-4 16.4.1-3 16.5.1-3
17.1.1 17.2.1-4 17.3.1-2
"""
PAGE = (ROOT / "docs" / "asvs.md").read_text("utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.splitlines()
    if re.match(r"\| \d+\.\d+\.\d+ \|", line)
]
LINK = re.compile(r"\[([^]]+)\]\(([^)]+)\)")


def expected() -> list[str]:
    numbers: list[str] = []
    for each in NUMBERS.split():
        section, _, last = each.rpartition(".")
        begin, _, end = last.partition("-")
        numbers += [f"{section}.{number}" for number in range(int(begin), int(end or begin) + 1)]
    return numbers


def test_every_requirement_has_one_row() -> None:
    assert [row[0] for row in ROWS] == expected()
    assert len(ROWS) == 70 + 183  # of level 1 and of level 2


def test_every_row_says_how_things_are() -> None:
    assert Counter(row[2] for row in ROWS).keys() <= {"met", "n/a", "gap"}
    assert [row[0] for row in ROWS if row[2] == "met" and not LINK.search(row[3])] == []
    assert [row[0] for row in ROWS if row[2] == "gap" and len(row[3]) < 40] == []
    assert [row[0] for row in ROWS if not row[3]] == []


@pytest.mark.parametrize(("name", "target"), sorted(set(LINK.findall(PAGE))))
def test_every_link_leads_somewhere(name: str, target: str) -> None:
    if target.startswith("https://"):
        return
    path, _, heading = target.partition("#")
    file = (ROOT / "docs" / path).resolve() if path else ROOT / "docs" / "asvs.md"
    assert file.exists()
    if name.startswith("test_"):
        assert re.search(rf"^(async )?def {name}\(", file.read_text("utf-8"), re.MULTILINE)
    if heading:
        headings = re.findall(r"^#+ (.*)$", file.read_text("utf-8"), re.MULTILINE)
        assert heading in [re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in headings]
