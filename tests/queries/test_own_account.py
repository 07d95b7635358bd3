"""What somebody sees of their own account: A6, and everything that is kept about them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Column, func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import SQLModel, col

from bulq.domain.actor import Actor
from bulq.domain.attachments import FileKind
from bulq.domain.phases import Phase
from bulq.models import Allocation, AuditEntry, Bid, BidRaise, CaseChoice, CaseShare, Favour, Group, User
from bulq.queries import own_data as own
from bulq.queries.accounts import profile
from bulq.queries.merging_people import columns_about_users
from bulq.queries.own_data import SECTIONS, own_data
from bulq.queries.pick_up import pick_up
from bulq.services import (
    accounts,
    aliases,
    attachments,
    catalogue,
    costs,
    groups,
    households,
    ordinary,
    payouts,
    phases,
    pickup,
    prices,
    receipts,
    runs,
    spoilage,
    tags,
    users,
)
from bulq.services.password_resets import offer_reset
from bulq.services.stand_ins import add_stand_in
from tests import seeing
from tests.cast import LATER, NOW, PACK, Cast, assemble, bring_to, item_of, leave_over, listed, plan, remove

# The columns that say whose a row of a section is.
WHOSE = {
    "account": ("users.id",),
    "sessions": ("user_sessions.user_id",),
    "payouts": ("payouts.user_id",),
    "password_resets": ("password_resets.user_id",),
    "groups": ("memberships.user_id",),
    "groups_made": ("groups.created_by",),
    "runs": ("participants.user_id",),
    "phases": ("phase_entries.actor_id",),
    "bids": ("bids.user_id",),
    "case_choices": ("case_choices.decided_by",),
    "changed_by_case_choices": ("case_shares.user_id",),
    "purchases": ("purchases.payer_id", "purchases.bought_by"),
    "got": ("allocations.user_id",),
    "left_over_taken": ("leftover_takings.user_id",),
    "short_of": ("shortages.user_id",),
    "came_first_for": ("favours.user_id",),
    "statement_lines": ("statement_lines.user_id",),
    "receipts": ("receipt_payers.user_id",),
    "receipts_added": ("receipts.added_by",),
    "costs_added": ("costs.added_by",),
    "costs_chosen": ("cost_shares.user_id",),
    "balances": ("balances.user_id",),
    "ledger_entries": ("ledger_entries.user_id",),
    "places_kept": ("stand_ins.made_by",),
    "postings": ("postings.actor_id",),
    "payments": (*("payments.sender_id", "payments.receiver_id", "payments.created_by", "payments.answered_by"),),
    "plans": ("plans.made_by",),
    "attachments": ("attachments.added_by",),
    "spoiled": ("spoilages.user_id",),
    "households": ("household_members.user_id", "household_members.payer_id", "household_members.proposed_by"),
    "prices": ("price_observations.seen_by",),
    "ordinary_prices": ("ordinary_prices.seen_by",),
    "products": ("products.created_by",),
    "other_names": ("product_aliases.created_by",),
    "product_tags": ("product_tags.created_by",),
    "tags": ("tags.created_by",),
    "stores": ("stores.created_by",),
    "imports": ("catalogue_imports.created_by",),
    "lists_of_stores": ("store_lists.saved_by",),
    "no_longer_sold": ("gone_products.gone_by",),
    "notifications": ("notifications.user_id",),
}
OTHERWISE = {
    "spoilages.decided_by": "what somebody decided about the goods of another",
    "stand_ins.user_id": "of an account that nobody signs in with",
    "runs.leader_id": "says `leads` of a run",
    "runs.hand_over_to": "says `asked_to_lead` of a run",
    "allocations.picked_up_by": "section handed_out",
    "operations.user_id": "answers to changes, kept for a while so that none is made twice; what they changed is above",
    "staged_marks.gone_by": "what an import took away of section no_longer_sold, for a day",
    **dict.fromkeys(
        (
            "bids.edited_by",
            "bids.wanted_by",
            "users.locked_by",
            "password_resets.created_by",
            "server_settings.changed_by",
            "price_observations.withdrawn_by",
            "ordinary_prices.withdrawn_by",
            "catalogue_imports.undone_by",
            "catalogue_imports.verified_by",
            "products.verified_by",
            "stores.verified_by",
            "tags.verified_by",
        ),
        "an act on what is another's: section record",
    ),
}


def whole(session: Session, who: Actor) -> dict[str, list[dict[str, Any]]]:
    """All sections, put together from their parts."""
    found: dict[str, list[dict[str, Any]]] = {}
    place: own.Place | None = (0, None)
    while place is not None:
        session.flush()
        parts, place = own_data(session, who, place)
        for part in parts:
            assert part.begins == (part.section not in found)
            found.setdefault(part.section, []).extend(part.rows)
    return found


def busy(session: Session, cast: Cast) -> Cast:
    """Everybody has done something of everything, and Mila has left the group after it."""
    for phase in (Phase.COMPLETED, Phase.DISTRIBUTING, Phase.ACTIVE):
        run_id = bring_to(session, cast, phase)
        if phase is Phase.DISTRIBUTING:
            rice = item_of(session, run_id, cast.rice)
            pickup.set_picked_up(session, cast.ana, run_id, rice, cast.bojan.id, True, now=NOW)
            pickup.set_picked_up(session, cast.mila, run_id, rice, cast.mila.id, True, now=NOW)
            receipt = receipts.add_receipt(session, cast.ana, run_id, [receipts.Payer(cast.bojan.id)], now=NOW)
            of = receipt.id, costs.CostKind.TIP, 300, costs.CostRule.PEOPLE
            chosen = [costs.Share(who.id) for who in (cast.ana, cast.mila)]
            costs.add_cost(session, cast.ana, run_id, *of, shares=chosen, revision=1, now=NOW)
            attachments.keep_attachment(session, cast.ana, run_id, FileKind.JPEG, 1000, width=40, height=30, now=NOW)
            spoilage.report_spoiled(session, cast.bojan, run_id, rice, PACK, note="Mouldy", now=NOW)
            leave_over(session, run_id, rice, cast.ana.id, 2 * PACK)
            for who in (cast.ana, cast.bojan, cast.mila):
                of = {"run_id": run_id, "item_id": rice, "user_id": who.id}
                session.add(Favour(**of, alone=0, got=PACK, goodwill=799, value=799))
            for who in (cast.bojan, cast.mila):
                seeing.take_leftovers(session, who, run_id, rice, PACK, now=NOW)
    households.propose_household(session, cast.bojan, cast.group_id, cast.bojan.id, cast.ana.id, now=NOW)
    for who in (cast.ana, cast.bojan):
        seeing.save_plan(session, who, cast.group_id, now=NOW)
    for number, who in enumerate((cast.ana, cast.bojan, cast.mila), 1):
        accounts.start_session(session, who.id, "Firefox", now=NOW)
        prices.see_price(session, who, cast.rice, cast.store_id, 800 + number, "EUR", now=NOW)
        ordinary.note_ordinary_price(session, who, cast.rice, 999 + number, "EUR", now=NOW)
        goods = catalogue.add_product(session, who, f"Goods {number}", "", "kg", 100, now=NOW)
        aliases.add_alias(session, who, goods.id, f"Other {number}", "sr", now=NOW)
        tags.add_tag(session, who, goods.id, "diet", f"Tag {number}", now=NOW)
        catalogue.add_store(session, who, f"Store {number}", now=NOW)
        offer_reset(session, cast.ada, who.id, now=NOW)
        payouts.add_payout(session, who, "paypal", f"member{number}", now=NOW)
        own_group = groups.create_group(session, who, f"Group {number}", "EUR", "UTC", now=NOW)
        add_stand_in(session, own_group, "Pero", "pero", who.id, now=NOW)
    _choose_for_cases(session, cast, bring_to(session, cast, Phase.CONFIRMED))
    listed(session, cast, cast.bojan)
    remove(session, cast, cast.mila)
    return cast


def _choose_for_cases(session: Session, cast: Cast, run_id: UUID) -> None:
    """As leaders of one run after another."""
    for who in (cast.ana, cast.bojan, cast.mila):
        made = {"decided_by": who.id, "decided_at": NOW, "filled": True}
        choice = CaseChoice(run_id=run_id, product_id=cast.rice, size=4000, wanted=10_000, **made)
        session.add(choice)
        session.flush()
        session.add(CaseShare(choice_id=choice.id, user_id=who.id, before=1000, after=2000, value=799))


def count(session: Session, columns: tuple[str, ...], who: UUID) -> int:
    tables = SQLModel.metadata.tables
    found = [tables[name.split(".")[0]].c[name.split(".")[1]] for name in columns]
    return session.execute(
        select(func.count()).select_from(found[0].table).where(or_(*(column == who for column in found)))
    ).scalar_one()


def test_no_column_about_people_is_forgotten() -> None:
    def name(column: Column[Any]) -> str:
        return f"{column.table.name}.{column.name}"

    said = {column for columns in WHOSE.values() for column in columns} - {"users.id"}

    assert said | OTHERWISE.keys() == {name(column) for column in columns_about_users()}
    assert WHOSE.keys() | {"bid_raises", "handed_out", "record"} == {section for section, _ in SECTIONS}


def test_one_gets_everything_of_ones_own_and_nothing_of_others(session: Session) -> None:
    cast = busy(session, assemble(session))

    for who in (cast.ana, cast.bojan, cast.mila, cast.eva):
        found = whole(session, who)
        assert {name: len(found[name]) for name in WHOSE} == {
            name: count(session, columns, who.id) for name, columns in WHOSE.items()
        }
        raises = select(func.count()).select_from(BidRaise).join(Bid).where(col(Bid.user_id) == who.id)
        assert len(found["bid_raises"]) == session.execute(raises).scalar_one()
        others = (col(Allocation.picked_up_by) == who.id) & (col(Allocation.user_id) != who.id)
        handed_out = select(func.count()).select_from(Allocation).where(others)
        assert len(found["handed_out"]) == session.execute(handed_out).scalar_one()
        record = select(func.count()).select_from(AuditEntry)
        mine = (col(AuditEntry.actor_id) == who.id) | (col(AuditEntry.subject_id) == who.id)
        assert len(found["record"]) == session.execute(record.where(mine)).scalar_one()
    anas, bojans = whole(session, cast.ana), whole(session, cast.bojan)
    assert all(anas[name] or bojans[name] for name, _ in SECTIONS)


def test_no_secret_is_in_it_and_nothing_of_what_one_has_left(session: Session) -> None:
    cast = busy(session, assemble(session))
    secrets = [session.get_one(Group, cast.group_id).invite_token]
    session.get_one(Group, cast.group_id).name = "Liman since she left"
    session.get_one(User, cast.mila.id).password_hash = "the hash of a password"

    found = whole(session, cast.mila)

    # A notification says by whom it came about; nothing else is of others.
    written = json.dumps({name: rows for name, rows in found.items() if name != "notifications"}, default=str)
    for secret in (*secrets, "Liman since", "the hash", "token", str(cast.ana.id), str(cast.bojan.id)):
        assert secret not in written
    assert [group["group"] for group in found["groups"]] == ["Group 3"]


def test_what_others_did_to_one_is_said_without_who(session: Session) -> None:
    cast = assemble(session)
    users.edit_user(session, cast.ada, cast.mila.id, "Mila M.", "mila", now=LATER)

    (entry,) = [entry for entry in whole(session, cast.mila)["record"] if entry["at"] == LATER]

    assert (entry["action"], entry["by_me"]) == ("user_edited", False)
    assert {entry[name] for name in ("address", "subject_kind", "subject_name", "details")} == {None}


@pytest.mark.parametrize("batch", [1, 2, 7, 1000])
def test_however_much_it_is_it_comes_whole(session: Session, monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    cast = busy(session, assemble(session))
    at_once = whole(session, cast.bojan)
    monkeypatch.setattr(own, "BATCH", batch)

    assert whole(session, cast.bojan) == at_once


def test_a6_the_profile_says_what_came_of_it(session: Session) -> None:
    """A6: bought, spent, runs joined, led, helped, groups."""
    cast = assemble(session)
    done = [bring_to(session, cast, phase) for phase in (Phase.COMPLETED, Phase.DISTRIBUTING)]
    bring_to(session, cast, Phase.CANCELLED)
    given_up = bring_to(session, cast, Phase.DISTRIBUTING)  # whose goods count nowhere
    phases.cancel_run(session, cast.ana, given_up, "", now=NOW)
    helped = plan(session, cast)
    runs.set_helper(session, cast.ana, helped, cast.bojan.id, True, now=NOW)
    groups.create_group(session, cast.bojan, "Closed", "EUR", "UTC", now=NOW).closed_at = NOW
    session.flush()

    figures = {who.name: profile(session, who, now=NOW).figures for who in (cast.ana, cast.bojan, cast.mila, cast.eva)}

    for name, who in (("Ana", cast.ana), ("Bojan", cast.bojan), ("Mila", cast.mila)):
        owes = [
            person.total
            for run_id in done
            for person in pick_up(session, cast.ana, run_id).people.values()
            if person.id == str(who.id)
        ]
        assert dict(figures[name].spent) == {"EUR": sum(owes)}
    assert sum(dict(each.spent).get("EUR", 0) for each in figures.values()) == 2 * 5593
    told = {name: (each.products, each.runs, each.led, each.helped, each.groups) for name, each in figures.items()}
    assert told == {"Ana": (2, 5, 5, 0, 1), "Bojan": (2, 5, 0, 1, 1), "Mila": (2, 4, 0, 0, 1), "Eva": (0, 0, 0, 0, 0)}


def test_a6_money_of_several_currencies_is_not_added_up(session: Session) -> None:
    """A6: spent, in each currency."""
    cast = assemble(session)
    for currency in ("EUR", "RSD"):
        session.get_one(Group, cast.group_id).currency = currency
        group = groups.create_group(session, cast.ana, currency, currency, "UTC", now=NOW)
        session.flush()
        for friend in (cast.bojan, cast.mila):
            groups.join_group(session, friend, group.invite_token, now=NOW)
        session.flush()
        bring_to(session, replace(cast, group_id=group.id), Phase.COMPLETED)

    assert [currency for currency, _ in profile(session, cast.mila, now=NOW).figures.spent] == ["EUR", "RSD"]
