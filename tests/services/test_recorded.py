"""What has to be recorded is: rights, phases, withdrawn prices, what admins do. In the same transaction, for good."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import db, passwords
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.phases import Phase
from bulq.jobs.cleanup import forget_old_audit_entries
from bulq.jobs.deadlines import close_due
from bulq.models import AuditEntry
from bulq.services import accounts, aliases, bids, groups, phases, runs, tags, users
from tests import seeing
from tests.cast import LATER, NOW, PACK, Cast, World, actor, assemble, bring_to, plan
from tests.knowing import proof
from tests.services.test_every_use_case import home_of, ids, person, ready
from tests.services.use_cases import NOT_RECORDED, USE_CASES, UseCase

PASSWORD = "correct horse battery"
PLACE = "192.0.2.7"


def entries(session: Session) -> list[AuditEntry]:
    session.flush()
    return list(session.scalars(select(AuditEntry).order_by(col(AuditEntry.id))))


def recorded(session: Session, do: Callable[[], Any]) -> list[AuditEntry]:
    """What it left in the record."""
    before = {entry.id for entry in entries(session)}
    do()
    return [entry for entry in entries(session) if entry.id not in before]


def actions(found: list[AuditEntry]) -> list[str]:
    return [entry.action for entry in found]


def test_every_use_case_is_recorded_or_there_is_a_reason_why_not() -> None:
    silent = {case.name for case in USE_CASES if case.records is None}
    excused = {case.name for case in USE_CASES if case.function in NOT_RECORDED}

    assert silent == excused


@pytest.mark.parametrize("case", USE_CASES, ids=ids)
def test_it_leaves_in_the_record_what_it_should(session: Session, world: World, case: UseCase) -> None:
    at = ready(session, world, case, home_of(case))
    who = replace(person(world, case.who), address=PLACE)

    found = recorded(session, lambda: case.call(at, who))

    assert sorted(actions(found)) == sorted((case.records or "").split())
    for entry in found:
        assert (entry.actor_id, entry.actor_name, entry.address) == (who.id, who.name, PLACE)
        assert entry.subject_kind and entry.subject_name
        assert entry.subject_id or entry.subject_kind in ("catalogue", "server")  # there is but one


@pytest.mark.parametrize("phase", [Phase.ACTIVE, Phase.CONFIRMED, Phase.ADJUSTING, Phase.DISTRIBUTING])
def test_whoever_leads_leaves_and_the_run_passes_on_in_the_record(session: Session, cast: Cast, phase: Phase) -> None:
    run_id = bring_to(session, cast, phase)
    groups.promote(session, cast.ana, cast.group_id, cast.bojan.id, now=NOW)
    session.flush()

    found = recorded(session, lambda: groups.leave_group(session, cast.ana, cast.group_id, now=LATER))

    passed = {entry.details["run"]: entry for entry in found if entry.action == "lead_passed"}
    assert passed[str(run_id)].subject_id == cast.bojan.id
    assert (passed[str(run_id)].actor_id, passed[str(run_id)].details["before"]) == (cast.ana.id, "Ana")


def test_the_last_member_closes_the_group_by_leaving(session: Session, cast: Cast) -> None:
    group = groups.create_group(session, cast.eva, "Telep 2", "EUR", "UTC", now=NOW)
    session.flush()

    found = recorded(session, lambda: groups.leave_group(session, cast.eva, group.id, now=LATER))

    assert sorted(actions(found)) == ["group_closed", "member_left"]


def test_what_changes_nothing_is_not_recorded(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.CONFIRMED)
    runs.set_helper(session, cast.ana, run_id, cast.bojan.id, True, now=NOW)
    groups.promote(session, cast.ana, cast.group_id, cast.bojan.id, now=NOW)
    session.flush()

    def again() -> None:
        runs.set_helper(session, cast.ana, run_id, cast.bojan.id, True, now=NOW)
        runs.set_helper(session, cast.ana, run_id, cast.mila.id, False, now=NOW)
        groups.promote(session, cast.ana, cast.group_id, cast.bojan.id, now=NOW)
        groups.demote(session, cast.ana, cast.group_id, cast.mila.id, now=NOW)
        groups.set_joining(session, cast.ana, cast.group_id, True, now=NOW)
        seeing.edit_bid_of(session, cast.ana, run_id, cast.bojan.id, cast.rice, 3 * PACK, now=NOW)

    assert recorded(session, again) == []


def test_what_an_admin_takes_from_others_is_recorded(session: Session, cast: Cast) -> None:
    tag = tags.add_tag(session, cast.bojan, cast.rice, "diet", "Vegan", now=NOW)
    alias = aliases.add_alias(session, cast.bojan, cast.rice, "Riža", "sr", now=NOW)
    session.flush()

    def take_away() -> None:
        tags.remove_tag(session, cast.ada, cast.rice, tag.id, now=NOW)
        aliases.remove_alias(session, cast.ada, alias.id, now=NOW)

    assert sorted(actions(recorded(session, take_away))) == ["alias_removed", "tag_removed"]


def test_deleting_the_only_admin_of_a_group_is_recorded_with_whom_it_passes_to(session: Session, cast: Cast) -> None:
    group = groups.create_group(session, cast.eva, "Telep 2", "EUR", "UTC", now=NOW)
    session.flush()
    groups.join_group(session, cast.bojan, group.invite_token, now=NOW)
    account = accounts.create_user(session, "Solo", "solo", "unusable", now=NOW)
    session.flush()
    alone = groups.create_group(session, actor(account), "Alone", "EUR", "UTC", now=NOW)
    groups.join_group(session, actor(account), group.invite_token, now=NOW)
    groups.promote(session, cast.eva, group.id, account.id, now=NOW)
    groups.demote(session, actor(account), group.id, cast.eva.id, now=NOW)
    session.flush()

    found = recorded(session, lambda: users.delete_account(session, cast.ada, account.id, now=LATER))

    told = {(entry.action, entry.group_id) for entry in found}
    assert told == {
        ("account_deleted", None),
        ("group_closed", alone.id),
        ("member_removed", alone.id),
        ("member_removed", group.id),
        ("member_promoted", group.id),
    }


def test_plain_bids_are_not_recorded(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.ACTIVE)

    assert recorded(session, lambda: bids.place_bid(session, cast.mila, run_id, cast.rice, PACK, now=NOW)) == []


def test_a_helper_is_recorded_with_the_run(session: Session, cast: Cast) -> None:
    run_id = plan(session, cast)

    (entry,) = recorded(session, lambda: runs.set_helper(session, cast.ana, run_id, cast.bojan.id, True, now=NOW))

    assert (entry.action, entry.subject_kind, entry.subject_id) == ("helper_added", "user", cast.bojan.id)
    assert (entry.details, entry.group_id) == ({"run": str(run_id), "store": "Metro"}, cast.group_id)


def test_a_bid_the_leader_edits_is_recorded_with_before_and_after(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.CONFIRMED)

    (entry,) = recorded(
        session,
        lambda: seeing.edit_bid_of(session, cast.ana, run_id, cast.bojan.id, cast.rice, PACK, now=NOW),
    )

    assert (entry.details["product"], entry.details["before"], entry.details["after"]) == (
        "Basmati rice 5 kg",
        3 * PACK,
        PACK,
    )


def test_accounts_are_recorded_without_passwords(session: Session) -> None:
    hashed = passwords.hash_password(PASSWORD)

    def live() -> None:
        user = accounts.register(session, "Ceca", "ceca", hashed, now=NOW, address=PLACE)
        admin = accounts.create_admin(session, "Root", "root", hashed, now=NOW)
        accounts.note_refusal(session, "CECA", address=PLACE, now=NOW)
        for unknown in ("nobody", "my secret password!", "\x00", ""):
            accounts.note_refusal(session, unknown, address=PLACE, now=NOW)
        token = accounts.start_session(session, user.id, "Firefox", address=PLACE, now=NOW)
        session.flush()
        ceca = accounts.actor_for(session, token, address=PLACE, now=NOW)
        accounts.change_password(session, ceca, proof(session, ceca.id, PASSWORD), "new", now=NOW)
        assert ceca.session_id
        accounts.end_session(session, ceca, ceca.session_id, now=NOW)
        assert admin.is_admin

    found = recorded(session, live)

    whole = ["user_registered", "admin_created", "sign_in_refused", "signed_in", "password_changed", "signed_out"]
    assert sorted(actions(found)) == sorted(whole)
    assert {entry.address for entry in found if entry.action != "admin_created"} == {PLACE}
    assert not any(secret in str(entry.model_dump()) for entry in found for secret in (PASSWORD, hashed, "secret"))
    refused = next(entry for entry in found if entry.action == "sign_in_refused")
    assert (refused.actor_id, refused.subject_name) == (None, "Ceca")


def test_a_deadline_is_the_servers_doing(database: str) -> None:
    with db.transaction() as session:
        cast = assemble(session)
        run_id = plan(session, cast, bids_close_at=LATER)
        bids.place_bid(session, cast.bojan, run_id, cast.rice, PACK, now=NOW)
        empty = plan(session, cast, bids_close_at=LATER)

    close_due(LATER)

    found = {entry.subject_id: entry for entry in db.read_now(entries) if entry.subject_id in (run_id, empty)}
    assert (found[run_id].action, found[empty].action) == ("phase_confirmed", "deadline_cleared")
    assert {(entry.actor_id, entry.actor_name, entry.address) for entry in found.values()} == {(None, "", "")}


def test_what_is_undone_leaves_no_entry(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with db.transaction() as session:
        cast = assemble(session)
        run_id = plan(session, cast)

    def fail(session: Session) -> None:
        phases.cancel_run(session, cast.ana, run_id, "", now=NOW)
        session.flush()
        raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        db.write_now(fail)

    assert "phase_cancelled" not in actions(db.read_now(entries))


@pytest.fixture
def old_and_new(database: str) -> Iterator[None]:
    """Entries of today, of half a year and of three years ago."""
    today = datetime.now(UTC)
    with db.transaction() as session:
        for days in (0, 20, 200, 1000):
            session.add(AuditEntry(at=today - timedelta(days=days), action="moon_bought", subject_name=str(days)))
    yield


def ages() -> list[str]:
    """Of those entries, as far as they are there."""
    return sorted(entry.subject_name for entry in db.read_now(entries) if entry.action == "moon_bought")


@pytest.mark.parametrize(
    "statement",
    [
        update(AuditEntry).values(action="nothing"),
        update(AuditEntry).where(col(AuditEntry.subject_name) == "1000").values(address="192.0.2.1"),
        delete(AuditEntry),
        delete(AuditEntry).where(col(AuditEntry.subject_name) == "20"),
    ],
    ids=["change all", "change an old one", "delete all", "delete a new one"],
)
@pytest.mark.usefixtures("old_and_new")
def test_the_database_itself_refuses_to_change_the_record(statement: Any) -> None:
    with pytest.raises(DBAPIError, match="audit entries"):
        db.write_now(lambda session: session.execute(statement))

    assert ages() == ["0", "1000", "20", "200"]


@pytest.mark.usefixtures("old_and_new")
def test_what_is_older_than_it_is_kept_goes() -> None:
    now = datetime.now(UTC)

    assert forget_old_audit_entries(now) == 1
    assert forget_old_audit_entries(now) == 0
    settings.audit_days = 100
    assert forget_old_audit_entries(now) == 1

    assert ages() == ["0", "20"]


def test_nobodys_user_is_needed_for_an_entry_to_stay(session: Session, cast: Cast) -> None:
    """It names people as of then, and no key binds it to them."""
    user = accounts.create_user(session, "Old name", "renamed", "unusable", now=NOW)
    session.flush()
    who: Actor = actor(user)
    (entry,) = recorded(session, lambda: groups.create_group(session, who, "New", "EUR", "UTC", now=NOW))
    user.name = "New name"
    session.flush()

    session.refresh(entry)
    assert entry.actor_name == "Old name"
