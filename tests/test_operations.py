"""Changes by name: done once however often they arrive, for whoever is signed in, and refused when malformed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from sqlmodel import select

from bulq import db
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError, Conflict, Invalid, NotFound, NotSignedIn, TooMany
from bulq.domain.phases import Phase
from bulq.models import Bid, Operation, Purchase
from bulq.operations import DOORS, operate
from bulq.services import accounts
from tests.cast import PACK, World, build, item_of
from tests.conftest import Scene
from tests.services.use_cases import USE_CASES


@pytest.fixture
def world(scene: Scene) -> World:
    return scene(build)


def token_of(who: Actor) -> str:
    return db.write_now(accounts.start_session, who.id, "a browser", now=datetime.now(UTC))


def operation(name: str, *, id: UUID | str | None = None, user: UUID | None = None, **arguments: Any) -> bytes:
    body = {"id": str(id or uuid4()), "name": name, "arguments": arguments}
    return orjson.dumps(body | ({"user": str(user)} if user else {}))


async def test_one_operation_is_done_once_and_each_time_answered_alike(world: World) -> None:
    run, cast = world.runs[Phase.SHOPPING], world.cast
    token, item = token_of(cast.ana), db.read_now(item_of, run, cast.rice)
    buy = operation("buy", run_id=run, item_id=item, quantity=PACK, total=799, seen=0)

    first = await operate(buy, token)
    again = await operate(buy, token)

    assert first == again != b"null"
    assert len(db.read_now(lambda s: s.scalars(select(Purchase).where(Purchase.item_id == item)).all())) == 1


async def test_two_that_arrive_at_the_same_moment_are_one(world: World) -> None:
    run, cast = world.runs[Phase.SHOPPING], world.cast
    token, item = token_of(cast.ana), db.read_now(item_of, run, cast.rice)
    buy = operation("buy", run_id=run, item_id=item, quantity=PACK, total=799, seen=0)

    answers = await asyncio.gather(*(operate(buy, token) for _ in range(4)))

    assert len(set(answers)) == 1
    assert len(db.read_now(lambda s: s.scalars(select(Purchase).where(Purchase.item_id == item)).all())) == 1


async def test_a_refused_operation_leaves_nothing_and_may_come_again(world: World) -> None:
    run, cast = world.runs[Phase.ACTIVE], world.cast
    token = token_of(cast.bojan)
    wrong = operation("place_bid", run_id=run, product_id=cast.rice, quantity=-1)

    for _ in range(2):
        with pytest.raises(Invalid):
            await operate(wrong, token)

    assert db.read_now(lambda s: s.scalars(select(Operation)).all()) == []


async def test_the_same_id_with_another_content_is_refused(world: World) -> None:
    run, cast, same = world.runs[Phase.ACTIVE], world.cast, uuid4()
    token = token_of(cast.bojan)
    await operate(operation("place_bid", id=same, run_id=run, product_id=cast.rice, quantity=4 * PACK), token)

    with pytest.raises(Conflict, match="operation_id_taken"):
        await operate(operation("place_bid", id=same, run_id=run, product_id=cast.rice, quantity=5 * PACK), token)

    assert await quantity_of(cast.bojan, run, cast.rice) == 4 * PACK


async def test_the_same_id_of_another_person_is_another_operation(world: World) -> None:
    run, cast, same = world.runs[Phase.ACTIVE], world.cast, uuid4()
    bid = operation("place_bid", id=same, run_id=run, product_id=cast.rice, quantity=7 * PACK)

    for who in (cast.bojan, cast.mila):
        await operate(bid, token_of(who))

    assert [await quantity_of(who, run, cast.rice) for who in (cast.bojan, cast.mila)] == [7 * PACK, 7 * PACK]


async def test_what_somebody_did_on_a_shared_phone_is_not_done_by_the_next_person(world: World) -> None:
    run, cast = world.runs[Phase.ACTIVE], world.cast
    bid = operation("place_bid", user=cast.bojan.id, run_id=run, product_id=cast.rice, quantity=7 * PACK)

    with pytest.raises(Conflict, match="operation_of_another"):
        await operate(bid, token_of(cast.mila))

    assert await quantity_of(cast.mila, run, cast.rice) == 2 * PACK


ID = "018f0000-0000-7000-8000-000000000001"


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'{"id": 1}',
        b'{"id": "no", "name": "place_bid", "arguments": {}}',
        b"\xff\xfe",
        b'{"id":' + b"[" * 10_000,
        orjson.dumps({"id": ID, "name": "place_bid", "arguments": []}),
        orjson.dumps({"id": ID, "name": "place_bid", "arguments": {"run_id": "x"}}),
        orjson.dumps({"id": ID, "name": "set_ready", "arguments": {"run_id": ID, "ready": 1}}),
        orjson.dumps({"id": ID, "name": "set_ready", "arguments": {"run_id": ID, "ready": True, "now": 1}}),
        operation("write_note", id=ID, run_id=UUID(ID), product_id=UUID(ID), note="x" * 4097),
        operation("place_bid", id=ID, run_id=UUID(ID), product_id=UUID(ID), quantity=2**60),
        b'{"id":"%s","name":"write_note","arguments":{"note":"\\ud800"}}' % ID.encode(),
    ],
)
async def test_what_no_page_sends_is_refused(world: World, body: bytes) -> None:
    with pytest.raises(BulqError) as refusal:
        await operate(body, token_of(world.cast.ana))

    assert 400 <= refusal.value.status < 500


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(
    ("key", "dates"),
    [
        ("malformed_operation", {"bids_close_at": "2026-12-24T18:00"}),  # of which zone?
        ("malformed_operation", {"shopping_day": "soon"}),
        ("moment", {"bids_close_at": "9999-12-31T23:59:59Z"}),
        ("moment", {"bids_close_at": "2101-01-01T00:00:00Z"}),
        ("day", {"shopping_day": "9999-12-31"}),
        ("day", {"shopping_day": "2101-01-01"}),
    ],
)
@pytest.mark.parametrize("name", ["start_run", "edit_run"])
async def test_days_and_moments_beyond_reason_are_refused(
    world: World, name: str, key: str, dates: dict[str, str]
) -> None:
    cast, token = world.cast, token_of(world.cast.ana)
    about = (
        {"group_id": cast.group_id, "store_id": cast.store_id}
        if name == "start_run"
        else {"run_id": world.runs[Phase.ACTIVE]}
    )
    arguments: dict[str, Any] = {"shopping_day": None, "bids_close_at": None, "note": "", **about, **dates}

    with pytest.raises(Invalid, match=f"^{key}$"):
        await operate(operation(name, **arguments), token)


@pytest.mark.only("sqlite")
async def test_unknown_names_strangers_and_the_signed_out_are_refused(world: World) -> None:
    run, cast = world.runs[Phase.ACTIVE], world.cast

    with pytest.raises(NotFound):
        await operate(operation("__init__"), token_of(cast.ana))
    with pytest.raises(NotFound):
        await operate(operation("set_ready", run_id=run, ready=True), token_of(cast.eva))
    for token in ("", None, "nobody's"):
        with pytest.raises(NotSignedIn):
            await operate(operation("set_ready", run_id=run, ready=True), token)


@pytest.mark.only("sqlite")
async def test_bids_and_other_changes_have_budgets(world: World) -> None:
    settings.bids_per_minute = 1
    run, cast, token = world.runs[Phase.ACTIVE], world.cast, token_of(world.cast.bojan)
    await operate(operation("place_bid", run_id=run, product_id=cast.rice, quantity=PACK), token)

    with pytest.raises(TooMany):
        await operate(operation("place_bid", run_id=run, product_id=cast.rice, quantity=2 * PACK), token)

    await operate(operation("set_ready", run_id=run, ready=True), token)


def test_each_name_is_a_use_case_that_is_tested_with_the_others() -> None:
    known = {case.function for case in USE_CASES}

    assert {door.use_case for door in DOORS.values()} <= known


async def quantity_of(who: Actor, run: UUID, product: UUID) -> int | None:
    def read(session: Any) -> int | None:
        mine = select(Bid.quantity).where(Bid.run_id == run, Bid.user_id == who.id, Bid.product_id == product)
        return session.scalars(mine).one()

    return await db.read(read)
