"""A member brings a supplier's list in from the store's page, without any admin."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.pages import press
from tests.e2e.stage import PHONE, Stage
from tests.e2e.test_admin_files import send

LIST = "Hof Talblick;;;\n;;;\nArtikel;Preis;je;Ursprung\nMöhren;2,40 €;kg;AT\nKresse;1,10 €;Zweiglein;AT\n"


def test_next_weeks_list_is_one_click(stage: Stage, tmp_path: Path) -> None:
    cast = stage.assemble()
    page = stage.window(cast.bojan, f"/stores/{cast.store_id}", width=PHONE)
    file = tmp_path / "liste.csv"

    page.get_by_role("link", name="Import a price list").click()
    expect(page.get_by_role("heading", name="Import a price list")).to_be_visible()
    send(page, file, b"%PDF-1.7 no list")
    expect(page.get_by_role("alert")).to_be_visible()

    send(page, file, LIST.encode("cp1252"))
    expect(page.get_by_label("Which row has the headings?")).to_have_value("3")
    expect(page.get_by_label("What “Ursprung” holds")).to_have_value("origin")
    expect(page.get_by_role("button", name="Import the list")).to_be_disabled()
    page.get_by_label("What is “Zweiglein”?").select_option("piece")
    press(page, "Import the list")
    expect(page.get_by_text("The list is imported.").first).to_be_visible()

    send(page, file, LIST.replace("2,40", "2,60").encode("cp1252"))
    press(page, "Import the list")
    expect(page.get_by_role("button", name="Take it back")).to_have_count(2)
    page.get_by_role("link", name="Metro").first.click()
    expect(page.get_by_role("listitem").filter(has_text="Möhren")).to_contain_text("2.60")
