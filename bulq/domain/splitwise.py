"""Past expenses from a Splitwise export: rows of a CSV, each with what it changed for every person.

The first five columns are date, description, category, cost and currency, whatever they are called in the language of
the file. Each further column is a person. A row without a cost is no expense, such as the last one with the totals.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bulq.domain.errors import Invalid
from bulq.domain.texts import clean_text

FIXED = 5  # columns before the people
MOST_ROWS = 5000
MOST_PEOPLE = 100
YEARS = range(1970, 2200)
LARGEST = 10**11  # minor units
OF_SPLIIT = "Is Reimbursement"  # a column of Spliit's CSV, which doesn't say who paid where the payer has no share
NUMBER = re.compile(r"[+-]?\d[\d.,' \u00a0\u202f]*|[+-]?[.,]\d+")


@dataclass(frozen=True, slots=True)
class Expense:
    """`amounts` in minor units by place of the person, without zeros. They sum to zero. `off`: what they did before."""

    line: int
    day: date
    description: str
    amounts: Mapping[int, int]
    off: int


@dataclass(frozen=True, slots=True)
class Expenses:
    """What a file holds. `left_out` are lines in other currencies, each with its currency."""

    names: tuple[str, ...]
    expenses: tuple[Expense, ...]
    left_out: tuple[tuple[int, str], ...]

    @property
    def balances(self) -> list[int]:
        """What all expenses come to for each person, in minor units."""
        sums: dict[int, int] = defaultdict(int)
        for expense in self.expenses:
            for place, amount in expense.amounts.items():
                sums[place] += amount
        return [sums[place] for place in range(len(self.names))]


def read_expenses(rows: Iterable[tuple[int, Sequence[str]]], currency: str, exponent: int) -> Expenses:
    """The expenses in these rows, each with its line, of a group with this currency. Raises Invalid, saying where."""
    numbered = [(line, cells) for line, cells in rows if any(cell.strip() for cell in cells)]
    if numbered and OF_SPLIIT in numbered[0][1]:
        raise Invalid("expenses_spliit_csv", field="file")
    if not numbered or len(numbered[0][1]) <= FIXED + 1:
        raise Invalid("expenses_not_these", field="file")
    if len(numbered) > MOST_ROWS:
        raise Invalid("group_file_rows", field="file", maximum=MOST_ROWS)
    names = names_of(numbered[0][1][FIXED:])
    found: list[Expense] = []
    left_out: list[tuple[int, str]] = []
    for line, cells in numbered[1:]:
        if len(cells) < FIXED or not cells[3].strip():
            continue
        written = cells[4].strip().upper()[:3]
        if written != currency:
            left_out.append((line, written))
            continue
        found.append(_expense(line, cells, len(names), exponent))
    return Expenses(names, tuple(found), tuple(left_out))


def names_of(cells: Sequence[str]) -> tuple[str, ...]:
    """The people of a file, each named once."""
    names = [clean_text(cell, field="file", minimum=1, maximum=100) for cell in cells if cell.strip()]
    if len(names) > MOST_PEOPLE or len(set(names)) < len(names):
        raise Invalid("expenses_not_these", field="file")
    return tuple(names)


def _expense(line: int, cells: Sequence[str], people: int, exponent: int) -> Expense:
    try:
        day = day_of(cells[0])
        written = [*cells[FIXED:], *[""] * people][:people]
        amounts = {place: amount for place, cell in enumerate(written) if (amount := minor(cell, exponent))}
        description = clean_text(cells[1], field="file", maximum=500)
    except (ValueError, Invalid):
        raise Invalid("expenses_line", field="file", line=line) from None
    even = without_cents(amounts)
    if even is None:
        raise Invalid("expenses_off", field="file", line=line)
    return Expense(line, day, description, *even)


def without_cents(amounts: Mapping[int, int]) -> tuple[dict[int, int], int] | None:
    """The amounts so that they sum to zero, and what they did before. None: more than rounded shares explain.

    Whoever paid most bears the difference.
    """
    even, off = dict(amounts), sum(amounts.values())
    if abs(off) > len(amounts):
        return None
    if off:
        even[max(even, key=lambda place: (even[place], -place))] -= off
    return {place: amount for place, amount in even.items() if amount}, off


def day_of(text: str) -> date:
    """The day at the beginning of the text. Raises ValueError."""
    day = date.fromisoformat(text.strip()[:10])
    if day.year not in YEARS:
        raise ValueError(text[:20])
    return day


def minor(text: str, exponent: int) -> int:
    """Minor units of a number as any language writes it: 1,234.50 or 1.234,50. Raises ValueError for no number."""
    text = text.strip()
    if not text:
        return 0
    if not NUMBER.fullmatch(text):
        raise ValueError(text[:20])
    sign = -1 if text.startswith("-") else 1
    at = max(text.rfind("."), text.rfind(","))
    decimals = re.sub(r"\D", "", text[at + 1 :]) if at >= 0 else ""
    if at >= 0 and len(decimals) == 3 and exponent != 3 and text[:at].strip("+-0"):  # a thousands separator
        at, decimals = -1, ""
    whole = re.sub(r"\D", "", text[:at] if at >= 0 else text) or "0"
    if len(decimals.rstrip("0")) > exponent or len(whole) > 12:
        raise ValueError(text[:20])
    amount = int(whole) * 10**exponent + int((decimals[:exponent] or "0").ljust(exponent, "0") if exponent else 0)
    if amount > LARGEST:
        raise ValueError(text[:20])
    return sign * amount
