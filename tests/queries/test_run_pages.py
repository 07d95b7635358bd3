"""R4: the group page has all open runs, and done and cancelled ones in pages, newest first."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from bulq.domain.phases import OPEN, Phase
from bulq.models import Run
from bulq.queries.groups import CARD_RUNS, PAGE, group_page, home
from bulq.queries.runs import run_view
from bulq.services import groups
from tests.cast import NOW, Cast, assemble, bring_to


def _runs(session: Session, cast: Cast, phases: list[Phase]) -> list[Run]:
    runs = [
        Run(
            group_id=cast.group_id,
            store_id=cast.store_id,
            leader_id=cast.ana.id,
            phase=phase,
            created_at=NOW,
            ended_at=None if phase in OPEN else NOW + timedelta(minutes=minutes),
        )
        for minutes, phase in enumerate(phases)
    ]
    session.add_all(runs)
    session.flush()
    return runs


def test_r4_open_done_and_cancelled_runs_in_pages(session: Session) -> None:
    """R4: Group page: open, done, cancelled, in pages."""
    cast = assemble(session)
    open_runs = _runs(session, cast, list(OPEN))
    ended = _runs(session, cast, [Phase.COMPLETED, Phase.CANCELLED] * PAGE)

    first, second = (group_page(session, cast.ana, cast.group_id, page=page) for page in (1, 2))

    assert {run.id for run in first.open_runs.values()} == {run.id for run in open_runs}
    newest_first = [run.id for run in reversed(ended)]
    assert [run.id for run in (*first.ended_runs, *second.ended_runs)] == newest_first
    assert {run.phase for run in first.ended_runs} == {Phase.COMPLETED, Phase.CANCELLED}
    assert (first.pages, first.ended_count, len(first.ended_runs)) == (2, 2 * PAGE, PAGE)


def test_r4_a_page_that_is_not_there_is_the_nearest(session: Session) -> None:
    cast = assemble(session)
    _runs(session, cast, [Phase.COMPLETED] * (PAGE + 1))

    assert group_page(session, cast.ana, cast.group_id, page=99).page == 2
    assert group_page(session, cast.ana, cast.group_id, page=-1).page == 1


def test_what_was_paid_for_each_run_that_ended(session: Session) -> None:
    cast = assemble(session)
    run_id = bring_to(session, cast, Phase.COMPLETED)
    _runs(session, cast, [Phase.CANCELLED])

    page = group_page(session, cast.ana, cast.group_id)

    final = run_view(session, cast.ana, run_id).parts.total
    assert {run.phase: run.total for run in page.ended_runs} == {Phase.COMPLETED: final, Phase.CANCELLED: 0}
    assert final > 0


def test_a_card_counts_the_runs_of_its_group_by_whether_they_are_done(session: Session) -> None:
    cast = assemble(session)
    _runs(session, cast, [*OPEN, Phase.COMPLETED, Phase.COMPLETED, Phase.COMPLETED, Phase.CANCELLED])
    other = groups.create_group(session, cast.ana, "Telep", "EUR", "Europe/Belgrade", now=NOW)
    session.flush()

    cards = {card.id: card for card in home(session, cast.ana).groups.values()}

    card, empty = cards[cast.group_id], cards[other.id]
    assert (card.members, len(card.runs), card.open_runs, card.done_runs) == (3, CARD_RUNS, len(OPEN), 3)
    assert (empty.members, empty.runs, empty.open_runs, empty.done_runs) == (1, (), 0, 0)
