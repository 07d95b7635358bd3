"""One run from planning to the last cent."""

from sqlalchemy.orm import Session

from bulq.domain.phases import Phase
from bulq.queries.runs import run_view
from bulq.queries.statements import run_statements
from bulq.services import pickup
from tests.cast import NOW, Cast, bring_to, item_of


def test_a_shortage_is_shared_and_every_cent_is_owed_by_someone(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)

    view = run_statements(session, cast.bojan, run_id)

    got = {
        person.username: [(line.product, line.wanted, line.got, line.cost) for line in person.lines]
        for person in view.people
    }
    assert got["ana"] == [("Basmati rice 5 kg", 5000, 4000, 3196)]
    assert got["bojan"] == [("Basmati rice 5 kg", 3000, 2000, 1598), ("Tomatoes", 1500, 0, 0)]
    assert got["mila"] == [("Basmati rice 5 kg", 2000, 1000, 799)]
    assert view.people[0].username == "bojan"
    assert sum(person.total for person in view.people) == view.total == 5593
    # What nobody got waits for nobody.
    assert {person.username: person.waiting for person in view.people} == {"ana": 1, "bojan": 1, "mila": 1}


def test_the_run_page_shows_each_part_in_every_phase(session: Session, cast: Cast) -> None:
    for phase in Phase:
        run_id = bring_to(session, cast, phase)

        view = run_view(session, cast.mila, run_id)

        assert view.phase is phase
        assert sum(person.part for person in view.people) + view.parts.left_over == view.parts.total


def test_pick_up_is_counted(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)

    pickup.set_picked_up(session, cast.mila, run_id, item_of(session, run_id, cast.rice), cast.mila.id, True, now=NOW)

    view = run_view(session, cast.ana, run_id)
    assert (view.picked_up, view.to_pick_up) == (1, 3)
