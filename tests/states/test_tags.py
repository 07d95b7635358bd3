"""Tags and names on the page of a product, and tags on the page of a run, in a tab."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest

from bulq import db
from bulq.config import settings
from bulq.domain.catalogue import TagKind
from bulq.domain.errors import Forbidden, NotFound
from bulq.domain.phases import Phase
from bulq.queries.tags import RunTag
from bulq.services import tags
from bulq.state.product_tags import ProductTagsState
from bulq.state.run import RunState
from bulq.state.run_tags import ALL, RunTagsState, Section, arranged
from tests.cast import NOW, Cast, assemble, bring_to
from tests.conftest import Scene
from tests.states.tabs import do, open_tab

RICE, OIL, SALT, SOAP = (UUID(int=n) for n in range(4))
GRAINS = RunTag(UUID(int=10), TagKind.CATEGORY, "Grains", (RICE,))
FOOD = RunTag(UUID(int=11), TagKind.CATEGORY, "Food", (RICE, OIL))
VEGAN = RunTag(UUID(int=12), TagKind.DIET, "Vegan", (OIL, SOAP))


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


async def test_the_products_of_a_run_are_shown_by_tag_or_category(cast: Cast) -> None:
    with db.transaction() as session:
        run_id = bring_to(session, cast, Phase.ACTIVE)
        vegan = tags.add_tag(session, cast.ana, cast.rice, "diet", "Vegan", now=NOW).id
        tags.add_tag(session, cast.ana, cast.tomatoes, "category", "Vegetables", now=NOW)
    page = await open_tab(RunTagsState, cast.bojan, f"/runs/{run_id}", run_id=run_id)
    await do(page, "open")
    assert [(choice.label, choice.count) for choice in page.choices] == [("Vegetables", 1), ("Vegan", 1)]
    assert page.sections == [ALL]

    run = await page.get_state(RunState)
    await do(page, "choose", str(vegan))
    assert (rows(run), run.products, page.sections) == ([str(cast.rice)], 2, [ALL])
    await do(page, "choose", str(vegan))
    assert rows(run) == [str(cast.rice), str(cast.tomatoes)]
    await do(page, "group")
    tomatoes = [str(cast.tomatoes)]
    assert page.sections == [Section("Vegetables", tomatoes), Section("Without a category", tomatoes, True)]
    await do(page, "group")
    for odd in ("nonsense", None, str(uuid4())):
        await do(page, "choose", odd)
    assert page.sections == [ALL]


def rows(run: RunState) -> list[str]:
    return [row.id for row in run.rows]


async def test_a_tag_is_looked_for_on_all_pages_of_the_run(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "page_size", 1)
    with db.transaction() as session:
        run_id = bring_to(session, cast, Phase.ACTIVE)
        vegan = tags.add_tag(session, cast.ana, cast.tomatoes, "diet", "Vegan", now=NOW).id
    page = await open_tab(RunTagsState, cast.bojan, f"/runs/{run_id}", run_id=run_id)
    run = await page.get_state(RunState)
    for each in (run, page):
        await do(each, "open")
    assert (rows(run), run.pages) == ([str(cast.rice)], 2)

    await do(page, "choose", str(vegan))
    assert (rows(run), run.page, run.pages) == ([str(cast.tomatoes)], 1, 1)

    await do(page, "show_all")
    assert (rows(run), run.pages, page.chosen) == ([str(cast.rice)], 2, "")


async def test_what_is_chosen_stays_when_the_page_wakes_and_tags_are_read_again(cast: Cast) -> None:
    with db.transaction() as session:
        run_id = bring_to(session, cast, Phase.ACTIVE)
        vegan = tags.add_tag(session, cast.ana, cast.tomatoes, "diet", "Vegan", now=NOW).id
    page = await open_tab(RunTagsState, cast.bojan, f"/runs/{run_id}", run_id=run_id)
    run = await page.get_state(RunState)
    for each in (run, page):
        await do(each, "open")
    await do(page, "choose", str(vegan))
    with db.transaction() as session:
        tags.add_tag(session, cast.ana, cast.rice, "diet", "Vegan", now=NOW)

    for each in (run, page):
        await do(each, "open")

    assert (page.chosen, rows(run)) == (str(vegan), [str(cast.rice), str(cast.tomatoes)])


async def test_tags_read_for_a_member_are_not_shown_to_a_stranger(cast: Cast) -> None:
    with db.transaction() as session:
        run_id = bring_to(session, cast, Phase.ACTIVE)
        tags.add_tag(session, cast.ana, cast.rice, "diet", "Vegan", now=NOW)
    ana, eva = [await open_tab(RunTagsState, who, f"/runs/{run_id}", run_id=run_id) for who in (cast.ana, cast.eva)]

    await asyncio.gather(do(ana, "open"), do(eva, "open"))

    assert (len(ana.choices), eva.choices, eva._tags) == (1, [], [])


async def test_a_run_without_tags_shows_none_and_a_strangers_run_neither(cast: Cast) -> None:
    with db.transaction() as session:
        run_id = bring_to(session, cast, Phase.ACTIVE)
        tags.add_tag(session, cast.ana, cast.rice, "diet", "Vegan", now=NOW)
    page = await open_tab(RunTagsState, cast.eva, f"/runs/{run_id}", run_id=run_id)

    await do(page, "open")
    await do(page, "group")

    assert page.choices == [] and page.sections == [ALL] and not page.grouped


def test_each_product_stands_in_one_section() -> None:
    both = [GRAINS, FOOD, VEGAN]

    assert arranged(both, "", True) == [
        Section("Grains", [str(RICE)]),
        Section("Food", [str(OIL)]),
        Section("Without a category", sorted([str(RICE), str(OIL)]), True),
    ]
    assert arranged(both, str(VEGAN.id), True) == [
        Section("Food", [str(OIL)]),
        Section("Without a category", [str(SOAP)]),
    ]
    assert arranged(both, str(VEGAN.id), False) == [ALL]
    assert arranged([], "", True) == [Section("Without a category", [], True)]
