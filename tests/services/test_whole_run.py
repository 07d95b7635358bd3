"""One run from planning to the last cent."""

from sqlalchemy.orm import Session

from bulq.domain.phases import Phase
from bulq.queries.pick_up import PaidPrice, pick_up
from bulq.queries.runs import run_view
from bulq.services import pickup
from tests.cast import NOW, Cast, bring_to, item_of


def test_a_shortage_is_shared_and_every_cent_is_owed_by_someone(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)

    view = pick_up(session, cast.bojan, run_id)

    got = {
        person.username: [(line.name, line.wanted, line.got, line.cost) for line in person.lines.values()]
        for person in view.people.values()
    }
    assert got["ana"] == [("Basmati rice 5 kg", 5000, 4000, 3196)]
    assert got["bojan"] == [("Basmati rice 5 kg", 3000, 2000, 1598), ("Tomatoes", 1500, 0, 0)]
    assert got["mila"] == [("Basmati rice 5 kg", 2000, 1000, 799)]
    assert [person.name for person in view.people.values()] == ["Ana", "Bojan", "Mila"]
    assert sum(person.total for person in view.people.values()) == view.total == 5593
    # What nobody got waits for nobody.
    rice, tomatoes = (str(item_of(session, run_id, product)) for product in (cast.rice, cast.tomatoes))
    bojan = view.people[str(cast.bojan.id)].lines
    assert (bojan[rice].waiting is None, bojan[tomatoes].waiting) == (False, None)
    assert (bojan[rice].price, bojan[tomatoes].price) == (PaidPrice(799, 1000, True), None)


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
