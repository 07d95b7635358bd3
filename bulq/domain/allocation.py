"""Who gets how much of the goods when there is not enough: whole steps, and of weighed goods the rest of the scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from heapq import heapify, heapreplace

from bulq.domain.money import rotation, share_money
from bulq.domain.phases import FairRule


def matches(wanted: int, bought: int, step: int) -> bool:
    """Whether what was bought is what was wanted (thousandths): a scale may differ by less than a step."""
    return abs(bought - wanted) < step


def share(
    rule: FairRule, bids: Mapping[str, int], raises: Sequence[tuple[str, int]], available: int, step: int, line_id: str
) -> dict[str, int]:
    """What each bidder gets, in thousandths: together all that is available, and of a surplus what they bid.

    Whole steps go by the rule. Of weighed goods the rest below a step is divided in thousandths over what each gets, or
    over the bids where that is nothing. `raises` are the parts of the bids, oldest first, for first come only.
    """
    wanted = sum(bids.values())
    if wanted and matches(wanted, available, step):
        return share_money(available, bids, line_id)
    if available >= wanted:
        return dict(bids)
    steps = {who: bid // step for who, bid in bids.items()}
    return with_rest(
        share_whole_steps(rule, steps, raises, available // step, step, line_id), bids, available, step, line_id
    )


def share_whole_steps(
    rule: FairRule, bids: Mapping[str, int], raises: Sequence[tuple[str, int]], available: int, step: int, line_id: str
) -> dict[str, int]:
    """Steps by bidder, of `available` steps, for bids in steps; `raises` are in thousandths."""
    match rule:
        case FairRule.PROPORTIONAL:
            return share_proportional(bids, available, line_id)
        case FairRule.EQUAL_FIRST:
            return share_equal_first(bids, available, line_id)
        case FairRule.FIRST_COME:
            got = share_first_come(_raises_of(bids, raises, step), available)
            return {who: got.get(who, 0) for who in bids}


def with_rest(
    steps: Mapping[str, int], bids: Mapping[str, int], available: int, step: int, line_id: str
) -> dict[str, int]:
    """Thousandths by bidder: the steps each gets, and of weighed goods the rest of the scale, divided over these."""
    whole = {who: steps[who] * step for who in bids}
    rest = share_money(available % step, whole if any(whole.values()) else bids, line_id)
    return {who: whole[who] + rest[who] for who in bids}


def share_proportional(bids: Mapping[str, int], available: int, line_id: str) -> dict[str, int]:
    """Webster's sequence: each step to the largest bid / (2·got + 1), then fewest so far, then the rotation.

    Steps with a quotient of at least λ = Σ bids / 2m are round(bid · m / Σ bids) each, so all of them can be given at
    once; with m half a step per person below `available` they never exceed it and only a few are left to hand out. The
    bid itself is never passed: all its steps have quotients above 1/2, all later ones below.
    """
    total = sum(bids.values())
    if _enough(bids, available):
        return dict(bids)
    most = max(0, available - (len(bids) + 1) // 2)
    got = {who: (2 * bid * most + total) // (2 * total) for who, bid in bids.items()}
    turn = rotation(bids.keys(), line_id)
    queue = [_claim(bid, got[who], turn[who], who) for who, bid in bids.items() if bid]
    heapify(queue)
    for _ in range(available - sum(got.values())):
        who = queue[0][-1]
        got[who] += 1
        heapreplace(queue, _claim(bids[who], got[who], turn[who], who))
    return got


def share_equal_first(bids: Mapping[str, int], available: int, line_id: str) -> dict[str, int]:
    """Raise all together up to their bid; a last incomplete round goes to the largest bids, then by the rotation."""
    if _enough(bids, available):
        return dict(bids)
    level, left, waiting = 0, available, sorted(bids.values())
    while waiting and (waiting[0] - level) * len(waiting) <= left:
        left -= (waiting[0] - level) * len(waiting)
        level = waiting.pop(0)
    level, left = level + left // len(waiting), left % len(waiting)
    turn = rotation(bids.keys(), line_id)
    unmet = sorted((who for who, bid in bids.items() if bid > level), key=lambda who: (-bids[who], turn[who]))
    got = {who: min(bid, level) for who, bid in bids.items()}
    return got | dict.fromkeys(unmet[:left], level + 1)


def share_first_come(raises: Sequence[tuple[str, int]], available: int) -> dict[str, int]:
    """Serve the raises in their order until nothing is left."""
    if available < 0 or any(amount < 0 for _, amount in raises):
        raise ValueError("raises and what is available are never negative")
    got: dict[str, int] = {}
    for who, amount in raises:
        served = min(amount, available)
        got[who] = got.get(who, 0) + served
        available -= served
    return got


def eat_raises(raises: Sequence[int], reduction: int) -> list[int]:
    """The raises (oldest first) after a bid went down by `reduction`: the newest go first, those used up vanish."""
    if not 0 <= reduction <= sum(raises):
        raise ValueError("a bid goes down by at most itself")
    left = list(raises)
    while reduction:
        newest = left.pop()
        if newest > reduction:
            left.append(newest - reduction)
        reduction -= min(newest, reduction)
    return left


def _enough(bids: Mapping[str, int], available: int) -> bool:
    if available < 0 or any(bid < 0 for bid in bids.values()):
        raise ValueError("bids and what is available are never negative")
    return available >= sum(bids.values())


def _claim(bid: int, got: int, turn: int, who: str) -> tuple[Fraction, int, int, str]:
    return -Fraction(bid, 2 * got + 1), got, turn, who


def _raises_of(bids: Mapping[str, int], raises: Sequence[tuple[str, int]], step: int) -> list[tuple[str, int]]:
    """Raises in steps, together exactly the bids: what no raise explains comes last, by id."""
    open_part = dict(bids)
    parts: list[tuple[str, int]] = []
    for who, amount in raises:
        steps = min(amount // step, open_part.get(who, 0))
        parts.append((who, steps))
        open_part[who] = open_part.get(who, 0) - steps
    return parts + sorted(open_part.items())
