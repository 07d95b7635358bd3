"""Random runs through the real use cases: every piece and every cent goes to somebody, or is shown as left over."""

from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from sqlmodel import select

from bulq.domain.errors import BulqError
from bulq.domain.phases import FairRule, Phase
from bulq.models import Allocation, Bid, Group, ListItem, Product, Purchase, Run
from bulq.queries.pick_up import pick_up
from bulq.queries.runs import run_view
from bulq.services import adjusting, bids, phases
from tests import seeing
from tests.cast import NOW, Cast, World, plan

PEOPLE = ("ana", "bojan", "mila")
PRODUCTS = ("rice", "tomatoes")

wishes = st.dictionaries(
    st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PRODUCTS)), st.integers(0, 40), min_size=1, max_size=6
)
lines = st.lists(st.tuples(st.sampled_from(PRODUCTS), st.integers(1, 60), st.integers(0, 99_999)), max_size=5)
moves = st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PRODUCTS), st.integers(0, 60)), max_size=6)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wishes, lines, moves, st.sampled_from(FairRule), st.booleans())
def test_goods_and_money_add_up_whatever_people_do(
    built: tuple[Engine, World],
    wanted: dict[tuple[str, str], int],
    bought: list[tuple[str, int, int]],
    adjusted: list[tuple[str, str, int]],
    rule: FairRule,
    leader_takes_rest: bool,
) -> None:
    engine, world = built
    with Session(engine, expire_on_commit=False) as session:
        run_id = _shop(session, world.cast, rule, wanted, bought)
        if run_id is None:
            session.rollback()
            return

        raised = _adjust(session, world.cast, run_id, adjusted, leader_takes_rest)

        _check(session, world.cast, run_id, raised, leader_takes_rest)
        session.rollback()


def _shop(session: Session, cast: Cast, rule: FairRule, wanted: dict, bought: list) -> UUID | None:
    session.get_one(Group, cast.group_id).fair_rule = rule
    run_id = plan(session, cast)
    for (person, product), steps in wanted.items():
        product_id = getattr(cast, product)
        if steps:
            quantity = steps * session.get_one(Product, product_id).step
            bids.place_bid(session, getattr(cast, person), run_id, product_id, quantity, now=NOW)
        else:
            bids.mark_interested(session, getattr(cast, person), run_id, product_id, now=NOW)
        session.flush()
    if not any(wanted.values()):
        return None
    seeing.confirm_run(session, cast.ana, run_id, now=NOW)
    phases.start_shopping(session, cast.ana, run_id, now=NOW)
    session.flush()
    items = {item.product_id: item for item in session.scalars(select(ListItem).where(ListItem.run_id == run_id))}
    for product, steps, total in bought:
        if (item := items.get(getattr(cast, product))) is not None:
            quantity = steps * session.get_one(Product, item.product_id).step
            seeing.buy(session, cast.ana, run_id, item.id, quantity, total, now=NOW)
            session.flush()
    seeing.finish_shopping(session, cast.ana, run_id, nothing_is_fine=True, now=NOW)
    session.flush()
    return run_id


def _adjust(session: Session, cast: Cast, run_id: UUID, adjusted: list, leader_takes_rest: bool) -> set[UUID]:
    """Let people try what they like, then finish by hand if sums match, else by the rule. Returns who raised a bid."""
    raised: set[UUID] = set()
    if session.get_one(Run, run_id).phase is not Phase.ADJUSTING:
        return raised
    for person, product, steps in adjusted:
        who, product_id = getattr(cast, person), getattr(cast, product)
        try:
            quantity = steps * session.get_one(Product, product_id).step
            seeing.adjust_bid(session, who, run_id, product_id, quantity, now=NOW)
        except BulqError:
            continue
        session.flush()
        raised.add(who.id)
    try:
        adjusting.finish_adjusting(session, cast.ana, run_id, now=NOW)
    except BulqError:
        seeing.share_fairly(session, cast.ana, run_id, leader_takes_rest=leader_takes_rest, now=NOW)
    session.flush()
    return raised


def _check(session: Session, cast: Cast, run_id: UUID, raised: set[UUID], leader_takes_rest: bool) -> None:
    if session.get_one(Run, run_id).phase is Phase.COMPLETED:
        return
    paid = sum(session.scalars(select(Purchase.total).where(Purchase.run_id == run_id)))
    view = pick_up(session, cast.bojan, run_id)
    left = view.left_over
    owed = sum(person.total for person in view.people.values())
    assert owed + sum(line.cost for line in left.values()) == paid == view.total
    parts = run_view(session, cast.bojan, run_id).parts
    assert sum(parts.people.values()) + parts.left_over == parts.total == paid
    for item in session.scalars(select(ListItem).where(ListItem.run_id == run_id)):
        lines = session.scalars(select(Allocation).where(Allocation.item_id == item.id)).all()
        over = left[str(item.id)].quantity if str(item.id) in left else 0
        assert sum(line.quantity for line in lines) + over == item.bought
        for line in lines:
            assert line.quantity % session.get_one(Product, item.product_id).step == 0
            _check_not_more_than_bid(session, cast, item, line, raised, leader_takes_rest)


def _check_not_more_than_bid(
    session: Session, cast: Cast, item: ListItem, line: Allocation, raised: set[UUID], leader_takes_rest: bool
) -> None:
    bid = session.scalars(
        select(Bid).where(Bid.run_id == item.run_id, Bid.product_id == item.product_id, Bid.user_id == line.user_id)
    ).first()
    takes_rest = leader_takes_rest and line.user_id == cast.ana.id
    if not takes_rest:
        assert bid is not None and line.quantity <= (bid.quantity or 0)
        assert line.user_id in raised or line.quantity <= (bid.wanted or 0)
