"""Every list that has pages or an end: each row once, in an order that leaves nothing open, cut off where it says."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from sqlmodel import select

import bulq.queries
from bulq.config import settings
from bulq.domain.catalogue import TagKind
from bulq.domain.errors import Conflict
from bulq.domain.phases import Phase
from bulq.models import Backup, Group, PriceObservation, ProductTag
from bulq.queries import backups, listing, merging
from bulq.queries.accounts import names_around, profile
from bulq.queries.admin_groups import group_inside, groups_list
from bulq.queries.audit import audit_batch, audit_log
from bulq.queries.catalogue import find_products, find_stores
from bulq.queries.catalogue_file import export_rows, gone_from
from bulq.queries.curating import products_list, stores_list, tags_list
from bulq.queries.dashboard import dashboard
from bulq.queries.duplicates import likely_users
from bulq.queries.groups import group_page, home
from bulq.queries.imports import recent_imports, unverified_lists
from bulq.queries.invitations import invitation
from bulq.queries.listed import products_at
from bulq.queries.listing import Listed, Wish
from bulq.queries.money import money_page
from bulq.queries.notices import notifications
from bulq.queries.own_data import own_data
from bulq.queries.prices import product_page, products_without_barcode
from bulq.queries.search import results, search
from bulq.queries.shopping import shopping_list
from bulq.queries.stores import store_page
from bulq.queries.tags import find_tags, tags_in
from bulq.queries.users import users_list
from bulq.services import bids, groups
from tests.cast import LATER, NOW, PACK, Cast, assemble, bring_to, person, plan
from tests.conftest import Scene
from tests.queries import rows
from tests.queries.rows import DAY, Make, added, half

SIZE = 3  # rows on a page, or in a list with an end
ORDER = [3, 0, 5, 6, 1, 4, 2]  # in which rows are written: not that of their ids
ENDS = ("3a0", "1c5", "8e2", "0b7", "5d4", "9f1", "2a6")  # of the ids, so that rows are of both halves
IDS = [UUID(f"01f00000-0000-7000-8000-00000000{n}{end}") for n, end in enumerate(ENDS)]
FIRST = (NOW + 5 * DAY).date().isoformat()  # day of what rows.entries writes

Key = Callable[[Any], Any]
Shown = tuple[Sequence[object], bool | None]  # keys of rows, and whether there are more, if that is said
by_id = attrgetter("id")


@pytest.fixture
def cast(scene: Scene) -> Cast:
    return scene(assemble)


class Page(NamedTuple):
    """What a page shows: the keys of its rows, which page it is, and of how many."""

    keys: Sequence[object]
    page: int
    pages: int


@dataclass(frozen=True)
class Paged:
    """A view with pages. `make` writes its rows, `order` is what they are sorted by, `bound` how many a page has."""

    bound: str
    make: Make
    order: Key
    look: Callable[[Session, Cast, int], Page]
    backwards: bool = False


@dataclass(frozen=True)
class Ending:
    """A view that shows the first rows only. `look` returns these, and whether there are more, if it says so."""

    bound: str
    make: Make
    order: Key
    look: Callable[[Session, Cast], Shown]
    backwards: bool = False


def _of_table(view: Callable[..., Listed[Any]], sort: str, filters: dict[str, str]):
    given = {"now": NOW} if view is users_list else {}

    def look(session: Session, cast: Cast, page: int) -> Page:
        found = view(session, cast.ada, Wish(sort=sort, page=page, filters=filters), **given)
        return Page([row.id for row in found.rows], found.page, found.pages)

    return look


VERIFIED = {"which": "verified"}
NEVER = datetime.min.replace(tzinfo=UTC)

# The tables of admins: the view, what makes its rows, what is looked for, and by what rows are sorted.
TABLES: dict[str, tuple[Callable[..., Listed[Any]], Make, dict[str, str], dict[str, Key]]] = {
    "users": (
        users_list,
        rows.users,
        {"who": "locked"},
        {
            "name": attrgetter("search_key"),
            "username": attrgetter("username_key"),
            "joined": attrgetter("created_at"),
            "seen": lambda row: row.seen_at or NEVER,
        },
    ),
    "groups": (
        groups_list,
        rows.groups,
        {"state": "closed"},
        {"name": attrgetter("name_key"), "created": attrgetter("created_at")},
    ),
    "products": (
        products_list,
        rows.products,
        VERIFIED,
        {"name": attrgetter("name_key"), "brand": attrgetter("brand_key"), "created": by_id},
    ),
    "stores": (
        stores_list,
        rows.stores,
        VERIFIED,
        {"name": attrgetter("name_key"), "chain": attrgetter("chain"), "created": by_id},
    ),
    "tags": (
        tags_list,
        rows.tags,
        VERIFIED,
        {
            "name": attrgetter("name_key"),
            "kind": attrgetter("kind"),
            "products": lambda row: half(row.id),
            "created": by_id,
        },
    ),
    "audit": (audit_log, rows.entries, {"from": FIRST}, {"at": attrgetter("at")}),
}


def _group(session: Session, cast: Cast, page: int) -> Page:
    found = group_page(session, cast.ana, cast.group_id, page=page)
    return Page([run.id for run in found.ended_runs], found.page, found.pages)


def _notices(session: Session, cast: Cast, page: int) -> Page:
    found = notifications(session, cast.eva, page=page)
    return Page([line.id for line in found.lines.values()], found.page, found.pages)


def _money(session: Session, cast: Cast, page: int) -> Page:
    found = money_page(session, cast.ana, cast.group_id, page=page)
    return Page([entry.id for entry in found.entries], found.page, found.pages)


def _product(session: Session, cast: Cast, page: int) -> Page:
    found = product_page(session, cast.ana, cast.tomatoes, page=page)
    return Page([line.id for line in found.sightings], found.page, found.pages)


def _store(session: Session, cast: Cast, page: int, typed: str = "") -> Page:
    found = store_page(session, cast.ana, cast.store_id, q=typed, page=page)
    return Page([UUID(line.id) for line in found.products], found.page, found.pages)


def _results(session: Session, cast: Cast, page: int, typed: str) -> Page:
    found = results(session, cast.ana, typed, page=page)
    return Page([hit.id for hit in found.products], found.page, found.pages)


by_name = attrgetter("name_key", "brand_key", "content_key")

PAGED: dict[str, Paged] = {
    "ended runs": Paged(
        "groups.PAGE",
        partial(rows.runs, phase=Phase.COMPLETED),  # pyright: ignore[reportArgumentType]
        attrgetter("ended_at", "id"),
        _group,
        backwards=True,
    ),
    "notifications": Paged("notices.PAGE", rows.notices, attrgetter("updated_at", "id"), _notices, backwards=True),
    "money": Paged("money_history.PAGE", rows.postings, attrgetter("posted_at", "id"), _money, backwards=True),
    "sightings": Paged(
        "prices.SIGHTINGS", rows.sightings, attrgetter("day", "seen_at", "id"), _product, backwards=True
    ),
    "goods at a store": Paged("settings.page_size", rows.goods_there, by_name, _store),
    "goods at a store, typed": Paged("settings.page_size", rows.goods_there, by_name, partial(_store, typed="zeta")),
    "results": Paged("search.PAGE", rows.products, by_name, partial(_results, typed="zeta")),
    "results by another name": Paged("search.PAGE", rows.namesakes, by_id, partial(_results, typed="zebra")),
    "results within a name": Paged("search.PAGE", rows.namesakes, by_id, partial(_results, typed="ebra")),
    "results by a tag": Paged("search.PAGE", rows.on_a_tag, by_id, partial(_results, typed="quux")),
}


def _set(monkeypatch: pytest.MonkeyPatch, bound: str, value: int) -> None:
    module, name = bound.split(".")
    if module == "settings":
        monkeypatch.setattr(settings, name, value)
    else:
        monkeypatch.setattr(f"bulq.queries.{bound}", value)


def _rows(session: Session, cast: Cast, make: Make) -> Iterable[Sequence[Any]]:
    """All rows so far: as many as fit on a page, then one more, then as many as begin a third page."""
    made: list[Any] = []
    for part in (ORDER[:SIZE], ORDER[SIZE : SIZE + 1], ORDER[SIZE + 1 :]):
        made += make(session, cast, [IDS[at] for at in part])
        yield list(made)


def _is_walked(session: Session, cast: Cast, case: Paged, made: Sequence[Any]) -> None:
    """Every row is shown once, in order; pages there aren't are the nearest."""
    pages = max(1, -(-len(made) // SIZE))
    expected = [row.id for row in sorted(made, key=case.order, reverse=case.backwards)]
    shown = [case.look(session, cast, page) for page in range(1, pages + 1)]

    assert [key for page in shown for key in page.keys] == expected
    assert [(page.page, page.pages) for page in shown] == [(n, pages) for n in range(1, pages + 1)]
    assert case.look(session, cast, pages + 1) == shown[-1]
    assert case.look(session, cast, 0) == shown[0]


@pytest.mark.parametrize("name", PAGED)
def test_pages_show_every_row_once_in_order(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    _set(monkeypatch, PAGED[name].bound, SIZE)
    _is_walked(session, cast, PAGED[name], [])

    for made in _rows(session, cast, PAGED[name].make):
        _is_walked(session, cast, PAGED[name], made)


@pytest.mark.parametrize("name", TABLES)
def test_tables_show_every_row_once_by_each_of_their_sorts(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    view, make, filters, sorts = TABLES[name]
    monkeypatch.setattr(listing, "PAGE", SIZE)

    for made in _rows(session, cast, make):
        for sort, key in sorts.items():
            order: Key = lambda row, key=key: (key(row), row.id)  # noqa: E731
            for sign in ("", "-"):
                look = _of_table(view, sign + sort, filters)
                _is_walked(session, cast, Paged("listing.PAGE", make, order, look, backwards=sign == "-"), made)


def test_a_store_with_many_goods_shows_them_in_the_same_order(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bulq.queries.stores.SPREAD", 0)  # so that it goes along all products

    test_pages_show_every_row_once_in_order(session, cast, monkeypatch, "goods at a store")


def _read_audit(session: Session, cast: Cast) -> Iterable[Sequence[UUID]]:
    after = None
    while batch := audit_batch(
        session, cast.ada, Wish(filters={"from": (NOW + 5 * DAY).date().isoformat()}), after=after
    ):
        yield [line.id for line in batch]
        after = batch[-1].at, batch[-1].id


def _read_catalogue(session: Session, cast: Cast) -> Iterable[Sequence[str]]:
    batch, after = export_rows(session, cast.ada, None)
    while after is not None:
        yield [cells[0] + cells[5] for cells in batch]
        batch, after = export_rows(session, cast.ada, after)


def _read_own(session: Session, cast: Cast) -> Iterable[Sequence[UUID]]:
    place: Any = (0, None)
    while place is not None:
        parts, place = own_data(session, cast.eva, place)
        yield [row["id"] for part in parts for row in part.rows]


def _cells(row: Any) -> str:
    return f"{row.name}{row.content / 1000:.3f}".rstrip("0")


BATCHES: dict[str, tuple[str, Make, Key, bool, Key, Callable[[Session, Cast], Iterable[Sequence[object]]]]] = {
    "audit": ("audit.BATCH", rows.entries, attrgetter("at", "id"), True, by_id, _read_audit),
    "catalogue": (
        "catalogue_file.AT_ONCE",
        rows.products,
        attrgetter("name_key", "brand_key", "id"),
        False,
        _cells,
        _read_catalogue,
    ),
    "own data": ("own_data.BATCH", rows.notices, by_id, False, by_id, _read_own),
}


@pytest.mark.parametrize("name", BATCHES)
def test_what_is_read_bit_by_bit_is_read_once(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    bound, make, order, backwards, key, read = BATCHES[name]
    _set(monkeypatch, bound, SIZE)

    for made in _rows(session, cast, make):
        batches = list(read(session, cast))
        ours = {key(row) for row in made}
        expected = [key(row) for row in sorted(made, key=order, reverse=backwards)]

        assert [each for batch in batches for each in batch if each in ours] == expected
        assert max(map(len, batches)) == SIZE


def _home(session: Session, cast: Cast) -> Shown:
    return [need.run.id for need in home(session, cast.ana).needs], None


def _card(session: Session, cast: Cast) -> Shown:
    (card,) = home(session, cast.ana).groups.values()
    return [run.id for run in card.runs], card.open_runs > len(card.runs)


def _figures(session: Session, cast: Cast) -> Shown:
    found = product_page(session, cast.ana, cast.tomatoes)
    return [line.store_id for line in found.stores], found.more_stores == 1


def _hits(session: Session, cast: Cast, typed: str, kind: str, view: Any = search) -> Shown:
    found = view(session, cast.ana, typed)
    return [hit.id for hit in getattr(found, kind)], found.more if kind == "products" else None


def _evas_groups(session: Session, cast: Cast, ids: Sequence[UUID]) -> Sequence[Any]:
    return rows.groups(session, cast, ids, open_for=cast.eva)


def _plain(keys: Callable[[Session, Cast], Iterable[Any]], key: Key = by_id):
    """A view that doesn't say whether there are more."""
    return lambda session, cast: ([key(row) for row in keys(session, cast)], None)


def _tags_of_a_run(session: Session, cast: Cast, ids: Sequence[UUID]) -> Sequence[Any]:
    """Tags of which each is on one product of the run."""
    made = rows.tags(session, cast, ids)
    known = set(session.scalars(select(ProductTag.tag_id)))
    of = {"created_by": cast.ana.id, "created_at": NOW}
    added(session, [ProductTag(product_id=cast.rice, tag_id=tag.id, **of) for tag in made if tag.id not in known])
    return made


def _run_tags(session: Session, cast: Cast) -> Iterable[Any]:
    run_id = plan(session, cast)
    bids.place_bid(session, cast.ana, run_id, cast.rice, PACK, now=NOW)
    session.flush()
    return tags_in(session, run_id)


def _kind_and_name(tag: Any) -> Any:
    return list(TagKind).index(tag.kind), tag.name_key, tag.id


def _failures(session: Session, cast: Cast) -> Shown:
    settings.backup_target = "file:///nowhere"
    at = {row.started_at: row.id for row in session.scalars(select(Backup))}
    return [at[each] for each in backups.backup_health(session, now=LATER).failures], None


def _without_barcode(session: Session, cast: Cast) -> Shown:
    return [key for key, _name, _brand in products_without_barcode(session, cast.ana, "zeta")], None


def _to_add(session: Session, cast: Cast) -> Iterable[Any]:
    return find_products(session, cast.ana, plan(session, cast), "zeta")


def _drawn(session: Session, cast: Cast) -> Shown:
    points = product_page(session, cast.ana, cast.tomatoes).points
    return list(dict.fromkeys(point.store_id for point in points)), None


def _prices_seen(session: Session, cast: Cast) -> Shown:
    run_id = bring_to(session, cast, Phase.SHOPPING)
    at = {row.price: row.id for row in session.scalars(select(PriceObservation))}
    lines = list(shopping_list(session, cast.ana, run_id).items.values())
    return [at[seen.amount] for line in lines for seen in line.prices], None


def _dayless_last(run: Any) -> Any:
    return run.shopping_day is None, run.shopping_day or NOW.date(), run.id


ENDING: dict[str, Ending] = {
    "sessions": Ending(
        "settings.page_size", rows.sessions, by_id, _plain(lambda s, c: profile(s, c.eva, now=NOW).sessions), True
    ),
    "names of groups": Ending(
        "settings.groups_per_user", _evas_groups, by_id, lambda s, c: (names_around(s, c.eva.id)[2:], None)
    ),
    "open runs of a group": Ending(
        "admin_groups.RUNS", rows.runs, by_id, _plain(lambda s, c: group_inside(s, c.ada, c.group_id).open_runs), True
    ),
    "open runs of a card": Ending("groups.CARD_RUNS", rows.runs, _dayless_last, _card),
    "what waits": Ending("groups.NEEDS", rows.runs, _dayless_last, _home),
    "open runs to a store": Ending(
        "settings.page_size",
        rows.runs,
        _dayless_last,
        _plain(lambda s, c: store_page(s, c.ana, c.store_id).runs, lambda run: UUID(run.id)),
    ),
    "newest stores": Ending(
        "catalogue.FOUND", rows.stores, by_id, _plain(lambda s, c: find_stores(s, c.ana, "")), True
    ),
    "stores by name": Ending(
        "catalogue.FOUND", rows.stores, attrgetter("name_key"), _plain(lambda s, c: find_stores(s, c.ana, "zeta"))
    ),
    "products to add": Ending("catalogue.FOUND", rows.products, by_name, _plain(_to_add)),
    "no longer sold": Ending(
        "catalogue_file.MOST_GONE",
        rows.goods_there,
        attrgetter("name_key", "id"),
        _plain(lambda s, c: gone_from(s, c.store_id, None, ()), lambda row: row[0]),
    ),
    "incidents": Ending(
        "dashboard.SHOWN", rows.incidents, by_id, _plain(lambda s, c: dashboard(s, c.ada, now=NOW).incidents), True
    ),
    "backups that failed": Ending("backups.TRIES", rows.backups, attrgetter("started_at"), _failures, True),
    "lists to verify": Ending(
        "imports.SHOWN", rows.lists_of_a_group, by_id, _plain(lambda s, c: unverified_lists(s, c.ada)), True
    ),
    "imports": Ending(
        "imports.LISTED", rows.imports, by_id, _plain(lambda s, c: recent_imports(s, c.ana, now=NOW)), True
    ),
    "stores of a product": Ending("prices.STORES", rows.seen_at_stores, by_id, _figures),
    "stores that are drawn": Ending("prices.LINES", rows.seen_at_stores, by_id, _drawn),
    "products without a barcode": Ending("prices.OFFERED", rows.products, by_name, _without_barcode),
    "products looked through": Ending("prices.LOOKED_THROUGH", rows.products, by_name, _without_barcode),
    "products while typing": Ending(
        "search.FEW", rows.namesakes, by_id, partial(_hits, typed="zebra", kind="products")
    ),
    "stores while typing": Ending(
        "search.FEW", rows.stores, attrgetter("name_key"), partial(_hits, typed="zeta", kind="stores")
    ),
    "groups while typing": Ending(
        "search.FEW", _evas_groups, by_id, lambda s, c: _hits(s, replace(c, ana=c.eva), "zeta", "groups")
    ),
    "all results": Ending(
        "search.MOST", rows.namesakes, by_id, partial(_hits, typed="zebra", kind="products", view=results)
    ),
    "all results within a name": Ending(
        "search.MOST", rows.namesakes, by_id, partial(_hits, typed="ebra", kind="products", view=results)
    ),
    "all results by a tag": Ending(
        "search.MOST", rows.on_a_tag, by_id, partial(_hits, typed="quux", kind="products", view=results)
    ),
    "all stores": Ending(
        "search.STORES", rows.stores, attrgetter("name_key"), partial(_hits, typed="zeta", kind="stores", view=results)
    ),
    "tags while typing": Ending(
        "tags.FOUND",
        rows.tags,
        lambda tag: (not half(tag.id), tag.name_key, tag.id),
        _plain(lambda s, c: find_tags(s, c.ana, "", "tag")),
    ),
    "prices while shopping": Ending("shopping.RECENT", rows.sightings, by_id, _prices_seen, True),
    "tags of a run": Ending("tags.MOST_TAGS", _tags_of_a_run, _kind_and_name, _plain(_run_tags)),
}


@pytest.mark.parametrize("name", ENDING)
def test_a_list_ends_where_it_says_with_the_first_rows(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    case = ENDING[name]
    _set(monkeypatch, case.bound, SIZE)

    for more, made in zip((False, True), _rows(session, cast, case.make), strict=False):
        expected = [row.id for row in sorted(made, key=case.order, reverse=case.backwards)]
        if case.bound == "settings.groups_per_user":
            expected = ["Zeta"] * len(expected)
        shown, says_more = case.look(session, cast)

        assert list(shown) == expected[:SIZE]
        assert says_more in (None, more)


def test_a_table_counts_to_an_end(session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    monkeypatch.setattr(listing, "COUNTED", SIZE)

    for more, made in zip((False, True), _rows(session, cast, rows.entries), strict=False):
        found = audit_log(session, cast.ada, Wish(page=2, filters={"from": FIRST}))

        assert (found.total, found.more, found.page, found.pages) == (SIZE, more, 2, 2)
        assert len(found.rows) == min(2, len(made) - 2)


def test_a_larger_catalogue_is_listed_as_far_as_the_store_has_it(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bulq.queries.listed.LISTED", SIZE + 2)  # rice and tomatoes are there already

    for is_all, made in zip((True, False), _rows(session, cast, rows.goods_there), strict=False):
        found, says_all = products_at(session, cast.store_id, "EUR", cast.group_id)
        expected = [str(row.id) for row in sorted(made, key=by_name)]

        assert says_all == is_all
        assert [row[0] for row in found][: len(made)] == expected
        assert len(found) == len(made) + 2 * is_all

    monkeypatch.setattr("bulq.queries.listed.LISTED", SIZE)
    assert [row[0] for row in products_at(session, cast.store_id, "EUR", cast.group_id)[0]] == expected[:SIZE]


def test_an_invitation_names_who_joined_first_and_what_is_bought_next(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bulq.queries.invitations.PEOPLE", SIZE + 1)
    monkeypatch.setattr("bulq.queries.invitations.RUNS", SIZE)
    token = session.get_one(Group, cast.group_id).invite_token
    for n, name in enumerate(("Zora", "Yves")):
        groups.join_group(session, person(session, name), token, now=NOW + (n + 1) * DAY)
    made = rows.runs(session, cast, [IDS[at] for at in ORDER])
    for n, run in enumerate(made):
        run.shopping_day = NOW.date() + n * DAY
    session.flush()

    found = invitation(session, None, token)

    assert (found.people, found.members) == (("Ana", "Bojan", "Mila", "Zora"), 5)
    assert [run.shopping_day for run in found.runs] == [run.shopping_day for run in made[:SIZE]]


def test_the_offers_for_the_least_are_shown(session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bulq.queries.newest.MOST_OFFERS", SIZE)
    for count, minimum in enumerate((2000, 0, 3000, 1000), 1):
        added(session, [rows.seen(cast, cast.tomatoes, cast.store_id, IDS[count], minimum_quantity=minimum)])
        (store,) = product_page(session, cast.ana, cast.tomatoes).stores
        minimums = [offer.minimum for offer in store.offers]

        assert minimums == ([0, 1000, 2000] if count == 4 else sorted((2000, 0, 3000)[:count]))


def test_many_days_are_drawn_thinned_and_the_last_one_stays(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bulq.queries.prices.POINTS", SIZE)
    days = [NOW.date() + n * DAY for n in range(7)]
    drawn: list[int] = []
    for n, day in enumerate(days):
        seen = rows.seen(cast, cast.tomatoes, cast.store_id, IDS[n])
        seen.day = day
        added(session, [seen])
        points = product_page(session, cast.ana, cast.tomatoes).points
        drawn.append(len(points))

        assert [point.day for point in points] == sorted({point.day for point in points}) and points[-1].day == day

    assert drawn == [1, 2, 3, 3, 3, 3, 3]


def test_what_was_seen_too_often_to_be_moved_at_once_stays(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "MOST_SIGHTINGS", SIZE)
    (kept,) = rows.stores(session, cast, IDS[-1:])

    for too_many, _made in zip((False, True), _rows(session, cast, rows.sightings), strict=False):
        found = merging.against_stores(session, cast.store_id, kept.id)
        assert isinstance(found, Conflict) == too_many


def test_of_pairs_equally_alike_the_same_are_shown(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bulq.queries.duplicates.SHOWN", SIZE)
    made = rows.users(session, cast, [IDS[at] for at in ORDER[:4]])
    for row in made:
        row.search_key = "zoe"
    session.flush()

    shown = [(pair.kept, pair.duplicate) for pair in likely_users(session, cast.ada)]

    first, *others = sorted(row.id for row in made)
    assert shown == [(first, each) for each in others]


def test_of_two_backups_at_once_the_later_one_counts(session: Session, cast: Cast) -> None:
    settings.backup_target = "file:///nowhere"
    made = rows.backups(session, cast, [IDS[at] for at in ORDER])
    for row in made:
        row.started_at = NOW
    session.flush()

    health = backups.backup_health(session, now=LATER)
    assert health.troubles[backups.FAILED] == IDS[-1].hex

    for row in made:
        row.proved_at, row.error = NOW, ""
    session.flush()
    found = backups.last_good(session)
    assert found is not None and found.id == IDS[-1]


# Bounds of what nobody sees as a list, each with what ends there.
INNER = {
    "audit._typed": "a text",
    "catalogue_file._prices": "the columns of a row",
    "dashboard.WEEKS": "always as many",
    "duplicates.ALIKE": "a share of letters",
    "duplicates.BESIDE": "neighbours that are compared",
    "duplicates.LATELY": "what is compared with its neighbours",
    "group_export.AT_ONCE": "a whole group, read piece by piece to the end",
    "integrity.LONGEST": "a text",
    "money._people": "the columns of a row",
    "money_needs.MOST": "as many as home has room for, those who wait longest first",
    "integrity.remembered": "a text",
    **{f"listed.{name}": "the place of a column" for name in ("ID", "OFFERS", "NAME_KEY", "OWN_KEYS", "TERMS")},
    "listing.WORDS": "words that are looked for",
    "product.ORDINARY": "as many as the card has room for, of those that are looked through",
    "savings.NEWEST": "prices that are looked through for the usual one",
    "savings.RUNS": "as many as a chart has room for, the newest",
    "run_facts.FEW": "rows that are read again one by one",
    "listing.typed_key": "a text",
    "merged.STEPS": "steps from one that was merged to the one that was kept",
    "search.RANKED": "names of which the best are shown",
    "searching.MOST_WORDS": "words that are looked for",
    "search.TAGS": "tags whose products are shown",
    "stores.SPREAD": "one of two ways to the same order",
    "terms.CORRECTIONS": "spellings that are tried",
    "terms.NEIGHBOURS": "words a misspelt one is compared with",
}

# Bounds with a test of their own above.
OTHER = {
    "invitations.PEOPLE": "test_an_invitation_names_who_joined_first_and_what_is_bought_next",
    "invitations.RUNS": "test_an_invitation_names_who_joined_first_and_what_is_bought_next",
    "duplicates.SHOWN": "test_of_pairs_equally_alike_the_same_are_shown",
    "listed.LISTED": "test_a_larger_catalogue_is_listed_as_far_as_the_store_has_it",
    "listing.COUNTED": "test_a_table_counts_to_an_end",
    "merging.MOST_SIGHTINGS": "test_what_was_seen_too_often_to_be_moved_at_once_stays",
    "newest.MOST_OFFERS": "test_the_offers_for_the_least_are_shown",
    "prices.POINTS": "test_many_days_are_drawn_thinned_and_the_last_one_stays",
}
SETTINGS = {"settings.page_size", "settings.groups_per_user"}
# Views with pages, and those that others of them call.
VIEWS = {
    "admin_groups.groups_list": "groups",
    "audit.audit_log": "audit",
    "audit.audit_batch": "audit",
    "catalogue_file.export_rows": "catalogue",
    "curating.products_list": "products",
    "curating.stores_list": "stores",
    "curating.tags_list": "tags",
    "groups.group_page": "ended runs",
    "listing.list_page": "audit",
    "money.money_page": "money",
    "money_history.entries_on": "money",
    "notices.notifications": "notifications",
    "own_data.own_data": "own data",
    "prices.product_page": "sightings",
    "product.product_facts": "sightings",
    "search.products_named": "products looked through",
    "search.results": "results",
    "stores.store_page": "goods at a store",
    "terms.that_begin": "results",
    "terms.that_hold": "results within a name",
    "users.users_list": "users",
}


class Bounds(NamedTuple):
    """What the modules of views bound: named numbers, numbers that have no name, and views that take a page."""

    named: set[str]
    nameless: set[str]
    paged: set[str]


def _bounds() -> Bounds:
    found = Bounds(set(), set(), set())
    for path in sorted(Path(bulq.queries.__path__[0]).glob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        for statement in tree.body:
            if isinstance(statement, ast.Assign):
                names = [name.id for name in ast.walk(statement.targets[0]) if isinstance(name, ast.Name)]
                value = statement.value.elts[0] if isinstance(statement.value, ast.Tuple) else statement.value
                if isinstance(value, ast.Constant) and isinstance(value.value, int):
                    found.named.update(f"{path.stem}.{name}" for name in names)
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            called = f"{path.stem}.{function.name}"
            arguments = {each.arg for each in (*function.args.args, *function.args.kwonlyargs)}
            if arguments & {"page", "wish", "after", "place", "most", "limit", "offset"} and function.name[0] != "_":
                found.paged.add(called)
            for node in ast.walk(function):
                bound = _bound(node)
                if isinstance(bound, ast.Constant) and isinstance(bound.value, int) and bound.value > 1:
                    found.nameless.add(called)
                elif isinstance(bound, ast.Attribute):
                    found.named.add(ast.unparse(bound))
    return found


def _bound(node: ast.AST) -> ast.expr | None:
    """What a query or a list is cut off at."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "limit":
        return node.args[0]
    return node.upper if isinstance(node, ast.Slice) else None


def test_every_view_with_pages_or_an_end_is_tried() -> None:
    found = _bounds()
    tried = (
        {"listing.PAGE"}
        | {case.bound for case in (*PAGED.values(), *ENDING.values())}
        | {bound for bound, *_ in BATCHES.values()}
    )
    cases = {*PAGED, *TABLES, *ENDING, *BATCHES}

    assert found.named <= {*tried, *OTHER, *INNER}
    assert found.paged == VIEWS.keys() and set(VIEWS.values()) <= cases
    assert found.nameless <= INNER.keys()
    assert {*tried, *OTHER, *INNER} <= found.named | found.nameless | SETTINGS
    assert all(test in globals() for test in OTHER.values())
