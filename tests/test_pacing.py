"""Who waits when a person, an address or a stranger sends or reads too much, and who doesn't."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest

from bulq import pacing
from bulq.config import settings

HOME = "192.0.2.1"


@pytest.fixture(autouse=True)
def counted_from_zero() -> Iterator[None]:
    pacing.forget()
    yield
    pacing.forget()


async def took(*turns: tuple[str, str]) -> float:
    began = time.monotonic()
    for address, session in turns:
        await pacing.turn(address, session)
    return time.monotonic() - began


def test_a_pace_lets_a_burst_through_and_then_so_many_a_second() -> None:
    pace = pacing.Pace(10)

    waits = [pace.wait(100.0) for _ in range(30)]

    assert waits[:20] == pytest.approx([0.0] * 20)
    assert waits[20:] == pytest.approx([0.1 * n for n in range(1, 11)])
    assert pace.wait(200.0) == 0


async def test_a_persons_pages_have_one_pace_however_many_sessions_and_addresses_they_have() -> None:
    settings.events_per_second = 50
    for session in ("phone", "laptop"):
        pacing.recognise(session, "ana")
    pacing.recognise("elsewhere", "mila")

    flooding = await took(*[(HOME, "phone"), ("198.51.100.7", "laptop")] * 55)
    other = await took((HOME, "elsewhere"))

    assert 0.15 <= flooding < 2 and other < 0.05


async def test_strangers_share_the_pace_of_their_address_and_keep_no_member_waiting() -> None:
    settings.address_events_per_second = 20
    pacing.recognise("phone", "ana")

    flooding = await took(*[(HOME, f"made-up-{n}") for n in range(105)])
    member = await took((HOME, "phone"))
    elsewhere = await took(("198.51.100.7", "made-up"))

    assert 0.2 <= flooding < 2 and member < 0.05 and elsewhere < 0.05


async def test_all_people_behind_one_address_share_its_pace() -> None:
    settings.events_per_second, settings.address_events_per_second = 1000, 20
    for n in range(40):
        pacing.recognise(f"phone-{n}", f"member-{n}")

    everybody = await took(*[(HOME, f"phone-{n % 40}") for n in range(100)])
    beyond = await took(*[(HOME, f"phone-{n}") for n in range(5)])

    assert everybody < 0.5, "forty people may do something at once"
    assert 0.15 <= beyond < 2


async def test_a_session_that_ended_is_a_strangers_again() -> None:
    pacing.recognise("phone", "ana")
    assert pacing.person_of("phone") == "ana"

    pacing.disown("phone")

    assert pacing.person_of("phone") == "phone"


async def test_of_one_person_two_reads_run_at_once_and_others_dont_wait() -> None:
    running, most = 0, 0

    async def read(person: str) -> None:
        nonlocal running, most
        async with pacing.reading(person):
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.01)
            running -= 1

    await asyncio.gather(*(read("eva") for _ in range(25)))
    assert most == pacing.READS_AT_ONCE

    async with asyncio.timeout(0.05):
        async with pacing.reading("eva"), pacing.reading("eva"), pacing.reading("ana"):
            pass


async def test_who_has_read_too_much_waits_but_never_for_long() -> None:
    settings.view_ms_per_second = 100

    pacing.charge(["eva"], 1.0)  # the burst of ten seconds' worth
    assert pacing.debt(["eva"]) == pytest.approx(0, abs=0.05)
    pacing.charge(["eva"], 0.02)
    assert pacing.debt(["eva"]) == pytest.approx(0.2, abs=0.05)
    assert pacing.debt(["eva", "ana"]) == 0
    pacing.charge(["eva"], 100.0)

    assert pacing.debt(["eva"]) == pytest.approx(pacing.LONGEST_DEBT, abs=0.05)


async def test_what_many_look_at_costs_each_a_part() -> None:
    settings.view_ms_per_second = 100
    people = [f"member-{n}" for n in range(50)]

    for _ in range(40):
        pacing.charge(people, 1.0)

    assert pacing.debt(people) == 0
    assert pacing.spent(people) == pytest.approx(8, abs=0.1)


def test_only_so_many_are_remembered() -> None:
    known: pacing.Recent[list[int]] = pacing.Recent(list)
    known.of("first").append(1)
    for n in range(pacing.MOST):
        known.of(str(n))

    assert len(known) == pacing.MOST and known.of("first") == []
