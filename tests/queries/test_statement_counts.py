"""Views need as many statements for a large run or group as for a small one."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from sqlmodel import select

from bulq.domain.actor import Actor
from bulq.domain.goodwill import GoodwillBound
from bulq.domain.phases import FairRule, Phase, Unit
from bulq.models import Allocation, Bid, Group, ListItem, Membership, Notification, Participant, Product, Run, User
from bulq.queries.access import run_for
from bulq.queries.accounts import me, profile
from bulq.queries.case_proposals import case_proposals
from bulq.queries.catalogue import find_products, find_stores
from bulq.queries.export import run_export
from bulq.queries.groups import group_page, home, manage_page
from bulq.queries.money import money_page
from bulq.queries.notices import notifications
from bulq.queries.own_data import own_data
from bulq.queries.pick_up import pick_up
from bulq.queries.receipts import receipts_view
from bulq.queries.run_facts import run_facts
from bulq.queries.runs import run_view
from bulq.queries.savings import savings_view
from bulq.queries.search import results, search
from bulq.queries.settling import settling
from bulq.queries.shares import fair_shares, fair_split
from bulq.queries.shopping import shopping_list
from bulq.queries.spoilage import spoiled_view
from bulq.queries.statement import statement_view
from bulq.queries.tags import find_tags, known_as, tags_in
from bulq.services import phases
from bulq.services.prices import see_price
from tests import seeing
from tests.cast import NOW, PACK, Cast, assemble, bring_to
from tests.queries.counting import statements

View = Callable[[Session, Cast, UUID], object]
SIZES = (3, 30)


def grown(session: Session, phase: Phase, size: int) -> tuple[Cast, UUID]:
    """A run in this phase with `size` more people and products, three bids each."""
    cast = assemble(session)
    group = session.get_one(Group, cast.group_id)
    group.fair_rule, group.goodwill_bound = FairRule.FIRST_COME, GoodwillBound.HALF
    run_id = bring_to(session, cast, Phase.CONFIRMED)
    people = [
        User(name=f"P{n}", username=f"p{n}", username_key=f"p{n}", password_hash="", created_at=NOW)
        for n in range(size)
    ]
    goods = [
        Product(name=f"G{n}", name_key=f"g{n}", unit=Unit.KG, step=100, created_by=cast.ana.id, created_at=NOW)
        for n in range(size)
    ]
    session.add_all([*people, *goods])
    session.flush()
    for n, user in enumerate(people):
        session.add(Membership(group_id=cast.group_id, user_id=user.id, joined_at=NOW))
        session.add(Participant(run_id=run_id, user_id=user.id, joined_at=NOW))
        session.flush()
        for product in (goods[n], goods[n - 1], goods[n - 2]):
            session.add(
                Bid(
                    run_id=run_id,
                    user_id=user.id,
                    product_id=product.id,
                    quantity=200,
                    note="Ripe",
                    created_at=NOW,
                    updated_at=NOW,
                )
            )
    session.flush()
    _go(session, cast, run_id, phase)
    return cast, run_id


def _go(session: Session, cast: Cast, run_id: UUID, phase: Phase) -> None:
    if phase is Phase.CONFIRMED:
        return
    phases.start_shopping(session, cast.ana, run_id, now=NOW)
    session.flush()
    for item in session.scalars(select(ListItem).where(ListItem.run_id == run_id)):
        step = session.get_one(Product, item.product_id).step
        seeing.buy(session, cast.ana, run_id, item.id, item.wanted - step, 1000, now=NOW)
    session.flush()
    if phase is Phase.SHOPPING:
        return
    seeing.finish_shopping(session, cast.ana, run_id, now=NOW)
    session.flush()
    if phase is not Phase.ADJUSTING:
        seeing.share_fairly(session, cast.ana, run_id, now=NOW)
        session.flush()
    if phase is Phase.COMPLETED:
        seeing.complete_run(session, cast.ana, run_id, now=NOW)
        seeing.save_plan(session, cast.ana, cast.group_id, now=NOW)


def count(session: Session, view: View, cast: Cast, run_id: UUID) -> int:
    with statements(session) as sent:
        view(session, cast, run_id)
    return len(sent)


RUN_VIEWS: list[tuple[View, Phase, int]] = [
    *(
        (lambda s, cast, run_id: run_view(s, cast.ana, run_id), phase, 11)
        for phase in (Phase.CONFIRMED, Phase.SHOPPING, Phase.ADJUSTING, Phase.DISTRIBUTING)
    ),
    *(
        (lambda s, cast, run_id: run_export(s, cast.ana, run_id), phase, 12)
        for phase in (Phase.CONFIRMED, Phase.SHOPPING, Phase.ADJUSTING, Phase.DISTRIBUTING)
    ),
    *(
        (lambda s, cast, run_id: run_facts(s, cast.ana, run_id), phase, 13)
        for phase in (Phase.CONFIRMED, Phase.SHOPPING, Phase.ADJUSTING, Phase.DISTRIBUTING)
    ),
    (lambda s, cast, run_id: pick_up(s, cast.ana, run_id), Phase.DISTRIBUTING, 10),
    (lambda s, cast, run_id: receipts_view(s, cast.ana, run_id), Phase.SHOPPING, 9),
    (lambda s, cast, run_id: statement_view(s, cast.ana, run_id, cast.bojan.id), Phase.DISTRIBUTING, 13),
    (lambda s, cast, run_id: fair_split(s, cast.ana, run_id), Phase.ADJUSTING, 6),
    (lambda s, cast, run_id: spoiled_view(s, cast.ana, run_id), Phase.DISTRIBUTING, 9),
    (lambda s, cast, run_id: shopping_list(s, cast.ana, run_id), Phase.SHOPPING, 9),
    (lambda s, cast, run_id: fair_shares(s, run_for(s, cast.ana, run_id)), Phase.ADJUSTING, 6),
    (lambda s, cast, run_id: group_page(s, cast.ana, cast.group_id), Phase.CONFIRMED, 5),
    (lambda s, cast, run_id: savings_view(s, cast.ana, cast.group_id), Phase.COMPLETED, 5),
    (lambda s, cast, run_id: run_facts(s, cast.ana, run_id), Phase.COMPLETED, 14),
    (lambda s, cast, run_id: statement_view(s, cast.ana, run_id, cast.bojan.id), Phase.COMPLETED, 17),
    (lambda s, cast, run_id: money_page(s, cast.ana, cast.group_id), Phase.COMPLETED, 6),
    (lambda s, cast, run_id: settling(s, cast.ana, cast.group_id), Phase.COMPLETED, 9),
    (lambda s, cast, run_id: manage_page(s, cast.ana, cast.group_id), Phase.CONFIRMED, 4),
    (lambda s, cast, run_id: find_products(s, cast.ana, run_id, "g"), Phase.CONFIRMED, 5),
    (lambda s, cast, run_id: tags_in(s, run_id), Phase.CONFIRMED, 1),
    (lambda s, cast, run_id: known_as(s, cast.ana, cast.rice), Phase.CONFIRMED, 3),
]


def test_what_to_do_with_open_cases_needs_few_statements_however_many_there_are(session: Session) -> None:
    cast, run_id = grown(session, Phase.CONFIRMED, size=30)
    goods = session.scalars(select(Product.id).where(Product.unit == Unit.KG)).all()
    for product_id in goods:
        see_price(session, cast.ana, product_id, cast.store_id, 990, "EUR", per=7000, pack=7000, now=NOW)
    session.flush()

    with statements(session) as sent:
        found = case_proposals(session, cast.ana, run_id)

    assert len(found.items) == len(goods)
    assert len(sent) == 7


@pytest.mark.parametrize(("view", "phase", "most"), RUN_VIEWS, ids=range(len(RUN_VIEWS)))
def test_a_view_of_a_run_needs_few_statements_whatever_its_size(
    session: Session, view: View, phase: Phase, most: int
) -> None:
    cast, run_id = grown(session, phase, size=3)
    small = count(session, view, cast, run_id)
    session.rollback()

    cast, run_id = grown(session, phase, size=30)
    large = count(session, view, cast, run_id)

    assert small == large <= most


def _groups(session: Session, who: Actor, cast: Cast, size: int) -> None:
    for n in range(size):
        group = Group(
            name=f"Group {n}",
            currency="EUR",
            time_zone="UTC",
            invite_token=f"{who.username}-{n}",
            created_by=who.id,
            created_at=NOW,
        )
        session.add(group)
        session.flush()
        session.add(Membership(group_id=group.id, user_id=who.id, joined_at=NOW))
        for phase in Phase:
            ended = NOW if phase in (Phase.COMPLETED, Phase.CANCELLED) else None
            run = Run(
                group_id=group.id, store_id=cast.store_id, leader_id=who.id, phase=phase, created_at=NOW, ended_at=ended
            )
            session.add(run)
            session.flush()
            if phase is Phase.DISTRIBUTING:
                _goods_for(session, run, who, cast)
            session.add(
                Notification(
                    user_id=who.id,
                    group_id=group.id,
                    run_id=run.id,
                    kind="new_run",
                    created_at=NOW,
                    updated_at=NOW,
                )
            )
    session.flush()


def _goods_for(session: Session, run: Run, who: Actor, cast: Cast) -> None:
    """Somebody gets all that was bought in the run."""
    item = ListItem(run_id=run.id, product_id=cast.rice, wanted=PACK, bought=PACK, line_total=799)
    session.add_all([Participant(run_id=run.id, user_id=who.id, joined_at=NOW), item])
    session.flush()
    session.add(Allocation(run_id=run.id, item_id=item.id, user_id=who.id, quantity=PACK))


@pytest.mark.parametrize(
    ("view", "most"),
    [
        (lambda s, who: home(s, who), 3),
        (lambda s, who: notifications(s, who), 2),
        (lambda s, who: me(s, who), 1),
        (lambda s, who: profile(s, who, now=NOW), 7),
        (lambda s, who: own_data(s, who), 44),
        (lambda s, who: find_stores(s, who, ""), 1),
        (lambda s, who: search(s, who, "met"), 4),
        (lambda s, who: results(s, who, "group"), 3),
        (lambda s, who: results(s, who, "tomaotes"), 6),
        (lambda s, who: find_tags(s, who, "diet", "v"), 1),
    ],
    ids=[
        *("home", "notifications", "me", "profile", "own_data"),
        *("find_stores", "search", "results", "typo", "find_tags"),
    ],
)
def test_what_one_person_sees_needs_few_statements_however_much_it_is(
    session: Session, view: Callable[[Session, Actor], object], most: int
) -> None:
    counts: list[int] = []
    for size in SIZES:
        cast = assemble(session)
        _groups(session, cast.eva, cast, size)
        with statements(session) as sent:
            view(session, cast.eva)
        counts.append(len(sent))
        session.rollback()

    assert counts[0] == counts[1] <= most
