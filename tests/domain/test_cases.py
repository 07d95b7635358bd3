"""Cases: how many are opened, what is missing, and who takes the extra pieces."""

from __future__ import annotations

from fractions import Fraction
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.cases import cases_opened, hand_out_extra, missing, room, unserved
from bulq.domain.money import fnv1a, rotation
from bulq.domain.prices import Price

LINE = next(f"line-{n}" for n in range(9) if fnv1a(f"line-{n}") % 3 == 0)  # who comes first by id has the first turn


@pytest.mark.parametrize(
    ("wanted", "extra", "cases", "lacking"),
    [(2, 2, 1, 0), (5, 3, 2, 0), (4, 4, 1, 0), (0, 5, 0, 0), (6, 0, 1, 2), (6, 1, 1, 1), (1, 0, 0, 3), (8, 0, 2, 0)],
)
def test_cases_of_four(wanted: int, extra: int, cases: int, lacking: int) -> None:
    assert cases_opened(wanted, extra, 4) == cases
    assert missing(wanted, extra, 4) == lacking


@given(st.integers(0, 200), st.integers(0, 200), st.integers(1, 50))
def test_a_case_is_opened_for_what_people_want(wanted: int, extra: int, size: int) -> None:
    cases, lacking = cases_opened(wanted, extra, size), missing(wanted, extra, size)

    assert cases * size <= wanted + extra
    assert wanted - cases * size <= unserved(wanted, size) < size
    assert (lacking == 0) == (cases * size >= wanted)
    assert cases <= -(-wanted // size)
    # What is missing is exactly what fills the case.
    assert lacking == 0 or cases_opened(wanted, extra + lacking, size) == cases + 1
    assert lacking == 0 or cases_opened(wanted, extra + lacking - 1, size) == cases


def test_extra_pieces_of_the_rules() -> None:
    """Bids 2 (up to 2 more), 1 (1), 3 (3) in cases of 4: two cases with two extra pieces."""
    got = hand_out_extra(2, {"a": 2, "b": 1, "c": 3}, {}, Fraction(100), LINE)

    assert got == {"a": 1, "b": 1, "c": 0}


@pytest.mark.parametrize(
    ("pieces", "rooms", "so_far", "worth", "got"),
    [
        (3, {"a": 3, "b": 3}, {"a": 250}, 100, {"a": 0, "b": 3}),
        (4, {"a": 3, "b": 3}, {"a": 250}, 100, {"a": 1, "b": 3}),
        (5, {"a": 3, "b": 9}, {}, 100, {"a": 3, "b": 2}),
        (9, {"a": 1, "b": 2}, {}, 100, {"a": 1, "b": 2}),
        (3, {"a": 3, "b": 3}, {"a": 250}, 0, {"a": 2, "b": 1}),  # free pieces are counted
        (3, {"a": 0, "b": 3}, {}, 100, {"a": 0, "b": 3}),
        (0, {"a": 3}, {}, 100, {"a": 0}),
        (3, {}, {}, 100, {}),
    ],
)
def test_who_has_the_least_extra_value_takes_the_next_piece(
    pieces: int, rooms: dict[str, int], so_far: dict[str, int], worth: int, got: dict[str, int]
) -> None:
    line = next(f"line-{n}" for n in range(9) if fnv1a(f"line-{n}") % 2 == 0)

    assert hand_out_extra(pieces, rooms, so_far, Fraction(worth), line) == got


people = st.text("abcdef", min_size=1, max_size=2)
all_rooms = st.dictionaries(people, st.integers(0, 12), max_size=6)
values = st.dictionaries(people, st.integers(0, 500), max_size=6)
worths = st.fractions(0, 300, max_denominator=7)
lines = st.text(max_size=6)


def one_by_one(pieces: int, rooms: dict[str, int], so_far: dict[str, int], worth: Fraction, line: str):
    """The definition."""
    got, turn = dict.fromkeys(rooms, 0), rotation([who for who in rooms if rooms[who]], line)
    for _ in range(pieces):
        waiting = [who for who in rooms if got[who] < rooms[who]]
        if not waiting:
            break
        value = {who: so_far.get(who, 0) + got[who] * worth if worth else got[who] for who in waiting}
        got[min(waiting, key=lambda who: (value[who], turn[who]))] += 1
    return got


@given(st.integers(0, 40), all_rooms, values, worths, lines)
def test_it_is_the_same_as_one_piece_at_a_time(
    pieces: int, rooms: dict[str, int], so_far: dict[str, int], worth: Fraction, line: str
) -> None:
    assert hand_out_extra(pieces, rooms, so_far, worth, line) == one_by_one(pieces, rooms, so_far, worth, line)


@given(st.integers(0, 40), all_rooms, values, worths, lines, st.randoms())
def test_the_order_of_people_makes_no_difference(
    pieces: int, rooms: dict[str, int], so_far: dict[str, int], worth: Fraction, line: str, random
) -> None:
    shuffled = dict(random.sample(list(rooms.items()), len(rooms)))

    assert hand_out_extra(pieces, shuffled, so_far, worth, line) == hand_out_extra(pieces, rooms, so_far, worth, line)


@given(st.integers(0, 40), all_rooms, values, worths, lines)
def test_people_under_other_ids_are_treated_alike(
    pieces: int, rooms: dict[str, int], so_far: dict[str, int], worth: Fraction, line: str
) -> None:
    """What is handed out to whom depends on ids by ties alone: the amounts of money at stake stay the same."""
    names = dict(zip(sorted({*rooms, *so_far}), sorted({*rooms, *so_far}, reverse=True), strict=True))
    renamed = {names[who]: most for who, most in rooms.items()}
    others = hand_out_extra(pieces, renamed, {names[who]: v for who, v in so_far.items()}, worth, line)
    got = hand_out_extra(pieces, rooms, so_far, worth, line)

    assert sum(got.values()) == sum(others.values())
    if worth:
        reached = lambda got, name: max((so_far.get(w, 0) + (n - 1) * worth for w, n in name(got) if n), default=None)  # noqa: E731
        back = {new: old for old, new in names.items()}
        assert reached(got, dict.items) == reached({back[w]: n for w, n in others.items()}, dict.items)


caps = st.one_of(st.none(), st.integers(0, 3000))


prices = st.builds(Price, st.integers(0, 900), st.integers(1, 5000))


@given(st.integers(0, 60_000), caps, prices, st.sampled_from([1, 250, 1000]))
def test_extra_pieces_never_pass_what_was_allowed(extra: int, cap: int | None, price: Price, step: int) -> None:
    found = room(extra, cap, price, step)

    assert found % step == 0 and 0 <= found <= extra
    if cap is not None:
        assert price.cost(found) <= cap
        assert found + step > extra or price.cost(found + step) > cap
    else:
        assert found + step > extra


def test_without_a_price_a_cap_allows_nothing() -> None:
    assert room(3000, 500, None, 1000) == 0
    assert room(3000, None, None, 1000) == 3000


@pytest.mark.parametrize("so_far", [{}, {"b": 10**9}, {"a": 3, "b": 7}])
def test_9999_units_in_the_finest_steps_are_no_work(so_far: dict[str, int]) -> None:
    rooms = {"a": 9_999_000, "b": 9_999_000, "c": 9_999_000}
    started = perf_counter()

    got = hand_out_extra(9_999_000, rooms, so_far, Fraction(1, 3), "line")

    assert perf_counter() - started < 0.5
    assert sum(got.values()) == 9_999_000
