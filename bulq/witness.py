"""What a migration must not change: what everybody owes for each run, and what they paid.

Written to a file line by line, so that memory doesn't grow with the database. Tables are read by name, since the
models may be ahead of a database that is to be migrated. A migration that renames one of these columns teaches both
names here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby, zip_longest
from pathlib import Path
from typing import IO
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from bulq.domain.statements import Part, Purchase, Taking, divided

AT_ONCE = 500  # runs
NAMED = 5  # differences that are told
NOBODY = "left over"
BESIDE = "costs beside the goods"
UNDIVIDED = "can't be divided"  # how what stands for an item ends whose rows contradict each other
FINAL = "completed", "cancelled"

Sums = dict[UUID, dict[str, list[int]]]  # by run and person: minor units owed and paid


def _table(name: str, uuids: Sequence[str], *columns: str) -> sa.TableClause:
    return sa.table(name, *(sa.column(each, sa.Uuid()) for each in uuids), *(sa.column(each) for each in columns))


RUNS = _table("runs", ["id", "group_id"], "phase")
ITEMS = _table("list_items", ["id", "run_id"], "bought", "line_total")
ALLOCATIONS = _table("allocations", ["item_id", "user_id"], "quantity")
TAKINGS = _table("leftover_takings", ["id", "run_id", "item_id", "user_id"], "quantity")
PURCHASES = _table("purchases", ["run_id", "item_id", "payer_id"], "quantity", "total")
COSTS = _table("costs", ["run_id"], "amount")
LEDGER = _table("statement_lines", ["run_id", "user_id"], "kind", "amount")


def has_ledger(connection: Connection) -> bool:
    """Whether the statements of ended runs are frozen in this database."""
    return sa.inspect(connection).has_table(LEDGER.name)


def keep_others_out(connection: Connection) -> None:
    """Until the transaction ends nobody else changes what is compared, while servers of the version before go on.

    Others may read. Runs come first, as everywhere else, so that nobody waits in a circle. SQLite has one writer only.
    """
    if connection.dialect.name == "postgresql":
        there = set(sa.inspect(connection).get_table_names())
        for table in (RUNS, ITEMS, ALLOCATIONS, TAKINGS, PURCHASES, LEDGER):
            if table.name in there:
                connection.exec_driver_sql(f"LOCK TABLE {table.name} IN EXCLUSIVE MODE")


def write(connection: Connection, file: IO[str], *, cancelled: bool) -> None:
    """Write a line for everybody with money in a run: what they owe and paid, in minor units; in an order that stays.

    Cancelled runs have statements only since there is a ledger. They are left out unless `cancelled`.
    """
    for group_id, run_id, people in _people(connection, cancelled=cancelled):
        for person, (owed, paid) in sorted(people.items()):
            if owed or paid:
                file.write(f"group {group_id}, run {run_id}, {person}: owes {owed}, paid {paid}\n")


def shared_out(connection: Connection) -> tuple[int, int, int]:
    """What people owe in all runs, what nobody took, in minor units; and how many items can't be divided."""
    owed = left_over = wrong = 0
    for _, _, people in _people(connection, cancelled=True):
        for person, (amount, _) in people.items():
            if person == NOBODY:
                left_over += amount
            elif person.endswith(UNDIVIDED):
                wrong += 1
            else:
                owed += amount
    return owed, left_over, wrong


def totals(connection: Connection) -> Iterator[tuple[UUID, int, int]]:
    """For every run what statements and left-over goods come to, and what was paid: the same, if all is well."""
    for _, run_id, people in _people(connection, cancelled=True):
        yield run_id, sum(owed for owed, _ in people.values()), sum(paid for _, paid in people.values())


def _people(connection: Connection, *, cancelled: bool) -> Iterator[tuple[UUID, UUID, dict[str, list[int]]]]:
    """Group, run, and minor units owed and paid by person; a bounded number of runs at a time."""
    if not {RUNS.name, ITEMS.name, ALLOCATIONS.name, PURCHASES.name} <= set(sa.inspect(connection).get_table_names()):
        return
    frozen = has_ledger(connection)
    for runs in _runs(connection, cancelled=cancelled):
        sums: Sums = defaultdict(lambda: defaultdict(lambda: [0, 0]))
        ended = [run_id for run_id, _, phase in runs if frozen and phase in FINAL]
        _add_ledger(connection, ended, sums)
        _add_shares(connection, [run_id for run_id, *_ in runs if run_id not in set(ended)], sums)
        _add_purchases(connection, [run_id for run_id, *_ in runs], sums)
        _add_costs(connection, [run_id for run_id, _, phase in runs if phase == "completed"], sums)
        for run_id, group_id, _ in runs:
            yield group_id, run_id, sums[run_id]


def differences(before: Path, after: Path) -> list[str]:
    """The first lines that differ, in words; none when nothing changed."""
    found: list[str] = []
    with before.open() as old, after.open() as new:
        for was, now in zip_longest(old, new, fillvalue="nothing\n"):
            if was != now:
                found.append(f"before: {was.strip()}; afterwards: {now.strip()}")
            if len(found) == NAMED:
                break
    return found


def _runs(connection: Connection, *, cancelled: bool) -> Iterator[list[tuple[UUID, UUID, str]]]:
    query = sa.select(RUNS.c.id, RUNS.c.group_id, RUNS.c.phase).order_by(RUNS.c.id).limit(AT_ONCE)
    query = query if cancelled else query.where(RUNS.c.phase != "cancelled")
    rows = connection.execute(query).all()
    while rows:
        yield [(row[0], row[1], str(row[2])) for row in rows]
        rows = connection.execute(query.where(RUNS.c.id > rows[-1][0])).all()


def _add_ledger(connection: Connection, runs: Sequence[UUID], sums: Sums) -> None:
    if not runs:
        return
    by = LEDGER.c.run_id, LEDGER.c.user_id, LEDGER.c.kind
    query = sa.select(*by, sa.func.sum(LEDGER.c.amount)).where(LEDGER.c.run_id.in_(runs)).group_by(*by)
    for run_id, user_id, kind, amount in connection.execute(query):
        sums[run_id][str(user_id) if kind == "goods" else NOBODY][0] += int(amount)


def _add_shares(connection: Connection, runs: Sequence[UUID], sums: Sums) -> None:
    """Where nothing is frozen statements follow from who gets how much of what was bought, as everywhere else."""
    query = (
        sa.select(
            ITEMS.c.run_id,
            ITEMS.c.id,
            ITEMS.c.line_total,
            ITEMS.c.bought,
            ALLOCATIONS.c.user_id,
            ALLOCATIONS.c.quantity,
        )
        .outerjoin(ALLOCATIONS, ALLOCATIONS.c.item_id == ITEMS.c.id)
        .where(ITEMS.c.run_id.in_(runs))
        .order_by(ITEMS.c.id)
    )
    takings, paid = _takings(connection, runs), _paid(connection, runs)
    for (run_id, item, total, bought), lines in groupby(connection.execute(query), key=lambda row: row[:4]):
        got = {str(user): quantity for *_, user, quantity in lines if user is not None}
        try:
            shares = divided(Purchase(str(item), total, bought, got, takings.get(item, ())), paid.get(item, {}))
        except ValueError:
            sums[run_id][f"item {item}, which {UNDIVIDED}"][0] += total
            continue
        for person, cost in (*shares.costs.items(), (NOBODY, shares.left_cost)):
            sums[run_id][person][0] += cost


def _takings(connection: Connection, runs: Sequence[UUID]) -> dict[UUID, list[Taking]]:
    """What was left over first, by item; nothing where the database is older than that."""
    found: dict[UUID, list[Taking]] = defaultdict(list)
    if sa.inspect(connection).has_table(TAKINGS.name):
        columns = TAKINGS.c.item_id, TAKINGS.c.id, TAKINGS.c.user_id, TAKINGS.c.quantity
        for item, taking, user, quantity in connection.execute(sa.select(*columns).where(TAKINGS.c.run_id.in_(runs))):
            found[item].append(Taking(str(taking), str(user), quantity))
    return found


def _paid(connection: Connection, runs: Sequence[UUID]) -> dict[UUID, dict[str, Part]]:
    """Per item what each payer bought of it, and for how much."""
    by = PURCHASES.c.item_id, PURCHASES.c.payer_id
    sums = sa.func.sum(PURCHASES.c.quantity), sa.func.sum(PURCHASES.c.total)
    query = sa.select(*by, *sums).where(PURCHASES.c.run_id.in_(runs)).group_by(*by)
    found: dict[UUID, dict[str, Part]] = defaultdict(dict)
    for item, payer, quantity, total in connection.execute(query):
        found[item][str(payer)] = Part(int(quantity), int(total))
    return found


def _add_purchases(connection: Connection, runs: Sequence[UUID], sums: Sums) -> None:
    by = PURCHASES.c.run_id, PURCHASES.c.payer_id
    query = sa.select(*by, sa.func.sum(PURCHASES.c.total)).where(PURCHASES.c.run_id.in_(runs)).group_by(*by)
    for run_id, payer, total in connection.execute(query):
        sums[run_id][str(payer)][1] += int(total)


def _add_costs(connection: Connection, runs: Sequence[UUID], sums: Sums) -> None:
    """What was paid beside the goods of completed runs; nothing where the database is older than that."""
    if sa.inspect(connection).has_table(COSTS.name):
        query = sa.select(COSTS.c.run_id, sa.func.sum(COSTS.c.amount)).where(COSTS.c.run_id.in_(runs))
        for run_id, amount in connection.execute(query.group_by(COSTS.c.run_id)):
            sums[run_id][BESIDE][1] += int(amount)
