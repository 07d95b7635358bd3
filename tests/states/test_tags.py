"""Tags and names on the page of a product, in a tab."""

from __future__ import annotations

from uuid import uuid4

import pytest

from bulq import db
from bulq.domain.errors import Forbidden, NotFound
from bulq.services import tags
from bulq.state.product_tags import ProductTagsState
from tests.cast import NOW, Cast, assemble
from tests.conftest import Scene
from tests.states.tabs import do, open_tab


@pytest.fixture
def cast(scene: Scene) -> Cast:
    return scene(assemble)


async def page_of(cast: Cast) -> ProductTagsState:
    page = await open_tab(ProductTagsState, cast.bojan, f"/products/{cast.rice}", product_id=cast.rice)
    await do(page, "open")
    return page


async def test_a_tag_is_chosen_or_made_and_taken_off(cast: Cast) -> None:
    with db.transaction() as session:
        tags.add_tag(session, cast.ana, cast.tomatoes, "diet", "Vegan", now=NOW)
    page = await page_of(cast)
    await do(page, "ask_tag")
    await do(page, "set_kind", "diet")
    await do(page, "find", "ве")
    assert [option.label for option in page.found] == ["Vegan"]

    await do(page, "choose", page.found[0].id)
    await do(page, "ask_tag")
    await do(page, "add_tag", "Gluten free")

    assert page.dialog == ""
    assert [(tag.label, tag.kind, tag.removable) for tag in page.tags] == [
        ("Gluten free", "diet", True),
        ("Vegan", "diet", True),
    ]
    await do(page, "remove_tag", page.tags[0].id)
    assert [tag.label for tag in page.tags] == ["Vegan"]


async def test_a_mistake_is_said_at_its_field(cast: Cast) -> None:
    page = await page_of(cast)
    await do(page, "ask_tag")

    for name, at in (("", "tag"), ("x" * 51, "tag"), ("\x00", "tag"), ("\ufff9gpj", "tag")):
        await do(page, "add_tag", name)
        assert (page.dialog, page.error_at) == ("tag", at) and page.error
    await do(page, "set_kind", "nonsense")
    await do(page, "add_tag", "Vegan")
    assert page.error_at == "kind"
    await do(page, "ask_alias")
    await do(page, "set_alias", "Basmati rice 5 kg")
    await do(page, "add_alias")
    assert (page.dialog, page.error_at) == ("alias", "alias")
    await do(page, "set_language", "xx")
    await do(page, "add_alias")
    assert page.error_at == "language"
    assert page.tags == page.names == []


async def test_another_name_is_added_and_taken_away(cast: Cast) -> None:
    page = await page_of(cast)
    await do(page, "ask_alias")
    await do(page, "set_alias", "Пиринач")
    await do(page, "set_language", "sr")

    await do(page, "add_alias")

    assert [(name.label, name.language) for name in page.names] == [("Пиринач", "Serbian")]
    await do(page, "remove_alias", page.names[0].id)
    assert page.names == []


async def test_what_others_added_stays(cast: Cast) -> None:
    with db.transaction() as session:
        tag = tags.add_tag(session, cast.ana, cast.rice, "diet", "Vegan", now=NOW)
    page = await page_of(cast)

    for wrong, refusal in ((str(tag.id), Forbidden), (str(uuid4()), NotFound), ("x", NotFound)):
        with pytest.raises(refusal):
            await do(page, "remove_tag", wrong)

    assert [(each.label, each.removable) for each in page.tags] == [("Vegan", False)]


@pytest.mark.parametrize("product_id", ["", "x", "../..", "00000000-0000-4000-8000-000000000000"])
async def test_a_product_that_is_not_there_shows_nothing(cast: Cast, product_id: str) -> None:
    page = await open_tab(ProductTagsState, cast.bojan, "/products/x", product_id=product_id)

    await do(page, "open")

    assert not page.shown
