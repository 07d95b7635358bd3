"""Taking a run away as a file: chosen in a dialog, by the leader from the menu and by others from a button."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bulq.domain.phases import Phase
from tests.e2e.pages import button, dialog
from tests.e2e.stage import PHONE, Stage
from tests.e2e.test_accessibility import scan
from tests.exports.printed import pages_of

pytestmark = pytest.mark.browser


ENDS = {
    ("My statement", "PDF"): r"export\.pdf\?what=mine$",
    ("All statements", "CSV with semicolons"): r"export\.csv\?what=statements&separator=semicolon$",
    ("Shopping list", "JSON"): r"export\.json\?what=list$",
}


def take(page: Page, what: str, kind: str) -> tuple[str, bytes]:
    shown = dialog(page)
    for choice in (what, kind):
        radio = shown.get_by_role("radio", name=choice, exact=True)
        radio.click()
        expect(radio).to_be_checked()
    settled = shown.get_by_role("link", name="Download")
    expect(settled).to_have_attribute("href", re.compile(ENDS[what, kind]))
    with page.expect_download() as download:
        settled.click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def test_who_takes_part_takes_the_run_away_as_a_file(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.COMPLETED)
    bojan = stage.window(cast.bojan, f"/runs/{run}", width=PHONE)

    button(bojan, "Export").click()
    scan(bojan, "export dialog")
    name, content = take(bojan, "My statement", "PDF")
    expect(dialog(bojan)).to_have_count(0)  # one has what one came for
    button(bojan, "Export").click()
    table = take(bojan, "All statements", "CSV with semicolons")

    assert name.endswith("-mine.pdf") and pages_of(content)[0][0] == "Bojan"
    assert table[0].endswith("-statements.csv") and b";15,98;EUR" in table[1]


def test_the_leader_finds_it_in_the_menu(stage: Stage) -> None:
    cast = stage.assemble()
    stage.bring_to(cast, Phase.SHOPPING)
    ana = stage.window(cast.ana, f"/groups/{cast.group_id}")
    ana.get_by_role("link", name="Metro").first.click()

    button(ana, "Manage run").click()
    ana.get_by_role("menuitem", name="Export").click()
    name, content = take(ana, "Shopping list", "JSON")

    assert name.endswith("-list.json") and b'"state": "to_buy"' in content
    expect(dialog(ana)).to_have_count(0)
    ana.go_back()
    expect(ana.get_by_role("heading", name="Liman")).to_be_visible()
    ana.go_forward()
    expect(button(ana, "Manage run")).to_be_visible()
    expect(dialog(ana)).to_have_count(0)
