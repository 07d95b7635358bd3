"""Where somebody wants to be paid: kept by themselves, shown to whoever owes them, and on no device."""

from __future__ import annotations

import io
import re

import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from bulq.domain.phases import Phase
from bulq.services.payouts import add_payout
from tests.e2e.pages import button, dialog, press
from tests.e2e.stage import PHONE, Stage
from tests.e2e.test_header import kept

ACCOUNT = "165-55-74"


def payouts(page: Page) -> Locator:
    return page.locator("section").filter(has=page.get_by_role("heading", name="Where I want to be paid"))


def choose_kind(page: Page, kind: str) -> None:
    dialog(page).get_by_role("combobox", name="Kind").select_option(kind)


def fill(page: Page, name: str, text: str) -> None:
    dialog(page).get_by_role("textbox", name=name, exact=True).fill(text)


def test_an_account_is_added_changed_preferred_and_removed(stage: Stage) -> None:
    cast = stage.assemble()
    page = stage.window(cast.ana, "/profile", width=PHONE)
    elsewhere = stage.window(cast.ana, "/profile")
    mine = payouts(page)

    press(mine, "Add an account")
    expect(dialog(page).get_by_role("textbox", name="Name on the account")).to_have_value("Ana")
    fill(page, "Account number", "165-55-75")
    press(dialog(page), "Add an account")
    field = dialog(page).get_by_role("textbox", name="Account number")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    expect(dialog(page)).to_contain_text("one of the digits is wrong")
    fill(page, "Account number", ACCOUNT)
    fill(page, "Name on the account", "Ana | Marić")
    press(dialog(page), "Add an account")
    expect(dialog(page)).to_contain_text("Banks can’t read | in a name")
    fill(page, "Name on the account", "Ana Marić")
    press(dialog(page), "Add an account")
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    expect(mine).to_contain_text("165-55-74 · Ana Marić")
    expect(payouts(elsewhere)).to_contain_text("165-55-74 · Ana Marić")

    press(mine, "Add an account")
    choose_kind(page, "IBAN")
    fill(page, "IBAN", "rs35 2600 0560 1001 6113 79")
    press(dialog(page), "Add an account")
    expect(dialog(page)).to_contain_text("need the BIC as well")
    fill(page, "BIC", "nbsrrsbg")
    press(dialog(page), "Add an account")
    expect(mine.get_by_role("listitem")).to_have_count(2)
    expect(mine.get_by_role("listitem").first).to_contain_text("First choice")

    press(mine, "Put first: RS35 2600 0560 1001 6113 79")
    expect(mine.get_by_role("listitem").first).to_contain_text("IBAN")
    press(mine, f"Edit {ACCOUNT}")
    expect(dialog(page).get_by_role("heading")).to_have_text("Account in Serbia")
    expect(dialog(page).get_by_role("textbox", name="Account number")).to_have_value(ACCOUNT)
    fill(page, "Account number", "310-1234567891211-86")
    press(dialog(page), "Save")
    expect(mine).to_contain_text("310-1234567891211-86 · Ana Marić")

    press(mine, "Remove RS35 2600 0560 1001 6113 79")
    expect(mine.get_by_role("listitem")).to_have_count(1)
    press(page.locator(".toast").filter(has_text="Removed"), "Undo")
    expect(mine.get_by_role("listitem").first).to_contain_text("RS35 2600 0560 1001 6113 79")
    expect(mine.get_by_role("listitem").first).to_contain_text("First choice")
    assert not any("payouts" in address for address in kept(page))


def test_other_kinds_and_no_more_than_five(stage: Stage) -> None:
    cast = stage.assemble()
    page = stage.window(cast.bojan, "/profile")
    mine = payouts(page)
    for kind, name, typed, more in (
        ("UPI", "UPI ID", "bojan@oksbi", {}),
        ("PayPal.Me", "Name in your PayPal.Me link", "https://paypal.me/BojanB", {}),
        ("Revolut", "Revtag", "@bojan1", {}),
        ("Something else", "What to pay to", "060 123 456", {"App or bank": "Zelle"}),
        ("PayPal.Me", "Name in your PayPal.Me link", "BojanC", {}),
    ):
        press(mine, "Add an account")
        choose_kind(page, kind)
        fill(page, name, typed)
        for other, text in more.items():
            fill(page, other, text)
        press(dialog(page), "Add an account")
        expect(dialog(page)).to_have_count(0)

    expect(mine.get_by_role("listitem")).to_have_count(5)
    expect(mine.get_by_role("listitem").nth(3)).to_have_text(re.compile("^Zelle060 123 456"))
    expect(button(mine, "Add an account")).to_have_count(0)
    expect(mine).to_contain_text("up to five")


def read(picture: bytes) -> list[str]:
    """What a reader that is not ours finds in a picture."""
    return [code.text for code in zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))]


def test_whoever_owes_gets_a_code_to_scan_to_save_and_to_copy(stage: Stage) -> None:
    cast = stage.assemble()
    stage.bring_to(cast, Phase.COMPLETED)
    stage.do(add_payout, cast.ana, "iban", "DE89370400440532013000", name="Ana Marić")
    stage.do(add_payout, cast.ana, "paypal", "AnaMaric")
    stage.do(add_payout, cast.ana, "serbian", ACCOUNT, name="Ana Marić")  # takes dinars, and these are euros
    address = f"/groups/{cast.group_id}/money"
    bojan = stage.window(cast.bojan, address, width=PHONE, dark=True)
    ana = stage.window(cast.ana, address)

    press(ana, "Settle up")
    press(dialog(ana), "Use this plan")
    press(bojan, "Show payment code")

    code = dialog(bojan)
    expect(code.get_by_role("heading")).to_have_text("Pay Ana")
    picture = code.get_by_role("img", name="QR code for IBAN to pay Ana")
    expect(picture).to_be_visible()
    said = ["BCD\n002\n1\nSCT\n\nAna Marić\nDE89370400440532013000\nEUR15.98\n\n\nLiman"]
    assert read(picture.screenshot()) == said
    with bojan.expect_download() as download:
        press(code, "Save as a picture")
    assert read(download.value.path().read_bytes()) == said
    bojan.context.grant_permissions(["clipboard-read", "clipboard-write"])
    press(code, "Copy IBAN")
    assert bojan.evaluate("navigator.clipboard.readText()") == "DE89370400440532013000"
    press(code, "PayPal.Me")
    link = code.get_by_role("link", name="Open PayPal.Me")
    expect(link).to_have_attribute("href", "https://paypal.me/AnaMaric/15.98EUR")
    expect(code.get_by_role("button", name="Account in Serbia")).to_have_count(0)
    press(code, "Close")
    assert not any("private" in address for address in kept(bojan))
    expect(button(ana, "Show payment code")).to_have_count(0)
