"""Six people live three runs: shortages, two payers, transport, a deposit and its return, a correction, and then even.

Each has a browser of their own. Every amount on every statement is asked why, and all of them are the balances.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import permutations

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy.orm import Session

from bulq.domain.actor import Actor
from bulq.services import groups
from tests.cast import NOW, person
from tests.e2e.entrance import create_product, start_run
from tests.e2e.pages import LIVE, button, cents, dialog, my_quantity_is, phase_is, press, quantity, row, wanted_is
from tests.e2e.stage import PHONE, Stage
from tests.owing import owed

RICE, OIL, WATER, CHEESE = "Basmati rice", "Olive oil", "Mineral water", "Cheese"


@dataclass
class Six:
    """Six members of a group, each in a browser of their own."""

    stage: Stage
    people: dict[str, Actor]
    group: str
    windows: dict[str, Page] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Page:
        return self.windows[name]

    def all_to(self, path: str) -> None:
        for page in self.windows.values():
            page.goto(path)

    def want(self, product: str, unit: str, **wanted: str) -> None:
        """Everybody bids on their own page; whoever created the product wants one already."""
        for name, amount in wanted.items():
            page = self.windows[name]
            if quantity(page, product).count() == 0:
                press(page, f"Bid on {product}")
            quantity(page, product).fill(amount)
            quantity(page, product).press("Enter")
            my_quantity_is(page, product, amount)
        total = sum(float(amount) for amount in wanted.values())
        wanted_is(next(iter(self.windows.values())), product, f"{total:g} {unit}")


def assemble(session: Session) -> tuple[dict[str, Actor], str]:
    names = ("Ana", "Bojan", "Mila", "Vera", "Goran", "Ђорђе")
    people = {name: person(session, name) for name in names}
    group = groups.create_group(session, people["Ana"], "Liman", "EUR", "Europe/Belgrade", now=NOW)
    for friend in names[1:]:
        groups.join_group(session, people[friend], group.invite_token, now=NOW)
    session.flush()
    return people, str(group.id)


@pytest.fixture
def six(stage: Stage) -> Six:
    six = Six(stage, *stage.write(assemble))
    for number, (name, who) in enumerate(six.people.items()):
        path = f"/groups/{six.group}"
        six.windows[name] = stage.window(who, path, width=PHONE if number % 2 else 1280)
    return six


def test_six_people_live_three_runs_and_end_even_with_every_number_explained(stage: Stage, six: Six) -> None:
    first = _a_shortage_two_payers_and_transport(six)
    second = _a_deposit(six)
    third = _the_deposit_comes_back(six)
    _a_correction(six, first)

    six.all_to(f"/groups/{six.group}/money")
    balances = {name: _own_balance(page) for name, page in six.windows.items()}
    assert sum(balances.values()) == 0 and all(balances.values())
    for name, page in six.windows.items():
        statements = [f"/runs/{run}/statement/{six.people[name].id}" for run in (first, second, third)]
        assert sum(_explained(page, address) for address in statements) == balances[name]

    _settle_up(six)
    for page in six.windows.values():
        expect(page.get_by_text("Everybody is even").first).to_be_visible(timeout=LIVE)
        assert _own_balance(page) == 0
    assert not stage.write(owed, six.group)


def _begin(six: Six, leader: str, store: str) -> str:
    page = six.windows[leader]
    page.goto(f"/groups/{six.group}")
    start_run(page, store)
    return page.url.rsplit("/", 1)[1]


def _buy(page: Page, product: str, total: str, bought: str = "") -> None:
    press(page, f"Buy {product}")
    if bought:
        dialog(page).get_by_label("Quantity bought").fill(bought)
    dialog(page).get_by_label("Total").fill(total)
    press(dialog(page), "Bought")
    expect(dialog(page)).to_be_hidden()
    expect(row(page, product)).to_have_attribute("data-saved", "saved")


def _go_shopping(page: Page, run: str) -> None:
    press(page, "Confirm run")
    press(dialog(page), "Confirm anyway")
    phase_is(page, "confirmed")
    press(page, "Start shopping")
    expect(page).to_have_url(re.compile(f"/runs/{run}/shopping$"))


def _finish_shopping(page: Page, run: str, then: str) -> None:
    page.goto(f"/runs/{run}")
    press(page, "Finish shopping")
    phase_is(page, then)


def _hand_out_and_complete(six: Six, page: Page, run: str) -> None:
    for name in six.people:
        press(page, f"All picked up by {name}")
        expect(button(page, f"All picked up by {name}")).to_have_count(0)
    press(page, "Complete run")
    for each in six.windows.values():
        each.goto(f"/runs/{run}")
        phase_is(each, "completed")


def _receipt(page: Page, people: str) -> Locator:
    return page.locator(f'[data-receipt="{people}"]')


def _add_cost(page: Page, receipt: Locator, kind: str, amount: str, shared: str) -> None:
    press(receipt, "Add a cost")
    box = dialog(page)
    box.get_by_role("combobox", name="Kind").select_option(label=kind)
    box.get_by_label("Amount").fill(amount)
    box.get_by_role("combobox", name="Shared").select_option(label=shared)


def _a_shortage_two_payers_and_transport(six: Six) -> str:
    ana = six.Ana
    run = _begin(six, "Ana", "Metro")
    create_product(ana, RICE, "pack", "7.99")
    create_product(ana, OIL, "l", "9.99")
    six.all_to(f"/runs/{run}")
    six.want(RICE, "packs", Ana="5", Bojan="3", Mila="2", Goran="2")
    six.want(OIL, "l", Ana="1", Vera="2", Ђорђе="1.5")

    _go_shopping(ana, run)
    _buy(ana, RICE, "55.93", bought="7")
    _buy(ana, OIL, "44.95")
    ana.goto(f"/runs/{run}/receipts")
    press(ana, "Add receipt")
    dialog(ana).get_by_label("Total").fill("20.00")
    press(dialog(ana), "Add payer")
    dialog(ana).get_by_label("Amount").first.fill("12.00")
    dialog(ana).get_by_label("Amount").last.fill("8.00")
    press(dialog(ana), "Add receipt")
    both = _receipt(ana, "Ana and Bojan")
    _add_cost(ana, both, "Transport", "14", "By value")
    press(dialog(ana), "Add a cost")
    expect(both.locator("[data-difference]")).to_have_text("€6.00")
    press(both, "Spread the difference")
    expect(ana.locator("[data-difference]")).to_have_count(0)

    _finish_shopping(ana, run, "adjusting")
    press(ana, "Share fairly")
    press(dialog(ana), "Give it out like this")
    phase_is(ana, "distributing")
    _hand_out_and_complete(six, ana, run)
    return run


def _a_deposit(six: Six) -> str:
    bojan = six.Bojan
    run = _begin(six, "Bojan", "Cash & Carry")
    create_product(bojan, WATER, "box", "6.00")
    six.all_to(f"/runs/{run}")
    six.want(WATER, "boxes", Ana="1", Bojan="1", Mila="2", Vera="1", Goran="1", Ђорђе="1")

    _go_shopping(bojan, run)
    _buy(bojan, WATER, "42.00")
    bojan.goto(f"/runs/{run}/receipts")
    _add_cost(bojan, _receipt(bojan, "Bojan"), "Deposit", "23.10", "By quantity")
    press(dialog(bojan), "Add a cost")
    expect(_receipt(bojan, "Bojan")).to_contain_text("65.10")

    _finish_shopping(bojan, run, "distributing")
    _hand_out_and_complete(six, bojan, run)
    return run


def _the_deposit_comes_back(six: Six) -> str:
    """Mila took two boxes, so two shares of the deposit are hers."""
    mila = six.Mila
    run = _begin(six, "Mila", "Dairy")
    create_product(mila, CHEESE, "kg", "12.00")
    six.all_to(f"/runs/{run}")
    six.want(CHEESE, "kg", Mila="2", Ana="1", Bojan="1", Vera="1", Goran="1", Ђорђе="1")

    _go_shopping(mila, run)
    _buy(mila, CHEESE, "84.50")
    mila.goto(f"/runs/{run}/receipts")
    _add_cost(mila, _receipt(mila, "Mila"), "Deposit returned", "23.10", "Chosen people")
    for name in six.people:
        dialog(mila).get_by_role("checkbox", name=name).check()
    dialog(mila).get_by_label("Share of Mila").fill("2")
    press(dialog(mila), "Add a cost")
    expect(_receipt(mila, "Mila")).to_contain_text("61.40")

    _finish_shopping(mila, run, "distributing")
    _hand_out_and_complete(six, mila, run)
    return run


def _a_correction(six: Six, run: str) -> None:
    six.all_to(f"/runs/{run}/receipts")
    press(six.Ana, "Correct")
    dialog(six.Ana).get_by_label("Amount").fill("7.01")
    dialog(six.Ana).get_by_label("Reason").fill("One bag was torn")
    press(dialog(six.Ana), "Correct")
    for page in six.windows.values():
        expect(page.locator('[data-correction="One bag was torn"]')).to_contain_text("-7.01", timeout=LIVE)


def _own_balance(page: Page) -> int:
    own = page.locator("[data-my-balance]")
    expect(own).to_be_visible()
    return int(own.get_attribute("data-my-balance") or "")


def _explained(page: Page, address: str) -> int:
    """The net of a statement, in cents. Each of its amounts says why, and the lines are what the person bears."""
    page.goto(address)
    whys = page.locator(".why")
    expect(page.get_by_text("Net", exact=True)).to_be_visible()
    for why in whys.all():
        why.get_by_role("button").click()
        expect(why.locator(".why-story")).not_to_be_empty()
    lines = sum(cents(amount.inner_text()) for amount in page.locator("[data-line] .why-amount").all())
    assert lines == cents(page.locator("[data-sum]").inner_text())
    return cents(whys.last.get_by_role("button").inner_text())


def _settle_up(six: Six) -> None:
    six.all_to(f"/groups/{six.group}/money")
    press(six.Vera, "Settle up")
    press(dialog(six.Vera), "Use this plan")
    lines = six.Vera.locator('[data-payment="proposed"]')
    expect(lines.first).to_be_visible()
    assert 3 <= lines.count() <= 5  # six people need five at most
    for sender, receiver in permutations(six.people, 2):
        about = f'[data-sender="{sender}"][data-receiver="{receiver}"]'
        if six.Vera.locator(f'[data-payment="proposed"]{about}').count():
            press(six.windows[sender].locator(f'[data-payment="proposed"]{about}'), "I paid")
            press(six.windows[receiver].locator(f'[data-payment="paid"]{about}'), "Confirm payment")
            expect(six.Vera.locator(f'[data-payment="paid"]{about}')).to_have_count(0, timeout=LIVE)
