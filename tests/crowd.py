"""A run of many people and products, with long names and three scripts, as far as goods are given out."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq.domain.actor import Actor
from bulq.domain.phases import Phase
from bulq.models import Group, ListItem, Run
from bulq.services import accounts, bids, catalogue, groups, phases, pickup, runs, shopping
from tests import seeing
from tests.cast import LATER, NOW, PACK, Cast, actor

NAMES = (
    "Јелена Радосављевић-Стефановић",
    "Maximiliana Wolfeschlegelsteinhausenbergerdorff",
    "Đorđe Šašić",
    "Ана",
    "Zoë Åkerström",
    "Παναγιώτα Χατζηδημητρίου",
)
GOODS = (
    ("Sunflower oil, cold pressed, unfiltered, from the mill in Sombor, 5 l", "can", 1000),
    ("Јабука ајдаред", "kg", 500),
    ("Eggs, free range, 30", "box", 1000),
    ("Багремов мед из Фрушке горе, 900 g", "jar", 1000),
    ("Tomatoes", "kg", 500),
    ("Flour T-500, 25 kg", "bag", 1000),
)


def members(session: Session, cast: Cast, count: int) -> list[Actor]:
    """Ana, Bojan and Mila, and others up to `count`."""
    invite = session.get_one(Group, cast.group_id).invite_token
    found = [cast.ana, cast.bojan, cast.mila]
    for number in range(count - len(found)):
        name = NAMES[number] if number < len(NAMES) else f"Member {number + 1}"
        who = actor(accounts.create_user(session, name, f"member{number + 1}", "unusable", now=NOW))
        groups.join_group(session, who, invite, now=NOW)
        found.append(who)
    session.flush()
    return found


def run_of_many(session: Session, cast: Cast, people: int, products: int, phase: Phase) -> UUID:
    """Every product is wanted by two to six people. Each tenth is not there, each seventh is half of what is wanted.

    In pick-up each fourth person has taken everything, and Ana's first line is ticked.
    """
    everybody = members(session, cast, people)
    run = runs.start_run(session, cast.ana, cast.group_id, cast.store_id, note="The van holds 1,200 kg.", now=NOW)
    session.flush()
    for number in range(products):
        name, unit, step = GOODS[number % len(GOODS)]
        called = name if number < len(GOODS) else f"{name.partition(',')[0]} No. {number + 1}"
        made = catalogue.add_product(session, cast.ana, called, "Задругар" if number % 3 else "", unit, step, now=NOW)
        session.flush()
        for turn in range(2 + number % 5):
            who = everybody[(number * 7 + turn * 11) % people]
            amount = PACK * (1 + (number + turn) % 3) + (500 if step == 500 and turn == 1 else 0)
            bids.place_bid(session, who, run.id, made.id, amount, now=NOW)
    session.flush()
    seeing.confirm_run(session, cast.ana, run.id, now=NOW)
    phases.start_shopping(session, cast.ana, run.id, now=NOW)
    session.flush()
    if phase is not Phase.SHOPPING:
        _shop(session, cast, everybody, run.id)
    if phase is Phase.DISTRIBUTING:
        for who in everybody[3::4]:
            pickup.pick_up_all(session, cast.ana, run.id, who.id, now=LATER)
    if phase is Phase.COMPLETED:
        seeing.complete_run(session, cast.ana, run.id, now=LATER)
    session.flush()
    return run.id


def _shop(session: Session, cast: Cast, everybody: list[Actor], run_id: UUID) -> None:
    items = session.scalars(select(ListItem).where(ListItem.run_id == run_id).order_by(col(ListItem.id))).all()
    for number, item in enumerate(items):
        if number % 10 == 9:
            shopping.set_missing(session, cast.ana, run_id, item.id, True, now=NOW)
            continue
        amount = item.wanted // 2 // 1000 * 1000 if number % 7 == 6 and item.wanted > 2000 else item.wanted
        payer = everybody[number % 3]
        total = amount * (137 + 31 * (number % 9)) // 1000
        at = NOW + timedelta(minutes=number)
        seeing.buy(session, cast.ana, run_id, item.id, amount, total, payer_id=payer.id, now=at)
    session.flush()
    seeing.finish_shopping(session, cast.ana, run_id, now=NOW)
    session.flush()
    if session.get_one(Run, run_id).phase is Phase.ADJUSTING:
        seeing.share_fairly(session, cast.ana, run_id, now=NOW)
    session.flush()
