"""Debts between two people, netted; and why a plan lets somebody pay another person than the one they owe."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from bulq.domain.settling import Transfer

Pair = tuple[str, str]


class Link(NamedTuple):
    """`debtor` owes `creditor`; if `planned`, `debtor` pays `creditor` by another line of the plan."""

    debtor: str
    creditor: str
    planned: bool


class Reason(NamedTuple):
    """So much of a line is explained by these links, which lead from the line's debtor to its creditor.

    One link: the debtor owes the creditor. More of them: instead of paying the first link's creditor the debtor pays
    the last one's. A planned link is passed backwards: its debtor pays its creditor in place of the line's debtor.
    """

    amount: int
    links: tuple[Link, ...]


def netted(debts: Iterable[Transfer]) -> list[Transfer]:
    """Between any two people one debt at most, in one direction, sorted by id."""
    sums: dict[Pair, int] = defaultdict(int)
    for debtor, creditor, amount in debts:
        if debtor < creditor:
            sums[debtor, creditor] += amount
        else:
            sums[creditor, debtor] -= amount
    found = (
        Transfer(one, other, amount) if amount > 0 else Transfer(other, one, -amount)
        for (one, other), amount in sums.items()
        if amount
    )
    return sorted(found)


def without_circles(debts: Iterable[Transfer]) -> list[Transfer]:
    """The debts, netted, without those that lead back to the one who owes: nobody needs to pay these.

    Who owes how much in all stays as it was. When everybody is even, nothing is left.
    """
    owes: dict[str, dict[str, int]] = defaultdict(dict)
    for debtor, creditor, amount in netted(debts):
        owes[debtor][creditor] = amount
    done: set[str] = set()
    for start in sorted(owes):
        _clear(owes, start, done)
    return sorted(
        Transfer(debtor, creditor, amount) for debtor, owed in owes.items() for creditor, amount in owed.items()
    )


def _clear(owes: dict[str, dict[str, int]], start: str, done: set[str]) -> None:
    """Take away all circles that can be reached from `start`, by walking along the debts. `done` are in no circle."""
    path, place = [start], {start: 0}
    while path:
        at = path[-1]
        ahead = next((person for person in owes.get(at, ()) if person not in done), None)
        if ahead is None:
            done.add(at)
            del place[path.pop()]
        elif ahead in place:
            circle = path[place[ahead] :]
            _lower(owes, [*circle, ahead])
            for person in circle[1:]:
                del place[person]
            del path[place[ahead] + 1 :]
        else:
            place[ahead] = len(path)
            path.append(ahead)


def _lower(owes: dict[str, dict[str, int]], circle: Sequence[str]) -> None:
    """Lower each debt of the circle by the smallest one."""
    steps = list(pairwise(circle))
    least = min(owes[debtor][creditor] for debtor, creditor in steps)
    for debtor, creditor in steps:
        owes[debtor][creditor] -= least
        if not owes[debtor][creditor]:
            del owes[debtor][creditor]


def reasons(debts: Iterable[Transfer], plan: Sequence[Transfer]) -> dict[Pair, list[Reason]]:
    """Why each line of the plan is so, by its debtor and creditor: the reasons of a line add up to its amount.

    Debts and plan must leave everybody with the same sums. Debts explain as many lines as they can before other lines
    of the plan are used.
    """
    graph = _Graph(netted(debts), plan)
    found: dict[Pair, list[Reason]] = {(line.debtor, line.creditor): [] for line in plan}
    for with_plan in (False, True):
        for debtor, creditor, _ in plan:
            while (debtor, creditor) in graph.planned:
                if (links := graph.way(debtor, creditor, with_plan=with_plan)) is None:
                    break
                for pair, reason in graph.take(debtor, creditor, links):
                    found[pair].append(reason)
    if graph.planned:
        raise ValueError("debts and plan leave everybody with the same sums")
    return found


class _Graph:
    """What of the debts and of the lines of the plan is not explained yet."""

    def __init__(self, debts: Iterable[Transfer], plan: Iterable[Transfer]) -> None:
        self.owed = {(debt.debtor, debt.creditor): debt.amount for debt in debts}
        self.planned = {(line.debtor, line.creditor): line.amount for line in plan}
        self.owes: dict[str, list[str]] = defaultdict(list)
        self.payers: dict[str, list[str]] = defaultdict(list)
        for debtor, creditor in sorted(self.owed):
            self.owes[debtor].append(creditor)
        for debtor, creditor in sorted(self.planned):
            self.payers[creditor].append(debtor)

    def way(self, debtor: str, creditor: str, *, with_plan: bool) -> list[Link] | None:
        """The shortest way from debtor to creditor along debts, and against lines of the plan other than their own."""
        came: dict[str, Link | None] = {debtor: None}
        queue = deque([debtor])
        while queue and creditor not in came:
            at = queue.popleft()
            if (at, creditor) in self.owed:
                came[creditor] = Link(at, creditor, False)
                break
            ahead = [(other, Link(at, other, False)) for other in self.owes[at] if (at, other) in self.owed]
            if with_plan:
                ahead += [(other, Link(other, at, True)) for other in self.payers[at] if (other, at) in self.planned]
            for other, link in ahead:
                if other not in came and link != Link(debtor, creditor, True):
                    came[other] = link
                    queue.append(other)
        if creditor not in came:
            return None
        links: list[Link] = []
        at = creditor
        while (link := came[at]) is not None:
            links.append(link)
            at = link.creditor if link.planned else link.debtor
        return links[::-1]

    def take(self, debtor: str, creditor: str, links: Sequence[Link]) -> list[tuple[Pair, Reason]]:
        """Use the way up, as far as it goes, for the line and for every other line of the plan on it."""
        circle = [*links, Link(debtor, creditor, True)]
        sides = [self.planned if link.planned else self.owed for link in circle]
        least = min(side[link[:2]] for side, link in zip(sides, circle, strict=True))
        for side, link in zip(sides, circle, strict=True):
            side[link[:2]] -= least
            if not side[link[:2]]:
                del side[link[:2]]
        return [
            (link[:2], Reason(least, tuple(circle[place + 1 :] + circle[:place])))
            for place, link in enumerate(circle)
            if link.planned
        ]
