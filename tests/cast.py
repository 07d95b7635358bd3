"""The cast of all tests: Ana leads, Bojan is in, Mila too; Eva is outside; Ada looks after the server."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import select

from bulq.domain.actor import Actor
from bulq.domain.catalogue import ImportState, Named
from bulq.domain.phases import Phase, Unit
from bulq.domain.statements import Entry, EntryKind
from bulq.models import (
    Allocation,
    CatalogueImport,
    GoneProduct,
    ListItem,
    Run,
    StagedLabel,
    StagedMark,
    StagedName,
    StagedPrice,
    StagedProduct,
    StoreList,
    User,
)
from bulq.queries.item_shares import run_shares
from bulq.services import accounts, bids, catalogue, groups, phases, runs, shopping
from bulq.services.ledger import enter_lines
from tests import seeing

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
PACK = 1000  # one whole unit, in thousandths


def person(session: Session, name: str) -> Actor:
    user = accounts.create_user(session, name, name.casefold(), "unusable", now=NOW)
    return actor(user)


def actor(user: User) -> Actor:
    return Actor(user.id, user.name, user.username, user.is_admin)


@dataclass(frozen=True, slots=True)
class Cast:
    ana: Actor
    bojan: Actor
    mila: Actor
    eva: Actor
    ada: Actor
    group_id: UUID
    store_id: UUID
    rice: UUID  # by the pack, 7.99 at the store
    tomatoes: UUID  # by 0.5 kg, 1.29 a kg


def assemble(session: Session) -> Cast:
    """Ana, Bojan and Mila in a group in euros, Eva outside, a store with rice and tomatoes."""
    ana, bojan, mila, eva = (person(session, name) for name in ("Ana", "Bojan", "Mila", "Eva"))
    ada = actor(accounts.create_user(session, "Ada", "ada", "unusable", is_admin=True, now=NOW))
    group = groups.create_group(session, ana, "Liman", "EUR", "Europe/Belgrade", now=NOW)
    for friend in (bojan, mila):
        groups.join_group(session, friend, group.invite_token, now=NOW)
    store = catalogue.add_store(session, ana, "Metro", now=NOW)
    rice = catalogue.add_product(session, ana, "Basmati rice 5 kg", "Daawat", "pack", 1000, now=NOW)
    tomatoes = catalogue.add_product(session, ana, "Tomatoes", "", "kg", 500, now=NOW)
    session.flush()
    return Cast(ana, bojan, mila, eva, ada, group.id, store.id, rice.id, tomatoes.id)


def plan(session: Session, cast: Cast, **details: object) -> UUID:
    """A run of Ana's at the store, in planning."""
    run = runs.start_run(session, cast.ana, cast.group_id, cast.store_id, now=NOW, **details)  # type: ignore[arg-type]
    session.flush()
    return run.id


def assemble_in(session: Session, phase: Phase) -> Cast:
    """Everybody, and a run that was brought to this phase."""
    cast = assemble(session)
    bring_to(session, cast, phase)
    return cast


def bring_to(session: Session, cast: Cast, phase: Phase) -> UUID:
    """A run in the given phase: rice wanted 5 by Ana, 3 by Bojan, 2 by Mila, and 1.5 kg of tomatoes by Bojan.

    From adjusting on 7 of the 10 packs were bought for 55.93 and no tomatoes; from pick-up on they are shared fairly.
    """
    run_id = plan(session, cast)
    for who, packs in ((cast.ana, 5), (cast.bojan, 3), (cast.mila, 2)):
        if phase is not Phase.PLANNING:
            bids.place_bid(session, who, run_id, cast.rice, packs * PACK, now=NOW)
    if phase in (Phase.PLANNING, Phase.CANCELLED):
        if phase is Phase.CANCELLED:
            phases.cancel_run(session, cast.ana, run_id, "Closed for stocktaking", now=NOW)
        session.flush()
        return run_id
    bids.place_bid(session, cast.bojan, run_id, cast.tomatoes, 1500, now=NOW)
    steps = {
        Phase.CONFIRMED: lambda: seeing.confirm_run(session, cast.ana, run_id, now=NOW),
        Phase.SHOPPING: lambda: phases.start_shopping(session, cast.ana, run_id, now=NOW),
        Phase.ADJUSTING: lambda: _shop(session, cast, run_id),
        Phase.DISTRIBUTING: lambda: seeing.share_fairly(session, cast.ana, run_id, now=NOW),
        Phase.COMPLETED: lambda: seeing.complete_run(session, cast.ana, run_id, now=NOW),
    }
    for step, go in steps.items():
        if phase is Phase.ACTIVE:
            break
        session.flush()
        go()
        if step is phase:
            break
    session.flush()
    return run_id


@dataclass(frozen=True, slots=True)
class World:
    """The cast with a run in each phase, and what belongs to Eva alone: a group of hers with the same goods."""

    cast: Cast
    runs: dict[Phase, UUID]
    evas: Cast
    evas_runs: dict[Phase, UUID]


def build(session: Session) -> World:
    cast = assemble(session)
    evas = assemble_for(session, cast)
    runs = {phase: bring_to(session, cast, phase) for phase in Phase}
    return World(cast, runs, evas, {Phase.SHOPPING: bring_to(session, evas, Phase.SHOPPING)})


def assemble_for(session: Session, cast: Cast) -> Cast:
    """Another group at the same store with the same products, led by Eva; nobody of the cast is in it."""
    pero, rada = person(session, "Pero"), person(session, "Rada")
    group = groups.create_group(session, cast.eva, "Telep", "EUR", "Europe/Belgrade", now=NOW)
    for friend in (pero, rada):
        groups.join_group(session, friend, group.invite_token, now=NOW)
    session.flush()
    return replace(cast, ana=cast.eva, bojan=pero, mila=rada, eva=cast.ana, group_id=group.id)


def remove(session: Session, cast: Cast, who: Actor) -> None:
    """Take somebody out of the group; Ana, who looks after it, is demoted by Bojan before."""
    remover = cast.ana
    if who == cast.ana:
        remover = cast.bojan
        groups.promote(session, cast.ana, cast.group_id, cast.bojan.id, now=LATER)
        groups.demote(session, cast.bojan, cast.group_id, cast.ana.id, now=LATER)
    groups.remove_member(session, remover, cast.group_id, who.id, now=LATER)
    session.flush()


def item_of(session: Session, run_id: UUID, product_id: UUID) -> UUID:
    query = select(ListItem.id).where(ListItem.run_id == run_id, ListItem.product_id == product_id)
    return session.scalars(query).one()


def _shop(session: Session, cast: Cast, run_id: UUID) -> None:
    rice = item_of(session, run_id, cast.rice)
    seeing.buy(session, cast.ana, run_id, rice, 7 * PACK, 5593, price=799, now=NOW)
    shopping.set_missing(session, cast.ana, run_id, item_of(session, run_id, cast.tomatoes), True, now=NOW)
    session.flush()
    seeing.finish_shopping(session, cast.ana, run_id, now=NOW)


def leave_over(session: Session, run_id: UUID, item_id: UUID, user_id: UUID, quantity: int) -> None:
    """Somebody does not take so much of what they would get: the goods are left over, and whoever paid bears them."""
    run = session.get_one(Run, run_id)
    if run.phase is Phase.DISTRIBUTING:
        line = session.scalars(
            select(Allocation).where(Allocation.item_id == item_id, Allocation.user_id == user_id)
        ).one()
        if line.quantity == quantity:
            session.delete(line)
        else:
            line.quantity -= quantity
    else:
        shares = run_shares(session, run).items[str(item_id)]
        amount = shares.costs[str(user_id)] * quantity // shares.got[str(user_id)]
        gives = Entry(str(user_id), EntryKind.GOODS, -quantity, -amount)
        bears = Entry(str(run.leader_id), EntryKind.LEFT_OVER, quantity, amount)  # who paid for everything
        enter_lines(session, run, item_id, [gives, bears], now=NOW)
    session.flush()


def listed(session: Session, cast: Cast, who: Actor) -> CatalogueImport:
    """An import that is done, with what is kept to undo it, how its list was read, and what it dropped."""
    about: dict[str, Any] = {"store_id": cast.store_id, "group_id": cast.group_id}
    found = CatalogueImport(
        name="list.csv", state=ImportState.DONE, created_by=who.id, created_at=NOW, taken_at=NOW, **about
    )
    session.add(found)
    session.flush()
    goods: dict[str, Any] = {"import_id": found.id, "product_id": cast.rice}
    named: dict[str, Any] = {"name": "Riz", "name_key": "riz"}
    session.add_all(
        [
            StagedProduct(is_new=False, unit=Unit.PACK, step=PACK, before={}, **goods, **named),
            StagedLabel(**goods, **named),
            StagedName(import_id=found.id, kind=Named.TAG, tag_kind="diet", **named),
            StagedPrice(store_id=cast.store_id, currency="EUR", price=799, day=NOW.date(), seen_at=NOW, **goods),
            StoreList(answers={"currency": "EUR"}, saved_by=who.id, saved_at=NOW, **about),
            StagedMark(is_new=False, store_id=cast.store_id, gone_by=who.id, gone_at=NOW, **goods),
            GoneProduct(store_id=cast.store_id, product_id=cast.rice, import_id=found.id, gone_by=who.id, gone_at=NOW),
        ]
    )
    session.flush()
    return found
