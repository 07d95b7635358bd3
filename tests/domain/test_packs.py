"""Packs and prices from some quantity on: the cheapest way to buy a quantity, or a few more for no more money."""

from __future__ import annotations

from itertools import product
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.packs import Basket, basket, better, case_size, estimate, price_for, whole_packs
from bulq.domain.prices import Offer, Price

PIECE = 1000


def each(amount: int, minimum: int = 0) -> Offer:
    """A price of one piece, from so many pieces on."""
    return Offer(Price(amount), minimum * PIECE)


def pack(pieces: int, amount: int, minimum: int | None = None) -> Offer:
    """A pack of so many pieces for this amount."""
    return Offer(Price(amount, pieces * PIECE), (minimum or pieces) * PIECE, pieces * PIECE)


TIERS = [each(100), each(90, 10), each(80, 25)]
PACKS = [each(100), pack(6, 540), pack(10, 850)]


@pytest.mark.parametrize(
    ("offers", "wanted", "cost", "packs"),
    [
        (TIERS, 9, 900, ()),
        (TIERS, 23, 2070, ()),
        (TIERS, 25, 2000, ()),
        (PACKS, 5, 500, ()),
        (PACKS, 9, 840, ((1, 6),)),
        (PACKS, 16, 1390, ((1, 10), (1, 6))),
        (PACKS, 13, 1150, ((1, 10),)),
        (PACKS, 20, 1700, ((2, 10),)),
        ([pack(4, 400)], 8, 800, ((2, 4),)),
        ([pack(4, 400), pack(4, 380, minimum=12)], 12, 1140, ((3, 4),)),
        ([pack(4, 400), pack(4, 380, minimum=12)], 8, 800, ((2, 4),)),
        ([each(0), pack(6, 0)], 7, 0, ((1, 6),)),
    ],
)
def test_the_cheapest_combination(offers: list[Offer], wanted: int, cost: int, packs: tuple) -> None:
    found = basket(offers, wanted * PIECE)

    assert found == Basket(wanted * PIECE, cost, tuple((count, size * PIECE) for count, size in packs))


@pytest.mark.parametrize(
    ("offers", "wanted"), [([pack(4, 400)], 6), ([pack(4, 400)], 3), ([], 3), ([each(80, 6)], 5), ([pack(6, 1)], 9)]
)
def test_what_fills_no_pack_is_not_sold(offers: list[Offer], wanted: int) -> None:
    assert basket(offers, wanted * PIECE) is None


@pytest.mark.parametrize(
    ("offers", "wanted", "more", "cheaper"),
    [
        (TIERS, 23, 2, 70),
        (TIERS, 9, 1, 0),  # one more for the same money
        (TIERS, 8, None, None),
        (TIERS, 22, None, None),
        (TIERS, 25, None, None),
        (PACKS, 9, None, None),
        (PACKS, 5, None, None),
        ([each(100), pack(6, 450)], 5, 1, 50),
        ([each(100), pack(6, 450)], 11, 1, 50),
        ([each(100), pack(6, 450)], 4, None, None),
        ([each(100), each(1, 100)], 2, None, None),  # a hundred is not a few more than two
        ([pack(6, 540), pack(10, 540)], 6, 4, 0),
        ([each(100)], 5, None, None),
        ([pack(4, 400)], 6, None, None),
    ],
)
def test_a_few_more_that_make_it_cheaper(
    offers: list[Offer], wanted: int, more: int | None, cheaper: int | None
) -> None:
    found, exact = better(offers, wanted * PIECE, PIECE), basket(offers, wanted * PIECE)

    if more is None:
        assert found is None
    else:
        assert found and exact
        assert (found.quantity, exact.cost - found.cost) == ((wanted + more) * PIECE, cheaper)


def test_a_few_more_are_whole_steps() -> None:
    offers = [Offer(Price(100)), Offer(Price(10), 2300)]

    found = better(offers, 2000, 500)

    assert found and found.quantity == 2500


@pytest.mark.parametrize(
    ("offers", "wanted", "cost"),
    [
        ([], 5, None),
        (TIERS, 23, 2070),
        ([each(80, 6)], 5, None),
        (PACKS, 9, 840),
        ([pack(6, 540)], 6, 540),
        ([pack(6, 540)], 2, 180),  # a part of the case that others have to fill
        ([pack(6, 540)], 8, 720),
        ([pack(6, 540), each(80, 100)], 8, 720),
    ],
)
def test_what_a_quantity_is_expected_to_cost(offers: list[Offer], wanted: int, cost: int | None) -> None:
    assert estimate(offers, wanted * PIECE) == cost


@pytest.mark.parametrize(
    ("offers", "wanted", "price"),
    [
        ([], 5, None),
        (TIERS, 12, Price(90)),
        (PACKS, 12, Price(1050, 12_000)),  # ten and two loose ones
        (PACKS, 6, Price(540, 6000)),
        (PACKS, 10, Price(850, 10_000)),
        (PACKS, 9, Price(840, 9000)),
        ([pack(6, 540)], 8, Price(540, 6000)),
        ([pack(6, 540)], 2, None),
    ],
)
def test_the_price_one_pays_for_all_of_it(offers: list[Offer], wanted: int, price: Price | None) -> None:
    assert price_for(offers, wanted * PIECE) == price


@pytest.mark.parametrize(
    ("offers", "wanted", "size"),
    [
        ([], 5, 0),
        (PACKS, 5, 0),
        ([pack(4, 400)], 0, 4),
        ([pack(4, 400)], 6, 4),
        ([pack(4, 400), pack(10, 900)], 6, 4),
        ([pack(4, 400), pack(10, 900)], 14, 0),  # one of each
        ([pack(4, 400), each(90, 10)], 9, 4),
        ([pack(4, 400), each(90, 10)], 10, 0),
    ],
)
def test_where_goods_come_in_cases_only(offers: list[Offer], wanted: int, size: int) -> None:
    assert case_size(offers, wanted * PIECE) == size * PIECE


@pytest.mark.parametrize(
    ("offers", "wanted", "packs", "loose"),
    [
        (PACKS, 13, [(1, 10)], 3),
        ([each(100), pack(6, 540)], 13, [(2, 6)], 1),
        ([pack(4, 400)], 6, [(1, 4)], 0),
        ([pack(4, 400)], 3, None, None),
        (TIERS, 30, None, None),
        ([], 3, None, None),
    ],
)
def test_how_the_list_says_what_to_take(
    offers: list[Offer], wanted: int, packs: list[tuple[int, int]] | None, loose: int | None
) -> None:
    found = whole_packs(offers, wanted * PIECE)

    if packs is None:
        assert found is None
    else:
        assert found
        assert (found.packs, found.loose) == (tuple((n, size * PIECE) for n, size in packs), (loose or 0) * PIECE)


# Against trying everything

prices = st.integers(0, 60)
some_offers = st.lists(
    st.one_of(
        st.builds(each, prices, st.integers(0, 15)),
        st.builds(pack, st.integers(1, 8), prices, st.one_of(st.none(), st.integers(8, 15))),
    ),
    max_size=4,
)


def tried(offers: list[Offer], wanted: int) -> int | None:
    """The least that exactly so many pieces cost, by trying all combinations."""
    reached = [offer for offer in offers if offer.minimum <= wanted * PIECE]
    loose = [offer.price for offer in reached if not offer.pack]
    packs = [(offer.pack // PIECE, offer.pack_cost) for offer in reached if offer.pack]
    costs = list[int]()
    for counts in product(*(range(wanted // size + 1) for size, _ in packs)):
        rest = wanted - sum(count * size for count, (size, _) in zip(counts, packs, strict=True))
        cost = sum(count * price for count, (_, price) in zip(counts, packs, strict=True))
        if rest == 0:
            costs.append(cost)
        elif rest > 0:
            costs += [cost + price.cost(rest * PIECE) for price in loose]
    return min(costs, default=None)


@given(some_offers, st.integers(1, 20))
def test_no_combination_is_cheaper(offers: list[Offer], wanted: int) -> None:
    found, least = basket(offers, wanted * PIECE), tried(offers, wanted)

    assert (found.cost if found else None) == least
    if found:
        assert found.quantity == wanted * PIECE and found.loose >= 0


@given(some_offers, st.integers(1, 12))
def test_no_few_more_are_cheaper(offers: list[Offer], wanted: int) -> None:
    found, exact = better(offers, wanted * PIECE, PIECE), tried(offers, wanted)
    more = [(tried(offers, n), n) for n in range(wanted + 1, 2 * wanted + 1)]
    best = min(((cost, n) for cost, n in more if cost is not None), default=None)

    if exact is None or best is None or best[0] > exact or len(offers) < 2:
        assert found is None
    else:
        assert found and (found.cost, found.quantity // PIECE) == best


@given(some_offers, st.integers(1, 12), st.randoms())
def test_the_order_of_the_offers_makes_no_difference(offers: list[Offer], wanted: int, random) -> None:
    shuffled = random.sample(offers, len(offers))

    cost = lambda found: found and found.cost  # noqa: E731
    assert cost(basket(shuffled, wanted * PIECE)) == cost(basket(offers, wanted * PIECE))
    assert cost(better(shuffled, wanted * PIECE, PIECE)) == cost(better(offers, wanted * PIECE, PIECE))


@given(st.dictionaries(st.integers(1, 9), st.integers(1, 60), min_size=1, max_size=3), st.integers(1, 900))
def test_of_much_most_is_taken_in_the_cheapest_packs(costs: dict[int, int], wanted: int) -> None:
    """Compared with going through all totals one by one."""
    least: list[int | None] = [0]
    for total in range(1, wanted + 1):
        before = [(least[total - size], cost) for size, cost in costs.items() if size <= total]
        least.append(min((paid + cost for paid, cost in before if paid is not None), default=None))

    found = basket([pack(size, cost) for size, cost in costs.items()], wanted * PIECE)

    assert (found.cost if found else None) == least[wanted]
    assert found is None or found.loose == 0


@pytest.mark.parametrize(
    "offers",
    [
        [each(100), pack(6, 540), pack(10, 850), pack(24, 1990)],
        [Offer(Price(7), 1, 1), Offer(Price(11), 3, 3)],
        [pack(9998, 1), pack(9999, 1)],
        [each(100 - n, 1000 * n) for n in range(10)],
    ],
)
def test_9999_units_are_no_work(offers: list[Offer]) -> None:
    started = perf_counter()

    basket(offers, 9999 * PIECE)
    better(offers, 9999 * PIECE, PIECE)

    assert perf_counter() - started < 1
