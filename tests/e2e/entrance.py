"""The way in, as people take it: accounts, groups and runs made on pages."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.pages import dialog, press

PASSWORD = "three blind mice"


def fill_login(page: Page, username: str, password: str = PASSWORD) -> None:
    page.get_by_role("textbox", name="Username").fill(username)
    page.get_by_label("Password", exact=True).fill(password)
    press(page, "Log in")


def fill_registration(page: Page, name: str, username: str, password: str = PASSWORD) -> None:
    page.get_by_role("textbox", name="Name", exact=True).fill(name)
    page.get_by_role("textbox", name="Username").fill(username)
    page.get_by_label("Password", exact=True).fill(password)
    press(page, "Create account")


def signed_in(page: Page, path: str = "/") -> None:
    expect(page).to_have_url(re.compile(re.escape(path) + "$"))
    expect(page.get_by_role("link", name="Profile")).to_be_visible()


def make_group(page: Page, name: str, currency: str = "EUR") -> None:
    """From home to the page of the new group."""
    press(page, "New group")
    dialog(page).get_by_role("textbox", name="Group name").fill(name)
    dialog(page).get_by_role("combobox", name="Currency").select_option(currency)
    press(dialog(page), "Create group")
    expect(page).to_have_url(re.compile("/groups/[0-9a-f-]{36}$"))
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def invite_link(page: Page) -> str:
    """From the group's page to where it is managed, and back."""
    page.get_by_role("link", name="Manage group").click()
    link = page.get_by_role("textbox", name="Invite link")
    expect(link).to_have_value(re.compile("/invite/"))
    address = link.input_value()
    page.go_back()
    expect(page.get_by_role("button", name="New run")).to_be_visible()
    return address


def start_run(page: Page, store: str, note: str = "") -> None:
    """From the group's page to the page of the new run at a store nobody has named yet."""
    press(page, "New run")
    box = dialog(page)
    box.get_by_role("combobox", name="Store").fill(store)
    box.get_by_role("option", name=f"Add store “{store}”").click()
    box.get_by_role("textbox", name="Note").fill(note)
    press(box, "Start run")
    expect(page).to_have_url(re.compile("/runs/[0-9a-f-]{36}$"))


def create_product(page: Page, name: str, unit: str, price: str) -> None:
    """One unit of it is bid on at once."""
    page.get_by_role("combobox", name="Add a product").fill(name)
    page.get_by_role("option", name=f"Create “{name}”").click()
    box = dialog(page)
    box.get_by_role("combobox", name="Unit").select_option(unit)
    box.get_by_role("textbox", name="Price").fill(price)
    press(box, "Create product")
    expect(box).to_have_count(0)
