"""A run as a table: who may have it, and what is in it."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from uuid import UUID, uuid4

import httpx
import openpyxl
import pytest
from sqlmodel import select

from bulq import db, sessions
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.phases import Phase
from bulq.models import Group, Product, User
from bulq.services import accounts, bids, groups, runs
from tests.api.conftest import Browser
from tests.cast import NOW, PACK, Cast, assemble, bring_to, plan, remove

FILES = ("export.csv", "export.xlsx", "export.json", "export.pdf")
BEGINNINGS = {
    "export.csv": b"\xef\xbb\xbfPerson",
    "export.xlsx": b"PK",
    "export.json": b"{",
    "export.pdf": b"%PDF-",
}


def cast_at(phase: Phase) -> tuple[Cast, UUID]:
    with db.transaction() as session:
        cast = assemble(session)
        return cast, bring_to(session, cast, phase)


async def ask(browser: Browser, who: Actor | None, run_id: object, file: str = "export.csv") -> httpx.Response:
    async with browser() as client:
        if who is not None:
            token = db.write_now(accounts.start_session, who.id, "", now=datetime.now(UTC))
            client.cookies.set(sessions.cookie_name(), token)
        return await client.get(f"/runs/{run_id}/{file}")


async def fetch(browser: Browser, who: Actor, run_id: object) -> tuple[int, bytes]:
    answer = await ask(browser, who, run_id)
    return answer.status_code, answer.content


def rows_of(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


async def test_every_person_and_product_has_a_line(browser: Browser) -> None:
    cast, run_id = cast_at(Phase.COMPLETED)

    status, content = await fetch(browser, cast.bojan, run_id)

    rows = rows_of(content)
    assert status == 200
    assert rows[0] == [
        "Person",
        "Username",
        "Product",
        "Brand",
        "Unit",
        "Wanted",
        "Got",
        "Price",
        "Price for",
        "Cost",
        "Currency",
    ]
    assert rows[1:] == [
        ["Ana", "ana", "Basmati rice 5 kg", "Daawat", "pack", "5", "4", "7.99", "1", "31.96", "EUR"],
        ["Bojan", "bojan", "Basmati rice 5 kg", "Daawat", "pack", "3", "2", "7.99", "1", "15.98", "EUR"],
        ["Bojan", "bojan", "Tomatoes", "", "kg", "1.5", "0", "", "", "0.00", "EUR"],
        ["Mila", "mila", "Basmati rice 5 kg", "Daawat", "pack", "2", "1", "7.99", "1", "7.99", "EUR"],
    ]


@pytest.mark.parametrize("phase", [Phase.ACTIVE, Phase.CONFIRMED, Phase.SHOPPING, Phase.ADJUSTING])
async def test_before_goods_are_given_out_it_has_what_is_wanted(browser: Browser, phase: Phase) -> None:
    cast, run_id = cast_at(phase)

    _, content = await fetch(browser, cast.ana, run_id)

    mila = rows_of(content)[-1]
    assert mila[:7] == ["Mila", "mila", "Basmati rice 5 kg", "Daawat", "pack", "2", ""]


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


@pytest.mark.parametrize("file", FILES)
async def test_who_was_removed_gets_nothing_any_more_and_nobody_from_a_closed_group(
    browser: Browser, file: str
) -> None:
    cast, run_id = cast_at(Phase.COMPLETED)
    assert (await ask(browser, cast.mila, run_id, file)).status_code == 200
    with db.transaction() as session:
        groups.remove_member(session, cast.ana, cast.group_id, cast.mila.id, now=NOW)

    assert (await ask(browser, cast.mila, run_id, file)).status_code == 404
    assert (await ask(browser, cast.ana, run_id, file)).status_code == 200
    with db.transaction() as session:
        session.get_one(Group, cast.group_id).closed_at = NOW
    assert (await ask(browser, cast.ana, run_id, file)).status_code == 404


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("how", ["removed", "closed"])
async def test_ones_own_statement_stays_ones_own(browser: Browser, how: str, file: str) -> None:
    cast, run_id = cast_at(Phase.COMPLETED)
    with db.transaction() as session:
        group = session.get_one(Group, cast.group_id)
        group.name = "Renamed"
        if how == "removed":
            remove(session, cast, cast.mila)
        else:
            group.closed_at = NOW

    mine = await ask(browser, cast.mila, run_id, f"{file}?what=mine")
    others = [await ask(browser, cast.mila, run_id, f"{file}?what={what}") for what in ("statements", "everything")]
    stranger = await ask(browser, cast.eva, run_id, f"{file}?what=mine")

    assert (mine.status_code, stranger.status_code) == (200, 404)
    assert [answer.status_code for answer in others] == [404, 404]
    assert mine.content.startswith(BEGINNINGS[file])
    if file == "export.csv":
        assert rows_of(mine.content)[1:] == [
            ["Mila", "mila", "Basmati rice 5 kg", "Daawat", "pack", "2", "1", "7.99", "1", "7.99", "EUR"]
        ]
    if file == "export.json":
        found = mine.json()
        assert (found["run"]["group"], found["run"]["leader"], found["run"]["note"]) == ("", None, "")
        assert [(each["username"], each["total"]) for each in found["statements"]] == [("mila", 799)]
        assert not {"Ana", "Bojan", "Renamed"} & set(mine.text.replace('"', " ").split())


async def test_names_are_no_formulas_and_tell_people_apart(browser: Browser) -> None:
    cast, run_id = cast_at(Phase.DISTRIBUTING)
    with db.transaction() as session:
        for user in session.scalars(select(User).where(User.id != cast.eva.id)):
            user.name = "=1+1"
        session.get_one(Product, cast.rice).name = '@SUM("A"), Co'

    _, content = await fetch(browser, cast.ana, run_id)

    rows = rows_of(content)[1:]
    assert {row[0] for row in rows} == {"'=1+1 (@ana)", "'=1+1 (@bojan)", "'=1+1 (@mila)"}
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


@pytest.mark.parametrize("file", FILES)
async def test_each_format_is_for_those_who_take_part(browser: Browser, file: str) -> None:
    with db.transaction() as session:
        cast = assemble(session)
        run_id = plan(session, cast)
        runs.set_helper(session, cast.ana, run_id, cast.bojan.id, True, now=NOW)

    for who, status in ((cast.ana, 200), (cast.bojan, 200), (cast.mila, 403), (cast.eva, 404), (None, 401)):
        assert (await ask(browser, who, run_id, file)).status_code == status


@pytest.mark.parametrize("file", FILES)
async def test_each_format_is_what_it_says(browser: Browser, file: str) -> None:
    cast, run_id = cast_at(Phase.COMPLETED)

    answer = await ask(browser, cast.bojan, run_id, file)

    assert answer.content.startswith(BEGINNINGS[file])
    assert answer.headers["content-disposition"].endswith(f'-statements.{file.partition(".")[2]}"')
    assert "no-store" in answer.headers["cache-control"]


async def test_what_and_how_can_be_chosen(browser: Browser) -> None:
    cast, run_id = cast_at(Phase.COMPLETED)

    csv_file = await ask(browser, cast.bojan, run_id, "export.csv?what=list&separator=semicolon")
    book = await ask(browser, cast.bojan, run_id, "export.xlsx?what=everything")
    document = await ask(browser, cast.bojan, run_id, "export.json?what=mine")

    assert csv_file.content.decode("utf-8-sig").splitlines()[1].startswith("Basmati rice 5 kg;Daawat;pack;10;7,99;")
    sheets = openpyxl.load_workbook(io.BytesIO(book.content)).sheetnames
    assert sheets == ["Shopping list", "Statements", "Packing list", "People", "About"]
    assert [one["username"] for one in document.json()["statements"]] == ["bojan"]


@pytest.mark.parametrize(
    "file",
    ["export.csv?what=nonsense", "export.csv?separator=%00", "export.pdf?what=", "export.json?what=list&what=' OR 1=1"],
)
async def test_what_there_is_not_is_refused(browser: Browser, file: str) -> None:
    cast, run_id = cast_at(Phase.ACTIVE)

    answer = await ask(browser, cast.ana, run_id, file)

    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("file", ["export.exe", "export.", "export", "export.csv.pdf", f"export.{'x' * 5000}"])
async def test_other_formats_are_not_found(browser: Browser, file: str) -> None:
    cast, run_id = cast_at(Phase.ACTIVE)

    assert (await ask(browser, cast.ana, run_id, file)).status_code == 404


async def test_nobody_makes_files_without_end(browser: Browser) -> None:
    cast, run_id = cast_at(Phase.ACTIVE)
    settings.exports_per_minute = 2

    answers = [(await ask(browser, cast.ana, run_id, "export.json")).status_code for _ in range(3)]

    assert answers == [200, 200, 429]
    assert (await ask(browser, cast.bojan, run_id, "export.json")).status_code == 200
