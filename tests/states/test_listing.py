"""Adding to the list at the shop, as its handlers see it: whoever calls them, with whatever."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
import reflex as rx
from reflex.istate.data import HeaderData, PageData, SessionData
from sqlmodel import select

from bulq import db
from bulq.domain.actor import Actor
from bulq.domain.errors import NotFound
from bulq.domain.phases import Phase
from bulq.models import Bid, Product
from bulq.services import accounts
from bulq.sessions import cookie_name
from bulq.state.auth import now
from bulq.state.shopping.adding import ListingState
from tests.cast import PACK, World, build
from tests.conftest import Scene

HOSTILE: list[Any] = ["", "abc", "NaN", "1e309", "-1", "9" * 400, "\0", "\ud800", "' OR 1=1 --", None, 7.5, ["x"], {}]


@pytest.fixture
def world(scene: Scene) -> World:
    return scene(build)


async def adding(world: World, who: Actor | None = None) -> Any:
    """What Ana's page of the list holds of adding, or somebody else's."""
    root: Any = rx.State()
    token = db.write_now(accounts.start_session, (who or world.cast.ana).id, "", now=now())
    root.rx_router_headers = HeaderData(cookie=f"{cookie_name()}={token}")
    root.rx_router_page = PageData(params={"run_id": str(world.runs[Phase.SHOPPING])})
    root.rx_router_session = SessionData(client_token=str(uuid4()))
    return await root.get_state(ListingState)


def bid_of(who: Actor, run: UUID, product: UUID) -> int | None:
    query = select(Bid.quantity).where(Bid.run_id == run, Bid.user_id == who.id, Bid.product_id == product)
    return db.read_now(lambda session: session.scalars(query).one_or_none())


async def test_a_known_product_goes_on_the_list_for_somebody(world: World) -> None:
    page, run = await adding(world), world.runs[Phase.SHOPPING]
    await page.find("rice")
    chosen = page.found[0].id
    await page.find("something else that is not there")  # what was offered before stays choosable

    await page.choose(chosen)
    await page.add({"person": str(world.cast.mila.id), "quantity": "3"})

    assert not page.open and bid_of(world.cast.mila, run, world.cast.rice) == 5 * PACK


async def test_only_what_was_found_can_be_chosen(world: World) -> None:
    page = await adding(world)

    for product_id in [str(uuid4()), str(world.cast.rice), "x"]:
        with pytest.raises(NotFound):
            await page.choose(product_id)
    for typed in HOSTILE:
        await page.find(typed)
    assert await page.add({"quantity": "1"}) is None
    with pytest.raises(NotFound):
        await (await adding(world, world.cast.eva)).find("rice")


async def test_a_new_product_goes_on_the_list_once(world: World) -> None:
    page, run = await adding(world), world.runs[Phase.SHOPPING]
    await page.create("Ајвар")
    await page.set_unit("kg")
    form = {"name": "Ајвар", "brand": "", "unit": "kg", "step": page.step, "person": page.person, "quantity": "1,2"}

    for _second_tap in range(2):
        await page.add(form)

    (ajvar,) = db.read_now(lambda s: s.scalars(select(Product.id).where(Product.name == "Ајвар")).all())
    assert (page.open, page.step, bid_of(world.cast.ana, run, ajvar)) == (False, "0.1", 1200)


@pytest.mark.only("sqlite")
async def test_a_new_product_that_cannot_be_listed_is_not_made(world: World) -> None:
    page = await adding(world)
    await page.create("Kajmak")
    good: dict[str, Any] = {"name": "Kajmak", "unit": "piece", "step": "1", "quantity": "1", "person": page.person}

    for name in good:
        for wrong in HOSTILE:
            if name == "name" and wrong not in ("", "\0", "\ud800", "9" * 400):
                continue  # strange, but a name
            await page.add(good | {name: wrong})
            assert page.errors or page.alert, (name, wrong)
    await page.add({})

    assert db.read_now(lambda s: s.scalars(select(Product.id).where(Product.name == "Kajmak")).first()) is None
