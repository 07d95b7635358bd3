"""A server that has been used for years: python -m bench.seed_large [--url postgresql://…] fills an empty database.

100,000 products with a million prices, 100,000 people in 10,000 groups, 300 stores; always the same.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import Any
from uuid import UUID

from psycopg import Connection
from sqlalchemy import create_engine
from sqlmodel import SQLModel

from bench.copying import copy_rows, without_indexes
from bulq import migrations
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.catalogue import Named, TagKind
from bulq.domain.phases import Phase
from bulq.domain.searching import may_be_misspelt, term_of
from bulq.domain.texts import name_key
from bulq.models import (
    Bid,
    Group,
    Membership,
    Participant,
    PhaseEntry,
    PriceObservation,
    Product,
    ProductAlias,
    ProductTag,
    Run,
    SearchTerm,
    SearchWord,
    Store,
    Tag,
    User,
)
from bulq.models.base import new_id

PRODUCTS, PRICES, USERS, GROUPS, STORES, TAGS = 100_000, 1_000_000, 100_000, 10_000, 300, 200
MUCH_SEEN = 10_000  # prices of the first product
MY_GROUPS, MY_RUNS, MY_MEMBERS = 50, 4, 30  # of the viewer: groups, open runs of each, people in each
DAYS = 730


def _words(text: str) -> list[str]:
    return text.split("|")


FIRST = _words("Ana|Bojan|Mila|Jelena|Nikola|Marko|Петар|Милица|Стефан|Јована|Ђорђе|Eva|Tomás|Zoë|Jürgen|Şule|Ágnes")
LAST = _words("Petrović|Ilić|Đorđević|Јовановић|Марковић|Костић|Gruber|Silva|Kovács|Novák|Żak|Müller|Yılmaz|Lukić")
GOODS = _words(
    "Basmati rice|Olive oil|Tomatoes|Пиринач|Шећер|Брашно тип 500|Coffee beans|Green tea|Chickpeas|Red lentils|"
    "Ajvar|Кајмак|Honey|Oat flakes|Sunflower seeds|Butter|Feta|Ементалер|Pasta penne|Спагети|Toilet paper|"
    "Dish soap|Apples|Јабука ајдаред|Oranges|Carrots|Kupus|Paprika|Beans|Пасуљ тетовац|Almonds|Cocoa|Šunka|Pršut"
)
KINDS = _words("organic|dry|fresh|домаћи|sweet|smoked|ground|whole|peeled|frozen|extra|mild|integralni|mladi")
SIZES = _words("250 g|500 g|1 kg|2 kg|5 kg|10 kg|25 kg|0,5 l|1 l|3 l|5 l|6 × 1 l|12 pack|24 pack")
CITIES = _words("Novi Sad|Beograd|Niš|Суботица|Čačak|Wien|Graz|Szeged|Zagreb|Split|Osijek|Temišvar")
CHAINS = _words("Metro|Lidl|Maxi|Рода|DIS|Univerexport|Spar|Hofer|Kaufland|Aroma")


@dataclass(frozen=True, slots=True)
class Large:
    """Whom and what the figures are measured with."""

    viewer: Actor  # in 50 groups with open runs
    admin: Actor
    product_id: UUID  # seen 10,000 times
    store_id: UUID  # where most was seen
    run_id: UUID  # an open run of the viewer's to that store


def seed_large(url: str) -> Large:
    """Fill the empty database at `url`, in one transaction. Without the checks of what refers to what, if we may."""
    migrations.upgrade(url)
    engine = create_engine(url)
    with engine.connect() as pooled:
        connection = pooled.connection.driver_connection
        assert isinstance(connection, Connection)
        if connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (True,):
            connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("SET LOCAL maintenance_work_mem = '256MB'")
        large = _Filling(connection).fill()
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")
    engine.dispose()
    return large


class _Filling:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.random = random.Random(2026)
        self.now = datetime.now(UTC).replace(microsecond=0)
        self.users = [new_id() for _ in range(USERS)]
        self.stores = [new_id() for _ in range(STORES)]
        self.products = [new_id() for _ in range(PRODUCTS)]
        self.groups = [new_id() for _ in range(GROUPS)]
        self.runs: list[UUID] = []

    def fill(self) -> Large:
        self._users()
        self._stores()
        self._products()
        self._search()
        self._prices()
        self._groups()
        return Large(
            viewer=Actor(self.users[0], "Ana Petrović", "person0"),
            admin=Actor(self.users[1], "Ada", "person1", is_admin=True),
            product_id=self.products[0],
            store_id=self.stores[0],
            run_id=self.runs[0],
        )

    def write(self, model: type[SQLModel], columns: str, rows: Iterator[tuple[object, ...]]) -> None:
        with without_indexes(self.connection, model):
            copy_rows(self.connection, model, columns.split(), rows)

    def ago(self, days: float) -> str:
        return (self.now - timedelta(days=days)).isoformat()

    def _users(self) -> None:
        def rows() -> Iterator[tuple[object, ...]]:
            for n, user in enumerate(self.users):
                name = f"{FIRST[n % len(FIRST)]} {LAST[n // len(FIRST) % len(LAST)]}"
                username, joined = f"person{n}", DAYS * (1 - n / USERS)
                locked = self.ago(1) if n % 500 == 499 else None
                seen = self.ago(joined * (n % 97) / 97)
                keys = username, username, name_key(f"{name} {username}")
                yield user, name, *keys, "unusable", n == 1, self.ago(joined), locked, seen

        self.write(
            User,
            "id name username username_key search_key password_hash is_admin created_at locked_at seen_at",
            rows(),
        )

    def _stores(self) -> None:
        def rows() -> Iterator[tuple[object, ...]]:
            for n, store in enumerate(self.stores):
                chain, city = CHAINS[n % len(CHAINS)], CITIES[n // len(CHAINS) % len(CITIES)]
                name = f"{chain} {city} {n}"
                yield store, name, name_key(name), chain, self.users[n], self.ago(DAYS)

        self.write(Store, "id name name_key chain created_by created_at", rows())

    def _products(self) -> None:
        self.write(
            Product,
            "id name name_key brand brand_key unit step barcode created_by created_at verified_at verified_by",
            self._product_rows(),
        )
        self.write(ProductAlias, "id product_id name name_key language created_by created_at", self._alias_rows())
        tags = [new_id() for _ in range(TAGS)]
        kinds = list(TagKind)
        self.write(
            Tag,
            "id kind name name_key created_by created_at",
            (
                (tag, kinds[n % len(kinds)], f"Tag {n}", f"tag {n}", self.users[n], self.ago(DAYS))
                for n, tag in enumerate(tags)
            ),
        )
        self.write(
            ProductTag,
            "id product_id tag_id created_by created_at",
            (
                (new_id(), product, tags[(n * 7 + more * 13) % TAGS], self.users[n], self.ago(100))
                for n, product in enumerate(self.products)
                for more in range(1 + n % 2)
            ),
        )

    def _product_rows(self) -> Iterator[tuple[object, ...]]:
        for n, product in enumerate(self.products):
            name = f"{GOODS[n % len(GOODS)]} {KINDS[n // 7 % len(KINDS)]} {SIZES[n // 3 % len(SIZES)]}"
            brand = f"{LAST[n // 11 % len(LAST)]} {n // 40}"
            verified = (self.ago(30), self.users[1]) if n % 3 == 0 else (None, None)
            barcode = f"{2_000_000_000_000 + n}" if n % 4 == 0 else None
            keys = name, name_key(name), brand, name_key(brand)
            yield product, *keys, "pack", 1000, barcode, self.users[n], self.ago(DAYS * (1 - n / PRODUCTS)), *verified

    def _alias_rows(self) -> Iterator[tuple[object, ...]]:
        for n in range(0, PRODUCTS, 5):
            name = f"{GOODS[(n + 5) % len(GOODS)]} {n}"
            yield new_id(), self.products[n], name, name_key(name), "", self.users[n], self.ago(100)

    def _search(self) -> None:
        """What search looks through, as services/search_terms.py would have written it."""
        # Read before: a connection that is being copied to answers nothing else.
        others = [
            (kind, thing, term_of(name))
            for kind, table in ((Named.STORE, "stores"), (Named.TAG, "tags"))
            for thing, name in self._named(table)
        ]
        words: set[str] = set()

        def rows() -> Iterator[tuple[object, ...]]:
            for number, (kind, thing, key) in enumerate(chain(others, self._product_terms()), 1):
                words.update(word for word in key.split() if may_be_misspelt(word))
                yield number, kind, thing, key

        self.write(SearchTerm, "id kind target_id key", rows())
        known = ((new_id(), word, word[::-1]) for word in sorted(words))
        self.write(SearchWord, "id word backwards", known)

    def _product_terms(self) -> Iterator[tuple[Named, object, str]]:
        brands: dict[object, str] = {}
        for product, _, name, _, brand, *_ in self._product_rows():
            brands[product] = str(brand)
            yield Named.PRODUCT, product, term_of(str(name), str(brand))
        for _, product, _, name, *_ in self._alias_rows():
            yield Named.PRODUCT, product, term_of(str(name), brands[product])

    def _named(self, table: str) -> list[tuple[UUID, str]]:
        query: Any = f"SELECT id, name_key FROM {table}"
        return self.connection.execute(query).fetchall()

    def _prices(self) -> None:
        self.write(PriceObservation, "id product_id store_id currency price day seen_by seen_at", self._price_rows())

    def _price_rows(self) -> Iterator[tuple[object, ...]]:
        """Of the first product one a day in twenty stores, then about ten of each; the first store is visited most."""
        days = [(day.date().isoformat(), day.isoformat()) for day in (self.now - timedelta(n) for n in range(DAYS))]
        products, stores, users = ([str(each) for each in ids] for ids in (self.products, self.stores, self.users))
        for n in range(MUCH_SEEN):
            day, moment = days[n // 20]
            yield str(new_id()), products[0], stores[n % 20], "EUR", str(700 + n % 97), day, users[n], moment
        draw = self.random.random
        for n in range(PRICES - MUCH_SEEN):
            product, turn = 1 + n % (PRODUCTS - 1), n // (PRODUCTS - 1)
            store = int(STORES * draw() ** 1.5)  # some are visited more
            day, moment = days[turn * 60 + product % 60]
            price = str(100 + product % 5000 + turn)
            yield str(new_id()), products[product], stores[store], "EUR", price, day, users[n % USERS], moment

    def _groups(self) -> None:
        def rows() -> Iterator[tuple[object, ...]]:
            for n, group in enumerate(self.groups):
                name = f"{CITIES[n % len(CITIES)]} {n}"
                yield (
                    group,
                    name,
                    "EUR",
                    "Europe/Belgrade",
                    f"token-{n}",
                    self.users[n],
                    self.ago(DAYS * (1 - n / GROUPS)),
                )

        self.write(Group, "id name currency time_zone invite_token created_by created_at", rows())
        members = [self._members(n) for n in range(GROUPS)]
        self.write(
            Membership,
            "id group_id user_id is_admin joined_at",
            (
                (new_id(), group, user, place == 0, self.ago(300))
                for group, people in zip(self.groups, members, strict=True)
                for place, user in enumerate(people)
            ),
        )
        self._runs(members)

    def _members(self, n: int) -> list[UUID]:
        """About ten, in the viewer's groups thirty."""
        others = [self.users[2 + (n * 10 + k) % (USERS - 2)] for k in range(MY_MEMBERS if n < MY_GROUPS else 10)]
        return [self.users[0], *others] if n < MY_GROUPS else others

    def _runs(self, members: list[list[UUID]]) -> None:
        runs: list[tuple[UUID, int, Phase]] = []
        open_phases = (Phase.ACTIVE, Phase.SHOPPING, Phase.PLANNING, Phase.DISTRIBUTING)
        for n in range(GROUPS):
            going, ended = (MY_RUNS, 20) if n < MY_GROUPS else (1, 3)
            runs += [(new_id(), n, open_phases[k % len(open_phases)]) for k in range(going)]
            runs += [(new_id(), n, Phase.CANCELLED if k % 7 == 6 else Phase.COMPLETED) for k in range(ended)]
        self.runs = [run for run, _, _ in runs]
        self.write(
            Run,
            "id group_id store_id leader_id phase shopping_day created_at ended_at",
            (
                (run, self.groups[n], self.stores[place % 7], members[n][1], phase, *self._dates(place, phase))
                for place, (run, n, phase) in enumerate(runs)
            ),
        )
        self.write(
            PhaseEntry,
            "id run_id phase actor_id entered_at",
            ((new_id(), run, phase, members[n][1], self.ago(5)) for run, n, phase in runs),
        )
        joined = [(run, n, phase, user) for run, n, phase in runs for user in members[n][:15]]
        self.write(
            Participant,
            "id run_id user_id joined_at",
            ((new_id(), run, user, self.ago(4)) for run, _, _, user in joined),
        )
        self.write(Bid, "id run_id user_id product_id quantity created_at updated_at", self._bids(joined))

    def _dates(self, place: int, phase: Phase) -> tuple[date, str, str | None]:
        ended = self.ago(place % 300) if phase in (Phase.COMPLETED, Phase.CANCELLED) else None
        return (self.now + timedelta(days=place % 9)).date(), self.ago(place % 300 + 7), ended

    def _bids(self, joined: list[tuple[UUID, int, Phase, UUID]]) -> Iterator[tuple[object, ...]]:
        for place, (run, n, phase, user) in enumerate(joined):
            if phase not in (Phase.ACTIVE, Phase.SHOPPING, Phase.DISTRIBUTING) or (user == self.users[0] and n % 2):
                continue
            for k in range(10 if n < MY_GROUPS else 3):
                product = self.products[(n * 31 + k * 17) % PRODUCTS]
                yield new_id(), run, user, product, 1000 * (1 + place % 5), self.ago(3), self.ago(3)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.seed_large", description=__doc__)
    parser.add_argument("--url", default=settings.database_url, help="the database; DATABASE_URL without it")
    settings.database_url = parser.parse_args().url
    if not settings.database_url.startswith("postgresql"):
        raise SystemExit("The seed is written by COPY, which only PostgreSQL has.")
    began = time.monotonic()
    seed_large(settings.database_url)
    print(f"Filled in {time.monotonic() - began:.0f} s.")


if __name__ == "__main__":
    main()
