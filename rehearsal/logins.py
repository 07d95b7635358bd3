"""Somebody tries passwords from one address while somebody else signs in from another."""

from __future__ import annotations

import http.client
import json
import ssl
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from rehearsal.server import Stack
from rehearsal.village import PASSWORD

STRANGER, NEIGHBOUR = "127.0.0.2", "127.0.0.3"
AT_ONCE = 8
WRONG = 422  # username or password


class Visitor:
    """A connection from one address of this machine."""

    def __init__(self, stack: Stack, source: str) -> None:
        tls = ssl.create_default_context(cafile=str(stack.caddy.authority))
        at = urlsplit(stack.caddy.address)
        assert at.hostname
        self._connection = http.client.HTTPSConnection(at.hostname, at.port, context=tls, source_address=(source, 0))
        self._origin = stack.caddy.address

    def log_in(self, username: str, password: str, **headers: str) -> int:
        body = json.dumps({"username": username, "password": password})
        sent = {"Content-Type": "application/json", "Origin": self._origin} | headers
        self._connection.request("POST", "/api/v1/session", body, sent)
        answer = self._connection.getresponse()
        answer.read()
        return answer.status


def wrong_logins(stack: Stack, tries: int, username: str) -> dict[str, float]:
    """A third of the tries claims to come from elsewhere. They all come within a minute."""
    began = time.monotonic()

    def some(worker: int) -> Counter[int]:
        visitor, answers = Visitor(stack, STRANGER), Counter[int]()
        for n in range(worker, tries, AT_ONCE):
            forged = {"X-Forwarded-For": f"198.51.100.{n % 250}"} if n % 3 == 0 else {}
            answers[visitor.log_in(f"nobody{n}", "wrong password", **forged)] += 1
        return answers

    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = sum(threads.map(some, range(AT_ONCE)), Counter[int]())
    took = time.monotonic() - began
    return {
        "logins_tried": tries,
        "logins_answered": answers[WRONG],
        "logins_refused": answers[429],
        "logins_failed": tries - answers[WRONG] - answers[429],
        "logins_s": took,
        "logins_of_others_refused": int(Visitor(stack, NEIGHBOUR).log_in(username, PASSWORD) != 201),
    }
