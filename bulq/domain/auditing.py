"""What the record of who did what is about."""

from __future__ import annotations

from enum import StrEnum


class Topic(StrEnum):
    """A group of actions, by which the record is narrowed down."""

    SIGN_IN = "sign_in"
    ACCOUNTS = "accounts"
    GROUPS = "groups"
    RUNS = "runs"
    PRICES = "prices"
    CATALOGUE = "catalogue"
    SERVER = "server"


# An action belongs where its first word does.
_BEGINNINGS = {
    Topic.SIGN_IN: ("sign", "session", "other_sessions"),
    Topic.ACCOUNTS: ("user", "admin", "password", "account", "reset", "payout"),
    Topic.GROUPS: ("group", "member", "joining", "invite"),
    Topic.RUNS: (
        "phase",
        "deadline",
        "helper",
        "lead",
        "left",
        "bid",
        "case_",
        "purchase",
        "receipt",
        "cost",
        "difference",
        "run",
        "spoiled",
    ),
    Topic.PRICES: ("price",),
    Topic.CATALOGUE: ("product", "store", "tag", "alias", "catalogue", "import", "list"),
}


def topic_of(action: str) -> Topic:
    for topic, beginnings in _BEGINNINGS.items():
        if action.startswith(beginnings):
            return topic
    return Topic.SERVER
