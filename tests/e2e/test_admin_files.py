"""An admin brings goods in from a file, takes them along again, and finds it in the record."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.pages import press
from tests.e2e.stage import PHONE, Stage

GOODS = "Name;Unit;Store;Price;Currency\nЛећа;kg;Metro;2,49;EUR\nSalt;{unit};;;\n"


def send(page: Page, path: Path, content: str | bytes) -> None:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    page.locator("[data-upload]").set_input_files(path)


def test_goods_from_a_file(stage: Stage, tmp_path: Path) -> None:
    cast = stage.assemble()
    page = stage.window(cast.ada, "/admin/catalogue", width=PHONE)
    file = tmp_path / "goods.csv"

    expect(page.get_by_role("button", name="Choose a file")).to_be_visible()
    send(page, file, b"PK\x03\x04 not a table")
    expect(page.get_by_role("alert")).to_contain_text("This is no CSV file.")

    send(page, file, GOODS.format(unit="barrel"))
    expect(page.get_by_role("heading", name="What is wrong")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Choose one of")).to_contain_text("3")
    expect(page.get_by_role("button", name="Import 1 rows")).to_be_disabled()
    press(page, "Discard")

    send(page, file, GOODS.format(unit="kg"))
    press(page, "Import 2 rows")
    expect(page.get_by_text("The file is imported.").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert "Лећа" in download.value.path().read_text("utf-8-sig")

    send(page, file, download.value.path().read_bytes())
    expect(page.get_by_text("Everything in this file is in the catalogue already.")).to_be_visible()

    page.goto("/admin/audit")
    page.get_by_role("searchbox").fill("goods.csv")
    expect(page.get_by_role("row").filter(has_text="Ada imported goods.csv: 2 new products")).to_have_count(1)


def test_m1_nobody_else_finds_anything_there(stage: Stage) -> None:
    """M1: page and action."""
    cast = stage.assemble()
    for path in ("/admin/catalogue", "/admin/audit"):
        page = stage.window(cast.ana, path)
        expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
