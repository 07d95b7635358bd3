"""One's own account on the profile: another name, what is kept of one, and an end to it."""

from __future__ import annotations

import json
import re

from playwright.sync_api import expect

from tests.e2e.entrance import PASSWORD, fill_login
from tests.e2e.pages import dialog, press
from tests.e2e.stage import PHONE, Stage
from tests.e2e.test_entrance import give_password


def test_a_name_is_changed_everything_taken_along_and_the_account_deleted(stage: Stage) -> None:
    cast = stage.assemble()
    stage.write(give_password, cast.mila)
    group = stage.window(cast.ana, f"/groups/{cast.group_id}")
    page = stage.window(cast.mila, "/profile", width=PHONE)

    page.get_by_role("textbox", name="Name", exact=True).fill("Mila M.")
    page.get_by_label("Password", exact=True).fill("not this one")
    press(page, "Change name")
    expect(page.get_by_text("This is not your current password.")).to_be_visible()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Change name")
    expect(page.get_by_role("status")).to_contain_text("You go by this name now")
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value("Mila M.")
    expect(group.get_by_text("Mila M.")).to_be_visible()

    with page.expect_download() as download:
        page.get_by_role("link", name="Download my data").click()
    found = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert found["account"][0]["name"] == "Mila M."

    press(page, "Delete my account")
    dialog(page).get_by_label("Password", exact=True).fill(PASSWORD)
    press(dialog(page), "Delete my account")
    expect(page).to_have_url(re.compile("/login"))
    expect(page.get_by_text("Your account is deleted.")).to_be_visible()
    expect(group.get_by_text("Mila M.")).to_have_count(0)
    fill_login(page, "mila", PASSWORD)
    expect(page.get_by_text("Username or password is wrong.")).to_be_visible()
