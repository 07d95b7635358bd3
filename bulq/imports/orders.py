"""Order lines of a month as one run: customers become members, stock codes products, lines bids.

All in one transaction: a month is there as a whole or not at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.phases import Phase
from bulq.domain.quantities import MAX_QUANTITY
from bulq.domain.texts import name_key, username_key
from bulq.imports.order_lines import LONGEST_NAME, ZONE, OrderLine, Orders
from bulq.models import Bid, BidRaise, Group, Membership, Participant, Product, Run, Store, User
from bulq.models.base import new_id
from bulq.services import accounts, catalogue, groups, runs
from bulq.services.phases import enter
from bulq.services.quotas import importing

STORE = "Online Retail"
CURRENCY = "GBP"
SOURCE = "Data set Online Retail: UCI Machine Learning Repository, D. Chen, 2015, CC BY 4.0."
LEADER = "importer"
NO_PASSWORD = "!"  # no password has this hash, so nobody signs in
NO_LIMIT = 1_000_000

Advance = Callable[[], None]


class Refused(Exception):
    """Nothing was imported; the text says why."""


@dataclass(frozen=True, slots=True)
class Imported:
    leader: Actor
    group_id: UUID
    run_id: UUID
    people: int
    products: int
    bids: int


def steps(orders: Orders) -> int:
    """How often `import_orders` will call `advance`, lines left out late aside."""
    people, codes = {line.customer for line in orders.lines}, {line.code for line in orders.lines}
    return len(people) + len(codes) + len(orders.lines)


@contextmanager
def limits_lifted() -> Iterator[None]:
    """A month of a wholesaler is larger than any circle of friends."""
    before = settings.members_per_group, settings.products_per_run
    settings.members_per_group = settings.products_per_run = NO_LIMIT
    try:
        with importing():
            yield
    finally:
        settings.members_per_group, settings.products_per_run = before


def import_orders(
    session: Session, orders: Orders, *, group: str = STORE, leader: str = LEADER, advance: Advance = lambda: None
) -> Imported:
    """Make the run. Raises Refused when that month is there already or there is nothing to import.

    Lines that would bring somebody above the most a bid may have are added to `orders.skipped`.
    """
    if not orders.lines:
        raise Refused(f"There are no usable lines of {orders.month}.")
    begin = datetime.fromisoformat(f"{orders.month}-01").replace(tzinfo=ZONE)
    actor = _person(session, leader, "Importer", begin, create=leader == LEADER)
    store_id = _store(session, actor, begin)
    _refuse_again(session, store_id, orders.month, begin)
    group_row = _group(session, actor, group, begin)
    note = f"Orders of {orders.month}. {SOURCE}"
    run = runs.start_run(session, actor, group_row.id, store_id, note=note, now=begin)
    session.flush()
    lines = _within_limit(orders)
    members = _members(session, group_row, {line.customer for line in lines}, begin, advance)
    products = _products(session, actor, lines, begin, advance)
    count = _write_bids(session, run, lines, members, products)
    _note_prices(session, run, group_row, lines, members, products, advance)
    return Imported(actor, group_row.id, run.id, len(members), len(set(products.values())), count)


def _refuse_again(session: Session, store_id: UUID, month: str, begin: datetime) -> None:
    """An imported run is planned at the first moment of its month, which nobody can edit."""
    query = select(Run.id).where(Run.store_id == store_id, Run.created_at == begin)
    if session.scalars(query).first() is not None:
        raise Refused(f"{month} is imported already. Nothing was changed.")


def _person(session: Session, username: str, name: str, now: datetime, *, create: bool = True) -> Actor:
    """The account of this name. One made here can't be signed in to; one somebody else made is never taken over."""
    user = session.scalars(select(User).where(User.username_key == username_key(username))).first()
    if user is None and not create:
        raise Refused(f"There is no account {username!r}.")
    if user is not None and create and user.password_hash != NO_PASSWORD:
        raise Refused(f"The username {user.username!r} belongs to somebody. Nothing was changed.")
    user = user or accounts.create_user(session, name, username, NO_PASSWORD, now=now)
    return Actor(user.id, user.name, user.username)


def _store(session: Session, actor: Actor, now: datetime) -> UUID:
    found = session.scalars(select(Store.id).where(Store.name_key == name_key(STORE))).first()
    return found or catalogue.add_store(session, actor, STORE, now=now).id


def _group(session: Session, actor: Actor, name: str, now: datetime) -> Group:
    """The leader's group of this name, in pounds; made if there is none."""
    query = (
        select(Group)
        .join(Membership, col(Membership.group_id) == col(Group.id))
        .where(Membership.user_id == actor.id, Group.name == name, col(Group.closed_at).is_(None))
    )
    found = session.scalars(query).first()
    if found is None:
        return groups.create_group(session, actor, name, CURRENCY, ZONE.key, now=now)
    if found.currency != CURRENCY:
        raise Refused(f"The group {name!r} reckons in {found.currency}, the prices are in {CURRENCY}.")
    return found


def _within_limit(orders: Orders) -> list[OrderLine]:
    wanted: dict[tuple[str, str], int] = defaultdict(int)
    kept: list[OrderLine] = []
    for line in orders.lines:
        place = line.customer, line.code
        if wanted[place] + line.quantity > MAX_QUANTITY:
            orders.skipped.add(f"together above {MAX_QUANTITY // 1000} of one product", line.number)
            continue
        wanted[place] += line.quantity
        kept.append(line)
    return kept


def _members(session: Session, group: Group, customers: set[str], now: datetime, advance: Advance) -> dict[str, Actor]:
    inside = set(session.scalars(select(Membership.user_id).where(Membership.group_id == group.id)))
    members: dict[str, Actor] = {}
    for customer in sorted(customers):
        member = members[customer] = _person(session, f"customer-{customer}", f"Customer {customer}", now)
        if member.id not in inside:
            groups.join_group(session, member, group.invite_token, now=now)
        advance()
    return members


def _products(
    session: Session, actor: Actor, lines: Sequence[OrderLine], now: datetime, advance: Advance
) -> dict[str, UUID]:
    """A product per stock code, known again by its name in another month."""
    without_brand = select(Product.name_key, Product.id).where(Product.brand_key == "", Product.content_key == "")
    known = dict(session.execute(without_brand).all())
    products: dict[str, UUID] = {}
    for code, name in sorted(_names(lines).items()):
        found = known.get(name_key(name))
        if found is None:
            found = catalogue.add_product(session, actor, name, "", "piece", 1000, now=now).id
            known[name_key(name)] = found
        products[code] = found
        advance()
    return products


def _names(lines: Sequence[OrderLine]) -> dict[str, str]:
    """The last description of each stock code; where several codes share it, each with its code."""
    names = {line.code: line.name for line in lines}
    codes: dict[str, list[str]] = defaultdict(list)
    for code, name in names.items():
        codes[name_key(name) or code].append(code)
    for sharing in codes.values():
        if len(sharing) > 1:
            names |= {code: _with_code(names[code], code) for code in sharing}
    return names


def _with_code(name: str, code: str) -> str:
    return f"{name[: LONGEST_NAME - len(code) - 3].rstrip()} ({code})"


def _write_bids(
    session: Session, run: Run, lines: Sequence[OrderLine], members: dict[str, Actor], products: dict[str, UUID]
) -> int:
    """A bid per customer and product, a raise for each of its lines. Returns how many bids.

    In bulk: one by one, thousands of bids would each lock the run, look for themselves and count its products. Their
    rules hold all the same: quantities were checked line by line and in sum, and nobody else knows the run yet.
    """
    found: dict[tuple[str, UUID], dict[str, Any]] = {}
    raises: list[dict[str, Any]] = []
    joined: dict[str, datetime] = {}
    for line in lines:
        joined.setdefault(line.customer, line.time)
        bid = found.setdefault((line.customer, products[line.code]), _first_bid(run, line, members, products))
        bid["quantity"] += line.quantity
        bid["updated_at"] = line.time
        raises.append({"id": new_id(), "bid_id": bid["id"], "quantity": line.quantity, "made_at": line.time})
    enter(session, run, Phase.ACTIVE, members[lines[0].customer], now=lines[0].time)
    session.flush()
    places = [
        {"id": new_id(), "run_id": run.id, "user_id": members[customer].id, "joined_at": at}
        for customer, at in joined.items()
    ]
    session.execute(insert(Participant), places)
    session.execute(insert(Bid), list(found.values()))
    session.execute(insert(BidRaise), raises)
    return len(found)


def _first_bid(run: Run, line: OrderLine, members: dict[str, Actor], products: dict[str, UUID]) -> dict[str, Any]:
    return {
        "id": new_id(),
        "run_id": run.id,
        "user_id": members[line.customer].id,
        "product_id": products[line.code],
        "quantity": 0,
        "created_at": line.time,
    }


def _note_prices(
    session: Session,
    run: Run,
    group: Group,
    lines: Sequence[OrderLine],
    members: dict[str, Actor],
    products: dict[str, UUID],
    advance: Advance,
) -> None:
    """What each line cost, seen by whoever ordered; the same price on the same day once."""
    seen: set[tuple[UUID, date, int]] = set()
    for line in lines:
        sight = products[line.code], line.time.date(), line.price
        if sight not in seen:
            seen.add(sight)
            customer = members[line.customer].id
            catalogue.observe_price(session, customer, run, group, sight[0], line.price, now=line.time)
        advance()
