"""Search from the header finds products, stores and my groups, however they are written."""

from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from sqlmodel import select

from bulq.domain.actor import Actor
from bulq.domain.catalogue import Named
from bulq.domain.prices import Offer, Price
from bulq.i18n import product_name
from bulq.models import Product, SearchTerm, Store
from bulq.queries import listed
from bulq.queries.catalogue import find_products, find_stores
from bulq.queries.runs import run_view
from bulq.queries.search import FEW, MOST, NOTHING, PAGE, Hits, PriceHit, results, search
from bulq.services import aliases, bids, catalogue, groups, prices, products, search_terms, tags
from tests.cast import LATER, NOW, Cast, assemble, plan
from tests.conftest import Scene


@pytest.fixture
def cast(scene: Scene) -> Cast:
    return scene(assemble)


def product(session: Session, cast: Cast, name: str, brand: str = "") -> UUID:
    return catalogue.add_product(session, cast.ana, name, brand, "kg", 100, now=NOW).id


def names(found: Hits) -> list[str]:
    return [hit.name for hit in (*found.products, *found.stores, *found.groups)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ba", "Basmati rice 5 kg"),
        ("RICE", "Basmati rice 5 kg"),
        ("smati", "Basmati rice 5 kg"),
        ("rice daawat", "Basmati rice 5 kg"),
        ("me", "Metro"),
        ("li", "Liman"),
        ("лиман", "Liman"),
    ],
)
def test_c3_search_from_two_characters_finds_products_stores_and_my_groups(
    session: Session, cast: Cast, typed: str, found: str
) -> None:
    assert found in names(search(session, cast.ana, typed))
    assert found in names(results(session, cast.ana, typed))


@pytest.mark.parametrize("typed", ["", "b", " ", " b ", "\x00b", "\u202e"])
def test_c3_less_than_two_characters_find_nothing(session: Session, cast: Cast, typed: str) -> None:
    assert search(session, cast.ana, typed) == results(session, cast.ana, typed) == NOTHING


@pytest.mark.parametrize(
    "typed", ["sljive", "šljive", "ŠLJIVE", "шљиве", "Шљиве сушене", "susene sljive", "sljvie", "сљиве"]
)
def test_c3_case_accents_script_and_one_typo_are_forgiven(session: Session, cast: Cast, typed: str) -> None:
    product(session, cast, "Šljive sušene")
    product(session, cast, "Jabuke")

    assert names(search(session, cast.ana, typed)) == ["Šljive sušene"]


@pytest.mark.parametrize("typed", ["пасуљ", "pasulj", "djacki", "đački", "ђачки пасуљ", "pasuj", "paslulj"])
def test_c3_names_in_cyrillic_are_found_by_either_script(session: Session, cast: Cast, typed: str) -> None:
    product(session, cast, "Ђачки пасуљ")

    assert names(search(session, cast.ana, typed)) == ["Ђачки пасуљ"]


@pytest.mark.parametrize(
    ("typed", "respelt"),
    [("metor", True), ("limna", True), ("basmti rcie", True), ("tomate", True), ("metro", False), ("mtreo", False)],
)
def test_c3_what_was_respelt_says_so(session: Session, cast: Cast, typed: str, respelt: bool) -> None:
    found = search(session, cast.ana, typed)

    assert found.respelt == respelt
    assert bool(names(found)) == (typed != "mtreo")  # two typos are another word


def test_what_is_written_as_typed_is_not_mixed_with_what_comes_close(session: Session, cast: Cast) -> None:
    for name in ("Rice", "Mice", "Rise"):
        product(session, cast, name)

    found = search(session, cast.ana, "mice")

    assert names(found) == ["Mice"]
    assert not found.respelt


def test_the_name_itself_comes_first_then_its_beginning_then_its_words(session: Session, cast: Cast) -> None:
    for name in ("Brown rice", "Licorice", "Rice flour", "Rice"):
        product(session, cast, name)

    assert [hit.name for hit in results(session, cast.ana, "rice").products] == [
        "Rice", "Rice flour", "Basmati rice 5 kg", "Brown rice", "Licorice",
    ]  # fmt: skip


SIZES = (
    "Oil 2 L", "Oil 12 l", "Oil 0.2 l", "Pasta 5 kg", "Pasta 0,5 kg", "Pasta 50 kg", "7UP", "Up 17", "Water 12 × 1 l",
    "Water 12 × 1,5 l", "Coca-Cola", "大米", "米粉", "Oats 500g",
)  # fmt: skip


FOUND_BY = {
    "oil 2l": {"Oil 2 L"},
    "oil 2 l": {"Oil 2 L"},
    "2000 ml": {"Oil 2 L"},
    "pasta 5kg": {"Pasta 5 kg"},
    "pasta 5 kg": {"Pasta 5 kg"},
    "pasta 5000 g": {"Pasta 5 kg"},
    "pasta 0.50kg": {"Pasta 0,5 kg"},
    "PASTA 500G": {"Pasta 0,5 kg"},
    "pasta 5": {"Pasta 5 kg", "Pasta 50 kg", "Pasta 0,5 kg"},  # of which one holds 500 g
    "паста 5кг": {"Pasta 5 kg"},
    "7 up": {"7UP"},
    "7up": {"7UP"},
    "7-Up": {"7UP"},
    "12 x 1 l": {"Water 12 × 1 l"},
    "12x1l": {"Water 12 × 1 l"},
    "water 12х1,5 л": {"Water 12 × 1,5 l"},
    "cocacola": {"Coca-Cola"},
    "coca cola": {"Coca-Cola"},
    "Coca–Cola": {"Coca-Cola"},
    "米": {"大米", "米粉"},
    "大米": {"大米"},
    "oats 0.5kg": {"Oats 500g"},
}


def test_sizes_short_words_and_words_written_as_one_are_found(session: Session, cast: Cast) -> None:
    for name in SIZES:
        product(session, cast, name)
    run_id = plan(session, cast)

    found = {typed: set(names(results(session, cast.ana, typed))) for typed in FOUND_BY}
    to_add = {typed: {each.name for each in find_products(session, cast.ana, run_id, typed)} for typed in FOUND_BY}

    assert found == FOUND_BY
    assert to_add == FOUND_BY


@pytest.mark.parametrize("typed", ["clubmate", "klubmate"])
def test_two_words_are_found_by_one_as_another_spelling(session: Session, cast: Cast, typed: str) -> None:
    product(session, cast, "Club Mate")

    found = search(session, cast.ana, typed)

    assert names(found) == (["Club Mate"] if typed == "clubmate" else [])
    assert found.respelt == bool(found.products)


def test_sizes_of_one_product_are_found_by_their_content(session: Session, cast: Cast) -> None:
    ids = {
        content: catalogue.add_product(
            session, cast.ana, "Lentils", "Suma", "pack", 1000, content=content, content_unit="g", now=NOW
        ).id
        for content in (500_000, 1_000_000)
    }

    for typed, content in (("lentils 500g", 500_000), ("lentils suma 1kg", 1_000_000), ("lentils 0.5 kg", 500_000)):
        assert [hit.id for hit in search(session, cast.ana, typed).products] == [ids[content]]
    products.edit_product_details(
        session, cast.ana, ids[500_000], barcode="", content=250_000, content_unit="g", now=NOW
    )
    assert search(session, cast.ana, "lentils 500g") == NOTHING
    assert [hit.id for hit in search(session, cast.ana, "lentils 250 g").products] == [ids[500_000]]


def test_groups_of_others_are_not_found(session: Session, cast: Cast) -> None:
    groups.create_group(session, cast.eva, "Limanske snahe", "EUR", "UTC", now=NOW)
    session.flush()

    assert [hit.name for hit in search(session, cast.ana, "lim").groups] == ["Liman"]
    assert [hit.name for hit in search(session, cast.eva, "lim").groups] == ["Limanske snahe"]
    assert search(session, cast.ada, "lim").groups == ()
    groups.remove_member(session, cast.ana, cast.group_id, cast.mila.id, now=NOW)
    session.flush()
    assert search(session, cast.mila, "liman").groups == ()


def test_other_names_find_a_product_and_say_which_it_was(session: Session, cast: Cast) -> None:
    for name, language in (("Басмати пиринач", "sr"), ("Riža", "hr")):
        aliases.add_alias(session, cast.bojan, cast.rice, name, language, now=NOW)

    for typed, known_as in (("pirinac", "Басмати пиринач"), ("riza", "Riža"), ("rice", ""), ("pirnac", "")):
        (hit,) = search(session, cast.ana, typed).products
        assert (hit.id, hit.known_as) == (cast.rice, known_as)


def test_a_removed_name_finds_nothing_any_more(session: Session, cast: Cast) -> None:
    alias = aliases.add_alias(session, cast.bojan, cast.rice, "Riža", "", now=NOW)
    aliases.remove_alias(session, cast.bojan, alias.id, now=NOW)

    assert search(session, cast.ana, "riza").products == ()
    assert len(search(session, cast.ana, "rice").products) == 1


def test_a_tag_finds_its_products_after_those_of_that_name(session: Session, cast: Cast) -> None:
    tags.add_tag(session, cast.ana, cast.tomatoes, "diet", "Vegan", now=NOW)
    product(session, cast, "Vegan burger")

    assert names(search(session, cast.bojan, "веган")) == ["Vegan burger", "Tomatoes"]
    tags.remove_tag(
        session,
        cast.ana,
        cast.tomatoes,
        tags.add_tag(session, cast.ana, cast.rice, "diet", "vegan", now=NOW).id,
        now=NOW,
    )
    session.flush()
    assert names(search(session, cast.bojan, "vegan")) == ["Vegan burger", "Basmati rice 5 kg"]


def test_while_typing_there_are_a_few_of_each_and_then_pages(session: Session, cast: Cast) -> None:
    for n in range(PAGE + 3):
        product(session, cast, f"Lentils {n:03}")
        catalogue.add_store(session, cast.ana, f"Lentil store {n}", now=NOW)

    few = search(session, cast.ana, "len")
    first, last = (results(session, cast.ana, "lentils", page=page) for page in (1, 2))

    assert (len(few.products), len(few.stores)) == (FEW, FEW)
    assert (first.found, first.pages, first.more) == (PAGE + 3, 2, False)
    assert names(first)[:2] == ["Lentils 000", "Lentils 001"]
    assert [hit.name for hit in last.products] == [f"Lentils {n:03}" for n in range(PAGE, PAGE + 3)]


@pytest.mark.parametrize("page", [-1, 0, 99, 10**30])
def test_a_page_that_is_not_there_is_the_nearest(session: Session, cast: Cast, page: int) -> None:
    assert results(session, cast.ana, "rice", page=page).page == 1


def test_results_end_where_more_words_would_help(session: Session, cast: Cast) -> None:
    goods = [
        Product(name=f"Bean {n}", name_key=f"bean {n}", unit="kg", step=1, created_by=cast.ana.id, created_at=NOW)  # pyright: ignore
        for n in range(MOST + 5)
    ]
    session.add_all(goods)
    session.flush()
    search_terms.index_products(session, [each.id for each in goods])

    found = results(session, cast.ana, "bean")

    assert (found.found, found.more) == (MOST, True)
    assert names(results(session, cast.ana, f"bean {MOST + 4}")) == [f"Bean {MOST + 4}"]


@pytest.mark.parametrize(
    "typed",
    [
        "%", "%%", "__", "\\\\", "a%", "_ice", "r.ce", "r*", ".*", "(rice", "[a-z]+", "^rice$", "rice|oil",
        "' OR 1=1 --",
        '"rice"', '" OR "', "rice AND oil", "NEAR(rice)", "key:rice", "rice*", "-rice",
        "\x00\x00", "ri\x00ce", "\ud83d\ud83d",
        "\u202erice", "\u200b\u200b", "😀😀", "rice 😀", "NaN",
        "1e309", "x" * 5_000, "rice " * 1_000, "ß" * 5_000, "\ufdfa" * 100,
        "a b c d e f g h", "ا ل ع", "米饭", "e" + "\u0301" * 5_000,
    ],
)  # fmt: skip
def test_whatever_is_typed_is_only_looked_for(session: Session, cast: Cast, typed: str) -> None:
    for found in (search(session, cast.ana, typed), results(session, cast.ana, typed)):
        assert len(found.products) <= 2


@pytest.mark.parametrize("name", ["100% juice", "A_B", "🍚 bowl", "🍚🍚", "%%%", "米饭", "C++", "Nº 5"])
def test_strange_names_are_found_by_themselves(session: Session, cast: Cast, name: str) -> None:
    product(session, cast, name)

    assert names(search(session, cast.ana, name)) == [name]


def test_a_new_name_takes_the_place_of_the_old(session: Session, cast: Cast) -> None:
    rice, store = session.get_one(Product, cast.rice), session.get_one(Store, cast.store_id)
    rice.name, rice.name_key = "Arroz", "arroz"
    store.name, store.name_key = "Lidl", "lidl"
    search_terms.index_product(session, rice)
    search_terms.index_store(session, store)

    assert names(search(session, cast.ana, "arroz")) == ["Arroz"]
    assert names(search(session, cast.ana, "lidl")) == ["Lidl"]
    assert names(search(session, cast.ana, "basmati")) == names(search(session, cast.ana, "metro")) == []


def test_what_is_gone_is_not_found(session: Session, cast: Cast) -> None:
    search_terms.drop_terms(session, Named.PRODUCT, cast.tomatoes)
    session.delete(session.get_one(Product, cast.tomatoes))
    session.flush()

    assert search(session, cast.ana, "tomatoes") == NOTHING


def test_many_are_indexed_as_one_is(session: Session, cast: Cast) -> None:
    aliases.add_alias(session, cast.ana, cast.rice, "Riža", "", now=NOW)
    query = select(SearchTerm.kind, SearchTerm.target_id, SearchTerm.key)
    before = sorted(map(str, session.execute(query).all()))

    search_terms.index_products(session, [cast.rice, cast.tomatoes])
    search_terms.index_stores(session, [cast.store_id])

    assert sorted(map(str, session.execute(query).all())) == before


def test_a_barcode_finds_its_product(session: Session, cast: Cast) -> None:
    session.get_one(Product, cast.rice).barcode = "4006381333931"
    session.flush()

    assert names(search(session, cast.ana, "4006 3813 3393 1")) == ["Basmati rice 5 kg"]
    assert search(session, cast.ana, "4006381333932") == NOTHING


class TestInTheRun:
    """Adding a product finds it in the same ways, but for typos."""

    @pytest.mark.parametrize(
        "typed", ["riža", "RIZA", "пиринач", "pirinac", "basmati", "басмати", "riza daawat", "smati"]
    )
    def test_products_are_found_by_all_their_names(self, session: Session, cast: Cast, typed: str) -> None:
        run_id = plan(session, cast)
        for name in ("Riža", "Пиринач"):
            aliases.add_alias(session, cast.ana, cast.rice, name, "", now=NOW)

        assert [each.id for each in find_products(session, cast.bojan, run_id, typed)] == [cast.rice]

    @pytest.mark.parametrize("typed", ["metro", "МЕТРО", "Метро"])
    def test_stores_are_found_in_either_script(self, session: Session, cast: Cast, typed: str) -> None:
        assert [store.name for store in find_stores(session, cast.ana, typed)] == ["Metro"]

    def test_a_large_catalogue_is_searched_beyond_what_the_store_is_known_for(
        self, session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(listed, "LISTED", 3)
        run_id = plan(session, cast)
        catalogue.add_product_to_run(session, cast.ana, run_id, "Wild rice", "", "kg", 100, 500, now=NOW)
        for name in ("Rice", "Brown rice", "Oil", "Salt"):
            product(session, cast, name)
        aliases.add_alias(session, cast.ana, cast.tomatoes, "Paradajz", "", now=NOW)

        def found(typed: str) -> list[str]:
            return [each.name for each in find_products(session, cast.bojan, run_id, typed)]

        assert found("rice") == ["Rice", "Wild rice", "Basmati rice 5 kg", "Brown rice"]
        assert found("парадајз") == ["Tomatoes"]
        assert found("")[0] == "Wild rice"
        assert found("%") == found("zzz") == []


def test_the_server_admin_finds_no_groups_they_are_not_in(session: Session, cast: Cast) -> None:
    nobody = Actor(cast.ada.id, "Ada", "ada", is_admin=True)

    assert names(search(session, nobody, "liman")) == []


def test_results_say_what_a_product_was_last_seen_for(session: Session, cast: Cast) -> None:
    for amount, at in ((799, NOW), (849, LATER)):
        prices.see_price(session, cast.ana, cast.rice, cast.store_id, amount, "EUR", now=at)
    session.flush()

    (hit,) = search(session, cast.bojan, "rice").products

    assert hit.price == PriceHit(Offer(Price(849)), "EUR", "Metro")
    assert search(session, cast.bojan, "tomatoes").products[0].price is None


def test_sizes_of_one_product_are_told_apart_where_they_are_chosen(session: Session, cast: Cast) -> None:
    for content in (500, 5000):  # thousandths of a kg
        catalogue.add_product(
            session, cast.ana, "Lentils", "Suma", "pack", 1000, content=content, content_unit="kg", now=NOW
        )
    run_id = plan(session, cast)
    lines = find_products(session, cast.ana, run_id, "lentils")
    for line in lines:
        bids.place_bid(session, cast.ana, run_id, line.id, 1000, now=NOW)
    session.flush()

    expected = ["Lentils, 5 kg", "Lentils, 500 g"]
    assert sorted(hit.name for hit in search(session, cast.ana, "lentils").products) == expected
    assert sorted(line.name for line in lines) == expected
    products = run_view(session, cast.ana, run_id).products
    assert sorted(product_name(line.name, line.content_key) for line in products) == expected
