"""Who left a group keeps their own lines of its runs: all of these, and nothing of anybody else's."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from bulq.domain.phases import Phase
from bulq.queries.export import own_export, run_export
from tests.cast import World, remove


@pytest.mark.parametrize("name", ["bojan", "mila"])
@pytest.mark.parametrize("phase", [Phase.ACTIVE, Phase.DISTRIBUTING, Phase.COMPLETED])
def test_ones_own_lines_are_those_of_the_whole_run(
    world_session: Session, world: World, phase: Phase, name: str
) -> None:
    run_id, who = world.runs[phase], getattr(world.cast, name)
    whole = run_export(world_session, who, run_id)
    (me,) = (person for person in whole.people if person.user_id == str(who.id))
    mine = {
        goods.product_id: portion
        for goods in whole.goods
        for portion in goods.portions
        if portion.user_id == str(who.id)
    }
    if phase is not Phase.ACTIVE:
        remove(world_session, world.cast, who)

    own = own_export(world_session, who, run_id)

    assert own.people == (me,)
    assert {goods.product_id: goods.portions for goods in own.goods} == {key: (each,) for key, each in mine.items()}
    assert (own.total, own.paid, own.unpriced, own.left_cost) == (me.total, me.paid, 0, 0)
    assert [
        (each.wanted, each.bought, each.paid, each.cost, each.left_over, each.left_cost, each.borne)
        for each in own.goods
    ] == [(0, 0, 0, None, 0, 0, {})] * len(mine)
    assert (own.group, own.leader_id, own.note, own.cancel_reason, own.shopping_day) == ("", "", "", "", None)
    assert (own.id, own.store, own.phase, own.basis, own.currency, own.started_on) == (
        whole.id,
        whole.store,
        whole.phase,
        whole.basis,
        whole.currency,
        whole.started_on,
    )
