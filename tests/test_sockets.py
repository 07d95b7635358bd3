"""What of a socket's messages goes on to Engine.IO, and what does not."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from bulq import client_mistakes, pacing, sockets
from bulq.config import settings

TAB = b"token=a-tab&EIO=4&transport=websocket"
OPEN = "40/_event,"
EVENT = '42/_event,["event",{"name":"x","payload":{}}]'


@pytest.fixture(autouse=True)
def counted_from_zero() -> Iterator[None]:
    pacing.forget()
    client_mistakes.forget()
    settings.events_per_second = settings.address_events_per_second = 10_000
    yield
    pacing.forget()


class Client:
    """One socket: what it is answered, and what came through to the app."""

    def __init__(
        self, *messages: str | bytes, query: bytes = TAB, cookie: str = "", address: str = "192.0.2.1"
    ) -> None:
        headers = [(b"cookie", cookie.encode())] if cookie else []
        self.scope = {
            "type": "websocket",
            "path": "/_event/",
            "query_string": query,
            "headers": headers,
            "client": (address, 5000),
        }
        self.messages = list(messages)
        self.through: list[str] = []
        self.sent: list[dict[str, Any]] = []
        self.while_open: Any = None

    async def receive(self) -> dict[str, Any]:
        if not self.messages:
            if self.while_open:
                await self.while_open()
            return {"type": "websocket.disconnect", "code": 1000}
        message = self.messages.pop(0)
        return {"type": "websocket.receive", "bytes" if isinstance(message, bytes) else "text": message}

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    async def app(self, _scope: Any, receive: Any, _send: Any) -> None:
        while (message := await receive())["type"] == "websocket.receive":
            self.through.append(message["text"])

    async def talk(self, guard: sockets.Sockets | None = None) -> Client:
        guard = guard or sockets.Sockets(self.app)
        guard.app = self.app
        await guard(self.scope, self.receive, self.send)  # pyright: ignore[reportArgumentType]
        return self


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "bulq.client_mistakes"]


@pytest.mark.parametrize(
    "message",
    ["3", "1", EVENT, OPEN, '40/_event,{"event":{}}', "40/live", "41/_event,", '43/_event,7["x"]', '42["x"]'],
)
async def test_what_pages_send_goes_on_as_it_is(message: str) -> None:
    assert (await Client("40", OPEN, message).talk()).through == ["40", OPEN, message]


@pytest.mark.parametrize(
    "message",
    [
        b"binary",
        "",
        "0",
        "2",
        "2probe",
        "4",
        "44/_event,{}",
        "45",
        '451-/_event,["event",{"_placeholder":true,"num":0}]',
        "42",
        "42/_event,",
        "42/_event,[]",
        "42/_event,{}",
        "42/_event,[[[[",
        '42/_event,[{"a":1}]',
        '42/_event,["connect",{"QUERY_STRING":"token=x"}]',
        '42/live,["disconnect"]',
        "42/_event," + "[" * 5000,
        '42/_event,["event",' + "9" * 5000 + "]",
        '42/_event,["event",NaN]',
        "4{",
        "4" + "[" * 60_000,
        "40/_event?x,{}",
        "40/" + "n" * 70 + ",",
        "9" * 5000,
        "bAAAA",
        '42/live,["event"]',
        '42["event"]',
    ],
)
async def test_what_no_page_sends_goes_no_further_and_is_one_line(
    message: str | bytes, caplog: pytest.LogCaptureFixture
) -> None:
    client = await Client(OPEN, message, EVENT).talk()

    assert client.through == [OPEN, EVENT]
    (line,) = told(caplog)
    assert line in ("client mistake: a malformed message", "client mistake: a binary message")


@pytest.mark.parametrize("message", ["4" + "x" * sockets.LARGEST, "4" + "ш" * (sockets.LARGEST // 2)])
async def test_a_message_larger_than_an_event_may_be_ends_the_socket(message: str) -> None:
    client = await Client(OPEN, message, EVENT).talk()

    assert client.through == [OPEN]
    assert client.sent == [{"type": "websocket.close", "code": sockets.TOO_BIG}]


async def test_the_largest_that_is_taken_goes_on() -> None:
    event = '42/_event,["event",""]'
    event = event[:-2] + "x" * (sockets.LARGEST - len(event)) + event[-2:]

    assert (await Client(OPEN, event).talk()).through == [OPEN, event]


async def test_a_socket_opens_a_few_namespaces() -> None:
    client = await Client(*[f"40/{n}," for n in range(9)]).talk()

    assert len(client.through) == sockets.MOST_NAMESPACES


async def test_who_makes_many_mistakes_is_cut_off_and_told_of_in_few_lines(caplog: pytest.LogCaptureFixture) -> None:
    client = await Client(*["42/_event,[]"] * 50, EVENT).talk()

    assert client.through == [] and len(client.messages) == 51 - sockets.MOST_MISTAKES
    assert client.sent == [{"type": "websocket.close", "code": sockets.POLICY_VIOLATION}]
    assert len(told(caplog)) == client_mistakes.PER_ADDRESS


async def test_what_was_left_out_is_counted(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_mistakes, "WINDOW", 0.2)
    for n in range(100):
        client_mistakes.note("a malformed message", "192.0.2.1")
        client_mistakes.note("a malformed message", f"198.51.100.{n}")
    await asyncio.sleep(0.4)
    records = [record for record in caplog.records if record.name == "bulq.client_mistakes"]
    left_out = [getattr(record, "left_out", 0) for record in records]

    # Five of the one address and fifteen of others, and how many more there were: of the one, and of the others.
    assert len(records) == 20 + 2
    assert sorted(left_out)[-2:] == [85, 95] and sum(left_out) == 200 - 20


@pytest.mark.parametrize(
    "query",
    [
        b"",
        b"EIO=4&transport=websocket",
        b"token=&EIO=4&transport=websocket",
        b"token=" + b"x" * 65 + b"&EIO=4&transport=websocket",
        b"token=%0Aforged&EIO=4&transport=websocket",
        b"token=a&EIO=3&transport=websocket",
        b"token=a&EIO=4&transport=polling",
        b"token=a&EIO=4&transport=websocket&sid=x",
        b"\xff\xfe",
    ],
)
async def test_a_socket_of_no_tab_is_not_opened(query: bytes) -> None:
    client = await Client(EVENT, query=query).talk()

    assert client.through == [] and client.sent[0]["type"] == "websocket.close"


async def test_an_address_and_a_session_have_only_so_many_sockets_at_once() -> None:
    settings.sockets_per_address, settings.sockets_per_session = 4, 2
    guard = sockets.Sockets(Client().app)
    mine, other = f"{sockets.sessions.cookie_name()}=mine", f"{sockets.sessions.cookie_name()}=other"
    opened: list[bool] = []

    async def open_more(*rest: tuple[str, str]) -> None:
        if rest:
            client = Client(EVENT, cookie=rest[0][0], address=rest[0][1])
            client.while_open = lambda: open_more(*rest[1:])
            await client.talk(guard)
            opened.append(not client.sent)
            if client.sent:
                await open_more(*rest[1:])

    home, away = "192.0.2.1", "198.51.100.7"
    await open_more((mine, home), (mine, away), (mine, home), (other, home), ("", home), ("", home), ("", home))

    assert opened.count(True) == 5, "two of mine, one of another, two of nobody, of which four are at home"
    assert not guard._of_address and not guard._of_session


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "OPTIONS"])
async def test_only_sockets_are_served_where_sockets_are(method: str) -> None:
    client = Client()
    client.scope |= {"type": "http", "method": method}

    await client.talk()

    assert client.sent[0]["status"] == 426


async def test_the_check_of_an_event_takes_no_time_worth_speaking_of() -> None:
    event = {"name": "x" * 80, "payload": {"product_id": "x" * 36, "amount": "2"}, "router_data": {"pathname": "/runs"}}
    text = "42/_event," + json.dumps(["event", event])

    began = time.thread_time()
    for _ in range(1000):
        assert sockets.kind_of(text) == ("2", "/_event")

    assert time.thread_time() - began < 0.1
