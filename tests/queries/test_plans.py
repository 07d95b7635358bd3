"""Pages stay quick as the village grows: no view reads a big table from end to end."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import md5
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Session

from bulq import db
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.phases import Phase
from bulq.models.base import new_id
from bulq.queries import (
    access,
    accounts,
    admin_groups,
    audit,
    catalogue,
    catalogue_file,
    curating,
    dashboard,
    duplicates,
    groups,
    imports,
    invitations,
    merged,
    merging,
    merging_people,
    notices,
    people,
    pick_up,
    prices,
    runs,
    search,
    shares,
    shopping,
    tags,
    users,
)
from bulq.queries import stores as store_views
from bulq.queries.listing import Wish
from bulq.services import accounts as signing_in
from bulq.services import bids, pickup
from tests import cast, databases

BIG = {
    "allocations", "audit_entries", "bid_raises", "bids", "catalogue_imports", "list_items", "memberships",
    "notifications", "participants", "phase_entries", "price_observations", "product_aliases", "product_tags",
    "products", "purchases", "runs", "search_terms", "search_words", "user_sessions", "users",
}  # fmt: skip

# 2,000 people in 200 groups, each with ten runs of the past, 5,000 products, 20,000 bids, and what comes of them.
SEED = """
INSERT INTO users (id, name, username, username_key, password_hash, is_admin, language, theme, created_at)
  SELECT md5('u' || n)::uuid, 'Person ' || n, 'person' || n, 'person' || n, repeat('x', 97), false, 'en', 'system',
    now()
  FROM generate_series(0, 1999) n;
INSERT INTO users (id, name, username, username_key, search_key, password_hash, is_admin, language, theme, created_at)
  SELECT md5('v' || n)::uuid, 'Visitor ' || n, 'visitor' || n, 'visitor' || n, 'visitor ' || n, repeat('x', 97), false,
    'en', 'system', now() FROM generate_series(0, 19999) n;
INSERT INTO user_sessions (id, user_id, token_hash, created_at, seen_at, user_agent)
  SELECT gen_random_uuid(), id, md5(id::text || n), now(), now(), '' FROM users, generate_series(1, 2) n
  WHERE name LIKE 'Person%';
INSERT INTO groups (id, name, currency, time_zone, fair_rule, invite_token, joining_open, created_by, created_at)
  SELECT md5('g' || n)::uuid, 'Group ' || n, 'EUR', 'Europe/Belgrade', 'proportional', 'token' || n, true,
    md5('u' || n)::uuid, now() FROM generate_series(0, 199) n;
INSERT INTO audit_entries (id, at, actor_id, actor_name, address, action, subject_kind, subject_id, subject_name,
    details, topic, words)
  SELECT gen_random_uuid(), now() - n * interval '1 minute', md5('u' || n % 2000)::uuid, 'Person', '', 'user_locked',
    'user', md5('u' || n % 1999)::uuid, 'Person', '{}', 'accounts', 'person ' || n FROM generate_series(0, 19999) n;
INSERT INTO memberships (id, group_id, user_id, is_admin, joined_at)
  SELECT gen_random_uuid(), md5('g' || n % 200)::uuid, md5('u' || n)::uuid, n < 200, now()
  FROM generate_series(0, 1999) n;
INSERT INTO products (id, name, name_key, brand, brand_key, unit, step, created_by, created_at)
  SELECT md5('p' || n)::uuid, 'Product ' || n, 'product ' || n, 'Brand', 'brand', 'pack', 1000, md5('u0')::uuid, now()
  FROM generate_series(0, 4999) n;
INSERT INTO products (id, name, name_key, brand, brand_key, unit, step, created_by, created_at)
  SELECT md5('q' || n)::uuid, 'Sight ' || n, 'sight ' || n, '', '', 'pack', 1000, md5('v' || n)::uuid, now()
  FROM generate_series(0, 19999) n;
INSERT INTO search_terms (id, kind, target_id, key)
  SELECT row_number() OVER (), 'product', id, ' ' || name_key || ' brand ' || md5(id::text || n)
  FROM products, generate_series(1, 5) n WHERE brand <> '';
INSERT INTO search_words (id, word, backwards)
  SELECT gen_random_uuid(), md5(n::text), reverse(md5(n::text)) FROM generate_series(0, 4999) n;
INSERT INTO tags (id, kind, name, name_key, created_by, created_at)
  SELECT md5('t' || n)::uuid, 'other', 'Tag ' || n, 'tag ' || n, md5('u0')::uuid, now() FROM generate_series(0, 99) n;
INSERT INTO product_tags (id, product_id, tag_id, created_by, created_at)
  SELECT gen_random_uuid(), md5('p' || n)::uuid, md5('t' || n % 100)::uuid, md5('u0')::uuid, now()
  FROM generate_series(0, 4999) n;
INSERT INTO search_terms (id, kind, target_id, key)
  SELECT -row_number() OVER (), 'tag', id, ' ' || name_key FROM tags;
INSERT INTO product_aliases (id, product_id, name, name_key, language, created_by, created_at)
  SELECT gen_random_uuid(), md5('p' || n)::uuid, 'Proizvod ' || n, 'proizvod ' || n, 'sr', md5('u0')::uuid, now()
  FROM generate_series(0, 4999) n;
INSERT INTO stores (id, name, name_key, chain, address, time_zone, created_by, created_at)
  SELECT md5('s' || n)::uuid, 'Store ' || n, 'store ' || n, '', '', '', md5('u0')::uuid, now()
  FROM generate_series(0, 49) n;
INSERT INTO price_observations (id, product_id, store_id, currency, price, note, day, seen_by, seen_at)
  SELECT gen_random_uuid(), md5('p' || n)::uuid, CASE WHEN n % 50 = 0 THEN :store ELSE md5('s' || n % 50)::uuid END,
    'EUR', 100 + n, '', current_date - d, md5('u0')::uuid, now() - d * interval '1 day'
  FROM generate_series(0, 4999, 2) n, generate_series(0, 1) d;
INSERT INTO stores (id, name, name_key, chain, address, time_zone, created_by, created_at)
  VALUES (md5('busy')::uuid, 'Busy', 'busy', '', '', '', md5('u0')::uuid, now());
INSERT INTO price_observations (id, product_id, store_id, currency, price, note, day, seen_by, seen_at)
  SELECT gen_random_uuid(), md5('q' || n)::uuid, md5('busy')::uuid, 'EUR', 100 + n, '', current_date, md5('u0')::uuid,
    now() FROM generate_series(0, 19999, 2) n;
INSERT INTO price_observations (id, product_id, store_id, currency, price, note, day, seen_by, seen_at)
  SELECT gen_random_uuid(), md5('q' || n)::uuid, md5('s' || (n + d) % 50)::uuid, 'EUR', 100 + n, '', current_date,
    md5('u0')::uuid, now() FROM generate_series(0, 19999) n, generate_series(0, 1) d;
INSERT INTO catalogue_imports (id, name, state, created_by, created_at, store_id, group_id, taken_at,
    verified_at, counts)
  SELECT gen_random_uuid(), 'list.csv', 'closed', md5('u' || n % 2000)::uuid, now(), md5('s' || n % 50)::uuid,
    md5('g' || n % 200)::uuid, now(), now(), '{}' FROM generate_series(0, 9999) n;
INSERT INTO runs (id, group_id, store_id, leader_id, phase, note, cancel_reason, created_at, ended_at)
  SELECT md5('r' || n)::uuid, md5('g' || n % 200)::uuid, :store, md5('u' || n % 200)::uuid, 'completed', '', '',
    now() - n * interval '1 hour', now() - n * interval '1 hour' FROM generate_series(0, 1999) n;
INSERT INTO phase_entries (id, run_id, phase, entered_at)
  SELECT gen_random_uuid(), id, was, now() FROM runs, unnest(ARRAY['planning', 'active', 'completed']) was;
INSERT INTO participants (id, run_id, user_id, joined_at)
  SELECT gen_random_uuid(), md5('r' || n)::uuid, md5('u' || n % 200 + 200 * m)::uuid, now()
  FROM generate_series(0, 1999) n, generate_series(0, 4) m;
INSERT INTO bids (id, run_id, user_id, product_id, quantity, note, created_at, updated_at)
  SELECT md5('b' || n || '-' || m || '-' || p)::uuid, md5('r' || n)::uuid, md5('u' || n % 200 + 200 * m)::uuid,
    md5('p' || (n * 2 + p) % 5000)::uuid, 1000, '', now(), now()
  FROM generate_series(0, 1999) n, generate_series(0, 4) m, generate_series(0, 1) p;
INSERT INTO bid_raises (id, bid_id, quantity, made_at) SELECT gen_random_uuid(), id, 1000, now() FROM bids;
INSERT INTO list_items (id, run_id, product_id, wanted, bought, line_total, missing)
  SELECT md5('i' || n || '-' || p)::uuid, md5('r' || n)::uuid, md5('p' || (n * 2 + p) % 5000)::uuid, 5000, 5000, 500,
    false FROM generate_series(0, 1999) n, generate_series(0, 1) p;
INSERT INTO receipts (id, run_id, day, revision, reason, added_by, added_at)
  SELECT id, id, now(), 1, '', leader_id, now() FROM runs;
INSERT INTO receipt_payers (id, run_id, receipt_id, user_id) SELECT gen_random_uuid(), id, id, leader_id FROM runs;
INSERT INTO costs (id, run_id, receipt_id, kind, rule, amount, note, added_by, added_at)
  SELECT id, id, id, 'fee', 'value', 100, '', leader_id, now() FROM runs;
INSERT INTO purchases (id, run_id, receipt_id, item_id, quantity, total, payer_id, bought_by, bought_at)
  SELECT gen_random_uuid(), r.id, r.id, i.id, 5000, 500, r.leader_id, r.leader_id, now() FROM list_items i
  JOIN runs r ON r.id = i.run_id;
INSERT INTO allocations (id, run_id, item_id, user_id, quantity)
  SELECT gen_random_uuid(), i.run_id, i.id, b.user_id, 1000 FROM list_items i
  JOIN bids b ON b.run_id = i.run_id AND b.product_id = i.product_id ON CONFLICT DO NOTHING;
INSERT INTO statement_lines (id, run_id, item_id, user_id, kind, quantity, amount, entered_at)
  SELECT gen_random_uuid(), run_id, item_id, user_id, 'goods', 1000, 100, now() FROM allocations;
INSERT INTO notifications (id, user_id, kind, details, count, created_at, updated_at, read_at)
  SELECT gen_random_uuid(), u.id, 'phase', '{}', 1, now(), now() - n * interval '1 hour',
    CASE WHEN n > 2 THEN now() END FROM users u, generate_series(0, 4) n WHERE u.name LIKE 'Person%';
"""


@pytest.fixture(scope="module")
def village(postgresql: databases.PostgreSQL) -> Iterator[tuple[cast.World, str]]:
    url = postgresql.new_database("village")
    databases.migrate(url)
    db.connect(url)
    with db.transaction() as session:
        world = cast.build(session)
        session.flush()
        for statement in SEED.split(";\n"):
            if statement.strip():
                values = {"store": world.cast.store_id} if ":store" in statement else {}
                session.execute(text(statement), values)
    with db.engine().connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))
    yield world, url
    db.engine().dispose()


@pytest.fixture(autouse=True)
def on_the_village(village: tuple[cast.World, str]) -> Iterator[None]:
    settings.database_url = village[1]
    db.connect(village[1])
    yield
    db.engine().dispose()


@contextmanager
def explained(connection: Connection) -> Iterator[list[str]]:
    """The tables that what is sent within the block reads from end to end, each with its statement."""
    sent: list[tuple[str, Any]] = []

    def remember(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            sent.append((statement, parameters))

    found: list[str] = []
    event.listen(connection, "before_cursor_execute", remember)
    try:
        yield found
    finally:
        event.remove(connection, "before_cursor_execute", remember)
    for statement, parameters in sent:
        plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
        plan = json.loads(plan) if isinstance(plan, str) else plan
        found += [f"{table}: {statement}" for table in _scanned(plan[0]["Plan"]) if table in BIG]


def _scanned(node: dict[str, Any], limited: bool = False) -> Iterator[str]:
    """What a limit ends before the end of the table is no such thing, unless something must have all rows first."""
    kind = node["Node Type"]
    if kind == "Seq Scan" and not limited:
        yield node["Relation Name"]
    limited = kind == "Limit" or (limited and kind in ("Nested Loop", "Result", "Subquery Scan"))
    for child in node.get("Plans", []):
        yield from _scanned(child, limited and child["Parent Relationship"] == "Outer")


Look = Callable[[Session, Actor, dict[Phase, UUID], cast.Cast], object]

LOOKS: dict[str, Look] = {
    "session": lambda s, ana, runs_, c: signing_in.actors_for(s, {"0" * 64, "1" * 64}, now=cast.LATER),
    "header": lambda s, ana, runs_, c: accounts.me(s, ana),
    "profile": lambda s, ana, runs_, c: accounts.profile(s, ana, now=cast.LATER),
    "home": lambda s, ana, runs_, c: groups.home(s, ana),
    "group": lambda s, ana, runs_, c: groups.group_page(s, ana, c.group_id),
    "manage": lambda s, ana, runs_, c: groups.manage_page(s, ana, c.group_id),
    "invitation": lambda s, ana, runs_, c: invitations.invitation(s, ana, "token7"),
    "members": lambda s, ana, runs_, c: people.members_of(s, c.group_id),
    "notifications": lambda s, ana, runs_, c: notices.notifications(s, ana),
    **{
        f"search for {typed}": lambda s, ana, runs_, c, typed=typed: search.search(s, ana, typed)
        for typed in ("me", "metro", "number 12", "prodcut", "basmati", "tag 99")
    },
    **{
        f"results for {typed}": lambda s, ana, runs_, c, typed=typed, page=page: search.results(
            s, ana, typed, page=page
        )
        for typed, page in (("tag 77", 1), ("product", 3), ("prodcut", 1), ("basmati", 1), ("store 7", 1))
    },
    "found while tagging": lambda s, ana, runs_, c: tags.find_tags(s, ana, "other", "tag 9"),
    "tags of a product": lambda s, ana, runs_, c: tags.known_as(s, ana, c.rice),
    "tags of a run": lambda s, ana, runs_, c: tags.tags_in(s, runs_[Phase.ACTIVE]),
    "stores": lambda s, ana, runs_, c: catalogue.find_stores(s, ana, "met"),
    **{
        f"run in {phase}": lambda s, ana, runs_, c, phase=phase: runs.run_view(s, ana, runs_[phase])
        for phase in (Phase.ACTIVE, Phase.SHOPPING, Phase.ADJUSTING, Phase.DISTRIBUTING, Phase.COMPLETED)
    },
    "shopping": lambda s, ana, runs_, c: shopping.shopping_list(s, ana, runs_[Phase.SHOPPING]),
    "statements": lambda s, ana, runs_, c: pick_up.pick_up(s, ana, runs_[Phase.DISTRIBUTING]),
    "fair split": lambda s, ana, runs_, c: shares.fair_shares(s, access.run_for(s, ana, runs_[Phase.ADJUSTING])),
    "bid": lambda s, ana, runs_, c: bids.place_bid(s, ana, runs_[Phase.ACTIVE], c.rice, 3000, now=cast.LATER),
    "product": lambda s, ana, runs_, c: prices.product_page(s, ana, c.rice),
    "product, further back": lambda s, ana, runs_, c: prices.product_page(
        s, ana, numbered("p0"), currency="EUR", page=2
    ),
    "any store": lambda s, ana, runs_, c: store_views.store_page(s, ana, numbered("s8")),
    "store": lambda s, ana, runs_, c: store_views.store_page(s, ana, c.store_id),
    "busy store": lambda s, ana, runs_, c: store_views.store_page(s, ana, numbered("busy"), page=3),
    "busy store, searched": lambda s, ana, runs_, c: store_views.store_page(s, ana, numbered("busy"), q="sight 99"),
    "list to add from": lambda s, ana, runs_, c: catalogue.find_products(s, ana, runs_[Phase.ACTIVE], "number 12"),
    "merged away": lambda s, ana, runs_, c: merged.kept_instead(s, ana, "product", new_id()),
    "store, searched": lambda s, ana, runs_, c: store_views.store_page(s, ana, c.store_id, q="rice", page=3),
    "barcode": lambda s, ana, runs_, c: prices.product_by_barcode(s, ana, "4006381333931"),
    "without a barcode": lambda s, ana, runs_, c: prices.products_without_barcode(s, ana, "number 12"),
    "name and brand": lambda s, ana, runs_, c: prices.product_named(s, ana, "Product 7", "Brand"),
    "pick-up": lambda s, ana, runs_, c: pickup.pick_up_all(
        s, ana, runs_[Phase.DISTRIBUTING], c.bojan.id, now=cast.LATER
    ),
}


# What admins look at: lists of everything, which the database counts as far as they are counted, and reads by pages.
LISTS: dict[str, Callable[[Session, Actor, Wish], object]] = {
    "users": lambda s, ada, wish: users.users_list(s, ada, wish, now=cast.LATER),
    "groups": admin_groups.groups_list,
    "products": curating.products_list,
    "stores": curating.stores_list,
    "tags": curating.tags_list,
    "record": audit.audit_log,
}
WISHES = {
    "all": Wish(),
    "found": Wish("product 4999"),
    "unused": Wish(filters={"which": "unused"}),
    "unverified, newest first": Wish(sort="-created", filters={"which": "unverified"}),
    "locked": Wish(filters={"who": "locked", "state": "closed", "topic": "accounts"}),
}
ADMIN: dict[str, Look] = {
    **{
        f"list of {what}, {how}": lambda s, ada, runs_, c, what=what, how=how: LISTS[what](s, ada, WISHES[how])
        for what in LISTS
        for how in WISHES
    },
    "lists to verify": lambda s, ada, runs_, c: imports.unverified_lists(s, ada),
    "dashboard": lambda s, ada, runs_, c: dashboard.dashboard(s, ada, now=cast.LATER),
    "group": lambda s, ada, runs_, c: admin_groups.group_inside(s, ada, c.group_id),
    **{
        f"likely {each.__name__}": lambda s, ada, runs_, c, each=each: each(s, ada)
        for each in (
            duplicates.likely_products,
            duplicates.likely_stores,
            duplicates.likely_tags,
            duplicates.likely_users,
        )
    },
    "two products": lambda s, ada, runs_, c: merging.product_merge(s, ada, c.rice, c.tomatoes),
    "two stores": lambda s, ada, runs_, c: merging.store_merge(s, ada, numbered("s1"), numbered("s2")),
    "two accounts": lambda s, ada, runs_, c: merging_people.user_merge(s, ada, c.bojan.id, c.mila.id),
    "catalogue as a file": lambda s, ada, runs_, c: catalogue_file.export_rows(s, ada, ("product 3", "", c.rice)),
    "record as a file": lambda s, ada, runs_, c: audit.audit_batch(s, ada, Wish("ana")),
}


# What a page may read whole after all.
FEW_BY_ID = "a few hundred of them by their ids, for which the planner finds all as cheap as long as they are so few"
MAY: dict[str, tuple[set[str], str]] = {
    "list of products, unused": (
        {"products", "bids", "list_items", "price_observations"},
        "it asks what is nowhere",
    ),
    "list to add from": ({"products"}, "thousands of them at once, kept for all who ask"),
    "dashboard": ({"users", "products", "price_observations"}, "it counts everything, twice a minute at the most"),
    "likely likely_products": ({"products"}, FEW_BY_ID),
    "likely likely_users": ({"users"}, FEW_BY_ID),
    "two accounts": ({"purchases", "price_observations"}, "an index for this would cost every purchase and price"),
}


def numbered(name: str) -> UUID:
    """An id of the seed."""
    return UUID(md5(name.encode()).hexdigest())


@pytest.mark.parametrize("name", ADMIN)
def test_no_page_of_the_admins_does(village: tuple[cast.World, str], name: str) -> None:
    world = village[0]
    with Session(db.engine()) as session, explained(session.connection()) as found:
        ADMIN[name](session, world.cast.ada, world.runs, world.cast)

    may, _why = MAY.get(name, (set(), ""))
    assert {each.partition(":")[0] for each in found} <= may


@pytest.mark.parametrize("name", LOOKS)
def test_no_page_reads_a_big_table_from_end_to_end(village: tuple[cast.World, str], name: str) -> None:
    world = village[0]
    with Session(db.engine()) as session, explained(session.connection()) as found:
        LOOKS[name](session, world.cast.ana, world.runs, world.cast)
        session.flush()

    may, _why = MAY.get(name, (set(), ""))
    assert {each.partition(":")[0] for each in found} <= may, found


def test_a_scan_would_be_noticed(village: tuple[cast.World, str]) -> None:
    with Session(db.engine()) as session, explained(session.connection()) as found:
        session.execute(text("SELECT * FROM bids WHERE note = :note"), {"note": str(new_id())})

    assert [each.partition(":")[0] for each in found] == ["bids"]
