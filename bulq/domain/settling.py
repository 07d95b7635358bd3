"""Plans that make everybody even: who pays whom, and how much. Amounts are minor units of one currency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

from bulq.domain.money import share_money

EXACT = 15  # so many people are split into the most groups that are even among themselves; more of them greedily


class PlanKind(StrEnum):
    PAYER = "payer"
    FEWEST = "fewest"


class Transfer(NamedTuple):
    """`debtor` pays `creditor` an amount above 0."""

    debtor: str
    creditor: str
    amount: int


def after(balances: Mapping[str, int], transfers: Iterable[Transfer]) -> dict[str, int]:
    """The balances once these transfers are paid: paying raises a balance, receiving lowers it."""
    changed = defaultdict(int, balances)
    for debtor, creditor, amount in transfers:
        changed[debtor] += amount
        changed[creditor] -= amount
    return dict(changed)


def pay_the_payer(balances: Mapping[str, int], line_id: str) -> list[Transfer]:
    """Everybody who owes pays those who are owed, which is whoever paid.

    The debtors follow each other by id. Each debt is divided over what the creditors are still owed, so that the
    transfers add up for the creditors as well. `line_id`, such as that of a run, and the debtor decide about odd units.
    """
    _check(balances)
    owed = {person: amount for person, amount in balances.items() if amount > 0}
    found: list[Transfer] = []
    for debtor in sorted(person for person, amount in balances.items() if amount < 0):
        for creditor, amount in sorted(_shared(-balances[debtor], owed, f"{line_id} {debtor}").items()):
            if amount:
                found.append(Transfer(debtor, creditor, amount))
                owed[creditor] -= amount
    return found


def _shared(debt: int, owed: Mapping[str, int], line_id: str) -> Mapping[str, int]:
    return share_money(debt, owed, line_id) if len(owed) > 1 else dict.fromkeys(owed, debt)


def fewest_payments(balances: Mapping[str, int]) -> list[Transfer]:
    """As few payments as possible: one less than people in each of the most groups that are even among themselves.

    People whose balances cancel each other out are always such a group. The others are split exactly where they are
    15 or fewer, else they are one group. The order of `balances` makes no difference.
    """
    _check(balances)
    pairs, others = _pairs(balances)
    people = sorted(others)
    groups = _most_groups(people, others) if len(people) <= EXACT else [people]
    matched = [transfer for group in groups for transfer in _matched({person: others[person] for person in group})]
    return sorted(pairs + matched)


def _check(balances: Mapping[str, int]) -> None:
    if sum(balances.values()):
        raise ValueError("balances add up to 0")


def _pairs(balances: Mapping[str, int]) -> tuple[list[Transfer], dict[str, int]]:
    """One payment for each two people with opposite balances, the first creditor with the last debtor; and the rest."""
    owed: dict[int, list[str]] = defaultdict(list)
    owing: dict[int, list[str]] = defaultdict(list)
    for person in sorted(balances):
        if amount := balances[person]:
            (owed if amount > 0 else owing)[abs(amount)].append(person)
    found = [
        Transfer(debtor, creditor, amount)
        for amount, creditors in owed.items()
        for creditor, debtor in zip(creditors, reversed(owing.get(amount, [])), strict=False)
    ]
    done = {person for transfer in found for person in (transfer.debtor, transfer.creditor)}
    return found, {person: amount for person, amount in balances.items() if amount and person not in done}


def _most_groups(people: Sequence[str], balances: Mapping[str, int]) -> list[list[str]]:
    """The most groups that are even among themselves.

    A set of people is a bitmask. The groups are the steps of the longest chain of growing sets that each add up to 0.
    The last person closes the last group, so the chain runs over the others only.
    """
    if not people:
        return []
    sums = [0]
    for person in people[:-1]:
        sums += [each + balances[person] for each in sums]
    even = [chosen for chosen, amount in enumerate(sums) if amount == 0]
    before, chosen = _longest_chain(even[1:])
    everybody = 2 ** len(people) - 1
    groups = [_members(people, everybody ^ chosen)]
    while chosen:
        groups.append(_members(people, chosen ^ before[chosen]))
        chosen = before[chosen]
    return groups


def _longest_chain(even: Iterable[int]) -> tuple[dict[int, int], int]:
    """For each set the one before it in its longest chain from the empty set, and where the longest of all ends."""
    before: dict[int, int] = {}
    ends: list[list[int]] = [[0]]  # by the length of the chain: the sets in which one ends
    for _, sets in groupby(sorted(even, key=int.bit_count), int.bit_count):
        found = [(chosen, *_longest_within(chosen, ends)) for chosen in sets]
        for chosen, length, smaller in found:
            before[chosen] = smaller
            if length + 1 == len(ends):
                ends.append([])
            ends[length + 1].append(chosen)
    return before, ends[-1][0]


def _longest_within(chosen: int, ends: Sequence[Sequence[int]]) -> tuple[int, int]:
    """The length of the longest chain that ends within the set, and the set in which it does."""
    for length in range(len(ends) - 1, 0, -1):
        for smaller in ends[length]:
            if smaller & ~chosen == 0:
                return length, smaller
    return 0, 0


def _members(people: Sequence[str], chosen: int) -> list[str]:
    return [person for place, person in enumerate(people) if chosen >> place & 1]


def _matched(balances: Mapping[str, int]) -> list[Transfer]:
    """The first creditor with the last debtor, the smaller amount, until all are even."""
    left = dict(balances)
    creditors = [person for person in sorted(left) if left[person] > 0]
    debtors = [person for person in sorted(left) if left[person] < 0]
    found: list[Transfer] = []
    at = 0
    while debtors:
        creditor, debtor = creditors[at], debtors[-1]
        amount = min(left[creditor], -left[debtor])
        found.append(Transfer(debtor, creditor, amount))
        left[creditor] -= amount
        left[debtor] += amount
        if not left[debtor]:
            debtors.pop()
        if not left[creditor]:
            at += 1
    return found
