"""The namespace /live under attack: refused briefly, the process unharmed, nothing changed."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text
from websockets.exceptions import ConnectionClosed

from bulq import db
from bulq.domain.actor import Actor
from bulq.domain.phases import Phase
from bulq.rooms import MOST_LOOKS
from bulq.services.accounts import start_session
from bulq.sessions import cookie_name
from tests import cast, databases
from tests.live.conftest import Backend
from tests.live.looking import NAMESPACE, Looker, Refused, looking, raw_socket

Village = tuple[Backend, cast.Cast, str]  # a server, its people, and the run at the shop
REFLEX = "/_event"
TOKEN = "hYt7-q0Lm_Wz3RkX"
LONG = "HUSH" * 15_000  # just below what one message may hold


@pytest.fixture(scope="module")
def village(postgresql: databases.PostgreSQL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Village]:
    url = postgresql.new_database("hostile_looking")
    databases.migrate(url)
    db.connect(url)
    with db.transaction() as session:
        people = cast.assemble(session)
        run_id = cast.bring_to(session, people, Phase.SHOPPING)
    server = Backend(tmp_path_factory.mktemp("hostile"), url, BULQ_METRICS_TOKEN=TOKEN, BULQ_SOCKETS_PER_ADDRESS="300")
    server.start()
    yield server, people, str(run_id)
    server.stop()
    db.engine().dispose()


def cookie_of(who: Actor) -> str:
    token = db.write_now(start_session, who.id, "tests", now=datetime.now(UTC))
    return f"{cookie_name()}={token}"


def everything() -> dict[str, Any]:
    """How many rows there are of what operations change, and the sums in them."""
    queries = {
        "operations": "SELECT count(*) FROM operations",
        "purchases": "SELECT count(*), coalesce(sum(total), 0) FROM purchases",
        "bids": "SELECT count(*), sum(quantity) FROM bids",
        "users": "SELECT string_agg(theme || name, ',' ORDER BY name) FROM users",
    }
    with db.reading() as session:
        return {name: session.execute(text(query)).one() for name, query in queries.items()}


async def figure(server: Backend, name: str) -> float:
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{server.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    return sum(float(line.split()[-1]) for line in answer.text.splitlines() if line.startswith(f"{name} "))


async def figure_is(server: Backend, name: str, wanted: float) -> None:
    for _ in range(100):
        if (found := await figure(server, name)) == wanted:
            return
        await asyncio.sleep(0.05)
    assert found == wanted, name


async def works(village: Village) -> float:
    """Seconds until a purchase of Ana's, which is undone at once, shows on the page of Mila."""
    server, people, run = village
    address, item = f"runs/{run}/shopping", await db.read(cast.item_of, UUID(run), people.rice)
    async with looking(server.url, cookie_of(people.mila)) as mila, looking(server.url, cookie_of(people.ana)) as ana:
        assert "tag" in await mila.look(address)
        began = time.monotonic()
        bought = await ana.do("buy", run_id=run, item_id=str(item), quantity=1000, total=799, seen=0)
        await mila.until(lambda: mila.of("patch"))
        took = time.monotonic() - began
        seen = [1000, 799, str(people.ana.id)]
        undone = await ana.do("undo_purchase", run_id=run, purchase_id=bought["result"]["id"], seen=seen)
        assert "result" in undone
    return took


async def test_nobody_looks_without_a_session(village: Village) -> None:
    server = village[0]
    for cookie in ("", f"{cookie_name()}=", f"{cookie_name()}=nobody", f"{cookie_name()}={'x' * 3000}"):
        with pytest.raises(Refused, match="signed_out"):
            async with looking(server.url, cookie, [{"at": "me"}]):
                pass
    socket = await raw_socket(server.url)
    for name in ("look", "do", "here", "leave"):  # of a namespace that is not open
        await socket.send(f'42{NAMESPACE},["{name}",{{"at":"me"}}]')
    await socket.send(f"40{NAMESPACE},")
    assert str(await socket.recv()) == f'44{NAMESPACE},{{"message":"signed_out"}}'
    await socket.close()


SHAPES: list[Any] = [None, 7, -1.5, True, "", "x", LONG, [], ["me"], [[[]]], {}, {"at": None}, {"a": {"b": [1]}}]
ADDRESSES = [None, 7, True, [], {}, "", LONG, "me@", "../me", "me\n", "runs/x/shopping", f"runs/{uuid4()}/shopping"]


async def test_looks_of_every_shape_find_nothing(village: Village) -> None:
    server, people, run = village
    mark = server.mark()
    async with looking(server.url, cookie_of(people.eva), [*SHAPES[:6], *SHAPES[7:], {"at": "me", "tag": [{}]}]) as eva:
        for shape in SHAPES:
            assert await eva.ask("look", shape) == {"gone": True}, str(shape)[:50]
        for address in [*ADDRESSES, f"runs/{run}/shopping", f"runs/{run}", f"me@{people.ana.id}"]:
            assert await eva.look(address) == {"gone": True}, str(address)[:50]
        assert await eva.ask("look") == {"gone": True}
        for tag in (*SHAPES, "\ud83d"):
            assert (await eva.ask("look", {"at": "me", "tag": tag, "more": 1}, "more", {})).keys() == {"tag"}
        for shape in SHAPES:
            await eva.say("leave", shape)
        assert await eva.ask("here", LONG) is True
        assert {body["at"] for body in eva.of("state")} <= {"me"}
    written = server.log(mark)
    assert "Traceback" not in written and "HUSH" not in written
    assert await works(village) < 2


async def test_operations_of_every_shape_change_nothing(village: Village) -> None:
    server, people, run = village
    item = str(db.read_now(cast.item_of, UUID(run), people.rice))
    mark, before = server.mark(), everything()
    buy = {"run_id": run, "item_id": item, "quantity": 1000, "total": 799, "seen": 0}
    names: list[Any] = ["", "no_such_thing", "__init__", "operate", "create_admin", LONG, None, 7, [], {}]
    arguments: list[Any] = [
        *SHAPES,
        {},
        {**buy, "quantity": 2**70},
        {**buy, "quantity": "1000"},
        {**buy, "quantity": 1000.5},
        {**buy, "quantity": True},
        {**buy, "total": -1},
        {**buy, "now": "2001-01-01T00:00:00Z"},
        {**buy, "actor": str(people.ana.id)},
        {**buy, "run_id": str(uuid4())},
        {**buy, "item_id": str(uuid4())},
        {**buy, "item_id": "\ud83d"},
        {**buy, "payer_id": str(people.eva.id)},
        {**buy, LONG: 1},
        {name: [[[[]]]] for name in buy},
    ]
    async with (
        looking(server.url, cookie_of(people.ana)) as ana,
        looking(server.url, cookie_of(people.eva)) as eva,
    ):
        for shape in SHAPES:
            await refused(ana, shape)
        await refused(ana)
        for name in names:
            await refused(ana, {"id": str(uuid4()), "name": name, "arguments": buy})
        for each in arguments:
            await refused(ana, {"id": str(uuid4()), "name": "buy", "arguments": each})
        for id in (None, "", 7, "x", "0", LONG):
            await refused(ana, {"id": id, "name": "buy", "arguments": buy})
        right = {"id": str(uuid4()), "name": "buy", "arguments": buy}
        await refused(ana, right | {"user": str(people.mila.id)})
        await refused(ana, right | {"user": "ana"})
        await refused(ana, right | {"done_at": "2001-01-01T00:00:00Z"})
        await refused(eva, right)
        await refused(eva, right | {"user": str(people.ana.id)})
    written = server.log(mark)
    assert "Traceback" not in written and "HUSH" not in written and len(written) < 10_000, written[:3000]
    assert everything() == before
    assert await works(village) < 2


async def refused(page: Looker, *operation: Any) -> None:
    answer = await page.ask("do", *operation, seconds=20)
    assert 400 <= answer["status"] < 500 and len(json.dumps(answer)) < 300, answer


async def test_what_only_the_server_says_is_heard_from_no_page(village: Village) -> None:
    server, people, run = village
    mark, before = server.mark(), everything()
    address = f"runs/{run}/shopping"
    async with looking(server.url, cookie_of(people.mila)) as mila, looking(server.url, cookie_of(people.ana)) as ana:
        tag = (await mila.look(address))["tag"]
        await ana.look(address)
        forged = {"at": address, "from": tag, "to": "0" * 18, "patch": {"paid": 1}}
        names = [
            "patch",
            "state",
            "signed_out",
            "emit",
            "send",
            "trigger_event",
            "session",
            "on_do",
            "__init__",
            "HUSH",
        ]
        for name in [*names, ""]:
            await ana.say(name, forged)
        for packet in ('3{n},7["x"]', "3{n},[]", '0{n},{{"looks":[]}}', '2{n},["connect",{{}}]', '2{n},["disconnect"]'):
            await ana.socket.send("4" + packet.format(n=NAMESPACE))
        assert await ana.ask("here") is True
        assert await mila.look(address, tag) == {"same": tag}
        assert mila.told == [] and ana.of("patch") == []
    assert everything() == before
    assert "Traceback" not in server.log(mark) and "HUSH" not in server.log(mark)


async def test_thousands_of_looks_are_sixteen_and_wait_their_turn(village: Village) -> None:
    server, people, _run = village
    looks = [{"at": f"runs/{uuid4()}/shopping"} for _ in range(900)]
    async with looking(server.url, cookie_of(people.eva), looks) as eva:
        await eva.until(lambda: len(eva.of("state")) == MOST_LOOKS)
        began = time.monotonic()
        sent = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(1.5):
                while True:
                    await asyncio.gather(*(eva.ask("look", {"at": "nothing"}) for _ in range(20)))
                    sent += 20
        took = await works(village)
        assert len(eva.of("state")) == MOST_LOOKS
        assert sent <= 20 * (2 + time.monotonic() - began) + 20, "faster than a person's pages may"
        assert took < 2


async def test_pages_are_counted_once_and_nothing_stays_of_those_that_left(village: Village) -> None:
    server, people, _run = village
    cookie = cookie_of(people.ana)
    await figure_is(server, "bulq_open_sockets", 0)
    await figure_is(server, "bulq_looking_pages", 0)
    page = await raw_socket(server.url, cookie)
    await page.send(f"40{REFLEX},")
    await figure_is(server, "bulq_open_sockets", 1)
    await page.send(f'40{NAMESPACE},{{"looks":[{{"at":"me"}}]}}')
    await figure_is(server, "bulq_looking_pages", 1)
    await figure_is(server, "bulq_open_sockets", 1)
    await page.send(f"41{NAMESPACE},")
    await figure_is(server, "bulq_looking_pages", 0)
    await figure_is(server, "bulq_open_sockets", 1)
    await page.close()
    await figure_is(server, "bulq_open_sockets", 0)


async def test_a_page_that_leaves_while_it_comes_leaves_nothing(village: Village) -> None:
    server, people, run = village
    cookie, mark = cookie_of(people.mila), server.mark()
    hello = json.dumps({"looks": [{"at": f"runs/{run}/shopping"}, {"at": "me"}]})

    async def come_and_go(pause: float) -> None:
        socket = await raw_socket(server.url, cookie)
        with suppress(ConnectionClosed):
            await socket.send(f"40{NAMESPACE},{hello}")
            await asyncio.sleep(pause)
            socket.transport.abort()

    for number in range(8):
        await asyncio.gather(*(come_and_go(number * 0.002) for _ in range(3)))

    await figure_is(server, "bulq_looking_pages", 0)
    assert "Traceback" not in server.log(mark)
    assert await works(village) < 2
