"""A day of an admin of the server."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from bulq.domain.phases import Phase
from tests.e2e.entrance import fill_login, fill_registration, signed_in
from tests.e2e.pages import LIVE, button, dialog, press, row, wanted_is
from tests.e2e.stage import Stage
from tests.e2e.test_entrance import give_password

RICE = "Basmati rice 5 kg"
NEW = "a password of tomorrow"


def test_an_admin_looks_after_the_server(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    for who in (cast.ada, cast.bojan, cast.mila):
        stage.write(give_password, who)
    bojan = stage.window(cast.bojan, f"/runs/{run}")
    wanted_is(bojan, RICE, "10 packs")

    # Only admins are offered the way, and only for them something is there (M1).
    ana = stage.window(cast.ana, "/admin/users")
    expect(ana.get_by_text("There is nothing here")).to_be_visible()
    expect(ana.get_by_role("link", name="Administration")).to_have_count(0)
    expect(ana.get_by_text("@bojan")).to_have_count(0)
    ada = stage.window(path="/login")
    fill_login(ada, "ada")
    signed_in(ada)
    ada.get_by_role("link", name="Administration").click()
    expect(ada.get_by_role("heading", name="Dashboard", level=1)).to_be_visible()
    expect(ada.get_by_text("People active")).to_be_visible()
    expect(ada.locator(".recharts-bar-rectangle").first).to_be_attached()

    # Whoever is locked loses the page they look at, and is told why only with the right password.
    ada.get_by_role("link", name="Users").click()
    ada.get_by_role("searchbox", name="Search users").fill("boj")
    expect(ada.get_by_role("row")).to_have_count(2)
    press(ada, "More about Bojan")
    ada.get_by_role("menuitem", name="Lock", exact=True).click()
    expect(ada.get_by_text("Locked and signed out: Bojan")).to_be_visible()
    expect(row(bojan, RICE)).to_have_count(0, timeout=LIVE)
    bojan.goto("/login")
    fill_login(bojan, "bojan", "a guess")
    expect(bojan.get_by_text("Username or password is wrong.")).to_be_visible()
    fill_login(bojan, "bojan")
    expect(bojan.get_by_text("This account is locked")).to_be_visible()
    press(ada, "Undo")
    expect(ada.get_by_text("Unlocked: Bojan")).to_be_visible()
    fill_login(bojan, "bojan")
    signed_in(bojan)

    # A link for a new password ends all sessions, and works once.
    mila = stage.window(cast.mila, f"/groups/{cast.group_id}")
    expect(mila.get_by_text("@bojan")).to_be_visible()
    ada.get_by_role("searchbox", name="Search users").fill("mila")
    press(ada, "More about Mila")
    ada.get_by_role("menuitem", name="Reset link").click()
    press(dialog(ada), "Make a link")
    link = dialog(ada).get_by_role("textbox", name="Reset link").input_value()
    phone = stage.window(path=link.removeprefix(stage.server.url), width=320)
    phone.get_by_label("New password", exact=True).fill(NEW)
    press(phone, "Set password")
    expect(phone.get_by_text("Your new password is set")).to_be_visible()
    expect(mila.get_by_text("@bojan")).to_have_count(0, timeout=LIVE)
    phone.goto(link)
    expect(phone.get_by_text("This link doesn't work any more")).to_be_visible()
    phone.goto("/login")
    fill_login(phone, "mila", NEW)
    signed_in(phone)
    ada.keyboard.press("Escape")

    # While registration is closed the form says so; by invitation it opens for who comes by a link (M5, A1).
    ada.get_by_role("link", name="Settings").click()
    ada.get_by_role("radio", name="Closed").click()
    expect(ada.get_by_text("Saved")).to_be_visible()
    newcomer = stage.window(path="/register")
    expect(newcomer.get_by_text("Registration is closed on this server.")).to_be_visible()
    expect(button(newcomer, "Create account")).to_have_count(0)
    ada.get_by_role("radio", name="By invitation").click()
    expect(ada.get_by_role("radio", name="By invitation")).to_be_checked()
    newcomer.goto("/register")
    expect(newcomer.get_by_text("You need an invite link")).to_be_visible()
    ana.goto(f"/groups/{cast.group_id}/manage")
    invite = ana.get_by_role("textbox", name="Invite link").input_value().removeprefix(stage.server.url)
    newcomer.goto(f"/register?next={invite}")
    fill_registration(newcomer, "Vera", "vera")
    expect(newcomer).to_have_url(re.compile("/invite/|/groups/"))

    # A closed group is gone from its members' pages.
    expect(ana.get_by_role("button", name="Leave group")).to_be_visible()
    ada.get_by_role("link", name="Groups", exact=True).click()
    ada.get_by_role("link", name="Liman").click()
    press(ada, "Close group")
    press(dialog(ada), "Close group")
    expect(ada.get_by_text("This group was closed on")).to_be_visible()
    expect(ana.get_by_text("There is nothing here")).to_be_visible(timeout=LIVE)
