"""What a person may do in a minute."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import orjson
import pytest

from bulq import db, limits
from bulq.config import settings
from bulq.db import read_now
from bulq.domain.actor import Actor
from bulq.domain.errors import TooMany
from bulq.domain.phases import Phase
from bulq.operations import operate
from bulq.queries.run_facts import run_facts
from bulq.services import accounts
from bulq.state.account.profile import ProfileState
from bulq.state.auth import act
from tests import cast, seeing
from tests.conftest import Scene
from tests.states.tabs import open_tab


@pytest.fixture(autouse=True)
def counted_from_zero():
    limits.forget()
    yield
    limits.forget()


@pytest.fixture
def world(scene: Scene) -> cast.World:
    return scene(cast.build)


def token_of(who: Actor) -> str:
    return db.write_now(accounts.start_session, who.id, "a browser", now=datetime.now(UTC))


async def do_operation(token: str, name: str, **arguments: Any) -> None:
    await operate(orjson.dumps({"id": str(uuid4()), "name": name, "arguments": arguments}), token)


@pytest.mark.only("sqlite")
async def test_more_bids_than_a_minute_holds_are_refused(world: cast.World) -> None:
    settings.bids_per_minute = 3
    bojan, product, run = token_of(world.cast.bojan), world.cast.rice, world.runs[Phase.ACTIVE]
    for packs in (1, 2, 3):
        await do_operation(bojan, "place_bid", run_id=run, product_id=product, quantity=packs * 1000)

    with pytest.raises(TooMany) as refusal:
        await do_operation(bojan, "place_bid", run_id=run, product_id=product, quantity=4000)

    assert 50 <= int(refusal.value.values["seconds"]) <= 60
    assert read_now(seeing.wanted, run, world.cast.bojan.id, product) == 3000


@pytest.mark.only("sqlite")
async def test_the_budget_of_bids_is_the_persons_and_taking_back_spends_from_it(world: cast.World) -> None:
    settings.bids_per_minute = 2
    one, two, ana = (token_of(who) for who in (world.cast.bojan, world.cast.bojan, world.cast.ana))
    about = {"run_id": world.runs[Phase.ACTIVE], "product_id": world.cast.rice}

    await do_operation(one, "mark_interested", **about)
    await do_operation(two, "retract_bid", **about)

    with pytest.raises(TooMany):
        await do_operation(one, "mark_interested", **about)
    await do_operation(ana, "mark_interested", **about)


@pytest.mark.only("sqlite")
async def test_every_other_change_spends_from_one_budget_and_looking_from_none(world: cast.World) -> None:
    settings.writes_per_minute = 2
    bojan, run = token_of(world.cast.bojan), world.runs[Phase.ACTIVE]

    for ready in (True, False):
        await do_operation(bojan, "set_ready", run_id=run, ready=ready)
    for _ in range(5):
        read_now(run_facts, world.cast.bojan, run)

    with pytest.raises(TooMany):
        await do_operation(bojan, "set_ready", run_id=run, ready=True)


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
