"""Addresses that name several servers, of which one takes writes: PostgreSQL with standbys, Redis behind Sentinels."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlencode

ADDRESS = re.compile(
    r"(?P<scheme>[a-z+]+)://(?:(?P<login>[^@/?]*)@)?(?P<places>[^/?]*)(?:/(?P<path>[^?]*))?(?:\?(?P<query>.*))?"
)
PLACE = re.compile(r"(?:\[(?P<ipv6>[0-9a-fA-F:.]+)\]|(?P<name>[^:\[\],\s]+))(?::(?P<port>[0-9]{1,5}))?")
WRITES = "read-write", "primary"  # values of target_session_attrs that never lead to a standby
CONNECT = 3  # seconds for each of several servers: one that is switched off must not hold up the next
SENTINEL_PORT = 26379
SENTINEL_SCHEMES = {"redis+sentinel": False, "rediss+sentinel": True}  # whether the servers are spoken to by TLS


def postgresql_url(url: str) -> str:
    """The address of PostgreSQL in one form, which SQLAlchemy and PostgreSQL's own programs read alike.

    Several hosts, as in `postgresql://user@one:5432,two:5432/name`, go to the query: `?host=one,two&port=5432,5432`.
    They need a server that takes writes, so `target_session_attrs=read-write` is added where nothing is said.
    Raises ValueError where it asks for a standby. An address of one host is returned as it is.
    """
    found = ADDRESS.fullmatch(url)
    if found is None:
        return url
    query = parse_qsl(found["query"] or "", keep_blank_values=True)
    places = [*_split(found["places"]), *(part for name, value in query if name == "host" for part in _split(value))]
    if len(places) < 2:
        return url
    options = {name: value for name, value in query if name not in ("host", "port")}
    hosts, ports = _hosts_and_ports(places, [part for name, value in query if name == "port" for part in _split(value)])
    if options.setdefault("target_session_attrs", WRITES[0]) not in WRITES:
        raise ValueError("must say target_session_attrs=read-write when it names several hosts")
    options.setdefault("connect_timeout", str(CONNECT))
    login = f"{found['login']}@" if found["login"] else ""
    given = urlencode({"host": ",".join(hosts), "port": ",".join(ports)} | options, safe=",/:")
    return f"{found['scheme']}://{login}/{found['path'] or ''}?{given}"


def _hosts_and_ports(places: list[str], ports: list[str]) -> tuple[list[str], list[str]]:
    if ports and len(ports) not in (1, len(places)):
        raise ValueError("must name one port, or as many as hosts")
    common = ports * len(places) if len(ports) == 1 else ports or ["5432"] * len(places)
    both = [
        (place, common[at]) if place.startswith("/") else _place(place, common[at]) for at, place in enumerate(places)
    ]
    return [host for host, _ in both], [port for _, port in both]


def _place(text: str, port: str) -> tuple[str, str]:
    if (found := PLACE.fullmatch(text)) is None:
        raise ValueError("must name hosts as host:port,host:port")
    return found["ipv6"] or found["name"], found["port"] or port


def _split(text: str) -> list[str]:
    return [part for part in text.split(",") if part]


@dataclass(frozen=True, slots=True)
class Sentinels:
    """Who knows which server of `service` is the primary at the moment."""

    places: tuple[tuple[str, int], ...]
    service: str
    database: int
    tls: bool
    login: dict[str, str]  # for the servers: username, password
    sentinel_login: dict[str, str]  # for the Sentinels, which ask for none unless told to


def is_sentinel(url: str) -> bool:
    return url.partition("://")[0] in SENTINEL_SCHEMES


def sentinels(url: str) -> Sentinels:
    """What `redis+sentinel://user:password@host:port,host:port/service/0` says. Raises ValueError.

    `rediss+sentinel` speaks TLS to servers and Sentinels. Sentinels that ask for a password get that of the query:
    `?sentinel_password=…`, and `sentinel_username` likewise.
    """
    found = ADDRESS.fullmatch(url)
    how = "must look like redis+sentinel://host:26379,host:26379/service/0"
    if found is None or found["scheme"] not in SENTINEL_SCHEMES or not (places := _split(found["places"])):
        raise ValueError(how)
    service, _, database = (found["path"] or "").partition("/")
    query = dict(parse_qsl(found["query"] or ""))
    if not service or not re.fullmatch(r"[0-9]*", database) or set(query) - {"sentinel_username", "sentinel_password"}:
        raise ValueError(how)
    username, _, password = (found["login"] or "").partition(":")
    return Sentinels(
        tuple((host, int(port)) for host, port in (_place(place, str(SENTINEL_PORT)) for place in places)),
        service,
        int(database or 0),
        SENTINEL_SCHEMES[found["scheme"]],
        _given(username=unquote(username), password=unquote(password)),
        _given(username=query.get("sentinel_username", ""), password=query.get("sentinel_password", "")),
    )


def _given(**values: str) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}
