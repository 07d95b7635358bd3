"""Web requests of the server's own, to addresses somebody typed: never into the network it stands in, unless allowed.

The name is resolved once. What was checked is what is connected to, so that a name can't answer differently the second
time. Redirections are not followed.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

PATIENCE = 20  # seconds for each step
NAT64 = ipaddress.ip_network("64:ff9b::/96")

Resolve = Callable[..., list[Any]]


class Refused(OSError):
    """The address isn't one the server may call, or the answer no success."""


def post(
    address: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allowed: Collection[str] = (),
    resolve: Resolve = socket.getaddrinfo,
) -> None:
    """Send `body`. Raises OSError unless the answer is a success. Hosts in `allowed` may be in a private network."""
    where = urlsplit(address)
    if where.scheme not in ("http", "https") or not where.hostname:
        raise Refused("only http and https addresses are called")
    port = where.port or (443 if where.scheme == "https" else 80)
    found = _checked(where.hostname, port, where.hostname.lower() in allowed, resolve)
    kind = _Secure if where.scheme == "https" else _Plain
    connection = kind(where.hostname, port, found)
    try:
        path = (where.path or "/") + (f"?{where.query}" if where.query else "")
        connection.request("POST", path, body, dict(headers))
        if not 200 <= (status := connection.getresponse().status) < 300:
            raise Refused(f"answered with status {status}")
    except http.client.HTTPException as error:
        raise Refused(f"no answer that can be read: {type(error).__name__}") from None
    finally:
        connection.close()


def is_public(address: str) -> bool:
    """Whether an IP address is anybody's on the internet: not private, loopback, link-local, multicast or reserved."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inside = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inside is None and ip in NAT64:
            inside = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inside is not None:
            ip = inside
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _checked(host: str, port: int, is_allowed: bool, resolve: Resolve) -> str:
    """The IP address to connect to. One that isn't public among them condemns the name."""
    addresses = [str(entry[4][0]) for entry in resolve(host, port, type=socket.SOCK_STREAM)]
    if not addresses:
        raise Refused("the name has no address")
    if not is_allowed and not all(is_public(each) for each in addresses):
        raise Refused("the address is in a private network; BULQ_WEBHOOK_HOSTS allows hosts by name")
    return addresses[0]


class _Plain(http.client.HTTPConnection):
    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=PATIENCE)
        self._address = address

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), PATIENCE)


class _Secure(_Plain):
    default_port = 443

    def connect(self) -> None:
        super().connect()
        self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)
