"""The mark of a device holds the accounts that signed in there last, and nobody can add one."""

from __future__ import annotations

from uuid import uuid4

from bulq import devices


def cookie(value: str) -> str:
    return f"{devices.cookie_name()}={value}"


def test_a_device_knows_those_who_signed_in_there_last() -> None:
    people = [uuid4() for _ in range(devices.MOST_ACCOUNTS + 2)]
    value = ""
    for person in people:
        value = devices.mark(cookie(value) if value else "", person)

    known = [devices.is_known(cookie(value), person) for person in people]

    assert known == [False, False, *[True] * devices.MOST_ACCOUNTS]


def test_who_signs_in_again_takes_nobodys_place() -> None:
    first, second = uuid4(), uuid4()
    value = devices.mark(cookie(devices.mark("", first)), second)

    for _ in range(devices.MOST_ACCOUNTS):
        value = devices.mark(cookie(value), second)

    assert devices.is_known(cookie(value), first) and devices.is_known(cookie(value), second)


def test_a_mark_of_another_device_is_worth_nothing() -> None:
    person = uuid4()
    mine, other = devices.mark("", person), devices.mark("", uuid4())
    forged = ".".join([other.partition(".")[0], *mine.split(".")[1:]])

    assert not devices.is_known(cookie(forged), person)
