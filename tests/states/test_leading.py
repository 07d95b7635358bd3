"""What the leader is asked: it names what is open, and only an answer to what was on the screen counts."""

from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from sqlmodel import select

from bulq import db
from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, NotFound
from bulq.domain.phases import Phase
from bulq.models import Product, Run
from bulq.services import bids, mistakes, pickup
from bulq.state.adding import AddingState
from bulq.state.handing_out import HandingOutState
from bulq.state.leading import LeadingState
from bulq.state.run import RunState
from tests import seeing
from tests.cast import NOW, PACK, Cast, assemble, bring_to, item_of, leave_over, plan
from tests.conftest import Scene
from tests.states.tabs import do, load, open_tab, told


@pytest.fixture
def cast(scene: Scene) -> Cast:
    return scene(assemble)


def run_in(cast: Cast, phase: Phase) -> UUID:
    return db.write_now(bring_to, cast, phase)


def phase_of(run_id: UUID) -> Phase:
    with db.reading() as session:
        return session.get_one(Run, run_id).phase


async def page(cast: Cast, run_id: UUID, actor: Actor | None = None) -> LeadingState:
    run = await open_tab(RunState, actor or cast.ana, run_id=run_id)
    await do(run, "open")
    return await run.get_state(LeadingState)


def names(lead: LeadingState) -> list[str]:
    return [each.name for each in lead.waiting]


async def test_finishing_names_what_is_still_to_buy(cast: Cast) -> None:
    run_id = run_in(cast, Phase.SHOPPING)
    rice, tomatoes = (db.read_now(item_of, run_id, product) for product in (cast.rice, cast.tomatoes))
    db.write_now(seeing.buy, cast.ana, run_id, rice, 10 * PACK, 7990, now=NOW)
    lead = await page(cast, run_id)

    await do(lead, "ask_finish")

    assert (lead.dialog, names(lead), lead.nothing_bought) == ("finish", ["Tomatoes"], False)
    assert phase_of(run_id) is Phase.SHOPPING
    await do(lead, "finish", [str(tomatoes)], False)
    assert (lead.dialog, phase_of(run_id)) == ("", Phase.DISTRIBUTING)


async def test_a_second_tap_on_finish_agrees_to_nothing(cast: Cast) -> None:
    run_id = run_in(cast, Phase.SHOPPING)
    lead = await page(cast, run_id)

    for _tap in range(2):
        await do(lead, "ask_finish")

    assert (lead.dialog, names(lead), lead.nothing_bought) == ("finish", ["Basmati rice 5 kg", "Tomatoes"], True)
    await do(lead, "finish", lead.waiting_ids[:1], True)
    assert phase_of(run_id) is Phase.SHOPPING
    await do(lead, "finish", lead.waiting_ids, True)
    assert phase_of(run_id) is Phase.COMPLETED


async def test_confirming_names_who_is_not_ready_and_asks_anew_about_others(cast: Cast) -> None:
    run_id = db.write_now(plan, cast)
    db.write_now(bids.place_bid, cast.bojan, run_id, cast.rice, PACK, now=NOW)
    lead = await page(cast, run_id)

    await do(lead, "ask_confirm")
    assert (lead.dialog, names(lead)) == ("confirm", ["Ana", "Bojan"])
    on_screen = lead.waiting_ids
    db.write_now(bids.place_bid, cast.mila, run_id, cast.rice, PACK, now=NOW)
    await do(lead, "confirm", on_screen)

    assert (names(lead), phase_of(run_id)) == (["Ana", "Bojan", "Mila"], Phase.ACTIVE)
    await do(lead, "confirm", lead.waiting_ids)
    assert phase_of(run_id) is Phase.CONFIRMED


async def test_completing_says_how_many_lines_wait_and_asks_anew_about_others(cast: Cast) -> None:
    run_id = run_in(cast, Phase.DISTRIBUTING)
    rice = db.read_now(item_of, run_id, cast.rice)
    db.write_now(pickup.set_picked_up, cast.mila, run_id, rice, cast.mila.id, True, now=NOW)
    lead = await page(cast, run_id)

    await do(lead, "ask_complete")
    assert (lead.dialog, lead.waiting_count) == ("complete", 2)
    on_screen = lead.question
    for who, picked_up in ((cast.mila, False), (cast.bojan, True)):
        db.write_now(pickup.set_picked_up, who, run_id, rice, who.id, picked_up, now=NOW)
    await do(lead, "complete", on_screen)

    assert (lead.waiting_count, phase_of(run_id)) == (2, Phase.DISTRIBUTING)
    await do(lead, "complete", on_screen)
    assert phase_of(run_id) is Phase.DISTRIBUTING
    await do(lead, "complete", lead.question)
    assert phase_of(run_id) is Phase.COMPLETED


async def test_the_split_on_the_screen_is_done_or_shown_anew(cast: Cast) -> None:
    run_id = run_in(cast, Phase.ADJUSTING)
    lead = await page(cast, run_id)
    await do(lead, "ask_share")
    assert ([each.product for each in lead.sharing], lead.shared_items) == (["Basmati rice 5 kg"], 1)
    on_screen = lead.effect
    db.write_now(seeing.adjust_bid, cast.ana, run_id, cast.rice, 3 * PACK, now=NOW)

    said = told(await do(lead, "share", on_screen))

    assert "changed their part" in said and (lead.dialog, phase_of(run_id)) == ("share", Phase.ADJUSTING)
    assert lead.effect != on_screen
    await do(lead, "share", lead.effect)
    assert phase_of(run_id) is Phase.DISTRIBUTING


async def test_the_leader_sees_anothers_change_before_changing_it(cast: Cast) -> None:
    run_id = run_in(cast, Phase.ADJUSTING)
    lead = await page(cast, run_id)
    await do(lead, "ask_bids", str(cast.rice))
    db.write_now(seeing.adjust_bid, cast.bojan, run_id, cast.rice, 2 * PACK, now=NOW)

    for seen in (3 * PACK, None, "3000", True):
        with pytest.raises(Conflict, match="bid_changed"):
            await do(lead, "change", str(cast.bojan.id), "1", seen)
    assert [bid.quantity for bid in lead.theirs if bid.user_id == str(cast.bojan.id)] == [2 * PACK]

    await do(lead, "change", str(cast.bojan.id), "1", 2 * PACK)
    assert [bid.quantity for bid in lead.theirs if bid.user_id == str(cast.bojan.id)] == [PACK]


async def test_back_to_shopping_from_the_menu(cast: Cast) -> None:
    run_id = run_in(cast, Phase.ADJUSTING)
    lead = await page(cast, run_id)
    await do(lead, "show", "back_to_shopping")
    await do(lead, "set_reason", "x" * 501)

    await do(lead, "back_to_shopping")
    assert (lead.dialog, list(lead.errors)) == ("back_to_shopping", ["reason"])
    await do(lead, "set_reason", "Forgot the tomatoes")
    await do(lead, "back_to_shopping")

    assert (lead.dialog, phase_of(run_id)) == ("", Phase.SHOPPING)


async def test_what_no_question_was_about_is_no_answer(cast: Cast) -> None:
    lead = await page(cast, run_in(cast, Phase.SHOPPING))

    for answer in (None, 7, "x", {}, ["x"]):
        with pytest.raises(NotFound):
            await do(lead, "finish", answer, True)


async def test_adjusting_goes_from_what_was_on_the_screen(cast: Cast) -> None:
    run_id = run_in(cast, Phase.ADJUSTING)
    run = await open_tab(RunState, cast.bojan, run_id=run_id)
    await do(run, "open")
    db.write_now(seeing.edit_bid_of, cast.ana, run_id, cast.bojan.id, cast.rice, 2 * PACK, now=NOW)

    with pytest.raises(Conflict, match="bid_changed"):
        await do(run, "bid", str(cast.rice), "1", 3 * PACK)
    await do(run, "bid", str(cast.rice), "1", 2 * PACK)


async def test_ones_own_bid_shows_at_once(cast: Cast) -> None:
    run = await open_tab(RunState, cast.bojan, run_id=run_in(cast, Phase.ACTIVE))
    await do(run, "open")

    await do(run, "bid", str(cast.rice), "4")

    shown = run.mine_changed[str(cast.rice)]
    assert (shown.quantity, shown.text, shown.interested, shown.changed) == (4 * PACK, "4 packs", False, "")


async def test_a_bid_taken_back_is_not_put_over_a_newer_one(cast: Cast) -> None:
    run_id = run_in(cast, Phase.ACTIVE)
    run = await open_tab(RunState, cast.bojan, run_id=run_id)
    await do(run, "open")
    await do(run, "retract", str(cast.rice))
    db.write_now(bids.place_bid, cast.bojan, run_id, cast.rice, 9 * PACK, now=NOW)

    with pytest.raises(Conflict, match="bid_there"):
        await do(run, "undo", f'["{cast.rice}", 3000, ""]')


async def test_dates_are_typed_on_from_what_is_set(cast: Cast) -> None:
    run_id = run_in(cast, Phase.ACTIVE)
    lead = await page(cast, run_id)
    fields = "shopping_day", "bids_close_at", "note", "time_zone"

    await do(lead, "ask_edit")
    assert [getattr(lead, field) for field in fields] == ["", "", "", "Europe/Belgrade"]
    for field, typed in zip(fields, ("2099-07-11", "2099-07-10T18:00", "By the market"), strict=False):
        await do(lead, f"set_{field}", typed)
    await do(lead, "save")
    assert (lead.dialog, lead.errors) == ("", {})
    for field in fields[:3]:
        await do(lead, f"set_{field}", "")

    await do(lead, "ask_edit")

    assert [getattr(lead, field) for field in fields[:3]] == ["2099-07-11", "2099-07-10T18:00", "By the market"]
    with db.reading() as session:
        closes = session.get_one(Run, run_id).bids_close_at
    assert closes is not None and closes.isoformat() == "2099-07-10T16:00:00+00:00"


# Adding a product


def products(session: Session, name: str) -> int:
    return len(session.scalars(select(Product.id).where(Product.name == name)).all())


async def test_a_new_product_whose_bid_is_refused_is_not_made_and_that_is_said(cast: Cast) -> None:
    """Bidding ends while somebody types: neither a product without a bid, nor silence."""
    run_id = run_in(cast, Phase.ACTIVE)
    run = await open_tab(RunState, cast.bojan, run_id=run_id)
    await do(run, "open")
    adding = await run.get_state(AddingState)
    await do(adding, "create", "Lentils")
    db.write_now(seeing.confirm_run, cast.ana, run_id, now=NOW)

    with pytest.raises(Conflict, match="wrong_phase"):
        await do(adding, "save")

    assert db.read_now(products, "Lentils") == 0
    assert adding.creating


async def test_a_new_product_that_fits_is_made_with_one_unit_bid(cast: Cast) -> None:
    run_id = run_in(cast, Phase.ACTIVE)
    run = await open_tab(RunState, cast.bojan, run_id=run_id)
    await do(run, "open")
    adding = await run.get_state(AddingState)
    await do(adding, "create", "Lentils")

    await do(adding, "save")

    assert (db.read_now(products, "Lentils"), adding.creating) == (1, False)


async def test_choosing_what_one_bids_on_already_leaves_the_bid(cast: Cast) -> None:
    run_id = run_in(cast, Phase.ACTIVE)
    run = await open_tab(RunState, cast.bojan, run_id=run_id)
    adding = await run.get_state(AddingState)

    with pytest.raises(Conflict, match="bid_there"):
        await do(adding, "choose", str(cast.rice))


# What the page shows


async def test_everybody_sees_who_is_ready(cast: Cast) -> None:
    run_id = run_in(cast, Phase.ACTIVE)
    db.write_now(bids.set_ready, cast.bojan, run_id, True, now=NOW)

    bojan, mila = [await open_tab(RunState, who, run_id=run_id) for who in (cast.bojan, cast.mila)]
    for run in (bojan, mila):
        await do(run, "open")
        assert {person.name: person.ready for person in run.people} == {"Ana": False, "Bojan": True, "Mila": False}
        assert (run.ready_count, run.people_count) == (1, 3)
    assert (bojan.ready, mila.ready) == (True, False)

    await do(bojan, "set_ready", False)
    await do(mila, "open")
    assert (bojan.ready, mila.ready_count) == (False, 0)


async def test_the_receipt_is_within_reach_of_whoever_paid(cast: Cast) -> None:
    run_id = run_in(cast, Phase.SHOPPING)
    rice = db.read_now(item_of, run_id, cast.rice)
    db.write_now(seeing.buy, cast.ana, run_id, rice, 7 * PACK, 5593, payer_id=cast.mila.id, now=NOW)
    db.write_now(seeing.finish_shopping, cast.ana, run_id, now=NOW)

    paid: dict[str, bool] = {}
    for who in (cast.ana, cast.bojan, cast.mila):
        run = await open_tab(RunState, who, run_id=run_id)
        await do(run, "open")
        paid[who.name] = run.paid

    assert paid == {"Ana": False, "Bojan": False, "Mila": True}
    assert mistakes.MENDABLE == (Phase.ADJUSTING, Phase.DISTRIBUTING)


async def test_what_was_open_above_one_run_is_not_open_above_another(cast: Cast) -> None:
    """A question about one run must never be answered for another that the tab went to."""
    first, second = run_in(cast, Phase.ACTIVE), run_in(cast, Phase.ACTIVE)
    run = await open_tab(RunState, cast.ana)
    await load(run, f"/runs/{first}", run_id=first)
    lead = await run.get_state(LeadingState)
    await do(lead, "ask_confirm")
    assert lead.dialog == "confirm"
    await load(run)  # the connection was lost for a moment
    assert lead.dialog == "confirm"

    await load(run, f"/runs/{second}", run_id=second)

    assert (lead.dialog, lead.waiting_ids) == ("", [])


async def test_a_second_tap_on_take_takes_nothing_more(cast: Cast) -> None:
    run_id = run_in(cast, Phase.DISTRIBUTING)
    rice = db.read_now(item_of, run_id, cast.rice)
    db.write_now(leave_over, run_id, rice, cast.bojan.id, 2 * PACK)
    goods = await (await page(cast, run_id, cast.mila)).get_state(HandingOutState)
    await do(goods, "open")
    await do(goods, "choose_to_take", str(rice), "1", 2 * PACK)
    await do(goods, "take", str(rice), 2 * PACK)
    await do(goods, "open")  # by now the page knows what is left

    with pytest.raises(Conflict) as refusal:
        await do(goods, "take", str(rice), 2 * PACK)

    assert refusal.value.key == "left_over_changed"
    assert [left.most for left in goods.left_over] == [PACK]
