"""Debts between two people, netted; and why a plan lets somebody pay another person than the one they owe."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from bulq.domain.settling import Transfer

Pair = tuple[str, str]
MOST = 5  # reasons of a line that somebody reads


class Link(NamedTuple):
    """`debtor` owes `creditor`; if `planned`, `debtor` pays `creditor` by another line of the plan."""

    debtor: str
    creditor: str
    planned: bool


class Reason(NamedTuple):
    """So much of a line is explained by these links, which lead from the line's debtor to its creditor.

    No link: many small debts. One link: the debtor owes the creditor. More of them: instead of paying the first link's
    creditor the debtor pays the last one's. A planned link is passed backwards: its debtor pays its creditor in place
    of the line's debtor.
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
            while graph.is_planned(debtor, creditor):
                if (links := graph.way(debtor, creditor, with_plan=with_plan)) is None:
                    break
                for pair, reason in graph.take(debtor, creditor, links):
                    found[pair].append(reason)
    if any(graph.payers.values()):
        raise ValueError("debts and plan leave everybody with the same sums")
    return found


def main_reasons(why: Sequence[Reason]) -> list[Reason]:
    """The largest reasons of a line, and the others together as one without links. They add up to the same."""
    if len(why) <= MOST:
        return list(why)
    largest = sorted(why, key=lambda reason: -reason.amount)
    rest = sum(reason.amount for reason in largest[MOST - 1 :])
    return [*largest[: MOST - 1], Reason(rest, ())]


class _Graph:
    """What of the debts and of the lines of the plan is not explained yet, in minor units.

    `owes` is by debtor and creditor, `payers` has the lines of the plan by creditor and debtor.
    """

    def __init__(self, debts: Iterable[Transfer], plan: Iterable[Transfer]) -> None:
        self.owes: dict[str, dict[str, int]] = defaultdict(dict)
        self.payers: dict[str, dict[str, int]] = defaultdict(dict)
        for debtor, creditor, amount in sorted(debts):
            self.owes[debtor][creditor] = amount
        for debtor, creditor, amount in sorted(plan):
            self.payers[creditor][debtor] = amount

    def is_planned(self, debtor: str, creditor: str) -> bool:
        return debtor in self.payers[creditor]

    def way(self, debtor: str, creditor: str, *, with_plan: bool) -> list[Link] | None:
        """The shortest way from debtor to creditor along debts, and against lines of the plan other than their own."""
        came: dict[str, Link | None] = {debtor: None}
        here = [debtor]
        while here:
            if (last := next((person for person in here if creditor in self.owes[person]), None)) is not None:
                return [*_back(came, last), Link(last, creditor, False)]
            here = self._beyond(here, came, Link(debtor, creditor, True), with_plan)
            if creditor in came:
                return _back(came, creditor)
        return None

    def _beyond(self, here: Sequence[str], came: dict[str, Link | None], own: Link, with_plan: bool) -> list[str]:
        """Whom one reaches from these people by one link, and who is not in `came`, to which they are added."""
        there: list[str] = []
        for at in here:
            for other in self.owes[at]:
                if other not in came:
                    came[other] = Link(at, other, False)
                    there.append(other)
            for other in self.payers[at] if with_plan else ():
                if other not in came and (link := Link(other, at, True)) != own:
                    came[other] = link
                    there.append(other)
        return there

    def take(self, debtor: str, creditor: str, links: Sequence[Link]) -> list[tuple[Pair, Reason]]:
        """Use the way up, as far as it goes, for the line and for every other line of the plan on it."""
        circle = [*links, Link(debtor, creditor, True)]
        steps = [
            (self.payers[link.creditor], link.debtor) if link.planned else (self.owes[link.debtor], link.creditor)
            for link in circle
        ]
        least = min(left[person] for left, person in steps)
        for left, person in steps:
            left[person] -= least
            if not left[person]:
                del left[person]
        return [
            ((link.debtor, link.creditor), Reason(least, tuple(circle[place + 1 :] + circle[:place])))
            for place, link in enumerate(circle)
            if link.planned
        ]


def _back(came: Mapping[str, Link | None], at: str) -> list[Link]:
    """The links by which one came there, in their order."""
    links: list[Link] = []
    while (link := came[at]) is not None:
        links.append(link)
        at = link.creditor if link.planned else link.debtor
    return links[::-1]
