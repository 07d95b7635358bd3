"""A group is downloaded, taken in by somebody else, and its people take their places by their links."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bulq.domain.phases import Phase
from tests.e2e.pages import dialog, press
from tests.e2e.stage import PHONE, Stage


def _picture(page: Page, name: str) -> None:
    """For somebody who looks at the pages: BULQ_PICTURES names a folder."""
    if folder := os.environ.get("BULQ_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("width", [1280, PHONE, 390])
def test_a_group_goes_from_server_to_server(stage: Stage, tmp_path: Path, width: int) -> None:
    cast = stage.assemble()
    stage.bring_to(cast, Phase.COMPLETED)
    stage.bring_to(cast, Phase.SHOPPING)
    ana = stage.window(cast.ana, f"/groups/{cast.group_id}/manage", width=width)
    with ana.expect_download() as download:
        ana.get_by_role("link", name="Download the group").click()
    file = tmp_path / "group.zip"
    download.value.save_as(file)
    _picture(ana, f"manage-{width}")

    eva = stage.window(cast.eva, "/", width=width, dark=width == 390)
    press(eva, "New group")
    dialog(eva).get_by_role("link", name="Take in a group from another server").click()
    expect(eva.get_by_role("heading", name="Take in a group")).to_be_visible()
    _picture(eva, f"import-{width}")
    eva.locator("[data-upload]").set_input_files(file)
    expect(eva.locator("[data-balance=bojan]")).to_have_text("-€15.98")
    expect(eva.get_by_text("Metro", exact=False).first).to_be_visible()
    _picture(eva, f"looked-at-{width}")
    eva.get_by_role("combobox", name="Which of these are you?").select_option(label="Ana (@ana)")
    press(eva, "Take in the group")
    expect(eva.get_by_role("button", name="Link for Bojan")).to_be_visible()
    _picture(eva, f"awaited-{width}")
    press(eva, "Link for Bojan")
    link = dialog(eva).get_by_role("textbox", name="Invite link")
    expect(link).to_have_value(re.compile(f"^{re.escape(stage.server.url)}/claim/[\\w-]+$"))
    _picture(eva, f"link-{width}")
    address = link.input_value()

    bojan = stage.window(cast.bojan, address.removeprefix(stage.server.url), width=width)
    expect(bojan.get_by_text("-€15.98")).to_be_visible()
    _picture(bojan, f"claim-{width}")
    press(bojan, "That’s me")
    bojan.wait_for_url("**/groups/*")
    bojan.goto(bojan.url + "/money")
    expect(bojan.locator("[data-my-balance]")).to_have_attribute("data-my-balance", "-1598")
    expect(bojan.get_by_text("Not here yet")).to_be_visible()
    _picture(bojan, f"money-{width}")


def test_what_is_no_group_is_refused_where_one_looks(stage: Stage, tmp_path: Path) -> None:
    cast = stage.assemble()
    file = tmp_path / "group.zip"
    file.write_bytes(b"no zip at all")
    eva = stage.window(cast.eva, "/import", width=PHONE)

    eva.locator("[data-upload]").set_input_files(file)

    expect(eva.get_by_role("alert").filter(has_text="This is no zip, or it is damaged.")).to_be_visible()


@pytest.mark.parametrize("width", [1280, PHONE])
def test_past_expenses_come_from_splitwise(stage: Stage, tmp_path: Path, width: int) -> None:
    cast = stage.assemble()
    file = tmp_path / "export.csv"
    rows = ("Date,Description,Category,Cost,Currency,Ana,Bojan,Pero", "", "2026-05-01,Dinner,,30,EUR,20,-10,-10")
    file.write_text("\n".join([*rows, "2026-05-02,Taxi,,9,USD,9,-9,0"]))
    ana = stage.window(cast.ana, f"/groups/{cast.group_id}/manage", width=width)
    ana.get_by_role("link", name="Bring past expenses from Splitwise").click()
    ana.locator("[data-upload]").set_input_files(file)
    expect(ana.locator("[data-balance=Pero]")).to_have_text("-€10.00")
    expect(ana.get_by_role("combobox", name="Bojan is")).to_have_value(str(cast.bojan.id))
    expect(ana.get_by_text("4: USD")).to_be_visible()
    _picture(ana, f"expenses-{width}")

    press(ana, "Enter the expenses")
    ana.wait_for_url("**/money")

    expect(ana.locator("[data-my-balance]")).to_have_attribute("data-my-balance", "2000")
    expect(ana.locator("[data-entry=import]")).to_contain_text("Dinner")


def test_past_expenses_come_from_spliit(stage: Stage, tmp_path: Path) -> None:
    cast = stage.assemble()
    file = tmp_path / "export.json"
    people = [{"id": name[0], "name": name} for name in ("Ana", "Bojan", "Pero")]
    shares = [{"participantId": person["id"], "shares": 100} for person in people]
    dinner = {"id": "e", "expenseDate": "2026-05-01T00:00:00.000Z", "title": "Dinner", "amount": 3000, "paidById": "A"}
    expense = {**dinner, "paidFor": shares, "splitMode": "EVENLY", "isReimbursement": False}
    file.write_text(json.dumps({"currencyCode": "EUR", "participants": people, "expenses": [expense]}))
    ana = stage.window(cast.ana, f"/groups/{cast.group_id}/manage", width=320)
    ana.get_by_role("link", name="Bring past expenses from Splitwise or Spliit").click()
    ana.locator("[data-upload]").set_input_files(file)
    expect(ana.locator("[data-balance=Pero]")).to_have_text("-€10.00")
    _picture(ana, "expenses-spliit-320")

    press(ana, "Enter the expenses")
    ana.wait_for_url("**/money")

    expect(ana.locator("[data-my-balance]")).to_have_attribute("data-my-balance", "2000")
