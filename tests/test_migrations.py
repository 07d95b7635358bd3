"""The migrations make what the models say, and go up and down with data in every table, on both databases."""

import ast
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Connection, Engine, create_engine, delete, func, inspect, select, text
from sqlalchemy.pool import NullPool
from sqlmodel import Session, SQLModel, col

from alembic import command
from bulq.domain.actor import Actor
from bulq.domain.attachments import FileKind
from bulq.domain.phases import Phase
from bulq.models import (
    Allocation,
    AuditEntry,
    Backup,
    CaseChoice,
    CaseShare,
    CatalogueImport,
    Cost,
    CostShare,
    Favour,
    Group,
    Incident,
    JobRun,
    Operation,
    PasswordReset,
    PriceObservation,
    Product,
    Receipt,
    Run,
    SearchTerm,
    SearchWord,
    ServerSetting,
    StatementLine,
    User,
    UserSession,
)
from bulq.models.base import new_id
from bulq.queries.search import search
from bulq.services import aliases, attachments, catalogue, costs, households, ordinary, payouts, spoilage, tags
from bulq.services.bids import bid_of
from bulq.services.stand_ins import add_stand_in
from tests import cast, seeing
from tests.databases import ROOT, PostgreSQL

TABLES = SQLModel.metadata.sorted_tables
BEFORE_CASES = "0019"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database without a single table."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        server: PostgreSQL = request.getfixturevalue("postgresql")
        url = server.new_database(f"migrations_{uuid4().hex[:8]}")
    engine = create_engine(url, poolclass=NullPool)
    yield engine
    engine.dispose()


def config(connection: Connection) -> Config:
    config = Config(ROOT / "alembic.ini")
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine) -> None:
    with engine.begin() as connection:
        command.upgrade(config(connection), "head")


def downgrade(engine: Engine, to: str) -> None:
    with engine.begin() as connection:
        command.downgrade(config(connection), to)


def fill(engine: Engine) -> None:
    """A whole world, so that every table holds something."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        world = cast.build(session)
        session.add(UserSession(user_id=world.cast.ana.id, token_hash="0" * 64, created_at=cast.NOW, seen_at=cast.NOW))
        session.add(Backup(name="first", kind="sqlite", started_at=cast.NOW))
        session.add(JobRun(name="backup", started_at=cast.NOW))
        session.add(Operation(user_id=world.cast.ana.id, id=new_id(), digest="of what was asked", done_at=cast.NOW))
        session.add(Incident(kind="backup_failed", opened_at=cast.NOW))
        eva = world.evas
        add_stand_in(session, session.get_one(Group, eva.group_id), "Pero", "pero", eva.ana.id, now=cast.NOW)
        payouts.add_payout(session, world.cast.ana, "serbian", "165-55-74", name="Ana", now=cast.NOW)
        _fill_catalogue(session, world.cast)
        ordinary.note_ordinary_price(session, world.cast.ana, world.cast.rice, 999, "EUR", shop="Idea", now=cast.NOW)
        _fill_cases(session, world.cast, world.runs[Phase.CONFIRMED])
        cast.listed(session, world.cast, world.cast.ana)
        rice = cast.item_of(session, world.runs[Phase.DISTRIBUTING], world.cast.rice)
        cast.leave_over(session, world.runs[Phase.DISTRIBUTING], rice, world.cast.ana.id, cast.PACK)
        _fill_receipts(session, world)
        _fill_goodwill(session, world.cast, rice, world.runs[Phase.DISTRIBUTING])
        people = {"user_id": world.cast.bojan.id, "payer_id": world.cast.ana.id}
        households.propose_household(session, world.cast.ana, world.cast.group_id, **people, now=cast.NOW)
        seeing.save_plan(session, world.cast.mila, world.cast.group_id, now=cast.NOW)
        seeing.take_leftovers(
            session, world.cast.bojan, world.runs[Phase.DISTRIBUTING], rice, cast.PACK, now=cast.LATER
        )


def _fill_goodwill(session: Session, cast_: cast.Cast, item_id: UUID, run_id: UUID) -> None:
    """Somebody who came first, as if the rule alone had given less."""
    of = {"run_id": run_id, "item_id": item_id, "user_id": cast_.mila.id}
    session.add(Favour(**of, alone=0, got=1000, goodwill=799, value=799))


def _fill_receipts(session: Session, world: cast.World) -> None:
    """A tip for one of two, on a receipt of a run that goes on."""
    ana, run_id = world.cast.ana, world.runs[Phase.DISTRIBUTING]
    receipt = session.scalars(select(Receipt).where(col(Receipt.run_id) == run_id)).one()
    of = receipt.id, costs.CostKind.TIP, 300, costs.CostRule.PEOPLE
    costs.add_cost(session, ana, run_id, *of, shares=[costs.Share(ana.id)], revision=1, now=cast.NOW)
    photo = attachments.keep_attachment(session, ana, run_id, FileKind.JPEG, 1000, width=40, height=30, now=cast.NOW)
    session.flush()
    attachments.attach_to_receipt(session, ana, run_id, receipt.id, photo.id, now=cast.NOW)
    rice = cast.item_of(session, run_id, world.cast.rice)
    spoilage.report_spoiled(session, world.cast.bojan, run_id, rice, cast.PACK, note="Mouldy", now=cast.NOW)


def _fill_catalogue(session: Session, cast_: cast.Cast) -> None:
    ana, rice = cast_.ana.id, cast_.rice
    tags.add_tag(session, cast_.ana, rice, "diet", "Vegan", now=cast.NOW)
    aliases.add_alias(session, cast_.ana, rice, "Пиринач", "sr", now=cast.NOW)
    session.add_all(
        [
            PasswordReset(user_id=ana, token_hash="1" * 64, created_by=ana, created_at=cast.NOW, expires_at=cast.LATER),
            ServerSetting(name="registration", value="open", changed_by=ana, changed_at=cast.NOW),
            AuditEntry(at=cast.NOW, action="user_locked", actor_id=ana, actor_name="Ana"),
        ]
    )


def _fill_cases(session: Session, cast_: cast.Cast, run_id: UUID) -> None:
    """A bid that may be raised, and a choice for an open case."""
    ana, rice = cast_.ana, cast_.rice
    bid = bid_of(session, run_id, ana.id, rice)
    assert bid is not None
    bid.up_to, bid.up_to_cap = 6000, 500
    choice = CaseChoice(
        run_id=run_id, product_id=rice, size=6000, wanted=10_000, filled=False, decided_by=ana.id, decided_at=cast.NOW
    )
    session.add_all([bid, choice])
    session.flush()
    session.add(CaseShare(choice_id=choice.id, user_id=ana.id, before=5000, after=3000))


def counts(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in TABLES
        }


def tables_in(engine: Engine) -> set[str]:
    """Without the migrations' own, and without those in which SQLite keeps an index."""
    names = set(inspect(engine).get_table_names()) - {"alembic_version"}
    return {name for name in names if not name.startswith("search_terms_fts_")} - {"search_terms_fts"}


def test_the_migrations_make_exactly_what_the_models_say(empty: Engine) -> None:
    upgrade(empty)

    with empty.connect() as connection:
        command.check(config(connection))


def test_checks_are_there_under_their_names(empty: Engine) -> None:
    """Autogenerate doesn't compare them."""
    upgrade(empty)

    inspector = inspect(empty)
    found = {check["name"] for table in TABLES for check in inspector.get_check_constraints(table.name)}
    declared = {each.name for table in TABLES for each in table.constraints if isinstance(each, CheckConstraint)}
    assert declared and found == declared


def test_up_and_down_and_up_again_with_data_in_every_table(empty: Engine) -> None:
    upgrade(empty)
    fill(empty)
    assert all(counts(empty).values()), counts(empty)
    assert tables_in(empty) == {table.name for table in TABLES}

    downgrade(empty, "base")
    assert tables_in(empty) == set()

    upgrade(empty)
    fill(empty)
    assert all(counts(empty).values())


def test_the_newest_migration_goes_back_and_forth_without_touching_what_was_there(empty: Engine) -> None:
    upgrade(empty)
    fill(empty)
    before = counts(empty)

    downgrade(empty, "-1")
    upgrade(empty)

    after = counts(empty)
    assert {name: count for name, count in after.items() if count} == {
        name: count for name, count in before.items() if after[name]
    }


def test_a_withdrawn_price_does_not_count_again_in_the_revision_before(empty: Engine) -> None:
    """There, the same price could only be there once a day, and every price counted."""
    upgrade(empty)
    fill(empty)
    with Session(empty) as session, session.begin():
        price = session.scalars(select(PriceObservation)).one()
        again = price.model_dump() | {"id": new_id(), "withdrawn_at": cast.LATER, "withdrawn_by": price.seen_by}
        session.add(PriceObservation(**again))
        kept = price.id

    downgrade(empty, "0002")
    upgrade(empty)

    with Session(empty) as session:
        assert session.scalars(select(col(PriceObservation.id))).all() == [kept]


def test_sizes_of_one_product_are_told_apart_by_name_in_the_revision_before(empty: Engine) -> None:
    """There, one name and brand was one product."""
    upgrade(empty)
    fill(empty)
    with Session(empty) as session, session.begin():
        ana = session.scalars(select(User)).first()
        assert ana is not None
        actor = Actor(ana.id, ana.name, ana.username)
        for content, unit in ((None, ""), (500_000, "g"), (1500, "kg"), (5000, "l")):
            catalogue.add_product(
                session, actor, "Oats", "B", "pack", 1000, content=content, content_unit=unit, now=cast.NOW
            )
        catalogue.add_product(session, actor, "Oats 500 g", "B", "pack", 1000, now=cast.NOW)

    downgrade(empty, "0007")
    upgrade(empty)

    with Session(empty) as session:
        oats = session.execute(
            select(col(Product.name), col(Product.content_key)).where(col(Product.name).like("Oats%"))
        ).all()
        found = search(session, Actor(new_id(), "", ""), "oats 1500")
    assert {(name, content) for name, content in oats if not name.startswith("Oats 500 g ")} == {
        ("Oats", ""),
        ("Oats 1500 g", "1500g"),
        ("Oats 5000 ml", "5000ml"),
        ("Oats 500 g", ""),
    }
    assert len(oats) == 5 and [hit.name for hit in found.products] == ["Oats 1500 g"]


def test_prices_of_a_groups_list_become_the_groups_and_stay_once_in_the_revision_before(empty: Engine) -> None:
    upgrade(empty)
    fill(empty)
    with Session(empty) as session, session.begin():
        price, own = session.scalars(select(PriceObservation)).one(), session.scalars(select(CatalogueImport)).one()
        copies = {
            "admin's": own.model_dump() | {"group_id": None},
            "verified": own.model_dump() | {"verified_at": cast.NOW},
        }
        lists = {name: CatalogueImport(**copy | {"id": new_id()}) for name, copy in copies.items()} | {"own": own}
        session.add_all(lists.values())
        session.flush()
        for n, (name, each) in enumerate(lists.items(), start=1):
            said = {"id": new_id(), "import_id": each.id, "price": 5000 + n, "note": name}
            session.add(PriceObservation(**price.model_dump() | said))
        twin = {"id": new_id(), "import_id": own.id, "group_id": own.group_id, "seen_at": cast.LATER}
        session.add(PriceObservation(**price.model_dump() | twin))
        group_id = own.group_id

    downgrade(empty, "0015")
    upgrade(empty)

    with Session(empty) as session:
        seen = session.execute(select(col(PriceObservation.note), col(PriceObservation.group_id))).all()
    assert dict(map(tuple, seen)) == {"": None, "admin's": None, "verified": None, "own": group_id}
    assert len(seen) == 4


def test_prices_stay_what_they_were_when_they_become_amounts_per_quantity(empty: Engine) -> None:
    """What was there is for one unit and from any quantity on. Going back rounds; of twins the older stays."""
    upgrade(empty)
    fill(empty)
    with Session(empty) as session, session.begin():
        price = session.scalars(select(PriceObservation)).one()
        kept = [price.id, new_id()]
        others = {
            kept[1]: {"price": 5000, "per": 3000, "minimum_quantity": 6000},
            new_id(): {"price": 2 * price.price, "per": 2000, "seen_at": cast.LATER},
        }
        for key, change in others.items():
            session.add(PriceObservation(**(price.model_dump() | {"id": key} | change)))
        before = price.price

    downgrade(empty, "0011")
    with empty.connect() as connection:
        rows = connection.execute(text("SELECT price, minimum_quantity FROM price_observations ORDER BY price")).all()
    upgrade(empty)

    assert [tuple(row) for row in rows] == [(before, None), (1667, 6000)]
    with Session(empty) as session:
        found = session.scalars(select(PriceObservation).order_by(col(PriceObservation.price))).all()
        assert [(each.id, each.price, each.per, each.minimum_quantity) for each in found] == [
            (kept[0], before, 1000, 0),
            (kept[1], 1667, 1000, 6000),
        ]


def test_names_that_were_there_are_found_as_new_ones_are(empty: Engine) -> None:
    def looked_through() -> tuple[list[tuple[object, ...]], list[str]]:
        with Session(empty) as session:
            terms = session.execute(select(col(SearchTerm.kind), col(SearchTerm.target_id), col(SearchTerm.key))).all()
            words = session.scalars(select(col(SearchWord.word))).all()
            return sorted((str(kind), str(target), key) for kind, target, key in terms), sorted(words)

    upgrade(empty)
    fill(empty)
    before = looked_through()

    downgrade(empty, "0003")
    upgrade(empty)

    assert looked_through() == before
    assert ("product", " pirinac daawat") in {(kind, key) for kind, _, key in before[0]}


def test_of_usernames_that_look_alike_already_the_oldest_keeps_the_look(empty: Engine) -> None:
    upgrade(empty)
    with Session(empty) as session:
        people = [
            User(name="X", username=name, username_key=name, password_hash="x", created_at=cast.NOW)
            for name in ("aca", "\u0430\u0441\u0430", "boban")
        ]
        session.add_all(people)
        session.commit()
        ids = [each.id for each in people]
    downgrade(empty, "0012")

    upgrade(empty)

    with Session(empty) as session:
        assert [session.get_one(User, each).look for each in ids] == ["aca", None, "boban"]


def test_upgrading_twice_changes_nothing(empty: Engine) -> None:
    upgrade(empty)
    fill(empty)
    before = counts(empty)

    upgrade(empty)

    assert counts(empty) == before


def test_there_is_one_line_of_migrations() -> None:
    scripts = ScriptDirectory.from_config(Config(ROOT / "alembic.ini"))

    assert len(scripts.get_heads()) == len(scripts.get_bases()) == 1


def test_a_migration_goes_on_doing_what_it_did() -> None:
    """Code that moves on would change what a migration makes of an old database."""
    imported = {
        (file.name, name)
        for file in (ROOT / "alembic" / "versions").glob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        for name in _imported(node)
        if name.partition(".")[0] in ("bulq", "tests", "bench")
    }

    assert imported == set()


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [each.name for each in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def test_tables_come_from_migrations_alone() -> None:
    """`create_all` would hide a migration that is missing."""
    folders = [ROOT / name for name in ("bulq", "alembic", "scripts", "bench", "tests")]
    files = [file for folder in folders for file in folder.rglob("*.py")]

    guilty = [
        file
        for file in files
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "create_all"
    ]

    assert files and guilty == []


def test_the_ledger_begins_with_the_figures_that_were_shown(empty: Engine) -> None:
    def lines() -> list[tuple[object, ...]]:
        columns = ("run_id", "item_id", "user_id", "kind", "quantity", "amount")
        with Session(empty) as session:
            query = select(*(getattr(StatementLine, name) for name in columns))
            return sorted(map(tuple, session.execute(query).all()), key=str)

    upgrade(empty)
    fill(empty)
    with Session(empty) as session, session.begin():
        run = session.scalars(select(Run).where(col(Run.phase) == Phase.DISTRIBUTING)).first()
        assert run
        session.execute(delete(Allocation).where(col(Allocation.run_id) == run.id, col(Allocation.quantity) == 1000))
        for table in (CostShare, Cost):  # there were none yet
            session.execute(delete(table).where(col(table.run_id) == run.id))
        leader = cast.actor(session.get_one(User, run.leader_id))
        seeing.complete_run(session, leader, run.id, now=cast.NOW)
    before = lines()
    assert {str(line[3]) for line in before} == {"goods", "left_over"}

    downgrade(empty, "0009")
    completed = "SELECT id FROM runs WHERE phase = 'completed'"
    with empty.begin() as connection:  # as could happen then: whoever paid fell out of the run
        connection.execute(text(f"DELETE FROM participants WHERE run_id IN ({completed})"))
    upgrade(empty)

    assert lines() == before


def test_a_price_of_packs_becomes_one_from_a_pack_on_in_the_revision_before(empty: Engine) -> None:
    upgrade(empty)
    fill(empty)
    with Session(empty) as session, session.begin():
        price = session.scalars(select(PriceObservation)).one()
        said = {"price": 540, "per": 6000, "minimum_quantity": 6000, "seen_at": cast.LATER}
        packed = price.model_dump() | said | {"id": new_id(), "pack": 6000, "note": "packed"}
        session.add_all([PriceObservation(**packed), PriceObservation(**packed | {"id": new_id(), "pack": 0})])
        session.add(PriceObservation(**packed | {"id": new_id(), "pack": 3000, "price": 530}))

    downgrade(empty, BEFORE_CASES)
    with empty.connect() as connection:
        rows = connection.execute(
            text("SELECT price, minimum_quantity FROM price_observations WHERE per = 6000 ORDER BY price")
        ).all()
    assert [tuple(row) for row in rows] == [(530, 6000), (540, 6000)]

    upgrade(empty)
    with Session(empty) as session:
        assert set(session.scalars(select(col(PriceObservation.pack)))) == {0}
