"""A run as a table: who may have it, and what is in it."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from bulq import db, sessions
from bulq.api.export import _plain
from bulq.domain.actor import Actor
from bulq.domain.phases import Phase
from bulq.models import Product, User
from bulq.services import accounts, bids, runs
from tests.api.conftest import Browser
from tests.cast import NOW, PACK, Cast, assemble, bring_to, plan


def cast_at(phase: Phase) -> tuple[Cast, UUID]:
    with db.transaction() as session:
        cast = assemble(session)
        return cast, bring_to(session, cast, phase)


async def fetch(browser: Browser, who: Actor, run_id: object) -> tuple[int, bytes]:
    token = db.write_now(accounts.start_session, who.id, "", now=datetime.now(UTC))
    async with browser() as client:
        client.cookies.set(sessions.cookie_name(), token)
        answer = await client.get(f"/runs/{run_id}/export.csv")
        return answer.status_code, answer.content


def rows_of(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


async def test_every_person_and_product_has_a_line(browser: Browser) -> None:
    cast, run_id = cast_at(Phase.COMPLETED)

    status, content = await fetch(browser, cast.bojan, run_id)

    rows = rows_of(content)
    assert status == 200
    assert rows[0] == ["Person", "Username", "Product", "Brand", "Unit", "Wanted", "Got", "Cost", "Currency"]
    assert rows[1:] == [
        ["Ana", "ana", "Basmati rice 5 kg", "Daawat", "pack", "5", "4", "31.96", "EUR"],
        ["Bojan", "bojan", "Basmati rice 5 kg", "Daawat", "pack", "3", "2", "15.98", "EUR"],
        ["Bojan", "bojan", "Tomatoes", "", "kg", "1.5", "0", "0.00", "EUR"],
        ["Mila", "mila", "Basmati rice 5 kg", "Daawat", "pack", "2", "1", "7.99", "EUR"],
    ]


@pytest.mark.parametrize("phase", [Phase.ACTIVE, Phase.CONFIRMED, Phase.SHOPPING, Phase.ADJUSTING])
async def test_before_goods_are_given_out_it_has_the_bids(browser: Browser, phase: Phase) -> None:
    cast, run_id = cast_at(phase)

    _, content = await fetch(browser, cast.ana, run_id)

    mila = rows_of(content)[-1]
    assert mila == ["Mila", "mila", "Basmati rice 5 kg", "Daawat", "pack", "2", "", "", "EUR"]


async def test_only_who_takes_part_gets_it(browser: Browser) -> None:
    with db.transaction() as session:
        cast = assemble(session)
        run_id = plan(session, cast)
        runs.set_helper(session, cast.ana, run_id, cast.bojan.id, True, now=NOW)

    assert (await fetch(browser, cast.ana, run_id))[0] == 200
    assert (await fetch(browser, cast.bojan, run_id))[0] == 200
    assert (await fetch(browser, cast.mila, run_id))[0] == 403
    assert (await fetch(browser, cast.eva, run_id))[0] == 404
    for unknown in (uuid4(), "nonsense", "x" * 1000):
        assert (await fetch(browser, cast.ana, unknown))[0] == 404


async def test_names_are_no_formulas_and_tell_people_apart(browser: Browser) -> None:
    cast, run_id = cast_at(Phase.DISTRIBUTING)
    with db.transaction() as session:
        for user in session.scalars(select(User).where(User.id != cast.eva.id)):
            user.name = "=1+1"
        session.get_one(Product, cast.rice).name = '@SUM("A"), Co'

    _, content = await fetch(browser, cast.ana, run_id)

    rows = rows_of(content)[1:]
    assert {row[0] for row in rows} == {"'=1+1"}
    assert {row[1] for row in rows} == {"ana", "bojan", "mila"}
    assert '\'@SUM("A"), Co' in {row[2] for row in rows}


async def test_only_interested_counts_nowhere(browser: Browser) -> None:
    with db.transaction() as session:
        cast = assemble(session)
        run_id = plan(session, cast)
        bids.mark_interested(session, cast.bojan, run_id, cast.rice, now=NOW)
        bids.place_bid(session, cast.ana, run_id, cast.rice, PACK, now=NOW)

    _, content = await fetch(browser, cast.ana, run_id)

    assert [row[1] for row in rows_of(content)[1:]] == ["ana"]


@pytest.mark.parametrize(
    ("number", "places", "padded", "expected"),
    [
        (2500, 3, False, "2.5"),
        (250, 2, True, "2.50"),
        (5, 2, True, "0.05"),
        (0, 3, False, "0"),
        (12, 0, True, "12"),
        (-150, 2, True, "-1.50"),
        (1_000_000, 3, False, "1000"),
    ],
)
def test_numbers_have_a_point_and_no_groups(number: int, places: int, padded: bool, expected: str) -> None:
    assert _plain(number, places, padded=padded) == expected
