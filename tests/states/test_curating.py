"""The admins' tables of the catalogue, and merging by choosing, as a tab sees them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlmodel import select

from bulq import db
from bulq.domain.errors import BulqError, NotFound
from bulq.models import Product, Store, Tag, User
from bulq.services import accounts, catalogue, tags
from bulq.state.admin.merging import MergeProductsState, MergeStoresState, MergeTagsState, MergeUsersState, Merging
from bulq.state.admin.products import AdminProductsState
from bulq.state.admin.stores import AdminStoresState
from bulq.state.admin.tags import AdminTagsState
from tests.cast import NOW, PACK, Cast, assemble, plan
from tests.conftest import Scene
from tests.states.tabs import WRONG_TYPES, do, open_tab, told

NOBODY = "00000000-0000-7000-8000-000000000000"
STRANGE = [
    "",
    "x" * 5000,
    "\x00",
    "\u202e",
    "' OR '1'='1",
    "<script>",
    "NaN",
    "1e309",
    "-1",
    NOBODY,
]


MERGES = (MergeProductsState, MergeStoresState, MergeTagsState, MergeUsersState)


@pytest.fixture
def cast(scene: Scene) -> Cast:
    return scene(assemble)


def product(name: str) -> Product:
    with db.reading() as session:
        return session.scalars(select(Product).where(Product.name == name)).one()


def everything() -> list[dict[str, Any]]:
    """The whole catalogue, as it stands."""
    with db.reading() as session:
        return [row.model_dump() for table in (Product, Store, Tag) for row in session.scalars(select(table))]


async def test_verifying_can_be_undone(cast: Cast) -> None:
    page = await open_tab(AdminProductsState, cast.ada)
    await do(page, "open")

    await do(page, "choose_all", True)
    events = await do(page, "vouch_all", "verify")
    assert [bool(row.checked) for row in page.rows] == [True, True] and page.chosen == []
    await do(page, "undo", f"unverify {cast.rice} {cast.tomatoes}")

    assert "2 verified" in told(events)
    assert [row.checked for row in page.rows] == ["", ""]


async def test_a_product_is_edited_in_its_dialog(cast: Cast) -> None:
    page = await open_tab(AdminProductsState, cast.ada)
    await do(page, "open")
    await do(page, "ask", "edit", str(cast.rice))
    assert (page.name, page.step, page.unit) == ("Basmati rice 5 kg", "1", "pack")

    for field, value in (("step", "abc"), ("content", "-5"), ("name", ""), ("barcode", "12")):
        before = getattr(page, field)
        await do(page, f"set_{field}", value)
        await do(page, "save")
        assert list(page.errors) == [field] and page.dialog == "edit"
        await do(page, f"set_{field}", before)
    await do(page, "set_content", "5")
    await do(page, "save")

    assert page.dialog == "" and product("Basmati rice 5 kg").content == 5000


async def test_a_store_is_edited_in_its_dialog(cast: Cast) -> None:
    page = await open_tab(AdminStoresState, cast.ada)
    await do(page, "open")
    await do(page, "ask", "edit", str(cast.store_id))
    before = page.name

    await do(page, "set_name", "")
    await do(page, "save")
    assert list(page.errors) == ["store"] and page.dialog == "edit"  # shown at the name
    for field, value in (("name", f"{before} 2"), ("chain", "Metro"), ("address", "Quay 1")):
        await do(page, f"set_{field}", value)
    events = await do(page, "save")

    with db.reading() as session:
        store = session.get_one(Store, cast.store_id)
    assert (store.name, store.chain, store.address) == (f"{before} 2", "Metro", "Quay 1")
    assert page.dialog == "" and [row.name for row in page.rows] == [store.name] and told(events)


async def test_a_tag_is_edited_and_deleted_in_its_dialogs(cast: Cast) -> None:
    with db.transaction() as session:
        tag = tags.add_tag(session, cast.ana, cast.rice, "other", "Vegan", now=NOW).id
    page = await open_tab(AdminTagsState, cast.ada)
    await do(page, "open")
    await do(page, "ask", "edit", str(tag))
    assert (page.name, page.kind) == ("Vegan", "other")

    await do(page, "set_name", "Plants only")
    await do(page, "set_kind", "diet")
    await do(page, "save")
    assert page.dialog == "" and [(row.id, row.name) for row in page.rows] == [(str(tag), "Plants only")]
    with db.reading() as session:
        assert session.get_one(Tag, tag).kind == "diet"

    await do(page, "ask", "delete", str(tag))
    await do(page, "delete")
    assert page.dialog == "delete" and "1 product" in page.alert
    with db.transaction() as session:
        tags.remove_tag(session, cast.ana, cast.rice, tag, now=NOW)
    await do(page, "delete")
    assert (page.dialog, page.rows) == ("", [])


async def test_a_refused_delete_says_why_in_its_place(cast: Cast) -> None:
    page = await open_tab(AdminStoresState, cast.ada)
    await do(page, "open")
    await do(page, "ask", "delete", str(cast.store_id))
    with db.transaction() as session:
        plan(session, cast)

    await do(page, "delete")

    assert (page.dialog, "still in use" in page.alert) == ("delete", True)


@pytest.mark.parametrize("state", [AdminProductsState, AdminStoresState, AdminTagsState])
@pytest.mark.parametrize("text", [*STRANGE, *WRONG_TYPES])
async def test_strange_things_sent_to_a_table_do_nothing(
    cast: Cast, state: type[AdminProductsState], text: Any
) -> None:
    page = await open_tab(state, cast.ada)
    await do(page, "open")
    before = everything()

    for handler, *arguments in (
        ("search", text),
        ("narrow", "which", text),
        ("sort_by", text),
        ("ask", text, text),
        ("ask", "edit", text),
        ("choose", text, True),
        ("vouch", text, text),
        ("vouch", "verify", text),
        ("undo", text),
        ("undo", f"verify {text}"),
        ("save",),
        ("delete",),
        ("merge_chosen",),
    ):
        with suppress(BulqError):
            await do(page, handler, *arguments)

    assert (page.chosen, page.dialog) == ([], "")
    assert everything() == before


async def test_two_chosen_rows_lead_to_where_they_are_merged(cast: Cast) -> None:
    page = await open_tab(AdminProductsState, cast.ada)
    await do(page, "open")
    await do(page, "choose_all", True)

    events = await do(page, "merge_chosen")

    assert "/admin/products/merge?duplicate=" in told(events)


async def test_suggested_then_compared_then_merged(cast: Cast) -> None:
    """M3: merge by choosing, not by pasting ids."""
    with db.transaction() as session:
        twin = catalogue.add_product(session, cast.ana, "Basmati rice 5kg", "", "pack", PACK, now=NOW).id
    page = await open_tab(MergeProductsState, cast.ada, "/admin/products/merge")
    await do(page, "open")
    (pair,) = page.suggestions
    assert (pair.duplicate, pair.kept) == (str(twin), str(cast.rice))

    await do(page, "take", pair.duplicate, pair.kept)
    assert page.compared and page.refusal == ""
    assert {fact.key for fact in page.facts if fact.differs} == {"name", "brand"}
    events = await do(page, "merge")

    assert "is merged into" in told(events)
    assert (page.duplicate, page.kept, page.compared, page.suggestions) == ("", "", False, [])


@pytest.mark.parametrize("text", STRANGE)
async def test_an_address_that_names_nothing_opens_the_page_all_the_same(cast: Cast, text: str) -> None:
    query = urlencode({"duplicate": text})
    page = await open_tab(MergeProductsState, cast.ada, f"/admin/products/merge?{query}")

    await do(page, "open")

    assert (page.ready, page.compared, page.duplicate_name) == (True, False, "")


async def test_the_address_may_name_them(cast: Cast) -> None:
    page = await open_tab(
        MergeProductsState, cast.ada, f"/admin/products/merge?duplicate={cast.tomatoes}&kept={cast.rice}"
    )
    await do(page, "open")

    assert page.compared and "different units" in page.refusal
    await do(page, "merge")
    assert "different units" in page.refusal
    await do(page, "swap")
    assert page.kept == str(cast.tomatoes)


@pytest.mark.parametrize("state", MERGES)
@pytest.mark.parametrize("text", [*STRANGE, *WRONG_TYPES])
async def test_strange_things_sent_to_a_merge_do_nothing(
    cast: Cast, state: type[MergeProductsState], text: Any
) -> None:
    page = await open_tab(state, cast.ada, "/admin/users/merge")
    await do(page, "open")

    for handler, *arguments in (
        ("find", text),
        ("choose_duplicate", text),
        ("choose_kept", text),
        ("take", text, text),
        ("swap",),
        ("merge",),
    ):
        await do(page, handler, *arguments)

    assert not page.compared
    with db.reading() as session:
        assert len(session.scalars(select(User.id)).all()) == 5


async def test_accounts_are_merged_and_never_ones_own(cast: Cast) -> None:
    with db.transaction() as session:
        twin = accounts.create_user(session, "Bojan", "bojan_2", "x", now=NOW).id
    page = await open_tab(MergeUsersState, cast.ada, f"/admin/users/merge?duplicate={cast.ada.id}&kept={twin}")
    await do(page, "open")
    assert "your own account" in page.refusal

    await do(page, "take", str(twin), str(cast.bojan.id))
    assert page.duplicate_name == "Bojan · @bojan_2"
    await do(page, "merge")

    with db.reading() as session:
        assert session.get(User, twin) is None


@pytest.mark.parametrize("state", [AdminProductsState, AdminStoresState, AdminTagsState])
async def test_m1_others_see_and_do_nothing(cast: Cast, state: type[AdminProductsState]) -> None:
    """M1: Only admins get in, page and action."""
    page = await open_tab(state, cast.ana)
    await do(page, "open")

    assert (page.rows, page.ready) == ([], False)
    with pytest.raises(NotFound):
        await do(page, "vouch", "verify", str(cast.rice))


async def test_tags_are_merged_by_choosing(cast: Cast) -> None:
    """M3: merge by choosing, likely duplicates first."""
    with db.transaction() as session:
        kept = tags.add_tag(session, cast.ana, cast.rice, "diet", "Vegan", now=NOW).id
        twin = tags.add_tag(session, cast.ana, cast.tomatoes, "other", "vegan!", now=NOW).id
    page = await open_tab(MergeTagsState, cast.ada, "/admin/tags/merge")
    await do(page, "open")
    assert [(pair.duplicate, pair.kept) for pair in page.suggestions] == [(str(twin), str(kept))]
    await do(page, "find", "veg")
    assert [(option.label, option.detail) for option in page.found] == [("Vegan", "Diet"), ("vegan!", "Other")]

    await do(page, "take", str(twin), str(kept))
    assert (page.duplicate_name, page.moves) == ("vegan! · Other", ["1 product"])
    assert {fact.key for fact in page.facts if fact.differs} == {"name", "kind"}
    events = await do(page, "merge")

    assert "is merged into Vegan" in told(events) and not page.compared
    assert [row["name"] for row in everything() if "kind" in row] == ["Vegan"]


@pytest.mark.parametrize("state", MERGES)
async def test_m1_others_merge_nothing(cast: Cast, state: type[Merging]) -> None:
    """M1: Only admins get in, page and action."""
    with db.transaction() as session:
        store = catalogue.add_store(session, cast.ana, "Metro 2", now=NOW).id
        one, other = (tags.add_tag(session, cast.ana, cast.rice, "diet", name, now=NOW).id for name in ("Bio", "Eco"))
    pairs = ((cast.rice, cast.tomatoes), (store, cast.store_id), (one, other), (cast.eva.id, cast.mila.id))
    duplicate, kept = map(str, pairs[MERGES.index(state)])
    page = await open_tab(state, cast.ana, f"/admin/any/merge?duplicate={duplicate}&kept={kept}")
    before = everything()

    await do(page, "open")
    assert (page.ready, page.suggestions, page.found, page.duplicate) == (False, [], [], "")
    page.duplicate, page.kept = duplicate, kept
    await do(page, "merge")
    for handler, *arguments in (("find", ""), ("take", duplicate, kept), ("choose_kept", kept), ("swap",)):
        with suppress(NotFound):
            await do(page, handler, *arguments)

    assert (page.ready, page.found, page.facts, page.duplicate_name) == (False, [], [], "")
    assert everything() == before
    with db.reading() as session:
        assert session.get(User, cast.eva.id) is not None
