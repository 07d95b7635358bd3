"""Shopping: the total is the truth, buying more adds, and nobody else's list is touched."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session
from sqlmodel import func, select

from bulq.config import settings
from bulq.domain.errors import Conflict, Invalid, NotFound
from bulq.domain.phases import Phase
from bulq.models import Bid, ListItem, Participant, Purchase
from bulq.models.base import new_id
from bulq.queries.shopping import shopping_list
from bulq.services import catalogue, groups, runs, shopping
from tests import seeing
from tests.cast import LATER, NOW, PACK, Cast, bring_to, item_of


@pytest.fixture
def run_id(session: Session, cast: Cast):
    return bring_to(session, cast, Phase.SHOPPING)


def item(session: Session, cast: Cast, run_id) -> ListItem:
    session.flush()
    return session.get_one(ListItem, item_of(session, run_id, cast.rice))


def test_buying_more_adds_to_it_and_keeps_the_order_of_the_receipt(session: Session, cast: Cast, run_id) -> None:
    rice, tomatoes = (item_of(session, run_id, product) for product in (cast.rice, cast.tomatoes))

    seeing.buy(session, cast.ana, run_id, rice, 2 * PACK, 1598, price=799, now=NOW)
    seeing.buy(session, cast.ana, run_id, tomatoes, 1500, 194, price=129, now=NOW)
    seeing.buy(session, cast.ana, run_id, rice, 3 * PACK, 2400, payer_id=cast.bojan.id, now=LATER)

    bought = item(session, cast, run_id)
    assert (bought.bought, bought.line_total) == (5 * PACK, 3998)
    view = shopping_list(session, cast.ana, run_id)
    assert [(line.item_id, line.payer_id) for line in view.lines.values()] == [
        (str(rice), str(cast.ana.id)),
        (str(tomatoes), str(cast.ana.id)),
        (str(rice), str(cast.bojan.id)),
    ]


def test_editing_and_undoing_keep_the_sums(session: Session, cast: Cast, run_id) -> None:
    rice = item_of(session, run_id, cast.rice)
    first = seeing.buy(session, cast.ana, run_id, rice, 2 * PACK, 1598, now=NOW)
    second = seeing.buy(session, cast.ana, run_id, rice, 3 * PACK, 2400, now=NOW)
    session.flush()

    seeing.edit_purchase(session, cast.ana, run_id, first.id, 4 * PACK, 3000, payer_id=cast.mila.id, now=NOW)
    seeing.undo_purchase(session, cast.ana, run_id, second.id, now=NOW)

    bought = item(session, cast, run_id)
    assert (bought.bought, bought.line_total) == (4 * PACK, 3000)
    assert session.get_one(Purchase, first.id).payer_id == cast.mila.id


@pytest.mark.parametrize(
    ("quantity", "total", "price", "key", "field"),
    [
        (0, 100, None, "quantity_positive", "quantity"),
        (-PACK, 100, None, "quantity_positive", "quantity"),
        (1500, 100, None, "quantity_step", "quantity"),
        (10_000_000, 100, None, "quantity_too_large", "quantity"),
        (PACK, -1, None, "money_negative", "total"),
        (PACK, 100_000_000, None, "money_too_large", "total"),
        (PACK, 10**40, None, "money_too_large", "total"),
        (2 * PACK, 1600, 799, "total_differs", "total"),
        (2 * PACK, 799, 799, "total_differs", "total"),
    ],
)
def test_a_line_that_cannot_be_is_refused(
    session: Session, cast: Cast, run_id, quantity: int, total: int, price: int | None, key: str, field: str
) -> None:
    rice = item_of(session, run_id, cast.rice)
    purchase = seeing.buy(session, cast.ana, run_id, rice, PACK, 799, now=NOW)
    session.flush()

    with pytest.raises(Invalid) as bought:
        seeing.buy(session, cast.ana, run_id, rice, quantity, total, price=price, now=NOW)
    with pytest.raises(Invalid) as edited:
        seeing.edit_purchase(session, cast.ana, run_id, purchase.id, quantity, total, price=price, now=NOW)

    assert (bought.value.key, bought.value.field) == (edited.value.key, edited.value.field) == (key, field)
    assert item(session, cast, run_id).bought == PACK


def test_a_wrong_total_is_refused_with_both_numbers(session: Session, cast: Cast, run_id) -> None:
    with pytest.raises(Invalid) as refusal:
        seeing.buy(session, cast.ana, run_id, item_of(session, run_id, cast.rice), 3 * PACK, 2000, price=799, now=NOW)

    assert refusal.value.values == {"total": 2000, "expected": 2397}


def test_what_is_bought_is_there(session: Session, cast: Cast, run_id) -> None:
    rice = item_of(session, run_id, cast.rice)
    shopping.set_missing(session, cast.ana, run_id, rice, True, now=NOW)
    seeing.buy(session, cast.ana, run_id, rice, PACK, 799, now=NOW)
    session.flush()

    assert not item(session, cast, run_id).missing
    with pytest.raises(Conflict) as refusal:
        shopping.set_missing(session, cast.ana, run_id, rice, True, now=NOW)
    assert refusal.value.key == "already_bought"


def test_a_product_is_added_as_somebodys_bid(session: Session, cast: Cast, run_id) -> None:
    lentils = catalogue.add_product(session, cast.ana, "Lentils", "", "kg", 100, now=NOW).id

    added = shopping.add_to_list(session, cast.ana, run_id, lentils, cast.mila.id, 700, now=NOW)
    again = shopping.add_to_list(session, cast.ana, run_id, lentils, cast.mila.id, 300, now=NOW)
    other = shopping.add_to_list(session, cast.ana, run_id, lentils, cast.bojan.id, 200, now=NOW)

    assert added.id == again.id == other.id and added.wanted == 1200
    bids = session.scalars(select(Bid).where(Bid.run_id == run_id, Bid.product_id == lentils))
    assert {bid.user_id: bid.quantity for bid in bids} == {cast.mila.id: 1000, cast.bojan.id: 200}


def test_who_had_no_part_gets_one_by_an_added_product(session: Session, cast: Cast, run_id) -> None:
    groups.promote(session, cast.ana, cast.group_id, cast.bojan.id, now=NOW)
    eva = cast.eva
    token = groups.group_for(session, cast.ana, cast.group_id).group.invite_token
    groups.join_group(session, eva, token, now=NOW)
    session.flush()

    shopping.add_to_list(session, cast.ana, run_id, cast.rice, eva.id, PACK, now=NOW)

    session.flush()
    query = select(func.count()).select_from(Participant).where(Participant.run_id == run_id)
    assert session.scalars(query).one() == 4
    assert item(session, cast, run_id).wanted == 11 * PACK


@pytest.mark.parametrize("quantity", [0, -PACK, 1500, 9_998_000, 10**30])
def test_an_added_quantity_is_checked_like_a_bid(session: Session, cast: Cast, run_id, quantity: int) -> None:
    with pytest.raises(Invalid) as refusal:
        shopping.add_to_list(session, cast.ana, run_id, cast.rice, cast.bojan.id, quantity, now=NOW)

    assert refusal.value.field == "quantity"
    assert item(session, cast, run_id).wanted == 10 * PACK


def test_the_limit_of_products_holds_while_shopping(session: Session, cast: Cast, run_id) -> None:
    settings.products_per_run = 2
    lentils = catalogue.add_product(session, cast.ana, "Lentils", "", "kg", 100, now=NOW).id

    with pytest.raises(Conflict) as refusal:
        shopping.add_to_list(session, cast.ana, run_id, lentils, cast.mila.id, 700, now=NOW)
    shopping.add_to_list(session, cast.ana, run_id, cast.tomatoes, cast.mila.id, 500, now=NOW)

    assert refusal.value.key == "products_per_run"


def test_who_left_stays_the_payer_but_becomes_none(session: Session, cast: Cast, run_id) -> None:
    rice = item_of(session, run_id, cast.rice)
    purchase = seeing.buy(session, cast.ana, run_id, rice, PACK, 799, payer_id=cast.mila.id, now=NOW)
    session.flush()
    groups.leave_group(session, cast.mila, cast.group_id, now=NOW)
    session.flush()

    seeing.edit_purchase(session, cast.ana, run_id, purchase.id, 2 * PACK, 1598, now=NOW)
    with pytest.raises(NotFound):
        seeing.buy(session, cast.ana, run_id, rice, PACK, 799, payer_id=cast.mila.id, now=NOW)

    assert purchase.payer_id == cast.mila.id


def test_a_helper_no_more_buys_no_more(session: Session, cast: Cast, run_id) -> None:
    rice = item_of(session, run_id, cast.rice)
    runs.set_helper(session, cast.ana, run_id, cast.bojan.id, True, now=NOW)
    seeing.buy(session, cast.bojan, run_id, rice, PACK, 799, now=NOW)
    runs.set_helper(session, cast.ana, run_id, cast.bojan.id, False, now=NOW)
    session.flush()

    with pytest.raises(Exception, match="helper_only"):
        seeing.buy(session, cast.bojan, run_id, rice, PACK, 799, now=NOW)


def test_what_is_in_the_trolley_already_counts_whoever_was_quicker(session: Session, cast: Cast, run_id) -> None:
    """Two who couldn't hear each other bought the same: their phones say so as soon as they can."""
    rice = item_of(session, run_id, cast.rice)
    seeing.buy(session, cast.ana, run_id, rice, 7 * PACK, 5593, now=NOW)
    mine, bought_at = new_id(), NOW - timedelta(hours=2)
    about = cast.ana, run_id, rice, 4 * PACK, 3196

    shopping.buy(session, *about, purchase_id=mine, seen=None, done_at=bought_at, now=NOW)

    assert item(session, cast, run_id).bought == 11 * PACK
    assert session.get_one(Purchase, mine).bought_at == bought_at
    with pytest.raises(Conflict):
        shopping.buy(session, *about, purchase_id=mine, seen=None, now=NOW)


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        (timedelta(days=1), timedelta(0)),
        (timedelta(0), timedelta(0)),
        (-timedelta(days=8), -timedelta(days=8)),
        (-timedelta(days=4000), -shopping.LONGEST_AWAY),
    ],
)
def test_a_clock_that_is_wrong_is_believed_as_far_as_can_be(session: Session, cast: Cast, run_id, said, taken) -> None:
    rice = item_of(session, run_id, cast.rice)

    line = shopping.buy(session, cast.ana, run_id, rice, PACK, 799, seen=0, done_at=NOW + said, now=NOW)

    assert line.bought_at == NOW + taken
