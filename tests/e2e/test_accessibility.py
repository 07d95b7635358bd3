"""axe-core on every page in every phase, light and dark, phone and desk; and nothing wider than the phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from bulq.domain.phases import Phase
from bulq.models import Group
from bulq.services import aliases, bids, catalogue, groups, tags
from bulq.services.advances import ask_advances
from bulq.services.households import agree_household, propose_household
from bulq.services.password_resets import renew_access
from bulq.services.payments import say_paid
from bulq.services.payouts import add_payout
from bulq.services.prices import see_price
from bulq.services.users import lock_users
from tests import cast as people
from tests.cast import NOW, Cast
from tests.e2e.pages import choose, dialog, phase_is, press, row
from tests.e2e.stage import DESK, PHONE, Stage
from tests.owing import line_of
from tests.seeing import complete_run, save_plan

RICE = "Basmati rice 5 kg"
LONG = "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenauszahlungsstellenleiter"
OF_COLOURS = ["color-contrast", "link-in-text-block"]  # the only rules whose answer differs from theme to theme
# Colours pass from parents to children frame by frame where transitions are as good as off.
SETTLED = """async () => {
    for (let quiet = 0, frames = 0; quiet < 3 && frames < 60; frames++) {
        await new Promise(requestAnimationFrame);
        quiet = document.getAnimations().some((each) => each.playState === "running") ? 0 : quiet + 1;
    }
}"""


# What opens above the page and is cut off by an edge of the window. To the left, no page grows wider by that.
CUT_OFF = """() => [...document.querySelectorAll('[role="menu"], [role="dialog"], [role="listbox"]')]
    .map((each) => each.getBoundingClientRect())
    .filter((box) => box.left < 0 || box.right > innerWidth).length"""


Look = tuple[int, Literal["light", "dark"]]
EVERY: tuple[Look, ...] = ((DESK, "light"), (DESK, "dark"), (PHONE, "dark"), (PHONE, "light"))
BRIEF: tuple[Look, ...] = ((DESK, "light"), (PHONE, "dark"))  # each size and each colour once


def scan(page: Page, where: str, looks: tuple[Look, ...] = EVERY) -> None:
    """All the ways this page can look, without loading it again."""
    found: list[str] = []
    widths: set[int] = set()
    for width, theme in looks:
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=theme)
        expect(page.locator("html")).to_have_class(theme)
        page.evaluate(SETTLED)
        for violation in _violations(page, OF_COLOURS if width in widths else None):
            found += [
                f"{where}, {width} {theme}: {violation['id']} at {node['target']}: {node['failureSummary']}"
                for node in violation["nodes"][:3]
            ]
        widths.add(width)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{where}, {width}: {wide} px wide")
        if page.evaluate(CUT_OFF):
            found.append(f"{where}, {width}: what is open is cut off")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": DESK, "height": 844})
    assert not found, "\n".join(found)


def _violations(page: Page, rules: list[str] | None) -> list[dict[str, Any]]:
    """What axe-core finds; only by these rules, if any are named."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE_SCRIPT)
    options = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
    return page.evaluate("async (options) => (await axe.run(options)).violations", options)


@pytest.mark.parametrize("phase", list(Phase))
def test_the_run_page_has_no_barriers(stage: Stage, phase: Phase) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, phase)
    for who, looks in ((cast.ana, EVERY), (cast.bojan, BRIEF)):
        page = stage.window(who, f"/runs/{run}")
        phase_is(page, phase, timeout=5000)
        scan(page, f"{phase} as {who.name}", looks)


def test_the_dialogs_of_the_run_page_have_no_barriers(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    ana = stage.window(cast.ana, f"/runs/{run}")

    press(ana, "Manage run")
    scan(ana, "the menu", BRIEF)
    ana.keyboard.press("Escape")
    for item in ("Edit run", "Helpers", "Hand over", "Cancel run"):
        choose(ana, item)
        _scan_dialog(ana, item)
    press(ana, "Confirm run")
    _scan_dialog(ana, "Confirm run")
    press(ana, f"Bids on {RICE}")
    _scan_dialog(ana, "All bids")
    press(ana, f"Note for {RICE}")
    _scan_dialog(ana, "Note")
    box = ana.get_by_role("combobox", name="Add a product")
    box.fill("tom")
    expect(ana.get_by_role("option").first).to_be_visible()
    scan(ana, "found products", BRIEF)
    box.fill("Something new")
    ana.get_by_role("option", name="Create “Something new”").click()
    dialog(ana).get_by_role("textbox", name="Price").fill("abc")
    press(ana, "Create product")
    expect(dialog(ana).get_by_role("textbox", name="Price")).to_have_attribute("aria-invalid", "true")
    _scan_dialog(ana, "Create product")
    press(ana, f"Retract {RICE}")
    expect(ana.get_by_role("button", name="Undo")).to_be_visible()
    scan(ana, "a toast", BRIEF)


@pytest.mark.parametrize("phase", [Phase.CONFIRMED, Phase.SHOPPING, Phase.ADJUSTING, Phase.DISTRIBUTING])
def test_the_dialogs_of_later_phases_have_no_barriers(stage: Stage, phase: Phase) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, phase)
    ana = stage.window(cast.ana, f"/runs/{run}")
    opener = {
        Phase.CONFIRMED: f"Bids on {RICE}",
        Phase.SHOPPING: "Finish shopping",
        Phase.ADJUSTING: "Share fairly",
        Phase.DISTRIBUTING: "Complete run",
    }[phase]

    press(ana, opener)

    _scan_dialog(ana, opener)
    ana.set_viewport_size({"width": PHONE, "height": 844})
    press(ana, "Manage run")
    scan(ana, "the menu", ((PHONE, "light"),))


def test_the_shopping_page_and_its_sheet_have_no_barriers(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.SHOPPING)
    ana = stage.window(cast.ana, f"/runs/{run}/shopping")
    mila = stage.window(cast.mila, f"/runs/{run}/shopping")

    expect(row(ana, RICE)).to_be_visible()
    scan(ana, "shopping")
    press(ana, f"Buy {RICE}")
    _scan_dialog(ana, "Buy", close=False)
    press(dialog(ana), "Bought")
    expect(dialog(ana).get_by_label("Total")).to_have_attribute("aria-invalid", "true")
    _scan_dialog(ana, "Buy with mistakes", close=False)
    dialog(ana).get_by_label("Total").fill("79.90")
    press(dialog(ana), "Bought")
    expect(dialog(ana)).to_have_count(0)
    press(ana, "Buy Tomatoes")
    press(dialog(ana), "Not there")
    expect(dialog(ana)).to_have_count(0)
    scan(ana, "all dealt with", BRIEF)
    scan(mila, "looking along", BRIEF)


def test_receipts_and_statements_have_no_barriers(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.DISTRIBUTING)
    ana = stage.window(cast.ana, f"/runs/{run}/receipts")
    press(ana, "Add receipt")
    press(dialog(ana), "Add payer")
    press(dialog(ana), "Add receipt")
    expect(dialog(ana).get_by_label("Amount").first).to_have_attribute("aria-invalid", "true")
    _scan_dialog(ana, "Add receipt", close=False)
    dialog(ana).get_by_label("Total").fill("9")
    for amount in dialog(ana).get_by_label("Amount").all():
        amount.fill("4.50")
    press(dialog(ana), "Add receipt")
    expect(ana.locator("[data-difference]")).to_be_visible()
    scan(ana, "receipts")
    ana.get_by_role("button", name="Add a cost").last.click()
    dialog(ana).get_by_role("combobox", name="Shared").select_option(label="Chosen people")
    dialog(ana).get_by_role("checkbox", name="Ana").check()
    dialog(ana).get_by_role("checkbox", name="Mila").check()
    _scan_dialog(ana, "Add a cost")
    press(ana, "Spread the difference")
    expect(ana.locator("[data-difference]")).to_have_count(0)

    ana.goto(f"/runs/{run}/statement/{cast.ana.id}")
    for why in ana.locator(".why-amount").all():
        why.click()
    scan(ana, "statement")
    stage.write(complete_run, cast.ana, run, now=NOW)
    ana.goto(f"/runs/{run}/receipts")
    press(ana, "Correct")
    _scan_dialog(ana, "Correct")


def test_pages_of_groups_and_people_have_no_barriers(stage: Stage) -> None:
    cast = stage.assemble()
    for phase in (Phase.PLANNING, Phase.ACTIVE, Phase.ADJUSTING, Phase.COMPLETED, Phase.CANCELLED):
        stage.bring_to(cast, phase)
    ana = stage.window(cast.ana)

    expect(ana.get_by_role("heading", name="Liman")).to_be_visible()
    scan(ana, "home")
    press(ana, "New group")
    press(dialog(ana), "Create group")
    _scan_dialog(ana, "New group")
    ana.get_by_role("link", name="Liman", exact=True).click()
    expect(ana.get_by_text("@bojan")).to_be_visible()
    scan(ana, "group")
    press(ana, "Invite")
    _scan_dialog(ana, "Invite")
    press(ana, "New run")
    press(dialog(ana), "Start run")
    _scan_dialog(ana, "New run")
    ana.get_by_role("link", name="Manage group").click()
    expect(ana.get_by_role("button", name="Leave group")).to_be_visible()
    scan(ana, "manage")
    for opener in ("Remove Mila", "New link", "Leave group"):
        press(ana, opener)
        _scan_dialog(ana, opener)
    ana.get_by_role("link", name="Profile").click()
    expect(ana.get_by_role("button", name="Log out")).to_be_visible()
    scan(ana, "profile")
    press(ana, "Delete my account")
    _scan_dialog(ana, "Delete my account")
    bojan = stage.window(cast.bojan, "/notifications")
    expect(bojan.get_by_role("button", name="Read all")).to_be_visible()
    scan(bojan, "notifications")
    eva = stage.window(cast.eva)
    expect(eva.get_by_text("Start with a group")).to_be_visible()
    scan(eva, "home without a group", BRIEF)
    eva.goto("/notifications")
    expect(eva.get_by_text("Nothing yet")).to_be_visible()
    scan(eva, "no notifications", BRIEF)


def test_where_somebody_is_paid_and_how_has_no_barriers(stage: Stage) -> None:
    cast = stage.assemble()
    stage.bring_to(cast, Phase.COMPLETED)
    for kind, account in (("iban", "DE89370400440532013000"), ("paypal", "AnaMaric"), ("text", "060 123 456")):
        stage.do(add_payout, cast.ana, kind, account, name="Ana Marić, who has quite a long name")
    stage.write(save_plan, cast.ana, cast.group_id, now=NOW)
    ana = stage.window(cast.ana, "/profile")
    expect(ana.get_by_text("First choice")).to_be_visible()
    scan(ana, "profile with payouts")
    press(ana, "Add an account")
    press(dialog(ana), "Add an account")
    _scan_dialog(ana, "Add an account")
    press(ana, "Edit DE89 3704 0044 0532 0130 00")
    _scan_dialog(ana, "Edit")
    bojan = stage.window(cast.bojan, f"/groups/{cast.group_id}/money")
    press(bojan, "Show payment code")
    expect(dialog(bojan).get_by_role("img")).to_be_visible()
    _scan_dialog(bojan, "Show payment code")


def _asked_and_proposed(session: Session, cast: Cast, run_id: UUID) -> None:
    """Bojan paid in advance, Mila did not; Ana and Bojan settle as one, and Mila would join them."""
    see_price(session, cast.ana, cast.rice, cast.store_id, 799, "EUR", now=NOW)
    ask_advances(session, cast.ana, run_id, "all", now=NOW)
    line = line_of(session, cast.group_id, cast.bojan)
    say_paid(session, cast.bojan, cast.group_id, line.id, line.amount, now=NOW)
    pair = propose_household(session, cast.ana, cast.group_id, cast.bojan.id, cast.ana.id, now=NOW)
    agree_household(session, cast.bojan, cast.group_id, pair.id, now=NOW)
    propose_household(session, cast.mila, cast.group_id, cast.mila.id, cast.ana.id, now=NOW)


def test_advances_and_households_have_no_barriers(stage: Stage) -> None:
    cast = stage.assemble()
    run_id = stage.bring_to(cast, Phase.CONFIRMED)
    stage.write(_asked_and_proposed, cast, run_id)
    ana = stage.window(cast.ana, f"/runs/{run_id}")
    expect(ana.locator('[data-advance="bojan"]')).to_contain_text("are paid")
    scan(ana, "run with advances")
    press(ana, "Manage run")
    ana.get_by_role("menuitem", name="Ask for advances").click()
    _scan_dialog(ana, "Ask for advances")
    mila = stage.window(cast.mila, f"/runs/{run_id}")
    expect(mila.locator("[data-advance-asked]")).to_be_visible()
    scan(mila, "run that asks for an advance")
    ana.goto(f"/groups/{cast.group_id}/money")
    expect(ana.locator("[data-household]")).to_be_visible()
    expect(ana.locator("[data-proposal]")).to_be_visible()
    scan(ana, "money with households and advances")
    press(ana, "Propose household")
    _scan_dialog(ana, "Propose household")


def test_pages_of_the_catalogue_have_no_barriers(stage: Stage) -> None:
    cast = stage.assemble()
    stage.bring_to(cast, Phase.ADJUSTING)
    ada = stage.window(cast.ada, f"/products/{cast.rice}")

    expect(ada.locator(".price-chart svg").first).to_be_visible()
    scan(ada, "product")
    press(ada, "Add a price")
    press(dialog(ada), "Save price")
    expect(dialog(ada).get_by_label("Price", exact=True)).to_have_attribute("aria-invalid", "true")
    _scan_dialog(ada, "Add a price")
    press(ada, "Edit")
    _scan_dialog(ada, "Details")
    press(ada, "Withdraw €7.99 at Metro")
    _scan_dialog(ada, "Withdraw")
    ada.goto(f"/products/{cast.tomatoes}")
    expect(ada.get_by_text("No price known yet")).to_be_visible()
    scan(ada, "product without prices", BRIEF)
    ada.goto(f"/stores/{cast.store_id}")
    expect(row(ada, RICE)).to_be_visible()
    scan(ada, "store")
    press(ada, "Edit store")
    _scan_dialog(ada, "Edit store")
    ana = stage.window(cast.ana, f"/stores/{cast.store_id}")
    ana.get_by_role("searchbox", name="Search this store").fill("nothing of this kind")
    expect(ana.get_by_text("Nothing found")).to_be_visible()
    scan(ana, "store with my run", BRIEF)
    ana.goto("/scan")
    ana.get_by_role("textbox", name="Barcode").fill("4006381333931")
    press(ana, "Find product")
    _scan_dialog(ana, "Create a product", close=False)
    ana.get_by_role("combobox", name="Is the product here already?").fill("basm")
    ana.get_by_role("option", name=RICE).click()
    expect(ana.get_by_role("button", name="Add the barcode to this product")).to_be_visible()
    _scan_dialog(ana, "Give a barcode", close=False)
    ana.keyboard.press("Escape")
    scan(ana, "scan")


def test_searching_has_no_barriers(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    stage.do(tags.add_tag, cast.ana, cast.rice, "category", "Grains")
    ana = stage.window(cast.ana)

    for typed, found in (("me", "Metro"), ("basmti", RICE)):
        ana.get_by_role("combobox", name="Search").fill(typed)
        expect(ana.get_by_role("option", name=found)).to_be_visible()
        ana.keyboard.press("ArrowDown")
        scan(ana, f"what {typed} finds", ((DESK, "light"), (DESK, "dark")))
    ana.keyboard.press("Escape")
    ana.goto("/search?q=me")
    expect(ana.get_by_role("main").get_by_role("link", name="Metro")).to_be_visible()
    scan(ana, "results")
    ana.goto("/search?q=zzz")
    expect(ana.get_by_text("Nothing found for")).to_be_visible()
    scan(ana, "no results", BRIEF)
    phone = stage.window(cast.ana, width=PHONE)
    press(phone, "Search")
    phone.get_by_role("combobox", name="Search").fill("me")
    expect(phone.get_by_role("option", name="Metro")).to_be_visible()
    scan(phone, "searching on a phone", ((PHONE, "light"), (PHONE, "dark")))
    ana.goto(f"/runs/{run}")
    press(ana, "By category")
    expect(ana.get_by_role("heading", name="Grains")).to_be_visible()
    scan(ana, "a run by category", BRIEF)


def test_pages_for_those_outside_have_no_barriers(stage: Stage) -> None:
    cast = stage.assemble()
    token = stage.write(lambda session: session.get_one(Group, cast.group_id).invite_token)
    page = stage.window(path="/login")

    scan(page, "login")
    press(page, "Log in")
    expect(page.get_by_role("textbox", name="Username")).to_have_attribute("aria-invalid", "true")
    scan(page, "login with mistakes", BRIEF)
    page.goto("/register")
    expect(page.get_by_role("button", name="Create account")).to_be_visible()
    scan(page, "register")
    page.goto(f"/invite/{token}")
    expect(page.get_by_role("button", name="Join group")).to_be_visible()
    scan(page, "invitation")
    page.goto("/invite/nothing-of-this-kind")
    expect(page.get_by_text("This link doesn't work")).to_be_visible()
    scan(page, "unknown invitation", BRIEF)
    page.goto(f"/reset/{stage.do(renew_access, 'bojan')}")
    expect(page.get_by_role("button", name="Set password")).to_be_visible()
    scan(page, "new password", BRIEF)
    page.goto("/reset/nothing")
    expect(page.get_by_text("This link doesn't work any more")).to_be_visible()
    scan(page, "unknown reset link", BRIEF)
    page.goto("/nowhere")
    expect(page.get_by_text("There is nothing here")).to_be_visible()
    scan(page, "not found")


def test_the_admin_pages_have_no_barriers(stage: Stage) -> None:
    cast = stage.assemble()
    stage.bring_to(cast, Phase.ACTIVE)
    stage.do(lock_users, cast.ada, [cast.mila.id])
    ada = stage.window(cast.ada, "/admin")

    expect(ada.get_by_role("heading", name="Jobs")).to_be_visible()
    scan(ada, "dashboard")
    ada.get_by_role("link", name="Users").click()
    expect(ada.get_by_text("@bojan")).to_be_visible()
    scan(ada, "users")
    ada.get_by_role("checkbox", name="Choose Bojan").click()
    expect(ada.get_by_text("1 chosen")).to_be_visible()
    press(ada, "More about Bojan")
    scan(ada, "users, one chosen", BRIEF)
    for item in ("Rename", "Reset link", "Delete account"):
        if not ada.get_by_role("menuitem", name=item).is_visible():
            press(ada, "More about Bojan")
        ada.get_by_role("menuitem", name=item).click()
        _scan_dialog(ada, item)
    ada.get_by_role("searchbox", name="Search users").fill("nobody of this name")
    expect(ada.get_by_text("Nothing found")).to_be_visible()
    scan(ada, "nobody found", BRIEF)
    ada.get_by_role("link", name="Groups", exact=True).click()
    expect(ada.get_by_role("link", name="Liman")).to_be_visible()
    scan(ada, "groups", BRIEF)
    ada.get_by_role("link", name="Liman").click()
    expect(ada.get_by_text("@bojan")).to_be_visible()
    scan(ada, "a group")
    press(ada, "Close group")
    _scan_dialog(ada, "Close group")
    ada.get_by_role("link", name="Settings").click()
    expect(ada.get_by_role("radio", name="By invitation")).to_be_visible()
    scan(ada, "settings")


def test_the_styleguide_has_no_barriers(stage: Stage) -> None:
    page = stage.window(path="/styleguide")

    expect(page.get_by_role("heading", level=1)).to_be_visible()

    scan(page, "styleguide")


def test_long_names_and_sums_fit_a_phone(stage: Stage) -> None:
    cast = stage.assemble()
    stage.write(_lengthen, cast)
    for phase in (Phase.ACTIVE, Phase.SHOPPING, Phase.DISTRIBUTING):
        run = stage.bring_to(cast, phase)
        money = [f"/runs/{run}/receipts", f"/runs/{run}/statement/{cast.ana.id}"] if phase is Phase.DISTRIBUTING else []
        for path in (f"/runs/{run}", f"/runs/{run}/shopping", f"/groups/{cast.group_id}", "/", *money):
            page = stage.window(cast.ana, path, width=PHONE)
            expect(page.get_by_role("main").get_by_text("Donaudampfschiff").first).to_be_attached()
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= PHONE, f"{path} in {phase} is {wide} px wide"
            page.context.close()


def test_a_product_that_many_bid_on_fits_a_phone(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    stage.write(_all_bid, cast, run)
    for width in (PHONE, 390):
        page = stage.window(cast.ana, f"/runs/{run}", width=width)
        expect(row(page, RICE).locator(".pill").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.context.close()


def test_long_names_of_the_catalogue_fit_a_phone(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ADJUSTING)
    stage.do(tags.add_tag, cast.ana, cast.rice, "category", LONG[:50])
    stage.do(aliases.add_alias, cast.ana, cast.rice, LONG, "")
    stage.write(_lengthen, cast)
    page = stage.window(cast.ada, f"/products/{cast.rice}", width=PHONE)
    expect(page.get_by_text("Also called")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text=LONG)).to_be_visible()
    for path in (
        *(f"/admin/{what}" for what in ("products", "stores", "users", "groups", "tags")),
        f"/admin/groups/{cast.group_id}",
        f"/products/{cast.rice}",
    ):
        page.goto(path)
        expect(page.get_by_role("main").get_by_text("Donaudampfschiff").first).to_be_visible()
        assert _too_wide(page, "html") <= 0, path
    page = stage.window(cast.ana, f"/runs/{run}", width=PHONE)
    row(page, LONG).get_by_role("button", name="Bids on").click()
    expect(dialog(page).get_by_role("spinbutton").first).to_be_visible()
    assert _too_wide(page, ".dialog-body") <= 0
    page.goto("/scan")
    page.get_by_role("textbox", name="Barcode").fill("4006381333931")
    press(page, "Find product")
    page.get_by_role("combobox", name="Is the product here already?").fill("basmati")
    expect(page.get_by_role("option", name="Donaudampfschiff")).to_be_visible()
    assert _too_wide(page, ".dialog-body") <= 0


def test_the_prices_of_a_store_with_a_long_name_fit_beside_it(stage: Stage) -> None:
    cast = stage.assemble()
    stage.bring_to(cast, Phase.ADJUSTING)
    stage.write(_lengthen, cast)
    page = stage.window(cast.ana, f"/products/{cast.rice}")

    expect(page.get_by_role("columnheader", name="Highest")).to_be_visible()

    assert _too_wide(page, ".price-box") <= 0


def _too_wide(page: Page, what: str) -> int:
    """By how many pixels its content is wider than itself."""
    return page.locator(what).first.evaluate("element => element.scrollWidth - element.clientWidth")


def _all_bid(session: Session, cast: Cast, run: UUID) -> None:
    """Nine more members join the group, and every one bids on the rice."""
    invite = session.get_one(Group, cast.group_id).invite_token
    for name in ("Jovan", "Katarina", "Luka", "Marija", "Nikola", "Olga", "Ruža", "Uroš", "Vesna"):
        member = people.person(session, name)
        groups.join_group(session, member, invite, now=people.NOW)
        bids.place_bid(session, member, run, cast.rice, 2 * people.PACK, now=people.NOW)


def _lengthen(session, cast) -> None:
    from bulq.models import Product, Store, User

    for model, key in ((User, cast.bojan.id), (Product, cast.rice), (Store, cast.store_id), (Group, cast.group_id)):
        session.get_one(model, key).name = LONG


def _scan_dialog(page: Page, where: str, *, close: bool = True) -> None:
    expect(dialog(page)).to_be_visible()
    scan(page, where, BRIEF)
    if close:
        page.keyboard.press("Escape")
        expect(dialog(page)).to_have_count(0)


def test_the_pages_of_the_catalogue_s_keepers_have_no_barriers(stage: Stage) -> None:
    cast = stage.assemble()
    stage.bring_to(cast, Phase.DISTRIBUTING)
    stage.do(catalogue.add_product, cast.ana, "Basmati rice 5kg", "Daawat", "pack", 1000)
    for path in ("/admin/products", "/admin/stores", "/admin/tags"):
        page = stage.window(cast.ada, path)
        expect(page.get_by_role("searchbox", name="Search")).to_be_visible()
        scan(page, path)
    page = stage.window(cast.ada, "/admin/products")
    page.get_by_role("checkbox", name=f"Choose {RICE}", exact=True).click()
    scan(page, "chosen", BRIEF)
    page.get_by_role("button", name=f"More about {RICE}", exact=True).click()
    page.get_by_role("menuitem", name="Edit", exact=True).click()
    _scan_dialog(page, "Edit")
    page = stage.window(cast.ada, "/admin/products/merge")
    page.get_by_role("button", name="Compare").first.click()
    expect(page.get_by_role("table", name="Side by side")).to_be_visible()
    scan(page, "merging")
    for what in ("users", "tags"):
        page = stage.window(cast.ada, f"/admin/{what}/merge")
        expect(page.get_by_role("combobox", name="Keep")).to_be_visible()
        scan(page, f"merging {what}", BRIEF)


def test_the_record_and_the_catalogue_file_have_no_barriers(stage: Stage, tmp_path: Path) -> None:
    cast = stage.assemble()
    stage.bring_to(cast, Phase.COMPLETED)
    page = stage.window(cast.ada, "/admin/audit")
    expect(page.get_by_role("table", name="Audit log")).to_be_visible()
    page.get_by_text("Details").first.click()
    scan(page, "the record")

    page.goto("/admin/catalogue")
    expect(page.get_by_role("button", name="Choose a file")).to_be_visible()
    scan(page, "the catalogue as a file", BRIEF)
    bad = tmp_path / "bad.csv"
    bad.write_text("name,unit\nSalt,barrel\nTea,kg\n", "utf-8")
    page.locator("[data-upload]").set_input_files(bad)
    expect(page.get_by_role("heading", name="What is wrong")).to_be_visible()
    scan(page, "what is wrong with a file")
