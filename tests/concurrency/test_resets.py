"""One link for a new password, used twice at the same moment, works once; with both databases."""

from collections.abc import Callable

from sqlalchemy.orm import Session
from sqlmodel import select

from bulq import db
from bulq.domain.errors import NotFound
from bulq.models import User
from bulq.services.password_resets import offer_reset, use_reset
from tests.cast import NOW
from tests.concurrency.rounds import at_once, cast_of_this_test, looking, refusals


def use(token: str, new_hash: str) -> Callable[[Session], str]:
    return lambda session: use_reset(session, token, new_hash, now=NOW) and new_hash


def test_one_reset_link_used_twice_at_once_works_once(database: str) -> None:
    cast = cast_of_this_test()
    for turn in range(10):
        token = db.write_now(offer_reset, cast.ada, cast.mila.id, now=NOW)
        hashes = [f"one {turn}", f"other {turn}"]

        results = at_once(*(use(token, new) for new in hashes))

        assert refusals(results) == ["reset_unknown"]
        won = next(result for result in results if not isinstance(result, NotFound))
        with looking() as session:
            assert session.scalars(select(User.password_hash).where(User.id == cast.mila.id)).one() == won
