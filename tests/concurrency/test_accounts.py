"""Accounts changed at the same moment: an admin of the server is always left."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, update
from sqlmodel import col, select

from bulq import db, passwords
from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError
from bulq.models import User
from bulq.services import accounts, accounts_removal, users
from tests.cast import NOW, Cast, actor
from tests.concurrency.rounds import ROUNDS, at_once, cast_of_this_test, looking, refusals
from tests.knowing import proof

pytestmark = pytest.mark.only("postgresql")

PASSWORD = "seven green apples"


@pytest.fixture
def cast(database: str) -> Cast:
    return cast_of_this_test()


def two_admins(turn: int, password_hash: str) -> tuple[Actor, Actor]:
    """The only admins of the server."""
    with db.transaction() as session:
        session.execute(update(User).values(is_admin=False))
        made = [
            accounts.create_user(session, name, f"{name}_{turn}", password_hash, now=NOW, is_admin=True)
            for name in ("vera", "olga")
        ]
        session.flush()
        return actor(made[0]), actor(made[1])


def admins_left() -> int:
    with looking() as session:
        return session.scalars(select(func.count()).where(col(User.is_admin))).one()


def give_up(who: Actor) -> Callable[..., Any]:
    return lambda session: accounts_removal.remove_own_account(session, who, proof(session, who.id, PASSWORD), now=NOW)


def take_rights(by: Actor, of: Actor) -> Callable[..., Any]:
    return lambda session: users.unmake_admins(session, by, [of.id], now=NOW)


def test_the_last_two_admins_deleting_their_accounts_at_once_leave_one(cast: Cast) -> None:
    password_hash = passwords.hash_password(PASSWORD)
    for turn in range(ROUNDS):
        vera, olga = two_admins(turn, password_hash)

        results = at_once(give_up(vera), give_up(olga))

        assert refusals(results) == ["last_server_admin"]
        assert admins_left() == 1


def test_an_admin_who_gives_up_while_the_other_is_no_longer_one_is_refused(cast: Cast) -> None:
    password_hash = passwords.hash_password(PASSWORD)
    for turn in range(ROUNDS):
        vera, olga = two_admins(turn, password_hash)

        results = at_once(give_up(vera), take_rights(vera, of=olga))

        assert admins_left() == 1
        assert sum(isinstance(result, BulqError) for result in results) == 1


def test_admins_taking_each_others_rights_at_once_leave_one(cast: Cast) -> None:
    password_hash = passwords.hash_password(PASSWORD)
    for turn in range(ROUNDS):
        vera, olga = two_admins(turn, password_hash)

        at_once(take_rights(vera, of=olga), take_rights(olga, of=vera))

        assert admins_left() == 1


def test_two_usernames_that_look_alike_registered_at_once_are_one(cast: Cast) -> None:
    for turn in range(ROUNDS):
        one, other = (f"{name}_{'a' * turn}" for name in ("aca", "аса"))
        names = one, other.replace("a", "а")

        results = at_once(
            *(lambda session, name=name: accounts.register(session, "X", name, "hash", now=NOW) for name in names)
        )

        assert refusals(results) == ["username_taken"]
