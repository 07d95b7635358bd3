"""Past expenses from a Spliit export: a group as JSON, with its participants and who paid what for whom.

Each expense is divided here as rules.md §1 says, with the id of the expense as that of the line. Spliit divides
alike, so the balances are those that people saw there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import cast

from bulq.domain.errors import Invalid
from bulq.domain.money import share_money
from bulq.domain.splitwise import LARGEST, MOST_PEOPLE, MOST_ROWS, Expense, Expenses, day_of, names_of, without_cents
from bulq.domain.texts import clean_text

# Spliit counts these in whole units and all others in hundredths, whatever their ISO exponent is.
WHOLE = frozenset({"COP", "HUF", "IDR", "ISK", "JPY", "KRW"})
PER_CENT = 10_000  # hundredths of a percent in all
WEIGHED = ("BY_SHARES", "BY_PERCENTAGE")


def read_group(content: object, currency: str, exponent: int, signs: Collection[str]) -> Expenses:
    """The expenses of a Spliit group, for a group with this currency. Raises Invalid, saying where.

    `signs`: how the currency may be written where the file has no code for it.
    """
    try:
        participants, entries = _list(content, "participants"), _list(content, "expenses")
    except ValueError:
        raise Invalid("expenses_not_spliit", field="file") from None
    if len(entries) > MOST_ROWS:
        raise Invalid("group_file_rows", field="file", maximum=MOST_ROWS)
    names, places = _people(participants)
    written = _currency(content, currency, signs)
    if written != currency:
        return Expenses(names, (), tuple((number, written) for number in range(1, len(entries) + 1)))
    units = 10**exponent, 1 if currency in WHOLE else 100
    found = tuple(_expense(number, entry, places, units) for number, entry in enumerate(entries, 1))
    return Expenses(names, found, ())


def _people(participants: Sequence[object]) -> tuple[tuple[str, ...], dict[str, int]]:
    """The names, and the place of each id among them."""
    if not 0 < len(participants) <= MOST_PEOPLE:
        raise Invalid("expenses_not_spliit", field="file")
    try:
        names = names_of([_text(person, "name") for person in participants])
        places = {_text(person, "id"): place for place, person in enumerate(participants)}
    except (ValueError, Invalid):
        raise Invalid("expenses_not_spliit", field="file") from None
    if len(names) != len(participants) or len(places) != len(participants):
        raise Invalid("expenses_not_spliit", field="file")
    return names, places


def _currency(content: object, currency: str, signs: Collection[str]) -> str:
    """The code of the file's currency, or the sign that nobody here can tell."""
    try:
        if _value(content, "currencyCode"):
            return clean_text(_text(content, "currencyCode"), field="file", maximum=5).upper()
        sign = clean_text(_text(content, "currency"), field="file", maximum=5)
    except (ValueError, Invalid):
        raise Invalid("expenses_not_spliit", field="file") from None
    return currency if sign in signs else sign


def _expense(number: int, entry: object, places: Mapping[str, int], units: tuple[int, int]) -> Expense:
    try:
        day = day_of(_text(entry, "expenseDate"))
        title = clean_text(_text(entry, "title"), field="file", maximum=500)
        amounts = _amounts(entry, places, units)
    except (ValueError, Invalid):
        raise Invalid("expenses_entry", field="file", number=number) from None
    even = without_cents(amounts)
    if even is None:
        raise Invalid("expenses_entry_off", field="file", number=number)
    return Expense(number, day, title, *even)


def _amounts(entry: object, places: Mapping[str, int], units: tuple[int, int]) -> dict[int, int]:
    """What the expense changed for each place, in minor units of the group's currency. Raises ValueError."""
    total, mode = _number(entry, "amount"), _value(entry, "splitMode")
    paid_for = _list(entry, "paidFor")
    shares = {_text(part, "participantId"): _number(part, "shares") for part in paid_for}
    payer = _text(entry, "paidById")
    if len(shares) < len(paid_for) or not shares.keys() | {payer} <= places.keys():
        raise ValueError("participantId")
    # Divided is in the larger of both units: what Spliit gave each in whole forints stays whole.
    before, after = (units, (1, 1)) if units[0] < units[1] else ((1, 1), units)
    total = _minor(total, before)
    if mode == "BY_AMOUNT":
        owed = {who: _minor(share, before) for who, share in shares.items()}
    elif mode == "EVENLY" or mode in WEIGHED:
        if mode == "BY_PERCENTAGE" and abs(sum(shares.values()) - PER_CENT) > len(shares):
            raise ValueError("percentages")
        weights = dict.fromkeys(shares, 1) if mode == "EVENLY" else shares
        owed = share_money(total, weights, _text(entry, "id"))
    else:
        raise ValueError("splitMode")
    changed = {places[who]: -amount for who, amount in owed.items()}
    changed[places[payer]] = changed.get(places[payer], 0) + total
    return {place: _minor(amount, after) for place, amount in changed.items()}


def _minor(amount: int, units: tuple[int, int]) -> int:
    minor, rest = divmod(amount * units[0], units[1])
    if rest or abs(minor) > LARGEST:
        raise ValueError("amount")
    return minor


def _value(holder: object, key: str) -> object:
    if not isinstance(holder, dict):
        raise ValueError(key)
    return cast("dict[str, object]", holder).get(key)


def _list(holder: object, key: str) -> list[object]:
    value = _value(holder, key)
    if not isinstance(value, list):
        raise ValueError(key)
    return cast("list[object]", value)


def _text(holder: object, key: str) -> str:
    value = _value(holder, key)
    if not isinstance(value, str):
        raise ValueError(key)
    return value


def _number(holder: object, key: str) -> int:
    value = _value(holder, key)
    if type(value) is not int or abs(value) > LARGEST:
        raise ValueError(key)
    return value
