"""The shopping page as its handlers see it: whoever calls them, with whatever."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
import reflex as rx
from reflex.istate.data import HeaderData, PageData, SessionData
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import db
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, Forbidden, Invalid, NotFound, NotSignedIn
from bulq.domain.phases import Phase
from bulq.models import Bid, PriceObservation, Product, Purchase
from bulq.services import accounts, bids, groups, phases, runs
from bulq.sessions import cookie_name
from bulq.state.auth import now
from bulq.state.buying import BuyingState
from bulq.state.listing import ListingState
from bulq.state.shopping import SHOPPING, ShoppingState
from tests import seeing
from tests.cast import NOW, PACK, Cast, assemble, bring_to, item_of, plan
from tests.conftest import Scene

HOSTILE: list[Any] = ["", "abc", "NaN", "1e309", "-1", "9" * 400, "\0", "\ud800", "' OR 1=1 --", None, 7.5, ["x"], {}]


@dataclass(frozen=True)
class Shop:
    """Ana shops: 10 packs of rice and 1.5 kg of tomatoes are wanted."""

    cast: Cast
    run_id: UUID
    rice: str
    tomatoes: str


@dataclass(frozen=True)
class Tab:
    list: Any
    till: Any
    adding: Any

    async def buy(self, item_id: str, amount: str, price: str, total: str, payer: str = "") -> Any:
        await self.till.buy(item_id)
        return await self.till.record(self.till.sheet, 0, amount, price, total, payer)

    async def undo(self, purchase_id: str) -> Any:
        seen = next((line.seen for line in self.list.receipt if line.purchase_id == purchase_id), "1/1/x")
        return await self.list.undo(purchase_id, seen)


def written(session: Session) -> Shop:
    cast = assemble(session)
    run_id = bring_to(session, cast, Phase.SHOPPING)
    rice, tomatoes = (str(item_of(session, run_id, product)) for product in (cast.rice, cast.tomatoes))
    return Shop(cast, run_id, rice, tomatoes)


def noted(session: Session) -> tuple[Cast, UUID]:
    """A list with notes of three bids, and one of somebody who is interested only."""
    cast = assemble(session)
    run_id = plan(session, cast)
    bids.place_bid(session, cast.mila, run_id, cast.rice, PACK, note="the red bag", now=NOW)
    bids.place_bid(session, cast.bojan, run_id, cast.rice, PACK, note="not the old ones", now=NOW)
    bids.place_bid(session, cast.bojan, run_id, cast.tomatoes, 500, note="ripe ones", now=NOW)
    bids.place_bid(session, cast.ana, run_id, cast.tomatoes, 500, now=NOW)
    bids.mark_interested(session, cast.mila, run_id, cast.tomatoes, now=NOW)
    bids.write_note(session, cast.mila, run_id, cast.tomatoes, "perhaps", now=NOW)
    session.flush()
    seeing.confirm_run(session, cast.ana, run_id, now=NOW)
    phases.start_shopping(session, cast.ana, run_id, now=NOW)
    return cast, run_id


@pytest.fixture
def shop(scene: Scene) -> Shop:
    return scene(written)


async def tab(actor: Actor | None, run_id: UUID | str) -> Tab:
    """The page of a run, opened by somebody; without an actor nobody is signed in."""
    root: Any = rx.State()
    if actor is not None:
        with db.transaction() as session:
            token = accounts.start_session(session, actor.id, "", now=now())
        root.rx_router_headers = HeaderData(cookie=f"{cookie_name()}={token}")
    root.rx_router_page = PageData(params={"run_id": str(run_id)})
    root.rx_router_session = SessionData(client_token=str(uuid4()))
    opened = Tab(*[await root.get_state(state) for state in (ShoppingState, BuyingState, ListingState)])
    await opened.list.open()
    return opened


def receipt(run_id: UUID) -> list[tuple[int, int]]:
    with db.reading() as session:
        rows = session.scalars(select(Purchase).where(Purchase.run_id == run_id).order_by(col(Purchase.bought_at)))
        return [(row.quantity, row.total) for row in rows]


def do(use_case: Any, *args: Any, **kwargs: Any) -> Any:
    with db.transaction() as session:
        return use_case(session, *args, now=NOW, **kwargs)


async def test_the_list_says_what_to_buy(shop: Shop) -> None:
    page = await tab(shop.cast.ana, shop.run_id)

    assert [(good.name, good.wanted) for good in page.list.goods] == [
        ("Basmati rice 5 kg", "10 packs"),
        ("Tomatoes", "1.5 kg"),
    ]
    assert (page.list.may_buy, page.list.left, page.list.bought_count, page.list.spent) == (True, 2, 0, "€0.00")


async def test_the_list_says_what_bidders_want_one_to_know(scene: Scene) -> None:
    cast, run_id = scene(noted)

    page = await tab(cast.ana, run_id)

    assert [(good.name, good.notes) for good in page.list.goods] == [
        ("Basmati rice 5 kg", ["Mila: “the red bag”", "Bojan: “not the old ones”"]),  # in the order of bidding
        ("Tomatoes", ["Bojan: “ripe ones”"]),
    ]


async def test_what_the_scale_says_is_bought(shop: Shop) -> None:
    """1.5 kg are wanted in steps of 0.5; 1.47 kg are all of it."""
    page = await tab(shop.cast.ana, shop.run_id)

    await page.buy(shop.tomatoes, "1,470", "1.29", "1.90", str(shop.cast.ana.id))

    assert receipt(shop.run_id) == [(1470, 190)]
    assert page.list.receipt[0].tone == "good"


async def test_what_is_bought_stands_on_the_receipt(shop: Shop) -> None:
    page = await tab(shop.cast.ana, shop.run_id)

    await page.buy(shop.rice, "7", "7,99", "55.93", str(shop.cast.bojan.id))

    line = page.list.receipt[0]
    assert (line.sum, line.payer, line.chip, line.tone) == ("7 × 7.99 = 55.93", "Bojan", "7 of 10", "warn")
    assert (page.list.spent, page.list.bought, page.till.item_id) == ("€55.93", {shop.rice: "7 packs"}, "")
    assert receipt(shop.run_id) == [(7000, 5593)]


async def test_lines_of_one_product_are_called_apart_by_their_amount(shop: Shop) -> None:
    page = await tab(shop.cast.ana, shop.run_id)
    await page.buy(shop.rice, "7", "7.99", "55.93")
    await page.buy(shop.tomatoes, "1,5", "1.29", "1.94")
    assert [line.called for line in page.list.receipt] == ["Basmati rice 5 kg", "Tomatoes"]

    await page.buy(shop.rice, "2", "7.99", "15.98")

    called = [line.called for line in page.list.receipt]
    assert called == ["Basmati rice 5 kg, 7 packs", "Tomatoes", "Basmati rice 5 kg, 2 packs"]


async def test_a_total_that_is_no_multiple_of_the_price_is_said_to_be_about(shop: Shop) -> None:
    page = await tab(shop.cast.ana, shop.run_id)

    await page.buy(shop.rice, "3", "1.67", "5.00")

    assert page.list.receipt[0].sum == "3 × about 1.67 = 5.00"


async def test_the_sheet_begins_with_what_is_left_the_last_price_and_paid_by_whoever_taps(shop: Shop) -> None:
    page = await tab(shop.cast.ana, shop.run_id)
    await page.buy(shop.rice, "7", "7.99", "55.93", str(shop.cast.mila.id))

    await page.till.buy(shop.rice)

    form = page.till.form
    assert (form.quantity, form.price, form.total, form.payer) == (3000, 799, -1, "")
    assert page.till.title == "Basmati rice 5 kg, 3 of 10 packs still wanted"


async def test_a_total_that_differs_is_refused_with_both_amounts(shop: Shop) -> None:
    page = await tab(shop.cast.ana, shop.run_id)

    await page.buy(shop.rice, "7", "7.99", "60")

    assert "€60.00" in page.till.errors["total"] and "€55.93" in page.till.errors["total"]
    assert page.till.item_id == shop.rice
    assert receipt(shop.run_id) == []


@pytest.mark.parametrize("field", ["quantity", "price", "total"])
async def test_what_is_no_number_is_refused_at_its_field(shop: Shop, field: str) -> None:
    page = await tab(shop.cast.ana, shop.run_id)
    for wrong in HOSTILE:
        typed: dict[str, Any] = {"quantity": "1", "price": "2", "total": "2", field: wrong}
        if field == "price" and wrong == "":
            continue  # a price may be left out

        await page.till.buy(shop.rice)
        await page.till.record(page.till.sheet, 0, typed["quantity"], typed["price"], typed["total"], "")

        assert page.till.errors, wrong
        assert set(page.till.errors) <= {field, "total"}
    assert receipt(shop.run_id) == []


async def test_a_second_tap_buys_nothing(shop: Shop) -> None:
    page = await tab(shop.cast.ana, shop.run_id)
    await page.till.buy(shop.rice)
    sheet = page.till.sheet

    for _tap in range(3):
        await page.till.record(sheet, 0, "10", "", "79.90", "")

    assert receipt(shop.run_id) == [(10_000, 7990)]


async def test_a_late_tap_does_not_count_for_the_next_sheet(shop: Shop) -> None:
    page = await tab(shop.cast.ana, shop.run_id)
    await page.till.buy(shop.rice)
    first = page.till.sheet
    await page.till.buy(shop.tomatoes)

    await page.till.record(first, 0, "1", "", "1", "")
    await page.till.not_there(first)
    await page.till.note_price(first, "1")

    assert receipt(shop.run_id) == []
    assert page.till.item_id == shop.tomatoes


async def test_two_at_two_shelves_are_asked_before_they_both_buy_it(shop: Shop) -> None:
    do(runs.set_helper, shop.cast.ana, shop.run_id, shop.cast.bojan.id, True)
    ana, bojan = await tab(shop.cast.ana, shop.run_id), await tab(shop.cast.bojan, shop.run_id)
    await ana.till.buy(shop.rice)
    await bojan.buy(shop.rice, "4", "", "31.96")

    for _second_tap in range(2):
        await ana.till.record(ana.till.sheet, 0, "10", "", "79.90", "")

        assert "4 packs" in ana.till.alert and "0 packs" in ana.till.alert
        assert (ana.till.seen, ana.list.bought) == ("4 packs", {shop.rice: "4 packs"})
        assert receipt(shop.run_id) == [(4000, 3196)]

    await ana.till.record(ana.till.sheet, ana.till.question, "10", "", "79.90", "")

    assert len(receipt(shop.run_id)) == 2


async def test_an_answer_counts_for_its_own_question_only(shop: Shop) -> None:
    do(runs.set_helper, shop.cast.ana, shop.run_id, shop.cast.bojan.id, True)
    ana, bojan = await tab(shop.cast.ana, shop.run_id), await tab(shop.cast.bojan, shop.run_id)
    await ana.till.buy(shop.rice)
    await bojan.buy(shop.rice, "4", "", "31.96")
    await ana.till.record(ana.till.sheet, 0, "10", "", "79.90", "")
    await bojan.buy(shop.rice, "2", "", "15.98")

    await ana.till.record(ana.till.sheet, 1, "10", "", "79.90", "")

    assert "6 packs" in ana.till.alert and "4 packs" in ana.till.alert
    assert ana.till.question == 2
    for question in [3, -1, True, *HOSTILE]:
        await ana.till.buy(shop.rice)
        await ana.till.record(ana.till.sheet, question, "10", "", "79.90", "")
    assert receipt(shop.run_id) == [(4000, 3196), (2000, 1598)]


async def test_a_line_is_mended(shop: Shop) -> None:
    page = await tab(shop.cast.ana, shop.run_id)
    await page.buy(shop.rice, "7", "7.99", "55.93", str(shop.cast.bojan.id))

    await page.till.edit(page.list.receipt[0].purchase_id)
    form = page.till.form
    await page.till.record(page.till.sheet, 0, "8", "7.99", "63.92", str(shop.cast.ana.id))

    assert (form.quantity, form.price, form.total, form.payer) == (7000, 799, 5593, str(shop.cast.bojan.id))
    assert receipt(shop.run_id) == [(8000, 6392)]
    assert page.list.receipt[0].payer == "Ana"


async def test_a_payer_who_has_left_may_stay_the_payer(shop: Shop) -> None:
    page = await tab(shop.cast.ana, shop.run_id)
    await page.buy(shop.rice, "7", "7.99", "55.93", str(shop.cast.mila.id))
    do(groups.leave_group, shop.cast.mila, shop.cast.group_id)

    await page.till.edit(page.list.receipt[0].purchase_id)
    await page.till.record(page.till.sheet, 0, "7", "", "50", str(shop.cast.mila.id))

    assert page.till.form.payer_name == "Mila"
    assert receipt(shop.run_id) == [(7000, 5000)]


async def test_an_undone_line_can_be_put_back(shop: Shop) -> None:
    page = await tab(shop.cast.ana, shop.run_id)
    await page.buy(shop.rice, "7", "7.99", "55.93", str(shop.cast.bojan.id))
    purchase_id = page.list.receipt[0].purchase_id

    message = await page.undo(purchase_id)
    assert receipt(shop.run_id) == []
    assert await page.undo(purchase_id) is None

    await page.till.redo(str(message.args[2][1]._var_value))
    assert receipt(shop.run_id) == [(7000, 5593)]
    assert page.list.receipt[0].payer == "Bojan"


async def test_what_others_bought_since_is_asked_about_before_a_line_is_put_back(shop: Shop) -> None:
    page = await tab(shop.cast.ana, shop.run_id)
    await page.buy(shop.rice, "7", "7.99", "55.93", str(shop.cast.bojan.id))
    message = await page.undo(page.list.receipt[0].purchase_id)
    do(seeing.buy, shop.cast.ana, shop.run_id, UUID(shop.rice), 4 * PACK, 3196)

    await page.till.redo(str(message.args[2][1]._var_value))

    assert receipt(shop.run_id) == [(4000, 3196)]
    form = page.till.form
    assert (form.quantity, form.total, form.payer) == (7000, 5593, str(shop.cast.bojan.id))
    assert (page.till.item_id, page.till.question) == (shop.rice, 1)
    assert "4 packs" in page.till.alert and "0 packs" in page.till.alert
    await page.till.record(page.till.sheet, 0, "7", "7.99", "55.93", "")
    assert len(receipt(shop.run_id)) == 1
    await page.till.record(page.till.sheet, page.till.question, "7", "7.99", "55.93", str(shop.cast.bojan.id))
    assert receipt(shop.run_id) == [(4000, 3196), (7000, 5593)]


async def test_a_line_that_another_changed_is_asked_about_with_both_amounts(shop: Shop) -> None:
    page = await tab(shop.cast.ana, shop.run_id)
    await page.buy(shop.rice, "7", "7.99", "55.93")
    line = page.list.receipt[0]
    await page.till.edit(line.purchase_id)
    do(seeing.edit_purchase, shop.cast.ana, shop.run_id, UUID(line.purchase_id), 8 * PACK, 6392)

    with pytest.raises(Conflict, match="purchase_changed"):
        await page.list.undo(line.purchase_id, line.seen)
    for _second_tap in range(2):
        await page.till.record(page.till.sheet, 0, "6", "7.99", "47.94", "")
        assert "8 packs for €63.92" in page.till.alert and "7 packs for €55.93" in page.till.alert
    assert receipt(shop.run_id) == [(8000, 6392)]

    await page.till.record(page.till.sheet, page.till.question, "6", "7.99", "47.94", "")
    assert receipt(shop.run_id) == [(6000, 4794)]


@pytest.mark.parametrize("phase", [Phase.ADJUSTING, Phase.DISTRIBUTING])
async def test_after_shopping_total_and_payer_are_corrected_on_the_same_sheet(shop: Shop, phase: Phase) -> None:
    with db.transaction() as session:
        run_id = bring_to(session, shop.cast, phase)
    page = await tab(shop.cast.ana, run_id)
    await page.till.edit(page.list.receipt[0].purchase_id)
    sheet, mila = page.till.sheet, str(shop.cast.mila.id)

    assert (page.list.may_mend, page.till.mending) == (True, True)
    await page.till.record(sheet, 0, "8", "7.99", "63.92", mila)
    assert "back to shopping" in page.till.errors["quantity"] and page.till.sheet == sheet
    assert await page.till.record(sheet, 0, "7", "9", "63", mila) is not None

    assert (receipt(run_id), page.list.receipt[0].payer, page.till.item_id) == ([(7000, 6300)], "Mila", "")


@pytest.mark.parametrize("phase", [Phase.PLANNING, Phase.CONFIRMED, Phase.COMPLETED, Phase.CANCELLED])
async def test_in_other_phases_nothing_can_be_corrected(shop: Shop, phase: Phase) -> None:
    with db.transaction() as session:
        run_id = bring_to(session, shop.cast, phase)

    assert not (await tab(shop.cast.ana, run_id)).list.may_mend


async def test_what_is_put_back_is_checked_like_any_purchase(shop: Shop) -> None:
    page = await tab(shop.cast.ana, shop.run_id)
    payer = shop.cast.ana.id
    forged = [f'["{shop.rice}",{amount},1,"{payer}",0]' for amount in ("1.5", "true", "NaN", "1e309", '"1"')]

    for what in [*HOSTILE, "[]", "null", "[1,2,3,4]", *forged]:
        with pytest.raises(NotFound):
            await page.till.redo(what)
    with pytest.raises(NotFound):
        await page.till.redo(f'["{shop.rice}",1000,1,"{shop.cast.eva.id}",0]')
    for amount in (-1000, 0, 10**30):
        with pytest.raises(Invalid):
            await page.till.redo(f'["{shop.rice}",{amount},1,"{payer}",0]')

    assert receipt(shop.run_id) == []


async def test_not_there_and_found_after_all(shop: Shop) -> None:
    page = await tab(shop.cast.ana, shop.run_id)

    await page.till.buy(shop.tomatoes)
    await page.till.not_there(page.till.sheet)
    assert (page.list.absent, page.list.left, page.till.item_id) == ([shop.tomatoes], 1, "")

    await page.list.found(shop.tomatoes)
    assert (page.list.absent, page.list.left) == ([], 2)


async def test_a_price_is_noted_without_buying(shop: Shop) -> None:
    page = await tab(shop.cast.ana, shop.run_id)

    await page.till.buy(shop.tomatoes)
    await page.till.note_price(page.till.sheet, "1,35")

    with db.reading() as session:
        query = select(PriceObservation.price).where(PriceObservation.product_id == shop.cast.tomatoes)
        assert 135 in session.scalars(query).all()
    assert page.list.goods[1].last == "1.35 / kg"


async def test_ids_of_elsewhere_are_not_there(shop: Shop) -> None:
    page = await tab(shop.cast.ana, shop.run_id)
    with db.transaction() as session:
        other = str(item_of(session, bring_to(session, shop.cast, Phase.SHOPPING), shop.cast.rice))

    for item_id in [other, str(uuid4()), *HOSTILE]:
        for handler in (page.till.buy, page.till.edit, page.list.found):
            with pytest.raises(NotFound):
                await handler(item_id)
        assert await page.undo(item_id) is None
    assert receipt(shop.run_id) == []


async def test_a_payer_from_elsewhere_is_refused(shop: Shop) -> None:
    page = await tab(shop.cast.ana, shop.run_id)

    for payer in [str(shop.cast.eva.id), str(uuid4()), "x", "\0"]:
        assert await page.buy(shop.rice, "1", "", "1", payer) is not None

    assert receipt(shop.run_id) == []


async def test_who_is_no_helper_looks_along(shop: Shop) -> None:
    page = await tab(shop.cast.bojan, shop.run_id)

    assert (page.list.may_buy, page.list.left, page.list.leader) == (False, 2, "Ana")
    assert await page.buy(shop.rice, "1", "", "1") is not None
    with pytest.raises(Forbidden):
        await page.list.found(shop.rice)
    with pytest.raises(Forbidden):
        await page.till.redo(f'["{shop.rice}",1000,1,"{shop.cast.bojan.id}",0]')
    assert receipt(shop.run_id) == []


@pytest.mark.parametrize("run_id", ["", "x", "\0", "00000000-0000-4000-8000-000000000000"])
async def test_an_unknown_run_is_not_there(shop: Shop, run_id: str) -> None:
    page = await tab(shop.cast.ana, run_id)

    assert (page.list.missing, page.list.goods) == (True, [])


async def test_a_stranger_sees_nothing(shop: Shop) -> None:
    page = await tab(shop.cast.eva, shop.run_id)

    assert (page.list.missing, page.list.goods, page.list.title) == (True, [], "")
    for call in (page.till.buy(shop.rice), page.adding.find("rice")):
        with pytest.raises(NotFound):
            await call


async def test_signed_out_nothing_is_shown(shop: Shop) -> None:
    with pytest.raises(NotSignedIn):
        await tab(None, shop.run_id)


async def test_what_others_buy_arrives(shop: Shop) -> None:
    page = await tab(shop.cast.bojan, shop.run_id)
    do(seeing.buy, shop.cast.ana, shop.run_id, UUID(shop.rice), 7 * PACK, 5593)

    with db.reading() as session:
        seen = SHOPPING.read(session, str(shop.run_id), [shop.cast.eva, shop.cast.bojan])
    SHOPPING.show(page.list, seen, shop.cast.bojan)

    assert page.list.bought == {shop.rice: "7 packs"}


async def test_who_is_removed_loses_the_list_at_once(shop: Shop) -> None:
    page = await tab(shop.cast.bojan, shop.run_id)
    do(groups.leave_group, shop.cast.bojan, shop.cast.group_id)

    with db.reading() as session:
        seen = SHOPPING.read(session, str(shop.run_id), [shop.cast.bojan, shop.cast.ana])
    SHOPPING.show(page.list, seen, shop.cast.bojan)

    assert (page.list.missing, page.list.goods, page.list.members) == (True, [], [])


async def test_a_session_that_ended_shows_nothing_more(shop: Shop) -> None:
    page = await tab(shop.cast.ana, shop.run_id)
    with db.reading() as session:
        seen = SHOPPING.read(session, str(shop.run_id), [shop.cast.bojan])

    SHOPPING.show(page.list, seen, None)

    assert (page.list.missing, page.list.goods) == (True, [])


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.SHOPPING])
async def test_in_another_phase_the_list_can_only_be_read(shop: Shop, phase: Phase) -> None:
    with db.transaction() as session:
        run_id = bring_to(session, shop.cast, phase)
    page = await tab(shop.cast.ana, run_id)

    assert (page.list.may_buy, page.list.when == "now") == (False, False)
    with pytest.raises((Conflict, NotFound)):
        await page.till.redo(f'["{shop.rice}",1000,1,"{shop.cast.ana.id}",0]')


async def test_the_sheet_closes_when_shopping_ends_meanwhile(shop: Shop) -> None:
    page = await tab(shop.cast.ana, shop.run_id)
    do(seeing.buy, shop.cast.ana, shop.run_id, UUID(shop.rice), 7 * PACK, 5593)
    await page.till.buy(shop.tomatoes)
    do(seeing.finish_shopping, shop.cast.ana, shop.run_id)

    told = await page.till.record(page.till.sheet, 0, "1", "", "1", "")

    assert told is not None
    assert (page.till.item_id, page.list.may_buy, page.list.when) == ("", False, "after")


async def test_a_known_product_goes_on_the_list_for_somebody(shop: Shop) -> None:
    page = await tab(shop.cast.ana, shop.run_id)

    await page.adding.find("rice")
    await page.adding.choose(page.adding.found[0].id)
    await page.adding.add({"person": str(shop.cast.mila.id), "quantity": "3"})

    assert page.list.goods[0].wanted == "13 packs"
    with db.reading() as session:
        query = select(Bid.quantity).where(Bid.user_id == shop.cast.mila.id, Bid.product_id == shop.cast.rice)
        assert session.scalars(query).one() == 5 * PACK


async def test_a_new_product_goes_on_the_list(shop: Shop) -> None:
    page = await tab(shop.cast.ana, shop.run_id)

    await page.adding.create("Ајвар")
    await page.adding.set_unit("kg")
    await page.adding.add(
        {"name": "Ајвар", "brand": "", "unit": "kg", "step": "0.1", "person": page.adding.person, "quantity": "1,2"}
    )

    assert "Ајвар" in [good.name for good in page.list.goods]
    assert (page.adding.open, page.adding.step) == (False, "0.1")


async def test_a_new_product_that_cannot_be_listed_is_not_made(shop: Shop) -> None:
    page = await tab(shop.cast.ana, shop.run_id)
    await page.adding.create("Kajmak")
    good: dict[str, Any] = {"name": "Kajmak", "unit": "piece", "step": "1", "quantity": "1"}
    good["person"] = page.adding.person

    for name in good:
        for wrong in HOSTILE:
            if name == "name" and wrong not in ("", "\0", "\ud800", "9" * 400):
                continue  # strange, but a name
            await page.adding.add(good | {name: wrong})
            assert page.adding.errors or page.adding.alert, (name, wrong)
    await page.adding.add({})

    with db.reading() as session:
        assert session.scalars(select(Product.id).where(Product.name == "Kajmak")).first() is None
    assert page.list.count == 2


async def test_only_what_was_found_can_be_chosen(shop: Shop) -> None:
    page = await tab(shop.cast.ana, shop.run_id)

    for product_id in [str(uuid4()), str(shop.cast.rice), "x"]:
        with pytest.raises(NotFound):
            await page.adding.choose(product_id)
    for typed in HOSTILE:
        await page.adding.find(typed)
    assert await page.adding.add({"quantity": "1"}) is None


async def test_a_very_long_list_shows_what_comes_next(shop: Shop) -> None:
    settings.page_size = 1

    page = await tab(shop.cast.ana, shop.run_id)

    assert (len(page.list.goods), page.list.further, page.list.left) == (1, 1, 2)
