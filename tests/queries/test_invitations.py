"""An invitation tells whoever has its link enough to decide, and nothing that is only the group's."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy.orm import Session

from bulq.domain.errors import NotFound
from bulq.domain.phases import OPEN, Phase
from bulq.editions import edition
from bulq.models import Group, Run, User
from bulq.queries.invitations import PEOPLE, InvitedRun, invitation
from bulq.services import groups
from tests.cast import NOW, Cast, assemble, bring_to, person
from tests.queries.counting import statements


def token_of(session: Session, cast: Cast) -> str:
    return session.get_one(Group, cast.group_id).invite_token


def test_it_names_the_group_its_maker_its_people_and_what_is_being_bought(session: Session) -> None:
    cast = assemble(session)
    session.get_one(User, cast.bojan.id).name = "Bojan Bojanović"
    run_id = bring_to(session, cast, Phase.ACTIVE)
    session.get_one(Run, run_id).shopping_day = date(2026, 12, 5)
    session.flush()

    seen = invitation(session, None, token_of(session, cast))

    assert (seen.name, seen.made_by, seen.members) == ("Liman", "Ana", 3)
    assert sorted(seen.people) == ["Ana", "Bojan", "Mila"]
    assert seen.runs == (InvitedRun("Metro", date(2026, 12, 5), Phase.ACTIVE, 2),)


def test_only_whoever_is_in_gets_the_groups_id(session: Session) -> None:
    cast = assemble(session)
    token = token_of(session, cast)

    assert invitation(session, cast.bojan, token).group_id == cast.group_id
    assert invitation(session, cast.eva, token).group_id is invitation(session, None, token).group_id is None


def test_no_id_last_name_username_amount_or_note_is_in_it(session: Session) -> None:
    cast = assemble(session)
    for who in (cast.ana, cast.bojan, cast.mila):
        session.get_one(User, who.id).username = f"{who.username}_secret"
    session.get_one(User, cast.mila.id).name = "Mila Secret"
    for phase in Phase:
        session.get_one(Run, bring_to(session, cast, phase)).note = "a secret note"
    session.flush()

    told = json.loads(edition(invitation(session, cast.eva, token_of(session, cast))).body)

    assert told.keys() == {"name", "made_by", "members", "people", "runs", "group_id"}
    assert all(run.keys() == {"store", "shopping_day", "phase", "products"} for run in told["runs"])
    assert {run["phase"] for run in told["runs"]} == {*OPEN}
    assert "secret" not in json.dumps(told).lower()


def test_a_hundred_members_are_a_few_names_and_a_number(session: Session) -> None:
    cast = assemble(session)
    for number in range(PEOPLE + 5):
        groups.join_group(session, person(session, f"Person{number}"), token_of(session, cast), now=NOW)

    seen = invitation(session, None, token_of(session, cast))

    assert (len(seen.people), seen.members) == (PEOPLE, PEOPLE + 8)


@pytest.mark.parametrize("size", [0, 20])
def test_it_takes_three_statements_however_large_the_group_is_and_one_for_a_wrong_link(
    session: Session, size: int
) -> None:
    cast = assemble(session)
    token = token_of(session, cast)
    for number in range(size):
        groups.join_group(session, person(session, f"Person{number}"), token, now=NOW)
        bring_to(session, cast, Phase.ACTIVE)

    with statements(session) as sent:
        invitation(session, None, token)
    assert len(sent) == 3
    with statements(session) as sent, pytest.raises(NotFound):
        invitation(session, None, "nonsense")
    assert len(sent) == 1
