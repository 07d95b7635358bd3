"""Adding a product to a run: found while typing, or made in place and bid on in the same breath."""

from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from sqlmodel import select

from bulq import db
from bulq.domain.errors import Conflict
from bulq.domain.phases import Phase
from bulq.models import Product
from bulq.state.run.adding import AddingState
from tests import seeing
from tests.cast import NOW, Cast, assemble, bring_to
from tests.conftest import Scene
from tests.states.tabs import do, open_tab


@pytest.fixture
def cast(scene: Scene) -> Cast:
    return scene(assemble)


def run_in(cast: Cast, phase: Phase) -> UUID:
    return db.write_now(bring_to, cast, phase)


def products(session: Session, name: str) -> int:
    return len(session.scalars(select(Product.id).where(Product.name == name)).all())


async def test_a_new_product_whose_bid_is_refused_is_not_made_and_that_is_said(cast: Cast) -> None:
    """Bidding ends while somebody types: neither a product without a bid, nor silence."""
    run_id = run_in(cast, Phase.ACTIVE)
    adding = await open_tab(AddingState, cast.bojan, run_id=run_id)
    await do(adding, "create", "Lentils")
    db.write_now(seeing.confirm_run, cast.ana, run_id, now=NOW)

    with pytest.raises(Conflict, match="wrong_phase"):
        await do(adding, "save")

    assert db.read_now(products, "Lentils") == 0
    assert adding.creating


async def test_a_new_product_that_fits_is_made_with_one_unit_bid(cast: Cast) -> None:
    run_id = run_in(cast, Phase.ACTIVE)
    adding = await open_tab(AddingState, cast.bojan, run_id=run_id)
    await do(adding, "create", "Lentils")

    await do(adding, "save")

    assert (db.read_now(products, "Lentils"), adding.creating) == (1, False)


async def test_choosing_what_one_bids_on_already_leaves_the_bid(cast: Cast) -> None:
    run_id = run_in(cast, Phase.ACTIVE)
    adding = await open_tab(AddingState, cast.bojan, run_id=run_id)

    with pytest.raises(Conflict, match="bid_there"):
        await do(adding, "choose", str(cast.rice))


async def test_a_second_tap_makes_no_second_product(cast: Cast) -> None:
    adding = await open_tab(AddingState, cast.bojan, run_id=run_in(cast, Phase.ACTIVE))
    await do(adding, "create", "Lentils")

    for _tap in range(2):
        await do(adding, "save")

    assert db.read_now(products, "Lentils") == 1


async def test_what_was_offered_can_be_chosen_after_another_search(cast: Cast) -> None:
    """It begins with the smallest amount of that product, whatever is looked for meanwhile."""
    run_id = run_in(cast, Phase.PLANNING)
    adding = await open_tab(AddingState, cast.bojan, run_id=run_id)
    await do(adding, "find", "tom")
    await do(adding, "find", "")

    await do(adding, "choose", str(cast.tomatoes))

    assert db.read_now(seeing.wanted, run_id, cast.bojan.id, cast.tomatoes) == 1000
