"""What of everybody's bids is sent again after a change."""

from bulq import db
from bulq.domain.actor import Actor
from bulq.domain.phases import Phase
from bulq.models import Group
from bulq.services import groups
from bulq.state.run import RunState
from bulq.state.run_rows import FEW, Totals, since
from tests import seeing
from tests.cast import NOW, PACK, Cast, assemble, bring_to, person
from tests.states.tabs import do, open_tab


def totals(count: int, wanted: str = "1 pack") -> dict[str, Totals]:
    return {str(n): Totals(wanted, "", (), 0) for n in range(count)}


def test_one_changed_row_is_sent_alone() -> None:
    sent = totals(100)
    now = totals(100) | {"7": Totals("2 packs", "", (), 0)}

    assert since(sent, now) == (sent, {"7": now["7"]})


def test_a_row_that_is_as_it_was_is_no_change_any_more() -> None:
    assert since(totals(100), totals(100)) == (totals(100), {})


def test_many_changed_rows_are_sent_with_all_others() -> None:
    now = totals(100) | totals(FEW + 1, "2 packs")

    assert since(totals(100), now) == (now, {})


def test_other_rows_replace_those_that_were_there() -> None:
    assert since(totals(3), totals(4)) == (totals(4), {})


async def test_each_finds_their_own_bid_among_rows_that_are_the_same_for_all(database: str) -> None:
    with db.transaction() as session:
        cast = assemble(session)
        run_id = bring_to(session, cast, Phase.ACTIVE)
    tabs = {who.name: await open_tab(RunState, who, f"/runs/{run_id}", run_id=run_id) for who in (cast.ana, cast.bojan)}
    spectator = await open_tab(RunState, person_in(cast), f"/runs/{run_id}", run_id=run_id)

    for tab in (*tabs.values(), spectator):
        await do(tab, "open")

    for name, tab in tabs.items():
        pills = tab.totals[str(cast.rice)].pills
        assert [who for who, _amount, number in pills if number == tab.number] == [name]
    assert spectator.number == -1
    assert tabs["Ana"].totals == tabs["Bojan"].totals == spectator.totals


def person_in(cast: Cast) -> Actor:
    """A member of the group who takes no part."""
    with db.transaction() as session:
        vera = person(session, "Vera")
        groups.join_group(session, vera, session.get_one(Group, cast.group_id).invite_token, now=NOW)
    return vera


async def test_what_keeps_adjusting_from_its_end_is_counted(database: str) -> None:
    with db.transaction() as session:
        cast = assemble(session)
        run_id = bring_to(session, cast, Phase.ADJUSTING)
    tab = await open_tab(RunState, cast.ana, f"/runs/{run_id}", run_id=run_id)

    await do(tab, "open")
    assert tab.unmatched == 1

    with db.transaction() as session:
        seeing.adjust_bid(session, cast.ana, run_id, cast.rice, 2 * PACK, now=NOW)
    await do(tab, "open")
    assert tab.unmatched == 0
