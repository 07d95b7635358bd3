"""Rooms: whoever looks at something misses nothing of it, and gets nothing that they may not see."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import delete, text
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq import announcing, changes, db, pacing, rooms, sessions
from bulq.domain.actor import Actor
from bulq.domain.errors import NotFound, NotSignedIn
from bulq.domain.phases import Phase
from bulq.editions import edition, merge, reorder
from bulq.models import Membership, UserSession
from bulq.queries.shopping import ShoppingList, shopping_list
from bulq.rooms import KEPT, MOST_LOOKS, Rooms
from bulq.services import accounts, catalogue, closing, groups, new_products, shopping, users
from bulq.views import VIEWS, View
from tests.addresses import addresses_of
from tests.cast import LATER, PACK, World, build, item_of
from tests.conftest import Scene

SHOPPING = next(view for view in VIEWS if view.name == "shopping")


@pytest.fixture
def world(scene: Scene) -> World:
    return scene(build)


@dataclass
class Wire:
    """What rooms send; sockets in `slow` take only what must be sent."""

    sent: list[tuple[str, str, Any]] = field(default_factory=list)
    slow: set[str] = field(default_factory=set)

    def __call__(self, sockets: Collection[str], event: str, body: bytes, *, must: bool = False) -> list[str]:
        taken = [socket for socket in sockets if must or socket not in self.slow]
        self.sent += [(socket, event, orjson.loads(body)) for socket in taken]
        return [socket for socket in sockets if socket not in taken]

    def to(self, socket: str, event: str = "") -> list[Any]:
        return [body for to, name, body in self.sent if to == socket and event in (name, "")]

    async def until(self, holds: Callable[[], Any], seconds: float = 5) -> None:
        async with asyncio.timeout(seconds):
            while not holds():
                await asyncio.sleep(0.005)


@dataclass
class House:
    """Rooms that hear what is announced here, as in a process of their own."""

    rooms: Rooms
    wire: Wire
    tokens: dict[str, str] = field(default_factory=dict)

    async def page(self, socket: str, who: Actor) -> str:
        token = db.write_now(accounts.start_session, who.id, "a browser", now=datetime.now(UTC))
        self.tokens[socket] = sessions.token_hash(token)
        await self.rooms.enter(socket, self.tokens[socket])
        return token

    async def looking(self, socket: str, who: Actor, address: str, tag: object = None) -> Any:
        await self.page(socket, who)
        return await self.look(socket, address, tag)

    async def look(self, socket: str, address: object, tag: object) -> Any:
        """The answer as it arrives."""
        return orjson.loads(orjson.dumps(await self.rooms.look(socket, address, tag)))

    def holds(self) -> list[Any]:
        """Everything that is kept of anybody."""
        here = self.rooms
        return [here._rooms, here._seats, dict(here._of_topic), dict(here._sockets_of), here._meanwhile]


@asynccontextmanager
async def open_house(views: Collection[View[Any]] = VIEWS) -> AsyncIterator[House]:
    wire, loop = Wire(), asyncio.get_running_loop()
    here = Rooms(views, wire)

    def announce(*topics: str) -> None:
        loop.call_soon_threadsafe(here.heard, topics)

    changes.tell_by(announce)
    task = asyncio.create_task(here.keep_up())
    pacing.forget()
    try:
        yield House(here, wire)
    finally:
        changes.tell_by(announcing.announce)
        task.cancel()


def list_of(run_id: UUID) -> str:
    return f"runs/{run_id}/shopping"


async def do(use_case: Callable[..., Any], *args: Any, announcing: Collection[str] = (), **kwargs: Any) -> Any:
    def act(session: Session) -> Any:
        changes.note(session, *announcing)
        return use_case(session, *args, now=LATER, **kwargs)

    return await db.run(act)


async def change(world: World, use_case: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What Ana does while she shops."""
    run = world.runs[Phase.SHOPPING]
    return await do(use_case, world.cast.ana, run, *args, announcing=[f"run:{run}"], **kwargs)


async def buy(world: World, packs: int, seen: int = 0) -> None:
    item = await db.read(item_of, world.runs[Phase.SHOPPING], world.cast.rice)
    await change(world, shopping.buy, item, packs * PACK, packs * 799, seen=seen * PACK)


class Gate:
    """A view of the list whose reads wait at a gate, for as long as it is shut."""

    def __init__(self) -> None:
        self.open, self.reached, self.fails, self.reads = threading.Event(), threading.Event(), False, 0
        self.open.set()

    def view(self) -> View[Any]:
        def read(session: Session, viewer: Actor, run_id: UUID) -> ShoppingList:
            self.reads += 1
            facts = shopping_list(session, viewer, run_id)
            self.reached.set()
            self.open.wait(10)
            if self.fails:
                session.execute(text("SELECT nothing_of_this_name"))
            return facts

        return View(SHOPPING.name, SHOPPING.address, read, SHOPPING.topics, SHOPPING.audience)

    async def shut_on(self, reader: Any) -> asyncio.Task[Any]:
        """Begin something that reads; when this returns, it has seen the rows and is held up with them."""
        self.reached.clear()
        self.open.clear()
        task = asyncio.ensure_future(reader)
        while not self.reached.is_set():
            await asyncio.sleep(0.005)
        return task


# Joining


async def test_whoever_joins_during_the_first_read_waits_for_it(world: World) -> None:
    gate, address = Gate(), list_of(world.runs[Phase.SHOPPING])
    async with open_house([gate.view()]) as house:
        await house.page("bojan", world.cast.bojan)
        first = await gate.shut_on(house.looking("ana", world.cast.ana, address))
        second = asyncio.create_task(house.look("bojan", address, None))
        await asyncio.sleep(0.02)
        gate.open.set()

        assert (await first).keys() == {"tag"}
        assert await second == await first
        assert house.wire.sent == [] and gate.reads == 1


async def test_what_is_announced_during_the_first_read_is_read_as_well(world: World) -> None:
    gate, address = Gate(), list_of(world.runs[Phase.SHOPPING])
    async with open_house([gate.view()]) as house:
        first = await gate.shut_on(house.looking("ana", world.cast.ana, address))
        await buy(world, 7)
        await asyncio.sleep(0.02)  # heard while nobody knows yet which topics the room depends on
        gate.open.set()
        old = (await first)["tag"]

        await house.wire.until(lambda: house.wire.to("ana", "patch"))

        patch = house.wire.to("ana", "patch")[0]
        assert (patch["from"], patch["patch"]["paid"]) == (old, 7 * 799)


async def test_a_stranger_who_came_first_is_put_out_and_the_member_behind_looks(world: World) -> None:
    gate, address = Gate(), list_of(world.runs[Phase.SHOPPING])
    async with open_house([gate.view()]) as house:
        await house.page("ana", world.cast.ana)
        await house.page("eva", world.cast.eva)
        gate.open.clear()
        eva = asyncio.create_task(house.look("eva", address, None))
        ana = asyncio.create_task(house.look("ana", address, None))
        await asyncio.sleep(0.05)
        gate.open.set()

        assert await eva == {"gone": True}
        assert (await ana).keys() == {"tag"}


async def test_who_leaves_during_the_first_read_leaves_nothing(world: World) -> None:
    gate, address = Gate(), list_of(world.runs[Phase.SHOPPING])
    async with open_house([gate.view()]) as house:
        first = await gate.shut_on(house.looking("ana", world.cast.ana, address))
        await house.page("bojan", world.cast.bojan)
        second = asyncio.create_task(house.look("bojan", address, None))
        await asyncio.sleep(0.01)
        house.rooms.leave("bojan", address)
        house.rooms.gone("ana")
        house.rooms.gone("bojan")
        gate.open.set()
        await asyncio.gather(first, second)

        assert not any(house.holds())


# Patches


async def test_a_page_that_was_away_is_told_what_it_lacks(world: World) -> None:
    address = list_of(world.runs[Phase.SHOPPING])
    async with open_house() as house:
        first = (await house.looking("ana", world.cast.ana, address))["tag"]
        facts = orjson.loads((await house.rooms.newest(address, house.tokens["ana"])).body)
        for packs in range(2):
            await buy(world, 1, seen=packs)
            await house.wire.until(lambda packs=packs: len(house.wire.to("ana", "patch")) > packs)
        newest = house.wire.to("ana", "patch")[-1]["to"]

        await house.page("bojan", world.cast.bojan)
        assert await house.look("bojan", address, newest) == {"same": newest}
        assert await house.look("bojan", address, "unknown") == {"tag": newest}
        assert await house.look("bojan", address, ["no tag"]) == {"tag": newest}
        chain = (await house.look("bojan", address, first))["patches"]

        assert [each["from"] for each in chain] == [first, chain[0]["to"]] and chain[-1]["to"] == newest
        for each in chain:
            facts = merge(facts, each["patch"])
        edition_now = orjson.loads((await house.rooms.newest(address, house.tokens["ana"])).body)
        assert facts["paid"] == edition_now["paid"] == 2 * 799


async def test_facts_that_go_back_and_forth_need_no_more_than_one_patch(world: World) -> None:
    run, address = world.runs[Phase.SHOPPING], list_of(world.runs[Phase.SHOPPING])
    item = db.read_now(item_of, run, world.cast.rice)
    async with open_house() as house:
        await house.looking("ana", world.cast.ana, address)
        for many in range(1, 6):
            await change(world, shopping.set_missing, item, bool(many % 2))
            await house.wire.until(lambda many=many: len(house.wire.to("ana", "patch")) == many)
        there, missing = (house.wire.to("ana", "patch")[place]["to"] for place in (-2, -1))

        answer = await house.look("ana", address, there)

        assert [each["to"] for each in answer["patches"]] == [missing]
        assert len(house.rooms._rooms[address].patches) <= KEPT


async def test_an_edition_that_came_back_is_kept_as_long_as_a_new_one(world: World) -> None:
    run, address = world.runs[Phase.SHOPPING], list_of(world.runs[Phase.SHOPPING])
    item = db.read_now(item_of, run, world.cast.rice)
    async with open_house() as house:
        first = (await house.looking("ana", world.cast.ana, address))["tag"]

        async def changed(*args: Any) -> None:
            before = len(house.wire.to("ana", "patch"))
            await change(world, *args)
            await house.wire.until(lambda: len(house.wire.to("ana", "patch")) > before)

        for missing in (True, False):
            await changed(shopping.set_missing, item, missing)
        assert house.wire.to("ana", "patch")[-1]["to"] == first
        for number in range(KEPT):
            await changed(catalogue.note_price, world.cast.tomatoes, 300 + number)

        assert len((await house.look("ana", address, first))["patches"]) == KEPT


async def test_a_row_that_comes_in_between_is_put_in_its_place(world: World) -> None:
    address = list_of(world.runs[Phase.SHOPPING])
    async with open_house() as house:
        await house.looking("ana", world.cast.ana, address)
        before = orjson.loads((await house.rooms.newest(address, house.tokens["ana"])).body)
        lentils = new_products.NewProduct("Lentils", "", "kg", 100)
        await change(world, new_products.list_new_product, lentils, world.cast.mila.id, PACK)
        await house.wire.until(lambda: house.wire.to("ana", "patch"))

        patch = house.wire.to("ana", "patch")[0]
        merged = reorder(merge(before, patch["patch"]), patch["order"])

        assert [row["name"] for row in merged["items"].values()] == ["Basmati rice 5 kg", "Lentils", "Tomatoes"]


async def test_a_slow_page_is_told_of_the_newest_edition_once_it_takes_something_again(world: World) -> None:
    address = list_of(world.runs[Phase.SHOPPING])
    async with open_house() as house:
        await house.looking("ana", world.cast.ana, address)
        await house.looking("bojan", world.cast.bojan, address)
        house.wire.slow.add("bojan")
        for packs in range(2):
            await buy(world, 1, seen=packs)
            await house.wire.until(lambda packs=packs: len(house.wire.to("ana", "patch")) > packs)
        await asyncio.sleep(2 * rooms.LATE_AFTER)
        assert house.wire.to("bojan") == []

        house.wire.slow.clear()
        await house.wire.until(lambda: house.wire.to("bojan"))

        newest = house.wire.to("ana", "patch")[-1]["to"]
        assert house.wire.to("bojan") == [{"at": address, "tag": newest}]
        await buy(world, 1, seen=2)
        await house.wire.until(lambda: house.wire.to("bojan", "patch"))


# Failures


async def test_a_failed_first_read_is_tried_again_and_told(world: World) -> None:
    gate, address = Gate(), list_of(world.runs[Phase.SHOPPING])
    gate.fails = True
    async with open_house([gate.view()]) as house:
        assert await house.looking("ana", world.cast.ana, address) == {"later": True}
        gate.fails = False

        await house.wire.until(lambda: house.wire.to("ana"))

        assert house.wire.to("ana", "state")[0].keys() == {"at", "tag"}


async def test_a_change_that_could_not_be_read_is_shown_later(
    world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, address = Gate(), list_of(world.runs[Phase.SHOPPING])
    monkeypatch.setattr(rooms, "AGAIN", (0.05, 1.0))
    async with open_house([gate.view()]) as house:
        await house.looking("ana", world.cast.ana, address)
        gate.fails = True
        await buy(world, 7)
        await house.wire.until(lambda: house.rooms._rooms[address].failures == 2)
        assert await house.looking("bojan", world.cast.bojan, address) == {"later": True}
        gate.fails = False

        await house.wire.until(lambda: house.wire.to("bojan", "patch"))

        assert house.wire.to("ana", "patch")[0]["patch"]["paid"] == 7 * 799
        assert caplog.text.count("could not read shopping") == 1


async def test_topics_that_were_missed_make_every_room_be_read_again(world: World) -> None:
    address = list_of(world.runs[Phase.SHOPPING])
    async with open_house() as house:
        await house.looking("ana", world.cast.ana, address)
        changes.tell_by(None)  # what happens now is announced to nobody
        await buy(world, 7)
        with db.transaction() as session:
            forget(session, UserSession, world.cast.ana)

        house.rooms.heard(None)

        await house.wire.until(lambda: house.wire.to("ana", "signed_out"))
        assert house.wire.to("ana", "patch") == []


async def test_what_another_process_says_of_rows_is_shown(world: World) -> None:
    run, address = world.runs[Phase.SHOPPING], list_of(world.runs[Phase.SHOPPING])
    async with open_house() as house:
        await house.looking("ana", world.cast.ana, address)
        changes.tell_by(None)
        await buy(world, 7)

        house.rooms.heard([f"run:{world.runs[Phase.ACTIVE]}"])
        await asyncio.sleep(0.05)
        assert house.wire.sent == []
        house.rooms.heard([f"run:{run}/{world.cast.rice}"])

        await house.wire.until(lambda: house.wire.to("ana", "patch"))


# Rights


def forget(session: Session, table: type[UserSession | Membership], who: Actor) -> None:
    session.execute(delete(table).where(col(table.user_id) == who.id))


async def remove(world: World) -> None:
    group = world.cast.group_id
    await do(groups.remove_member, world.cast.ana, group, world.cast.bojan.id, announcing=[f"group:{group}"])


async def lock(world: World) -> None:
    bojan = world.cast.bojan.id
    await do(users.lock_users, world.cast.ada, [bojan], announcing=[f"user:{bojan}"])


@pytest.mark.parametrize("take_away", [remove, lock])
async def test_whoever_may_not_look_any_more_is_put_out_before_the_next_patch(
    world: World, take_away: Callable[[World], Any]
) -> None:
    address = list_of(world.runs[Phase.SHOPPING])
    async with open_house() as house:
        await house.looking("ana", world.cast.ana, address)
        await house.looking("bojan", world.cast.bojan, address)
        house.wire.slow.add("bojan")  # and is told so, however little the page takes
        await take_away(world)
        await buy(world, 7)
        await house.wire.until(lambda: [each for each in house.wire.to("ana", "patch") if "paid" in each["patch"]])

        assert {"at": address, "gone": True} in house.wire.to("bojan", "state")
        assert house.wire.to("bojan", "patch") == []
        assert await house.look("bojan", address, None) == {"gone": True}
        with pytest.raises((NotFound, NotSignedIn)):
            await house.rooms.newest(address, house.tokens["bojan"])


async def test_a_session_that_ended_unannounced_gets_nothing_more(world: World) -> None:
    address = list_of(world.runs[Phase.SHOPPING])
    async with open_house() as house:
        await house.looking("ana", world.cast.ana, address)
        await house.looking("bojan", world.cast.bojan, address)
        with db.transaction() as session:
            forget(session, UserSession, world.cast.bojan)
        await buy(world, 7)
        await house.wire.until(lambda: house.wire.to("ana", "patch"))

        assert house.wire.to("bojan") == [{"at": address, "gone": True}, None]
        assert house.wire.to("bojan", "signed_out") == [None]


async def test_a_session_that_ended_while_its_page_was_quiet_joins_no_room(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = list_of(world.runs[Phase.SHOPPING])
    monkeypatch.setattr(rooms, "RIGHTS", 0)
    async with open_house() as house:
        await house.looking("ana", world.cast.ana, address)
        await house.page("bojan", world.cast.bojan)
        with db.transaction() as session:
            forget(session, UserSession, world.cast.bojan)

        assert await house.look("bojan", address, None) == {"gone": True}
        assert house.wire.to("bojan", "signed_out") == [None]


async def test_a_closed_group_is_gone_for_all_of_it(world: World) -> None:
    run, group = world.evas_runs[Phase.SHOPPING], world.evas.group_id
    async with open_house() as house:
        await house.looking("eva", world.cast.eva, list_of(run))
        await do(closing.close_group, world.cast.ada, group, announcing=[f"group:{group}"])

        await house.wire.until(lambda: house.wire.to("eva", "state"))

        assert house.wire.to("eva", "state") == [{"at": list_of(run), "gone": True}]


async def test_what_is_personal_is_each_persons_own(world: World) -> None:
    async with open_house() as house:
        tags = [(await house.looking(who.name, who, "me"))["tag"] for who in (world.cast.ana, world.cast.bojan)]
        await do(accounts.set_theme, world.cast.ana, "dark", announcing=[f"user:{world.cast.ana.id}"])
        await house.wire.until(lambda: house.wire.to("Ana"))

        assert tags[0] != tags[1]
        assert house.wire.to("Ana", "patch")[0]["patch"] == {"theme": "dark"}
        assert house.wire.to("Ana", "patch")[0]["at"] == "me"
        assert house.wire.to("Bojan") == []
        bodies = [(await house.rooms.newest("me", house.tokens[who])).body for who in ("Ana", "Bojan")]
        assert [orjson.loads(body)["name"] for body in bodies] == ["Ana", "Bojan"]


# Bounds


async def test_nothing_is_kept_of_whoever_has_gone(world: World) -> None:
    everything = [list_of(run) for run in world.runs.values()] + ["me"]
    async with open_house() as house:
        for who in (world.cast.ana, world.cast.bojan, world.cast.eva):
            await house.page(who.name, who)
            for address in everything:
                await house.look(who.name, address, None)
        house.rooms.leave("Ana", list_of(world.runs[Phase.SHOPPING]))
        house.rooms.leave("Ana", "me")
        for nothing in (None, 7, ["me"], "x", f"me@{world.cast.bojan.id}", "me@"):
            house.rooms.leave("Ana", nothing)
        assert len(house.rooms._seats["Ana"].keys) == len(everything) - 2

        for who in ("Ana", "Bojan", "Eva", "nobody"):
            house.rooms.gone(who)

        assert not any(house.holds())


@pytest.mark.only("sqlite")
async def test_what_is_no_address_is_the_same_as_nothing(world: World) -> None:
    wrong = [None, 7, [], {}, "", "x" * 300, "runs/x/shopping", "me?page=2", "me@x", f"ME/{'0' * 36}", "../me", "me\n"]
    async with open_house() as house:
        await house.page("ana", world.cast.ana)

        for address in [*wrong, list_of(world.cast.rice), f"{list_of(world.runs[Phase.SHOPPING])}?page=2"]:
            assert await house.look("ana", address, None) == {"gone": True}
        assert not house.rooms._rooms


@pytest.mark.only("sqlite")
async def test_one_page_looks_at_so_many_things_and_no_more(world: World) -> None:
    async with open_house() as house:
        await house.page("ana", world.cast.ana)
        house.rooms._seats["ana"].keys |= {f"another {number}" for number in range(MOST_LOOKS)}

        assert await house.look("ana", "me", None) == {"gone": True}
        assert house.rooms.is_full("ana") and not house.rooms._rooms


async def test_whoever_read_too_much_is_shown_changes_later_and_keeps_nobody_waiting(world: World) -> None:
    run, bojan = world.runs[Phase.SHOPPING], str(world.cast.bojan.id)
    async with open_house() as house:
        await house.looking("bojan", world.cast.bojan, "me")
        await house.looking("ana", world.cast.ana, list_of(run))
        pacing.charge([bojan], 10)
        pacing._readings.of(bojan).paid_at = time.monotonic() + 0.4
        began = time.monotonic()
        await do(accounts.set_theme, world.cast.bojan, "dark", announcing=[f"user:{bojan}"])
        await buy(world, 7)

        await house.wire.until(lambda: house.wire.to("ana", "patch"))
        assert house.wire.to("bojan") == []
        await house.wire.until(lambda: house.wire.to("bojan", "patch"))

        assert time.monotonic() - began > 0.3


async def test_whoever_read_too_much_waits_before_they_look_at_more(world: World) -> None:
    async with open_house() as house:
        await house.page("ana", world.cast.ana)
        pacing._readings.of(str(world.cast.ana.id)).paid_at = time.monotonic() + 0.3
        began = time.monotonic()

        assert (await house.look("ana", "me", None)).keys() == {"tag"}

        assert time.monotonic() - began > 0.25


# Rows


async def test_only_rows_that_changed_are_read_again_and_rights_are_checked_now_and_then(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, rows, seen = world.runs[Phase.SHOPPING], [], world.cast.rice

    def reread(session: Session, facts: ShoppingList, products: Collection[str]) -> ShoppingList | None:
        rows.append(set(products))
        return replace(facts, paid=facts.paid + 1) if str(seen) in products else None

    view = replace(SHOPPING, reread=reread)
    async with open_house([view]) as house:
        await house.looking("ana", world.cast.ana, list_of(run))
        await house.looking("bojan", world.cast.bojan, list_of(run))
        house.rooms.heard([f"run:{run}/{seen}"])
        await house.wire.until(lambda: house.wire.to("bojan", "patch"))
        assert house.wire.to("bojan", "patch")[0]["patch"] == {"paid": 1} and rows == [{str(seen)}]

        monkeypatch.setattr(rooms, "RIGHTS", 0)
        with db.transaction() as session:
            forget(session, Membership, world.cast.bojan)
        house.rooms.heard([f"run:{run}/{seen}"])
        await house.wire.until(lambda: len(house.wire.to("ana", "patch")) == 2)
        assert house.wire.to("bojan", "state") == [{"at": list_of(run), "gone": True}]
        assert len(house.wire.to("bojan", "patch")) == 1

        house.rooms.heard([f"run:{run}/{world.cast.tomatoes}"])  # what no row holds: all is read
        await house.wire.until(lambda: len(house.wire.to("ana", "patch")) == 3)
        assert house.wire.to("ana", "patch")[2]["patch"]["paid"] == 0


# Both doors


async def test_both_doors_give_the_same_edition(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_house() as house:
        for view in VIEWS:
            for address in addresses_of(view, world):
                socket = f"{view.name} {address}"
                answer = await house.looking(socket, world.cast.ana, address)
                if "tag" not in answer:
                    continue
                kept = await house.rooms.newest(address, house.tokens[socket])
                with monkeypatch.context() as patched:
                    patched.setattr(rooms, "RIGHTS", -1)  # the room's own check is too old: it is read
                    read = await house.rooms.newest(address, house.tokens[socket])
                assert answer["tag"] == kept.tag == read.tag == edition(read.facts).tag
                assert kept.body == read.body
        assert len(house.rooms._rooms) >= len(VIEWS)
