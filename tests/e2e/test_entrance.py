"""Coming in: accounts, the login and back, invitations."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from bulq.domain.phases import Phase
from bulq.models import Group, User
from bulq.passwords import hash_password
from bulq.services.server_settings import set_registration
from tests.e2e.entrance import PASSWORD, fill_login, fill_registration, invite_link, make_group, signed_in, start_run
from tests.e2e.pages import LIVE, button, phase_is, press, wanted_is
from tests.e2e.stage import Stage

RICE = "Basmati rice 5 kg"


def give_password(session, actor) -> None:
    session.get_one(User, actor.id).password_hash = hash_password(PASSWORD)


def test_a_page_opened_signed_out_leads_to_the_login_and_back(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    stage.write(give_password, cast.bojan)
    bojan = stage.window(path=f"/runs/{run}")

    expect(bojan).to_have_url(re.compile("/login"))
    fill_login(bojan, "BOJAN")

    expect(bojan).to_have_url(re.compile(f"/runs/{run}$"))
    wanted_is(bojan, RICE, "10 packs", timeout=5000)


@pytest.mark.parametrize(
    "next_page", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_the_login_leads_back_only_within_this_site(stage: Stage, next_page: str) -> None:
    cast = stage.assemble()
    stage.write(give_password, cast.ana)
    ana = stage.window(path=f"/login?next={next_page}")

    fill_login(ana, "ana")

    signed_in(ana)
    assert ana.url == f"{stage.server.url}/"


def test_a_wrong_login_gets_one_neutral_message_whoever_it_names(stage: Stage) -> None:
    cast = stage.assemble()
    stage.write(give_password, cast.ana)
    page = stage.window(path="/login")

    fill_login(page, "ana", "not this one")
    alert = page.get_by_role("alert").filter(has_text="wrong")
    expect(alert).to_have_text("Username or password is wrong.")
    page.reload()
    fill_login(page, "nobody_of_this_name", "not this one")

    expect(alert).to_have_text("Username or password is wrong.")
    expect(page).to_have_url(re.compile("/login"))


def test_mistakes_of_a_registration_stand_at_their_fields(stage: Stage) -> None:
    stage.assemble()
    page = stage.window(path="/register")

    fill_registration(page, "", "a b", "short")
    for field in (
        page.get_by_role("textbox", name="Name", exact=True),
        page.get_by_role("textbox", name="Username"),
        page.get_by_label("Password", exact=True),
    ):
        expect(field).to_have_attribute("aria-invalid", "true")
    fill_registration(page, "Ana too", "Ana")
    expect(page.get_by_role("textbox", name="Username")).to_have_accessible_description(re.compile("taken"))
    fill_registration(page, "Ана Марић", "ana2")

    signed_in(page)


def test_a1_while_registration_is_closed_or_by_invitation_the_form_says_so(stage: Stage) -> None:
    """A1: while registration is closed, the form says so."""
    cast = stage.assemble()
    token = stage.write(lambda session: session.get_one(Group, cast.group_id).invite_token)
    page = stage.window(path="/register")
    alert, form = (
        page.get_by_role("alert").filter(has_text=re.compile("closed on this|need an invite link")),
        button(page, "Create account"),
    )

    stage.do(set_registration, cast.ada, "closed")
    page.goto(f"/register?next=%2Finvite%2F{token}")
    expect(alert).to_contain_text("closed")
    expect(form).to_have_count(0)
    stage.do(set_registration, cast.ada, "invite")
    for asked, shut in (("", True), ("?next=%2Finvite%2Fnonsense", True), (f"?next=%2Finvite%2F{token}", False)):
        page.goto(f"/register{asked}")
        expect(alert).to_have_count(1 if shut else 0)
        expect(form).to_have_count(0 if shut else 1)


def test_the_login_says_goodbye_to_who_comes_from_a_deleted_account(stage: Stage) -> None:
    page = stage.window(path="/login?left=1")
    expect(page.get_by_text("Your account is deleted")).to_be_visible()
    page.goto("/login?left=x")
    expect(button(page, "Log in")).to_be_visible()
    expect(page.get_by_text("Your account is deleted")).to_have_count(0)


def test_who_opens_an_invite_signed_out_registers_and_is_in_without_another_click(stage: Stage) -> None:
    cast = stage.assemble()
    ana = stage.window(cast.ana, f"/groups/{cast.group_id}")
    link = invite_link(ana)
    guest = stage.window(path=link)

    expect(guest.get_by_role("heading", name="Liman")).to_be_visible()
    press(guest, "Join group")
    guest.get_by_role("link", name="Create an account").click()
    fill_registration(guest, "Zoran", "zoran")

    expect(guest).to_have_url(re.compile(f"/groups/{cast.group_id}$"))
    expect(ana.get_by_text("@zoran")).to_have_count(1, timeout=LIVE)


def test_an_invite_that_is_closed_or_renewed_tells_nothing(stage: Stage) -> None:
    cast = stage.assemble()
    ana = stage.window(cast.ana, f"/groups/{cast.group_id}/manage")
    link = ana.get_by_role("textbox", name="Invite link").input_value()

    press(ana, "New link")
    press(ana, "Make a new link")
    expect(ana.get_by_role("textbox", name="Invite link")).not_to_have_value(link)
    renewed = ana.get_by_role("textbox", name="Invite link").input_value()
    ana.get_by_role("switch", name="Joining open").uncheck()
    expect(ana.get_by_role("switch", name="Joining open")).not_to_be_checked()
    eva = stage.window(cast.eva, link)

    for address in (link, renewed):
        eva.goto(address)
        expect(eva.get_by_text("This link doesn't work")).to_be_visible()
        expect(eva.get_by_text("Liman")).to_have_count(0)


def test_who_is_in_already_goes_straight_to_the_group(stage: Stage) -> None:
    cast = stage.assemble()
    link = stage.write(lambda session: session.get_one(Group, cast.group_id).invite_token)

    bojan = stage.window(cast.bojan, f"/invite/{link}")

    expect(bojan).to_have_url(re.compile(f"/groups/{cast.group_id}$"))


def test_a_fresh_server_on_sqlite_takes_a_group_to_its_first_bid_and_refuses_the_sixth_login(
    plain_stage: Stage,
) -> None:
    ana = plain_stage.window(path="/register")
    fill_registration(ana, "Ana", "ana")
    signed_in(ana)
    make_group(ana, "Liman")
    link = invite_link(ana)
    bojan = plain_stage.window(path=link)
    press(bojan, "Join group")
    bojan.get_by_role("link", name="Create an account").click()
    fill_registration(bojan, "Bojan", "bojan")
    expect(bojan.get_by_role("heading", name="Liman", level=1)).to_be_visible()
    start_run(ana, "Metro")
    bojan.get_by_role("main").get_by_role("link", name="Metro").click()
    phase_is(bojan, "planning")
    box = bojan.get_by_role("combobox", name="Add a product")
    box.fill("Rice")
    bojan.get_by_role("option", name="Create “Rice”").click()
    press(bojan, "Create product")
    wanted_is(ana, "Rice", "1 piece")
    phase_is(ana, "active")

    guest = plain_stage.window(path="/login")
    for _ in range(5):
        fill_login(guest, "ana", "not this one")
        expect(guest.get_by_role("alert").filter(has_text="wrong")).to_be_visible()
        expect(button(guest, "Log in")).to_be_enabled()
    fill_login(guest, "ana")

    expect(guest.get_by_role("alert").filter(has_text="Too many tries")).to_be_visible()
    expect(guest).to_have_url(re.compile("/login"))
