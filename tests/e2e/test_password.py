"""Changing one's password on the profile."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.entrance import PASSWORD, fill_login
from tests.e2e.stage import Stage
from tests.e2e.test_entrance import give_password

NEW = "a password of tomorrow"


def test_a_new_password_signs_out_everywhere_else(stage: Stage) -> None:
    cast = stage.assemble()
    stage.write(give_password, cast.ana)
    elsewhere = stage.window(cast.ana, "/profile")
    page = stage.window(cast.ana, "/profile")

    page.get_by_label("Current password").fill("not this one")
    page.get_by_label("New password").fill(NEW)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("This is not your current password.")).to_be_visible()
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_role("button", name="Change password").click()

    expect(page.get_by_text("Password changed")).to_be_visible()
    expect(page.get_by_label("Current password")).to_have_value("")
    elsewhere.goto("/profile")
    fill_login(elsewhere, "ana", NEW)
    expect(elsewhere.get_by_role("heading", name="Profile", level=1)).to_be_visible()
