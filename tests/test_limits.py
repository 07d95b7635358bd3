"""What a person may do in a minute."""

from uuid import uuid4

import pytest

from bulq import limits
from bulq.config import settings
from bulq.db import read_now
from bulq.domain.errors import TooMany
from bulq.domain.phases import Phase
from bulq.queries.runs import run_view
from bulq.state.auth import act
from bulq.state.profile import ProfileState
from bulq.state.run import RunState
from tests import cast
from tests.conftest import Scene
from tests.states.tabs import do, open_tab


@pytest.fixture(autouse=True)
def counted_from_zero():
    limits.forget()
    yield
    limits.forget()


@pytest.fixture
def world(scene: Scene) -> cast.World:
    return scene(cast.build)


@pytest.mark.only("sqlite")
async def test_more_bids_than_a_minute_holds_are_refused_and_the_stepper_is_told(world: cast.World) -> None:
    settings.bids_per_minute = 3
    run = world.runs[Phase.ACTIVE]
    bojan = await open_tab(RunState, world.cast.bojan, f"/runs/{run}", run_id=run)
    await do(bojan, "open")
    product = bojan.rows[0].id
    for amount in ("1", "2", "3"):
        await do(bojan, "bid", product, amount)
    revision = bojan.revision

    with pytest.raises(TooMany) as refusal:
        await do(bojan, "bid", product, "4")

    assert 50 <= int(refusal.value.values["seconds"]) <= 60
    assert bojan.revision == revision + 1
    view = read_now(run_view, world.cast.bojan, run)
    line = next(line for line in view.products if line.product_id == product)
    assert [bid.quantity for bid in line.bids if bid.user_id == str(world.cast.bojan.id)] == [3000]


@pytest.mark.only("sqlite")
async def test_the_budget_of_bids_is_the_persons_and_taking_back_spends_from_it(world: cast.World) -> None:
    settings.bids_per_minute = 2
    run = world.runs[Phase.ACTIVE]
    one, two = [await open_tab(RunState, world.cast.bojan, f"/runs/{run}", run_id=run) for _ in range(2)]
    ana = await open_tab(RunState, world.cast.ana, f"/runs/{run}", run_id=run)
    for tab in (one, two, ana):
        await do(tab, "open")
    product = one.rows[0].id

    await do(one, "interested", product)
    await do(two, "retract", product)

    with pytest.raises(TooMany):
        await do(one, "interested", product)
    await do(ana, "interested", product)


@pytest.mark.only("sqlite")
async def test_every_other_change_spends_from_one_budget_and_looking_from_none(world: cast.World) -> None:
    settings.writes_per_minute = 2
    page = await open_tab(ProfileState, world.cast.bojan, "/profile")

    for theme in ("dark", "light"):
        await do(page, "set_theme", theme)
    for _ in range(5):
        await do(page, "open")

    with pytest.raises(TooMany):
        await do(page, "set_theme", "dark")


@pytest.mark.only("sqlite")
async def test_a_refused_change_did_not_happen(world: cast.World) -> None:
    settings.writes_per_minute = 1
    page = await open_tab(ProfileState, world.cast.bojan, "/profile")
    happened: list[object] = []

    def use_case(session: object, actor: object, *, now: object) -> None:
        happened.append(uuid4())

    await act(page, use_case)
    with pytest.raises(TooMany):
        await act(page, use_case)

    assert len(happened) == 1


def test_what_is_tried_again_in_one_go_is_spent_once_and_anew_after_it() -> None:
    with limits.once():
        for _attempt in range(3):
            limits.spend(2, "tries", "ana")
    limits.spend(2, "tries", "ana")

    with pytest.raises(TooMany):
        limits.spend(2, "tries", "ana")
