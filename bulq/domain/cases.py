"""Products that are sold in whole cases only: how many are opened, what is missing, and who takes the extra pieces.

A bid may say "2, up to 4", and "at most 5.00 more". A case is opened for what people want, never for what they would
take besides. All quantities of a product are in one whole unit, thousandths or steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from heapq import heapify, heappop, heappush

from bulq.domain.money import rotation
from bulq.domain.prices import Price


def cases_opened(wanted: int, extra: int, size: int) -> int:
    """How many cases of `size` are bought: the full ones, and one more that `extra` pieces can fill.

    `extra` is how much people together take beside what they want.
    """
    full, begun = divmod(wanted, size)
    return full + 1 if begun and begun + extra >= size else full


def missing(wanted: int, extra: int, size: int) -> int:
    """How much the case that is begun lacks beside what people take extra; 0 where none is begun."""
    begun = wanted % size
    return max(0, size - begun - extra) if begun else 0


def unserved(wanted: int, size: int) -> int:
    """What of the wanted pieces is in no full case."""
    return wanted % size


def room(extra: int, cap: int | None, price: Price | None, step: int) -> int:
    """How much of `extra` (thousandths) costs at most `cap` minor units, in whole steps.

    Whoever set a cap takes nothing extra while nobody knows the price.
    """
    steps = max(0, extra) // step
    if cap is None or steps == 0:
        return steps * step
    if price is None:
        return 0
    cost = 2 * step * price.amount
    # A cost rounded half up stays within the cap as long as it is less than half a minor unit above.
    return min(steps, (price.per * (2 * cap + 1) - 1) // cost) * step if cost else steps * step


def hand_out_extra(
    pieces: int, rooms: Mapping[str, int], so_far: Mapping[str, int], worth: Fraction, line_id: str
) -> dict[str, int]:
    """Who takes how many of the extra pieces; together all of them, or as many as there is room for.

    One piece at a time goes to whoever has the least extra value so far in the run, among those with room; ties go by
    the rotation of the line. `so_far` are minor units, `worth` is what a piece costs. Pieces that cost nothing, or
    nobody knows how much, are counted instead.

    All pieces whose turn comes below some value are given at once, so that only a last round goes one by one.
    """
    ready = {who: most for who, most in rooms.items() if most > 0}
    if not ready or pieces <= 0:
        return dict.fromkeys(rooms, 0)
    values = {who: Fraction(so_far.get(who, 0)) if worth > 0 else Fraction(0) for who in ready}
    worth = worth if worth > 0 else Fraction(1)
    got = _below(_level(pieces, ready, values, worth), ready, values, worth)
    turn = rotation(ready.keys(), line_id)
    queue = [(values[who] + got[who] * worth, turn[who], who) for who, most in ready.items() if got[who] < most]
    heapify(queue)
    for _ in range(min(pieces, sum(ready.values())) - sum(got.values())):
        value, place, who = heappop(queue)
        got[who] += 1
        if got[who] < ready[who]:
            heappush(queue, (value + worth, place, who))
    return dict.fromkeys(rooms, 0) | got


def _below(
    level: Fraction, rooms: Mapping[str, int], values: Mapping[str, Fraction], worth: Fraction
) -> dict[str, int]:
    """How many pieces everybody has taken before anybody with so much value takes another."""
    steps = {who: -((values[who] - level) // worth) for who in rooms}
    return {who: min(most, max(0, int(steps[who]))) for who, most in rooms.items()}


def _level(pieces: int, rooms: Mapping[str, int], values: Mapping[str, Fraction], worth: Fraction) -> Fraction:
    """A value up to which no more than these pieces are taken; the next level would be too many, or all have enough."""
    least = min(values.values())
    low, high = 0, pieces + 2 + int((max(values.values()) - least) // worth)
    while high - low > 1:
        middle = (low + high) // 2
        if sum(_below(least + middle * worth, rooms, values, worth).values()) <= pieces:
            low = middle
        else:
            high = middle
    return least + low * worth
