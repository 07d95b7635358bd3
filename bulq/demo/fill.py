"""Lives the demo's story through the use cases, at times that lie in the past."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import passwords
from bulq.demo import cooperative
from bulq.demo.story import ADMIN, CIRCLES, GOODS, PAYOUTS, PEOPLE, TRIPS, Trip
from bulq.domain.actor import Actor
from bulq.domain.phases import OPEN, Phase, Unit
from bulq.domain.quantities import parse_money, parse_quantity, scale_step
from bulq.domain.times import day_in
from bulq.i18n import exponent
from bulq.models import Group, ListItem, Run
from bulq.models.accounts import User
from bulq.queries.questions import not_ready, open_list, shares_of, waiting_lines
from bulq.queries.shares import effect_of
from bulq.services import accounts, adjusting, bids, catalogue, groups, payouts, phases, pickup, runs, shopping

BEFORE = timedelta(days=120)
LONGEST = timedelta(days=5)  # a trip from its planning to its end


def password_of(username: str) -> str:
    return f"{username}-buys-in-bulk"


def hashes() -> dict[str, str]:
    """The password hashes of everybody, to be made outside of a transaction."""
    return {username: passwords.hash_password(password_of(username)) for username in PEOPLE}


def is_there(session: Session) -> bool:
    """Whether any of the demo's usernames is in use already."""
    query = select(User.id).where(col(User.username_key).in_(PEOPLE)).limit(1)
    return session.scalars(query).first() is not None


@dataclass(slots=True)
class World:
    session: Session
    now: datetime
    people: dict[str, Actor] = field(default_factory=dict[str, Actor])
    groups: dict[str, Group] = field(default_factory=dict[str, Group])
    stores: dict[str, UUID] = field(default_factory=dict[str, UUID])
    products: dict[str, UUID] = field(default_factory=dict[str, UUID])


def fill(session: Session, password_hashes: dict[str, str], *, now: datetime) -> None:
    """Write the whole demo. Whether it is there already has to be asked before."""
    world = World(session, now)
    begin = now - BEFORE
    for username, name in PEOPLE.items():
        details = {"is_admin": username == ADMIN, "now": begin}
        user = accounts.create_user(session, name, username, password_hashes[username], **details)
        world.people[username] = Actor(user.id, name, username, user.is_admin)
    for username, accounts_of in PAYOUTS.items():
        for kind, account in accounts_of:
            payouts.add_payout(session, world.people[username], kind, account, name=PEOPLE[username], now=begin)
    for circle in CIRCLES:
        _gather(world, circle.members, circle.name, begin)
    ana = world.people["ana"]
    for name in dict.fromkeys(trip.store for trip in TRIPS):
        world.stores[name] = catalogue.add_store(session, ana, name, now=begin).id
    for key, goods in GOODS.items():
        product = catalogue.add_product(session, ana, goods.name, goods.brand, goods.unit, goods.step, now=begin)
        world.products[key] = product.id
    for trip in TRIPS:
        _Journey(world, trip).go()
    session.flush()
    cooperative.found(session, world.people[ADMIN], [ana, world.people["mila"]], now=now)


def _gather(world: World, members: tuple[str, ...], name: str, now: datetime) -> None:
    circle = next(circle for circle in CIRCLES if circle.name == name)
    first, *others = (world.people[username] for username in members)
    group = groups.create_group(world.session, first, name, circle.currency, circle.time_zone, now=now)
    details = {"currency": circle.currency, "time_zone": circle.time_zone, "fair_rule": str(circle.rule)}
    world.session.flush()
    groups.edit_group(world.session, first, group.id, name=name, now=now, **details)
    for friend in others:
        groups.join_group(world.session, friend, group.invite_token, now=now)
    world.groups[name] = group


class _Journey:
    """One trip, from its planning as far as its phase."""

    def __init__(self, world: World, trip: Trip) -> None:
        self.world, self.trip, self.session = world, trip, world.session
        self.group = world.groups[trip.circle]
        self.leader = world.people[trip.leader]
        self.begin = world.now - timedelta(days=trip.days_ago)
        self.run = self._plan()

    def at(self, part: float) -> datetime:
        """The moment when this part of the trip was over."""
        return self.begin + min(self.world.now - self.begin, LONGEST) * part

    def _plan(self) -> Run:
        ahead = self.trip.phase in (Phase.PLANNING, Phase.ACTIVE)
        closes = self.world.now + timedelta(days=2) if ahead else None
        later = timedelta(days=4) if self.trip.phase in OPEN[:3] else LONGEST * 0.6
        day = day_in((self.world.now if self.trip.phase in OPEN[:3] else self.begin) + later, self.group.time_zone)
        store = self.world.stores[self.trip.store]
        return runs.start_run(
            self.session,
            self.leader,
            self.group.id,
            store,
            shopping_day=day,
            bids_close_at=closes,
            note=self.trip.note,
            now=self.begin,
        )

    def go(self) -> None:
        self.session.flush()
        self._bid()
        steps = {
            Phase.CONFIRMED: self._confirm,
            Phase.SHOPPING: self._shop,
            Phase.ADJUSTING: self._adjust,
            Phase.DISTRIBUTING: self._hand_out,
            Phase.COMPLETED: self._complete,
        }
        if self.trip.phase is Phase.CANCELLED:
            phases.cancel_run(self.session, self.leader, self.run.id, self.trip.reason, now=self.at(0.5))
        for phase, step in steps.items():
            if list(Phase).index(phase) <= list(Phase).index(self.trip.phase) < list(Phase).index(Phase.CANCELLED):
                step()
                self.session.flush()

    def _bid(self) -> None:
        for key, price in self.trip.prices.items():
            product = self.world.products[key]
            amount = self._money(price)
            catalogue.observe_price(
                self.session, self.leader.id, self.run, self.group, product, amount, now=self.at(0.01)
            )
        wishes = [(who, key, typed) for who, wanted in self.trip.bids.items() for key, typed in wanted.items()]
        for number, (who, key, typed) in enumerate(wishes):
            note = self.trip.notes.get((who, key), "")
            now = self.at(0.05 + 0.3 * number / len(wishes))
            quantity = parse_quantity(typed, GOODS[key].step, unit=GOODS[key].unit)
            actor, product = self.world.people[who], self.world.products[key]
            bids.place_bid(self.session, actor, self.run.id, product, quantity, note=note, now=now)
        for who, key in self.trip.interested:
            actor, product = self.world.people[who], self.world.products[key]
            bids.mark_interested(self.session, actor, self.run.id, product, now=self.at(0.36))
        for who in self.trip.helpers:
            helper = self.world.people[who].id
            runs.set_helper(self.session, self.leader, self.run.id, helper, True, now=self.at(0.37))
        for who in self.trip.ready:
            bids.set_ready(self.session, self.world.people[who], self.run.id, True, now=self.at(0.4))

    def _confirm(self) -> None:
        waiting = [person.id for person in not_ready(self.session, self.leader, self.run.id)]
        phases.confirm_run(self.session, self.leader, self.run.id, not_ready=waiting, now=self.at(0.5))

    def _shop(self) -> None:
        phases.start_shopping(self.session, self.leader, self.run.id, now=self.at(0.55))
        self.session.flush()
        helper = self.world.people[self.trip.helpers[0]] if self.trip.helpers else self.leader
        for number, (key, (typed, total)) in enumerate(self.trip.bought.items()):
            who = helper if number % 3 == 2 else self.leader
            goods = GOODS[key]
            quantity = parse_quantity(typed, scale_step(Unit(goods.unit), goods.step), unit=goods.unit)
            amount = self._money(total)
            now = self.at(0.6 + 0.02 * number)
            shopping.buy(self.session, who, self.run.id, self._item(key), quantity, amount, seen=0, now=now)
        for key in self.trip.missing:
            shopping.set_missing(self.session, self.leader, self.run.id, self._item(key), True, now=self.at(0.66))

    def _adjust(self) -> None:
        still_open = [item.id for item in open_list(self.session, self.leader, self.run.id).items]
        phases.finish_shopping(self.session, self.leader, self.run.id, not_there=still_open, now=self.at(0.7))

    def _hand_out(self) -> None:
        if self.run.phase is Phase.ADJUSTING:
            effect = effect_of(shares_of(self.session, self.leader, self.run.id))
            adjusting.share_fairly(self.session, self.leader, self.run.id, effect=effect, now=self.at(0.8))
            self.session.flush()
        for who in self.trip.picked_up:
            person = self.world.people[who]
            pickup.pick_up_all(self.session, person, self.run.id, person.id, now=self.at(0.9))

    def _complete(self) -> None:
        rest = waiting_lines(self.session, self.leader, self.run.id)
        phases.complete_run(self.session, self.leader, self.run.id, rest_picked_up=rest, now=self.at(1))

    def _item(self, key: str) -> UUID:
        query = select(ListItem.id).where(
            ListItem.run_id == self.run.id, ListItem.product_id == self.world.products[key]
        )
        return self.session.scalars(query).one()

    def _money(self, typed: str) -> int:
        return parse_money(typed, exponent(self.group.currency), field="price")
