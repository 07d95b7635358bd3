"""Which addresses the server calls by itself, tried against real servers on this machine."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from bulq import outgoing

HEADERS = {"Content-Type": "application/json"}


class Inside(HTTPServer):
    """Something in the server's own network that nobody outside should reach."""

    def __init__(self, family: socket.AddressFamily = socket.AF_INET) -> None:
        self.address_family = family
        self.heard: list[tuple[str, str, bytes]] = []
        self.status, self.location = 204, ""
        super().__init__(("127.0.0.1" if family == socket.AF_INET else "::1", 0), _Call)


class _Call(BaseHTTPRequestHandler):
    server: Inside

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.path, self.headers["Host"], body))
        self.send_response(self.server.status)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.end_headers()

    do_GET = do_POST

    def log_message(self, format: str, *args: Any) -> None:
        pass


def _serving(server: Inside) -> Iterator[Inside]:
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def inside() -> Iterator[Inside]:
    yield from _serving(Inside())


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0", "0.0.0.0"])
def test_the_server_itself_is_not_called_however_it_is_written(inside: Inside, host: str) -> None:
    with pytest.raises(OSError):
        outgoing.post(f"http://{host}:{inside.server_port}/", b"{}", HEADERS)

    assert inside.heard == []


@pytest.mark.parametrize("host", ["[::1]", "[::ffff:127.0.0.1]"])
def test_nor_by_the_newer_protocol(inside: Inside, host: str) -> None:
    with pytest.raises(OSError):
        outgoing.post(f"http://{host}:{inside.server_port}/", b"{}", HEADERS)

    assert inside.heard == []


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "172.16.5.4",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
    ],
)
def test_addresses_of_private_networks_are_not_public(address: str) -> None:
    assert not outgoing.is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::101:101"])
def test_the_internets_are(address: str) -> None:
    assert outgoing.is_public(address)


def answering(*addresses: str) -> tuple[Callable[..., list[Any]], list[str]]:
    """A resolver that answers with these, one after the other each time it is asked."""
    asked: list[str] = []

    def resolve(host: str, port: int, **_: object) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (addresses[len(asked) - 1], port))]

    return resolve, asked


def test_a_name_that_answers_differently_the_second_time_gains_nothing(inside: Inside) -> None:
    """It is asked once, and called at the address that was checked."""
    resolve, asked = answering("127.0.0.1", "127.0.0.2")

    address = f"http://hooks.test:{inside.server_port}/x?y=1"
    outgoing.post(address, b"{}", HEADERS, allowed=("hooks.test",), resolve=resolve)

    assert asked == ["hooks.test"]
    assert inside.heard == [("/x?y=1", f"hooks.test:{inside.server_port}", b"{}")]


def test_one_private_address_among_public_ones_condemns_the_name(inside: Inside) -> None:
    def resolve(_host: str, port: int, **_: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in ("127.0.0.1", "1.1.1.1")]

    with pytest.raises(outgoing.Refused, match="private network"):
        outgoing.post(f"http://mixed.test:{inside.server_port}/", b"{}", HEADERS, resolve=resolve)
    assert inside.heard == []


def test_a_host_is_allowed_by_its_name_alone(inside: Inside) -> None:
    outgoing.post(f"http://127.0.0.1:{inside.server_port}/in", b"{}", HEADERS, allowed=("127.0.0.1",))
    with pytest.raises(outgoing.Refused):
        outgoing.post(f"http://localhost:{inside.server_port}/", b"{}", HEADERS, allowed=("127.0.0.1",))

    assert [path for path, *_ in inside.heard] == ["/in"]


def test_redirections_are_not_followed(inside: Inside) -> None:
    inside.status, inside.location = 302, f"http://127.0.0.1:{inside.server_port}/secret"

    with pytest.raises(outgoing.Refused, match="302"):
        outgoing.post(f"http://127.0.0.1:{inside.server_port}/", b"{}", HEADERS, allowed=("127.0.0.1",))

    assert [path for path, *_ in inside.heard] == ["/"]


@pytest.mark.parametrize("address", ["file:///etc/passwd", "gopher://127.0.0.1/", "http://", "ftp://example.org/x"])
def test_other_schemes_are_refused(address: str) -> None:
    with pytest.raises(outgoing.Refused):
        outgoing.post(address, b"{}", HEADERS)


@pytest.mark.parametrize(("status", "is_success"), [(200, True), (299, True), (300, False), (199, False), (404, False)])
def test_only_answers_of_success_are_one(inside: Inside, status: int, is_success: bool) -> None:
    inside.status = status
    with nullcontext() if is_success else pytest.raises(OSError):
        outgoing.post(f"http://127.0.0.1:{inside.server_port}/", b"{}", HEADERS, allowed=["127.0.0.1"])
