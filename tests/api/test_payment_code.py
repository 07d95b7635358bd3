"""How to pay somebody over HTTP: for whoever owes them, and nothing that stays on a device."""

from __future__ import annotations

import pytest
import zxingcpp

from bulq import db
from bulq.domain.phases import Phase
from bulq.qr import Drawing
from bulq.services.payouts import add_payout
from tests.api.conftest import Browser
from tests.api.test_views import as_one
from tests.cast import NOW, Cast, assemble_in
from tests.conftest import Scene
from tests.test_qr import picture


@pytest.fixture
def cast(scene: Scene) -> Cast:
    cast = scene(assemble_in, Phase.COMPLETED)
    db.write_now(add_payout, cast.ana, "iban", "DE89370400440532013000", name="Ana Marić", now=NOW)
    return cast


async def test_whoever_owes_reads_a_code_that_a_reader_reads(browser: Browser, cast: Cast) -> None:
    path = f"/private/groups/{cast.group_id}/pay/{cast.ana.id}"
    async with browser() as client:
        assert (await client.get(path)).status_code == 401
        as_one(client, cast.bojan)

        answer = await client.get(path)
        of_twelve = (await client.get(f"{path}?currency=EUR&amount=1250")).json()

    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    (way,) = of_twelve["ways"].values()
    (found,) = zxingcpp.read_barcodes(picture(Drawing(way["size"], way["path"])))
    assert found.text == "BCD\n002\n1\nSCT\n\nAna Marić\nDE89370400440532013000\nEUR12.50\n\n\nLiman"
    assert answer.json()["amount"] > 0


async def test_others_are_answered_as_if_nothing_were_there(browser: Browser, cast: Cast) -> None:
    path = f"/private/groups/{cast.group_id}/pay/{cast.ana.id}"
    async with browser() as client:
        for who in (cast.ana, cast.eva, cast.ada):
            as_one(client, who)
            assert (await client.get(path)).status_code == 404
        as_one(client, cast.bojan)
        for wrong in ("?amount=0", "?amount=-1", "?amount=1.5", f"?amount={10**14}", "?currency=RSD", "?currency=eur"):
            assert (await client.get(path + wrong)).status_code == 404, wrong


async def test_ones_own_are_read_by_oneself_and_kept_by_no_browser(browser: Browser, cast: Cast) -> None:
    async with browser() as client:
        as_one(client, cast.ana)
        mine = await client.get("/private/payouts")
        assert [line["account"] for line in mine.json()["payouts"].values()] == ["DE89370400440532013000"]
        assert mine.headers["cache-control"] == "no-store"
        as_one(client, cast.bojan)
        assert (await client.get("/private/payouts")).json()["payouts"] == {}
