"""A food co-op in the demo: thirty members, prices of months, a hundred products in ten categories.

One busy run of all products takes bids, the goods of another are handed out.

What it says is the same each time: whoever shows the demo twice shows the same.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.catalogue import TagKind
from bulq.domain.times import day_in
from bulq.models import Group, ListItem
from bulq.queries.questions import not_ready
from bulq.services import accounts, bids, catalogue, groups, phases, pickup, prices, runs, shopping, tags

NAME, STORE, CURRENCY, ZONE = "Zelena korpa, food co-op", "Veletržnica Novi Sad", "RSD", "Europe/Belgrade"
NO_PASSWORD = "nobody signs in with this"  # matches no password: these members are only there
WEEKS = 16  # of prices

# (product, turn of the bidder) → what they say about it.
NOTES = {
    (0, 1): "Not too soft, please.",
    (18, 0): "Зрелије, ако има.",
    (52, 0): "Only if it's from this year.",
    (71, 2): "Whole beans, not ground.",
}

FIRST = (
    *("Andrej", "Biljana", "Vesna", "Goran", "Dragana", "Đorđe", "Živana"),
    *("Zoran", "Iva", "Jovan", "Katarina", "Lazar", "Ljubica", "Nada"),
)
LAST = ("Antić", "Babić")
UNITS: Final = {"kg": 500, "l": 500, "pack": 1000, "jar": 1000, "bottle": 1000, "box": 1000, "piece": 1000}
# Category → goods: name, unit, and what one costs in hundredths.
SHELVES: dict[str, tuple[tuple[str, str, int], ...]] = {
    "Fruit": (
        ("Apples, Ida Red", "kg", 10900),
        ("Pears, Williams", "kg", 18900),
        ("Bananas", "kg", 16900),
        ("Oranges", "kg", 14900),
        ("Lemons", "kg", 21900),
        ("Grapes, white", "kg", 24900),
        ("Plums, dried", "kg", 62000),
        ("Walnuts, shelled", "kg", 149000),
        ("Hazelnuts", "kg", 165000),
        ("Quinces", "kg", 13900),
    ),
    "Vegetables": (
        ("Potatoes, red", "kg", 8900),
        ("Onions", "kg", 7900),
        ("Carrots", "kg", 9900),
        ("Beetroot", "kg", 10900),
        ("Cabbage", "kg", 6900),
        ("Peppers, roasting", "kg", 15900),
        ("Leeks", "kg", 19900),
        ("Garlic, from Futog", "kg", 59000),
        ("Pumpkin, Hokkaido", "kg", 12900),
        ("Mushrooms", "kg", 37900),
    ),
    "Flour and cereals": (
        ("Wheat flour T-500, 25 kg", "pack", 139000),
        ("Spelt flour, wholegrain", "kg", 26900),
        ("Corn flour", "kg", 11900),
        ("Rolled oats", "kg", 17900),
        ("Buckwheat", "kg", 42000),
        ("Millet", "kg", 28900),
        ("Polenta", "kg", 13900),
        ("Semolina", "kg", 15900),
        ("Bulgur", "kg", 29900),
        ("Barley", "kg", 16900),
    ),
    "Rice and pulses": (
        ("Rice, long grain", "kg", 21900),
        ("Rice, brown", "kg", 32900),
        ("Beans, tetovac", "kg", 46900),
        ("Lentils, red", "kg", 35900),
        ("Lentils, green", "kg", 33900),
        ("Chickpeas", "kg", 34900),
        ("Peas, split", "kg", 24900),
        ("Soya mince", "kg", 31900),
        ("Quinoa", "kg", 89000),
        ("Beans, mung", "kg", 43900),
    ),
    "Oil and vinegar": (
        ("Sunflower oil, cold pressed", "l", 32900),
        ("Sunflower oil, 5 l", "bottle", 89900),
        ("Olive oil, extra virgin", "l", 129000),
        ("Pumpkin seed oil", "bottle", 139000),
        ("Coconut oil", "jar", 69000),
        ("Apple vinegar", "l", 18900),
        ("Wine vinegar", "l", 21900),
        ("Sesame oil", "bottle", 59000),
        ("Rapeseed oil", "l", 34900),
        ("Balsamic vinegar", "bottle", 49900),
    ),
    "Dairy and eggs": (
        ("Eggs, free range, 30", "box", 74900),
        ("Cheese, Sjenica", "kg", 115000),
        ("Kajmak, young", "kg", 129000),
        ("Butter", "pack", 28900),
        ("Yoghurt, 1 l", "bottle", 16900),
        ("Milk, 12 × 1 l", "box", 159900),
        ("Cream, sour", "jar", 18900),
        ("Feta", "pack", 34900),
        ("Cheese, hard goat", "kg", 189000),
        ("Kefir, 1 l", "bottle", 18900),
    ),
    "Sweet": (
        ("Honey, acacia", "jar", 98000),
        ("Honey, linden", "jar", 89000),
        ("Sugar", "kg", 11900),
        ("Brown sugar", "kg", 28900),
        ("Plum jam", "jar", 34900),
        ("Apricot jam", "jar", 38900),
        ("Dark chocolate", "pack", 29900),
        ("Cocoa", "pack", 26900),
        ("Tahini halva", "pack", 32900),
        ("Raisins", "kg", 49900),
    ),
    "Drinks": (
        ("Coffee, ground", "pack", 69900),
        ("Coffee beans, 1 kg", "pack", 189900),
        ("Mint tea", "box", 15900),
        ("Camomile tea", "box", 15900),
        ("Apple juice, 3 l", "box", 54900),
        ("Elderflower syrup", "bottle", 42900),
        ("Mineral water, 6 × 1.5 l", "pack", 38900),
        ("Oat drink, 6 × 1 l", "pack", 119900),
        ("Beetroot juice", "bottle", 36900),
        ("Cherry juice", "bottle", 38900),
    ),
    "Household": (
        ("Toilet paper, 24 rolls", "pack", 89900),
        ("Dishwasher tablets, 100", "box", 159900),
        ("Washing powder, 10 kg", "box", 219900),
        ("Soda, 1 kg", "pack", 18900),
        ("Vinegar, 10 %", "l", 8900),
        ("Marseille soap", "piece", 24900),
        ("Bin bags", "pack", 12900),
        ("Candles", "pack", 21900),
        ("Baking paper", "pack", 16900),
        ("Sponges", "pack", 9900),
    ),
    "Spices and preserves": (
        ("Salt", "kg", 5900),
        ("Paprika, sweet", "kg", 169000),
        ("Pepper, black", "pack", 29900),
        ("Bay leaves", "pack", 9900),
        ("Ajvar, mild", "jar", 42900),
        ("Ajvar, hot", "jar", 42900),
        ("Gherkins", "jar", 26900),
        ("Tomato passata", "bottle", 17900),
        ("Olives", "jar", 31900),
        ("Mustard", "jar", 14900),
    ),
}


def found(session: Session, admin: Actor, visitors: list[Actor], *, now: datetime) -> None:
    """Write the co-op, with the visitors among its members; `admin` looks after the shelves' tags."""
    begin = now - timedelta(weeks=WEEKS)
    people = [*visitors, *_members(session, begin)]
    group = _group(session, people, begin)
    store = catalogue.add_store(session, people[0], STORE, now=begin).id
    goods = _goods(session, admin, begin)
    session.flush()
    _prices(session, people, goods, store, now)
    _run(session, people, group, store, goods, now)
    _pick_up(session, people, group, store, goods[::3], now)


def _members(session: Session, now: datetime) -> list[Actor]:
    found: list[Actor] = []
    for number, (last, first) in enumerate(product(LAST, FIRST)):
        username = f"member{number + 1}"
        user = accounts.create_user(session, f"{first} {last}", username, NO_PASSWORD, now=now)
        found.append(Actor(user.id, user.name, username))
    return found


def _group(session: Session, people: list[Actor], now: datetime) -> Group:
    group = groups.create_group(session, people[0], NAME, CURRENCY, ZONE, now=now)
    session.flush()
    for person in people[1:]:
        groups.join_group(session, person, group.invite_token, now=now)
    return group


def _goods(session: Session, admin: Actor, now: datetime) -> list[tuple[UUID, str, int]]:
    """Each product with its unit and what one costs."""
    found: list[tuple[UUID, str, int]] = []
    for shelf, goods in SHELVES.items():
        for name, unit, cost in goods:
            made = catalogue.add_product(session, admin, name, "Zadrugar", unit, UNITS[unit], now=now)
            session.flush()
            tags.add_tag(session, admin, made.id, TagKind.CATEGORY, shelf, now=now)
            found.append((made.id, unit, cost))
    return found


def _prices(
    session: Session, people: list[Actor], goods: list[tuple[UUID, str, int]], store: UUID, now: datetime
) -> None:
    """Every price once, and those of every tenth product each week, up and down by a few percent."""
    for number, (product_id, _unit, cost) in enumerate(goods):
        for week in range(WEEKS if number % 10 == 0 else 1, 0, -1):
            swing = (number * 7 + week * 13) % 17 - 8  # percent
            price = cost * (100 + swing - week // 4) // 100 // 100 * 100
            seen_by = people[(number + week) % len(people)]
            at = now - timedelta(weeks=week, hours=number % 9)
            prices.see_price(session, seen_by, product_id, store, price, CURRENCY, now=at)


def _run(
    session: Session,
    people: list[Actor],
    group: Group,
    store: UUID,
    goods: list[tuple[UUID, str, int]],
    now: datetime,
) -> None:
    """A run that takes bids: all products are wanted, each by a few, and some people are ready."""
    begin = now - timedelta(days=3)
    run = runs.start_run(
        session,
        people[0],
        group.id,
        store,
        shopping_day=day_in(now + timedelta(days=4), ZONE),
        bids_close_at=now + timedelta(days=2),
        note="The big one before the holidays. The van holds 1,200 kg.",
        now=begin,
    )
    session.flush()
    for number, (product_id, _unit, _cost) in enumerate(goods):
        for turn in range(2 + number % 4):
            who = people[(number * 7 + turn * 11) % len(people)]
            amount = 1000 * (1 + (number + turn) % 3)
            at = begin + timedelta(minutes=20 * number + turn)
            bids.place_bid(session, who, run.id, product_id, amount, now=at)
    for (number, turn), note in NOTES.items():
        product_id = goods[number][0]
        bids.write_note(session, people[(number * 7 + turn * 11) % len(people)], run.id, product_id, note, now=begin)
    for who in people[1::4]:
        bids.set_ready(session, who, run.id, True, now=now - timedelta(hours=5))


def _pick_up(
    session: Session,
    people: list[Actor],
    group: Group,
    store: UUID,
    goods: list[tuple[UUID, str, int]],
    now: datetime,
) -> None:
    """A run of last week whose goods are handed out: a third of the products, and half of the people were there."""
    begin, leader = now - timedelta(days=9), people[2]
    run = runs.start_run(session, leader, group.id, store, note="Pick-up on Saturday from 10 to 14.", now=begin)
    session.flush()
    for number, (product_id, _unit, _cost) in enumerate(goods):
        for turn in range(2 + number % 4):
            who = people[(number * 5 + turn * 7) % len(people)]
            bids.place_bid(session, who, run.id, product_id, 1000 * (1 + (number + turn) % 3), now=begin)
    waiting = [person.id for person in not_ready(session, leader, run.id)]
    phases.confirm_run(session, leader, run.id, not_ready=waiting, now=begin + timedelta(days=2))
    phases.start_shopping(session, leader, run.id, now=begin + timedelta(days=3))
    session.flush()
    costs = {product_id: cost for product_id, _unit, cost in goods}
    for number, item in enumerate(session.scalars(select(ListItem).where(col(ListItem.run_id) == run.id)).all()):
        total = item.wanted * costs[item.product_id] // 1000
        at = begin + timedelta(days=3, minutes=2 * number)
        shopping.buy(session, leader, run.id, item.id, item.wanted, total, seen=0, now=at)
    phases.finish_shopping(session, leader, run.id, not_there=[], now=begin + timedelta(days=3, hours=3))
    session.flush()
    for who in people[1::2]:
        pickup.pick_up_all(session, who, run.id, who.id, now=now - timedelta(days=1))
