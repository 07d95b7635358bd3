"""Accounts: making one, signing in, sessions that end, passwords."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session
from sqlmodel import select

from bulq import passwords, sessions
from bulq.config import Registration, settings
from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, Forbidden, Invalid, NotFound, NotSignedIn
from bulq.domain.phases import Phase
from bulq.models import AuditEntry, Group, Membership, Notification, User, UserSession
from bulq.models.base import new_id
from bulq.queries.accounts import profile
from bulq.queries.pick_up import pick_up
from bulq.services import accounts, closing, groups, users
from bulq.services.accounts_removal import remove_own_account
from tests.cast import LATER, NOW, Cast, bring_to, plan
from tests.knowing import authenticate, proof

PASSWORD = "correct horse battery"
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def hashed() -> str:
    return passwords.hash_password(PASSWORD)


def token_of(session: Session, cast: Cast) -> str:
    return session.get_one(Group, cast.group_id).invite_token


def sign_in(session: Session, who: Actor, agent: str = "Firefox") -> str:
    token = accounts.start_session(session, who.id, agent, now=NOW)
    session.flush()
    return token


def test_open_registration_takes_everybody(session: Session, cast: Cast) -> None:
    user = accounts.register(session, " Цеца ", "ceca_1", "hash", now=NOW)

    assert (user.name, user.username, user.is_admin) == ("Цеца", "ceca_1", False)


def test_closed_registration_takes_nobody_not_even_invited(session: Session, cast: Cast) -> None:
    settings.registration = Registration.CLOSED

    with pytest.raises(Forbidden) as refusal:
        accounts.register(session, "Ceca", "ceca1", "hash", now=NOW, invite=token_of(session, cast))

    assert refusal.value.key == "registration_closed"


def test_registration_by_invitation_takes_a_living_link_only(session: Session, cast: Cast) -> None:
    settings.registration = Registration.INVITE
    token = token_of(session, cast)

    for wrong in (None, "", "nonsense", "\x00", "\ud800", "x" * 10_000_000):
        with pytest.raises(Forbidden) as refusal:
            accounts.register(session, "Ceca", "ceca1", "hash", now=NOW, invite=wrong)
        assert refusal.value.key == "registration_by_invite"
    accounts.register(session, "Ceca", "ceca1", "hash", now=NOW, invite=token)
    groups.set_joining(session, cast.ana, cast.group_id, False, now=NOW)
    session.flush()
    with pytest.raises(Forbidden):
        accounts.register(session, "Ceca", "ceca2", "hash", now=NOW, invite=token)


@pytest.mark.parametrize("taken", ["ana", "ANA", "Ana", " aNa "])
def test_a_username_is_given_once_whatever_its_case(session: Session, cast: Cast, taken: str) -> None:
    with pytest.raises(Conflict) as refusal:
        accounts.register(session, "Another Ana", taken, "hash", now=NOW)

    assert (refusal.value.key, refusal.value.field) == ("username_taken", "username")


def test_cyrillic_usernames_are_compared_without_case(session: Session, cast: Cast) -> None:
    accounts.register(session, "Жика", "Жика", "hash", now=NOW)

    with pytest.raises(Conflict):
        accounts.register(session, "Жика", "жИКА", "hash", now=NOW)


@pytest.mark.parametrize(
    "username",
    ["", "ab", "x" * 51, "a b", "a@b", "a\x00b", "a\ufff9b", "😀😀😀", "\ud800\ud800\ud800", "x" * 10_000_000],
)
def test_a_username_nobody_can_have_is_refused_at_its_field(session: Session, cast: Cast, username: str) -> None:
    with pytest.raises(Invalid) as refusal:
        accounts.register(session, "Ceca", username, "hash", now=NOW)

    assert refusal.value.field == "username"


def test_letters_that_stand_for_many_find_no_room_in_a_username(session: Session, cast: Cast) -> None:
    with pytest.raises(Invalid) as refusal:
        accounts.register(session, "Ceca", "\ufdfa" * 50, "hash", now=NOW)

    assert refusal.value.field == "username"


@pytest.mark.parametrize(
    ("there", "twin"),
    [
        ("kova", "kоva"),
        ("aca", "аса"),
        ("AHA_1", "АНА_1"),
        ("milan", "mi1an"),
        ("Iva", "lva"),
        ("b0b", "bob"),
        ("bernd", "bemd"),
        ("jose", "jo\u0455e"),
        ("cara", "c\u0430ra\u200d"),
    ],
)
def test_a_username_that_looks_like_another_one_is_taken(session: Session, cast: Cast, there: str, twin: str) -> None:
    user = accounts.register(session, "One", there, "hash", now=NOW)

    with pytest.raises((Conflict, Invalid)) as refusal:
        accounts.register(session, "Two", twin, "hash", now=NOW)
    assert (refusal.value.key, refusal.value.field) in (
        ("username_taken", "username"),
        ("username_scripts", "username"),
    )
    accounts.rename(session, user, "One again", there)
    with pytest.raises((Conflict, Invalid)):
        accounts.rename(session, session.get_one(User, cast.mila.id), "Mila", twin)


@pytest.mark.parametrize("username", ["anа", "аna", "bojaν", "ана_x", "मna"])
def test_a_username_is_written_in_one_script(session: Session, cast: Cast, username: str) -> None:
    with pytest.raises(Invalid) as refusal:
        accounts.register(session, "Ceca", username, "hash", now=NOW)

    assert (refusal.value.key, refusal.value.field) == ("username_scripts", "username")


def test_usernames_of_any_script_stay_apart(session: Session, cast: Cast) -> None:
    for username in ("бојан", "ана", "ceca", "céca", "कमल_देवी", "山田たろう", "ava", "eva2", "user1", "user2"):
        accounts.register(session, "X", username, "hash", now=NOW)

    session.flush()


def test_an_account_from_before_these_rules_may_change_its_name(session: Session, cast: Cast) -> None:
    user = session.get_one(User, cast.mila.id)
    user.username = user.username_key = "m\u0456la"
    session.flush()

    accounts.rename(session, user, "Милица", "m\u0456la")

    assert user.name == "Милица"


def test_the_look_of_a_deleted_account_is_free(session: Session, cast: Cast, hashed: str) -> None:
    accounts.register(session, "Ceca", "ceca", hashed, now=NOW)
    ceca = accounts.login_of(session, "ceca")
    assert ceca is not None
    users.delete_account(session, cast.ada, ceca.user_id, now=NOW)

    accounts.register(session, "Ceca", "сеса", "hash", now=NOW)


def test_signing_in_with_the_right_password_whatever_the_case_of_the_name(
    session: Session, cast: Cast, hashed: str
) -> None:
    user = accounts.register(session, "Ceca", "Ceca", hashed, now=NOW)

    assert authenticate(session, " cECA ", PASSWORD) == user.id


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("ceca", "wrong password"),
        ("nobody", PASSWORD),
        ("", ""),
        ("ceca", ""),
        ("ceca", "\ud800" * 12),
        ("ceca\x00", PASSWORD),
        ("\ud800", PASSWORD),
        ("x" * 10_000_000, PASSWORD),
        ("ceca' OR '1'='1", PASSWORD),
    ],
    ids=range(9),
)
def test_wrong_name_and_wrong_password_look_the_same(
    session: Session, cast: Cast, hashed: str, username: str, password: str
) -> None:
    accounts.register(session, "Ceca", "ceca", hashed, now=NOW)

    with pytest.raises(Invalid) as refusal:
        authenticate(session, username, password)

    assert (refusal.value.key, refusal.value.field) == ("wrong_login", None)


def test_a_name_nobody_has_finds_no_account_to_compare_with(session: Session, cast: Cast) -> None:
    found = [accounts.login_of(session, username) for username in ("ana", "nobody", "\x00", "")]

    assert [login and login.password_hash for login in found] == ["unusable", None, None, None]


def test_only_a_hash_of_the_token_is_stored(session: Session, cast: Cast) -> None:
    token = sign_in(session, cast.ana)

    row = session.scalars(select(UserSession).where(UserSession.user_id == cast.ana.id)).one()

    assert token not in str(vars(row)) and row.token_hash == sessions.token_hash(token)
    assert accounts.actor_for(session, token, now=NOW).session_id == row.id


@pytest.mark.parametrize("token", [None, "", "nonsense", "\x00", "\ud800", "é", "x" * 10_000_000], ids=range(7))
def test_a_token_nobody_holds_signs_nobody_in(session: Session, cast: Cast, token: str | None) -> None:
    with pytest.raises(NotSignedIn):
        accounts.actor_for(session, token, now=NOW)


def test_an_unused_session_ends_after_thirty_days(session: Session, cast: Cast) -> None:
    token = sign_in(session, cast.ana)

    accounts.actor_for(session, token, now=NOW + 30 * DAY - timedelta(seconds=1))
    with pytest.raises(NotSignedIn):
        accounts.actor_for(session, token, now=NOW + 30 * DAY)


def test_a_used_session_lives_on_but_ninety_days_at_most(session: Session, cast: Cast) -> None:
    token = sign_in(session, cast.ana)

    for days in (29, 58, 87):
        accounts.actor_for(session, token, now=NOW + days * DAY)
        accounts.slide_sessions(session, sessions.take_used())
        session.flush()

    accounts.actor_for(session, token, now=NOW + 90 * DAY - timedelta(seconds=1))
    with pytest.raises(NotSignedIn):
        accounts.actor_for(session, token, now=NOW + 90 * DAY)


def test_the_use_of_a_session_is_written_down_at_most_once_an_hour(session: Session, cast: Cast) -> None:
    token = sign_in(session, cast.ana)
    row = session.scalars(select(UserSession).where(UserSession.user_id == cast.ana.id)).one()
    sessions.take_used()

    accounts.actor_for(session, token, now=NOW + timedelta(minutes=59))
    assert sessions.take_used() == {}
    accounts.actor_for(session, token, now=NOW + timedelta(minutes=61))
    accounts.actor_for(session, token, now=NOW + timedelta(minutes=62))
    used = sessions.take_used()
    accounts.slide_sessions(session, used | {new_id(): NOW})

    assert used == {row.id: NOW + timedelta(minutes=62)}
    assert row.seen_at == session.get_one(User, cast.ana.id).seen_at == NOW + timedelta(minutes=62)
    accounts.slide_sessions(session, {row.id: NOW})
    assert row.seen_at == NOW + timedelta(minutes=62)


def test_people_see_and_end_their_own_sessions_only(session: Session, cast: Cast) -> None:
    phone, laptop = sign_in(session, cast.ana, "Phone"), sign_in(session, cast.ana, "Laptop\x00\n" + "x" * 500)
    ana = accounts.actor_for(session, phone, now=NOW)
    lines = profile(session, ana, now=NOW).sessions
    assert {line.user_agent[:6]: line.is_this for line in lines} == {"Phone": True, "Laptop": False}
    assert all(len(line.user_agent) <= 200 and line.user_agent.isprintable() for line in lines)
    other = next(line.id for line in lines if not line.is_this)

    with pytest.raises(NotFound):
        accounts.end_session(session, cast.bojan, other, now=NOW)
    accounts.end_session(session, ana, other, now=NOW)

    session.flush()
    with pytest.raises(NotSignedIn):
        accounts.actor_for(session, laptop, now=NOW)
    accounts.actor_for(session, phone, now=NOW)


def test_a_new_password_needs_the_old_one_and_ends_all_other_sessions(
    session: Session, cast: Cast, hashed: str
) -> None:
    user = accounts.register(session, "Ceca", "ceca", hashed, now=NOW)
    ceca = Actor(user.id, "Ceca", "ceca")
    here, there = sign_in(session, ceca), sign_in(session, ceca)
    ceca = accounts.actor_for(session, here, now=NOW)
    for wrong in ("", "wrong", "\ud800", PASSWORD.upper()):
        with pytest.raises(Invalid) as refusal:
            accounts.change_password(session, ceca, proof(session, ceca.id, wrong), "new", now=NOW)
        assert (refusal.value.key, refusal.value.field) == ("wrong_password", "current")

    accounts.change_password(session, ceca, proof(session, ceca.id, PASSWORD), "new", now=NOW)

    session.flush()
    assert session.get_one(User, user.id).password_hash == "new"
    accounts.actor_for(session, here, now=NOW)
    with pytest.raises(NotSignedIn):
        accounts.actor_for(session, there, now=NOW)


@pytest.mark.parametrize("wrong", ["", "wrong", "\ud800", PASSWORD.upper(), "x" * 5000], ids=range(5))
def test_name_and_account_change_only_with_the_password(session: Session, cast: Cast, hashed: str, wrong: str) -> None:
    session.get_one(User, cast.mila.id).password_hash = hashed
    for do in (
        lambda: accounts.change_name(session, cast.mila, proof(session, cast.mila.id, wrong), "M", "mimi", now=NOW),
        lambda: remove_own_account(session, cast.mila, proof(session, cast.mila.id, wrong), now=NOW),
    ):
        with pytest.raises(Invalid) as refusal:
            do()
        assert (refusal.value.key, refusal.value.field) == ("wrong_password", "current")

    assert session.get_one(User, cast.mila.id).name == "Mila"


def test_people_go_by_another_name_by_the_rules_for_new_ones(session: Session, cast: Cast, hashed: str) -> None:
    mila = session.get_one(User, cast.mila.id)
    mila.password_hash = hashed

    accounts.change_name(session, cast.mila, proof(session, cast.mila.id, PASSWORD), " Милица  М. ", "Mila_2", now=NOW)

    assert (mila.name, mila.username, mila.search_key) == ("Милица М.", "Mila_2", "милица м. mila_2")
    for name, username, field in (("", "mila", "name"), ("a\ufff9b", "mila", "name"), ("M", "ANA", "username")):
        with pytest.raises((Invalid, Conflict)) as refusal:
            accounts.change_name(session, cast.mila, proof(session, cast.mila.id, PASSWORD), name, username, now=NOW)
        assert refusal.value.field == field
    assert (mila.name, mila.username) == ("Милица М.", "Mila_2")


def test_a_password_that_was_changed_meanwhile_proves_nothing(session: Session, cast: Cast, hashed: str) -> None:
    session.get_one(User, cast.mila.id).password_hash = hashed
    before = proof(session, cast.mila.id, PASSWORD)
    accounts.change_password(session, cast.mila, before, "new", now=NOW)

    for do in (
        lambda: accounts.change_name(session, cast.mila, before, "M", "mimi", now=NOW),
        lambda: remove_own_account(session, cast.mila, before, now=NOW),
    ):
        with pytest.raises(Invalid) as refusal:
            do()
        assert refusal.value.key == "wrong_password"


def test_no_password_is_right_for_an_account_that_is_gone(session: Session, cast: Cast, hashed: str) -> None:
    session.get_one(User, cast.mila.id).password_hash = hashed
    remove_own_account(session, cast.mila, proof(session, cast.mila.id, PASSWORD), now=NOW)
    session.flush()

    for wrong in ("", PASSWORD):
        with pytest.raises(Invalid) as refusal:
            accounts.change_password(session, cast.mila, proof(session, cast.mila.id, wrong), "new", now=NOW)
        assert refusal.value.key == "wrong_password"
    assert session.get_one(User, cast.mila.id).password_hash == ""


def test_nobody_leaves_who_leads_an_open_run_or_is_the_last_admin(session: Session, cast: Cast, hashed: str) -> None:
    for who in (cast.ana, cast.ada):
        session.get_one(User, who.id).password_hash = hashed
    plan(session, cast)

    with pytest.raises(Conflict) as leading:
        remove_own_account(session, cast.ana, proof(session, cast.ana.id, PASSWORD), now=NOW)
    with pytest.raises(Conflict) as last:
        remove_own_account(session, cast.ada, proof(session, cast.ada.id, PASSWORD), now=NOW)

    assert (leading.value.key, leading.value.values["store"]) == ("you_lead_open_run", "Metro")
    assert last.value.key == "last_server_admin"
    users.make_admins(session, cast.ada, [cast.eva.id], now=NOW)
    session.get_one(User, cast.eva.id).locked_at = NOW  # who can't sign in looks after nothing
    with pytest.raises(Conflict):
        remove_own_account(session, cast.ada, proof(session, cast.ada.id, PASSWORD), now=NOW)
    session.get_one(User, cast.eva.id).locked_at = None
    remove_own_account(session, cast.ada, proof(session, cast.ada.id, PASSWORD), now=NOW)
    assert session.get_one(User, cast.ada.id).deleted_at == NOW


def test_who_leaves_is_a_former_member_and_signed_out(session: Session, cast: Cast, hashed: str) -> None:
    done = bring_to(session, cast, Phase.COMPLETED)
    session.get_one(User, cast.mila.id).password_hash = hashed
    token = sign_in(session, cast.mila)
    before = pick_up(session, cast.ana, done).total

    remove_own_account(session, cast.mila, proof(session, cast.mila.id, PASSWORD), now=NOW)
    session.flush()

    with pytest.raises(NotSignedIn):
        accounts.actor_for(session, token, now=NOW)
    view = pick_up(session, cast.ana, done)
    assert (view.total, {person.name for person in view.people.values()}) == (before, {"Ana", "Bojan", "Former member"})


def test_a_closed_group_hears_nothing_of_who_leaves_the_server(session: Session, cast: Cast, hashed: str) -> None:
    session.get_one(User, cast.ana.id).password_hash = hashed
    closing.close_group(session, cast.ada, cast.group_id, now=NOW)
    session.flush()
    told = set(session.scalars(select(Notification.id)))
    recorded = set(session.scalars(select(AuditEntry.id).where(AuditEntry.group_id == cast.group_id)))

    remove_own_account(session, cast.ana, proof(session, cast.ana.id, PASSWORD), now=LATER)
    session.flush()

    assert set(session.scalars(select(Notification.id))) <= told
    assert set(session.scalars(select(AuditEntry.id).where(AuditEntry.group_id == cast.group_id))) == recorded
    members = session.scalars(select(Membership).where(Membership.group_id == cast.group_id)).all()
    assert not any(member.is_admin or member.user_id == cast.ana.id for member in members)


@pytest.mark.parametrize("theme", ["", "neon", "DARK", "x" * 10_000, "\x00"])
def test_a_theme_is_one_of_three(session: Session, cast: Cast, theme: str) -> None:
    accounts.set_theme(session, cast.ana, "dark", now=NOW)

    with pytest.raises(Invalid) as refusal:
        accounts.set_theme(session, cast.ana, theme, now=NOW)

    assert refusal.value.field == "theme"
    assert session.get_one(User, cast.ana.id).theme == "dark"
