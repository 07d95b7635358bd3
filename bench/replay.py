"""Takes a month of real orders from import to completion and proves the sums: bench/replay.py FILE --month 2011-11.

Each item costs what it was last seen for. A tenth of the items is short: those whose names have the lowest FNV-1a
hashes. Of what was wanted as many tenths are there as the last digit of the hash says, so some are not there at all.

Then everybody settles up: a plan of the fewest payments is saved, half of the lines are paid in two parts, all in an
order drawn by lot, and in the end everybody is even.
"""

# ruff: noqa: E402 (the root of the project comes first)
from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import col, select

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bulq import db, migrations
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.money import fnv1a, line_total
from bulq.domain.phases import Phase
from bulq.domain.quantities import MAX_LINE_UNITS
from bulq.domain.settling import PlanKind
from bulq.imports.order_lines import read_orders
from bulq.imports.orders import Imported, import_orders, limits_lifted
from bulq.models import Allocation, Balance, Bid, Group, ListItem, Payment, Product, Purchase, Run, User
from bulq.queries.pick_up import PickUp, pick_up
from bulq.queries.questions import not_ready, open_list, shares_of
from bulq.queries.runs import run_view
from bulq.queries.settling import settling as settling_view
from bulq.queries.shares import effect_of
from bulq.queries.shopping import Item, shopping_list
from bulq.services import adjusting, payments, phases, pickup, shopping
from bulq.services.settling import save_plan

MOST = MAX_LINE_UNITS * 100 - 1  # pence of one line of a receipt


class Clock:
    """Seconds per phase, in the order they were run through."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def measure(self, what: str) -> Iterator[None]:
        print(f"  {what} …", end="", flush=True)
        began = time.perf_counter()
        yield
        self.seconds[what] = round(time.perf_counter() - began, 2)
        print(f" {self.seconds[what]:.2f} s")


@dataclass(frozen=True)
class Settled:
    """Minor units by person, without those who are even, before the plan was paid and after; and its payments."""

    currency: str
    before: dict[UUID, int]
    payments: int
    after: dict[UUID, int]

    @property
    def problems(self) -> list[str]:
        found: list[str] = []
        if off := sum(self.before.values()):
            found.append(f"the balances sum to {off}")
        if self.after:
            found.append(f"{len(self.after)} people aren't even after the plan is paid")
        return found


def balances_of(session: Session, group_id: UUID) -> dict[UUID, int]:
    rows = session.execute(select(Balance.user_id, Balance.amount).where(Balance.group_id == group_id))
    return {user_id: amount for user_id, amount in rows if amount}


def _group_of(session: Session, run_id: UUID) -> tuple[UUID, str]:
    group = session.get_one(Group, session.get_one(Run, run_id).group_id)
    return group.id, group.currency


def _lines_of(session: Session, group_id: UUID) -> list[Payment]:
    return list(session.scalars(select(Payment).where(Payment.group_id == group_id).order_by(col(Payment.id))))


def _actor_of(session: Session, user_id: UUID) -> Actor:
    user = session.get_one(User, user_id)
    return Actor(user.id, user.name, user.username)


def _parts(amount: int, lot: random.Random) -> list[int]:
    """The whole amount, or two parts of it."""
    if amount < 2 or lot.random() < 0.5:
        return [amount]
    first = lot.randrange(1, amount)
    return [first, amount - first]


class Replay:
    def __init__(self, found: Imported) -> None:
        self.run_id, self.leader = found.run_id, found.leader
        self.now = datetime.now(UTC)
        self._known: dict[UUID, Actor] = {}

    def _do(self, use_case: Any, *args: Any, **kwargs: Any) -> Any:
        """As a page does it: one transaction each, the moments a second apart."""
        self.now += timedelta(seconds=1)
        return db.write_now(use_case, self.leader, self.run_id, *args, now=self.now, **kwargs)

    def run(self, clock: Clock) -> PickUp:
        with clock.measure("run page"):
            db.read_now(run_view, self.leader, self.run_id)
        with clock.measure("confirm"):
            waiting = db.read_now(not_ready, self.leader, self.run_id)
            self._do(phases.confirm_run, not_ready=[person.id for person in waiting])
        with clock.measure("start shopping"):
            self._do(phases.start_shopping)
        with clock.measure("shop"):
            self._shop()
        with clock.measure("finish shopping"):
            still_open = db.read_now(open_list, self.leader, self.run_id).items
            phase = self._do(phases.finish_shopping, not_there=[item.id for item in still_open])
        if phase is Phase.ADJUSTING:
            with clock.measure("share fairly"):
                effect = effect_of(db.read_now(shares_of, self.leader, self.run_id))
                self._do(adjusting.share_fairly, effect=effect)
        with clock.measure("statements"):
            statements = db.read_now(pick_up, self.leader, self.run_id)
        with clock.measure("pick up"):
            for person in statements.people.values():
                if any(line.waiting for line in person.lines.values()):
                    self._do(pickup.pick_up_all, UUID(person.id))
        with clock.measure("complete"):
            self._do(phases.complete_run)
        return db.read_now(pick_up, self.leader, self.run_id)

    def settle(self, clock: Clock, lot: random.Random) -> Settled:
        """Save a plan and pay it. What is left of the balances after it is none, if all is well."""
        group_id, currency = db.read_now(_group_of, self.run_id)
        before = db.read_now(balances_of, group_id)
        with clock.measure("plan"):
            view = db.read_now(settling_view, self.leader, group_id)
            plan = view.plans[PlanKind.FEWEST]
            db.write_now(save_plan, self.leader, group_id, plan.kind, effect=plan.effect, now=self.now)
        lines = db.read_now(_lines_of, group_id)
        lot.shuffle(lines)
        with clock.measure("pay"):
            for line in lines:
                for amount in _parts(line.amount, lot):
                    self.now += timedelta(seconds=1)
                    of = self._actor(line.sender_id), group_id, line.id, amount
                    paid = db.write_now(payments.say_paid, *of, now=self.now)
                    receiver = self._actor(line.receiver_id)
                    db.write_now(payments.confirm_payment, receiver, group_id, paid.id, now=self.now)
        return Settled(currency, before, len(lines), db.read_now(balances_of, group_id))

    def _actor(self, user_id: UUID) -> Actor:
        return self._known.setdefault(user_id, db.read_now(_actor_of, user_id))

    def _shop(self) -> None:
        items = list(db.read_now(shopping_list, self.leader, self.run_id).items.values())
        short = {item.id for item in sorted(items, key=lambda item: fnv1a(item.name))[: len(items) // 10]}
        for item in items:
            there = part_of(item) if item.id in short else item.wanted
            if there == 0:
                self._do(shopping.set_missing, UUID(item.id), True)
            bought, seen = 0, item.prices[0]
            for quantity, total in portions(there, seen.amount, seen.per, item.step):
                line = {"price": seen.amount, "per": seen.per, "seen": bought}
                self._do(shopping.buy, UUID(item.id), quantity, total, **line)
                bought += quantity


def part_of(item: Item) -> int:
    """Thousandths of a short item that are there, in whole steps."""
    return item.wanted * (fnv1a(item.name) % 10) // 10 // item.step * item.step


def portions(quantity: int, price: int, per: int, step: int) -> Iterator[tuple[int, int]]:
    """Quantity and total of each line of the receipt, none above what a line may cost."""
    most = max(step, MOST * per // max(price, 1) // step * step)
    while quantity:
        part = min(quantity, most)
        yield part, line_total(part, price, per)
        quantity -= part


def problems(session: Session, run_id: UUID, view: PickUp) -> list[str]:
    """What does not hold, reckoned from the rows themselves."""
    found: list[str] = []
    paid = sum(session.scalars(select(Purchase.total).where(Purchase.run_id == run_id)))
    people = view.people.values()
    owed = sum(person.total for person in people)
    left = sum(line.cost for line in view.left_over.values())
    if owed + left != paid:
        found.append(f"statements {owed} + left over {left} is not what was paid, {paid}")
    if any(person.total != sum(line.cost for line in person.lines.values()) for person in people):
        found.append("a statement is not the sum of its lines")
    given: dict[UUID, int] = defaultdict(int)
    bid_of = _bids(session, run_id)
    steps = _steps(session, run_id)
    for line in session.scalars(select(Allocation).where(Allocation.run_id == run_id)):
        given[line.item_id] += line.quantity
        product_id, step, _ = steps[line.item_id]
        if line.quantity % step or line.quantity <= 0:
            found.append(f"item {line.item_id}: {line.quantity} is not a whole number of steps of {step}")
        if line.quantity > bid_of.get((line.user_id, product_id), 0):
            found.append(f"item {line.item_id}: somebody got more than they bid")
        if line.picked_up_at is None:
            found.append(f"item {line.item_id}: something was never picked up")
    left_over = {UUID(line.id): line.quantity for line in view.left_over.values()}
    for item_id, (_, _, bought) in steps.items():
        if given[item_id] + left_over.get(item_id, 0) != bought:
            found.append(f"item {item_id}: {given[item_id]} given out is not the {bought} bought")
    if view.phase is not Phase.COMPLETED:
        found.append(f"the run ended in {view.phase}")
    return found


def _bids(session: Session, run_id: UUID) -> dict[tuple[UUID, UUID], int]:
    rows = session.execute(select(Bid.user_id, Bid.product_id, Bid.quantity).where(Bid.run_id == run_id))
    return {(user_id, product_id): quantity or 0 for user_id, product_id, quantity in rows}


def _steps(session: Session, run_id: UUID) -> dict[UUID, tuple[UUID, int, int]]:
    """Per list item its product, step and bought quantity."""
    query = select(ListItem.id, ListItem.product_id, Product.step, ListItem.bought)
    rows = session.execute(
        query.join(Product, col(Product.id) == col(ListItem.product_id)).where(ListItem.run_id == run_id)
    )
    return {item_id: (product_id, step, bought) for item_id, product_id, step, bought in rows}


def counted(session: Session, run_id: UUID) -> dict[str, int]:
    items = session.execute(select(ListItem.wanted, ListItem.bought).where(ListItem.run_id == run_id)).all()
    return {
        "items": len(items),
        "items_short": sum(bought < wanted for wanted, bought in items),
        "items_missing": sum(not bought for _, bought in items),
    }


def peak_memory_mb() -> float:
    """Of this process; Linux counts in kilobytes, macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)


def replay(file: Path, month: str) -> dict[str, Any]:
    clock = Clock()
    with clock.measure("read"):
        orders = read_orders(file, month)
    with clock.measure("import"), limits_lifted():
        found = db.write_now(import_orders, orders)
    played = Replay(found)
    view = played.run(clock)
    settled = played.settle(clock, random.Random(month))
    wrong = [*db.read_now(problems, found.run_id, view), *settled.problems]
    return {
        "month": month,
        "people": found.people,
        "products": found.products,
        "bids": found.bids,
        "lines": len(orders.lines),
        "skipped": orders.skipped.counts,
        **db.read_now(counted, found.run_id),
        "seconds": clock.seconds,
        "seconds_total": round(sum(clock.seconds.values()), 2),
        "peak_memory_mb": peak_memory_mb(),
        "purchases": view.total,
        "statements": sum(person.total for person in view.people.values()),
        "left_over": sum(line.cost for line in view.left_over.values()),
        "balances_sum": sum(settled.before.values()),
        "payments": settled.payments,
        "not_even_after": len(settled.after),
        "problems": wrong,
        "exact": not wrong,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--month", required=True)
    parser.add_argument("--database", help="an empty database to use instead of a temporary SQLite file")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bulq-replay-") as folder:
        settings.database_url = options.database or f"sqlite:///{folder}/bulq.db"
        migrations.upgrade(settings.database_url)
        db.connect(settings.database_url)
        figures = replay(options.file, options.month)
        db.engine().dispose()
    for name, value in figures.items():
        print(f"{name:>16}  {value}")
    print("The sums hold exactly." if figures["exact"] else "THE SUMS DO NOT HOLD.")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0 if figures["exact"] else 1


if __name__ == "__main__":
    sys.exit(main())
