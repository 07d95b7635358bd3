"""What leaves Bulq in a file: names that can't be mixed up, and texts no program takes for more than texts."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from bulq.domain.phases import FINAL, Phase
from bulq.domain.texts import NOTHING_TO_SEE, name_key, readable

# What spreadsheets begin a formula with, also in the full width some take for the same.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Cyrillic and Greek letters that look like Latin ones: on paper two such names are the same.
LOOK_ALIKE = str.maketrans("АВЕЅІЈКМНОРСТУХаеѕіјорсухΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABESIJKMHOPCTYXaesijopcyxABEZHIKMNOPTYXo")
LINES = ("\t", "\n", "\r")


class What(StrEnum):
    EVERYTHING = "everything"
    LIST = "list"
    MINE = "mine"
    STATEMENTS = "statements"
    PACKING = "packing"


class Basis(StrEnum):
    """What costs are by now."""

    EXPECTED = "expected"
    SO_FAR = "so_far"
    FINAL = "final"


class Became(StrEnum):
    """What became of a product of the run."""

    WANTED = "wanted"
    TO_BUY = "to_buy"
    BOUGHT = "bought"
    NOT_THERE = "not_there"
    NOT_BOUGHT = "not_bought"


@dataclass(frozen=True, slots=True)
class Named:
    name: str
    username: str


def basis(phase: Phase) -> Basis:
    if phase in FINAL or phase is Phase.DISTRIBUTING:
        return Basis.FINAL
    return Basis.SO_FAR if phase in (Phase.SHOPPING, Phase.ADJUSTING) else Basis.EXPECTED


def became(phase: Phase, *, listed: bool, bought: bool, missing: bool) -> Became:
    if bought:
        return Became.BOUGHT
    if missing:
        return Became.NOT_THERE
    if phase is Phase.CANCELLED:
        return Became.NOT_BOUGHT
    if not listed:
        return Became.WANTED
    return Became.TO_BUY if phase is Phase.SHOPPING else Became.NOT_THERE


@lru_cache(maxsize=4096)
def harmless(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula, without what no file can hold."""
    clean = "".join(character for character in readable(text) if not _unfit(character))
    # Blanks in front are dropped by some programs, and then the rest is looked at.
    return f"'{clean}" if clean.startswith(FORMULA) or clean.lstrip().startswith(FORMULA) else clean


def _unfit(character: str) -> bool:
    if character in LINES:
        return False
    # XML, which spreadsheets are, forbids the last two of each plane's code points.
    is_no_character = ord(character) & 0xFFFE == 0xFFFE
    return is_no_character or character in NOTHING_TO_SEE or unicodedata.category(character) in ("Cc", "Cs")


def unambiguous(
    people: Mapping[str, Named], *, reserved: Collection[str] = (), shown: Callable[[str], str] = str
) -> dict[str, str]:
    """What to call each person in a file: by name, with the username where names look alike.

    `shown` is how the file can write a text; a name that lost letters gets the username, too. `reserved` names mean
    something else there. Should even usernames look alike, a mark tells people apart.
    """
    called = {key: shown(one.name) for key, one in people.items()}
    full = {key: f"{called[key]} (@{shown(one.username)})" for key, one in people.items()}
    called |= {key: full[key] for key, one in people.items() if called[key] != one.name}
    taken = [_looks(name) for name in reserved]
    # Somebody may be called just as another one is with the username, so it may take a second look.
    while alike := [key for key in _alike(called, taken) if called[key] != full[key]]:
        called |= {key: full[key] for key in alike}
    while alike := _alike(called, taken):
        called[max(alike)] += " ′"
    return called


def _alike(called: Mapping[str, str], taken: list[str]) -> list[str]:
    keys = {key: _looks(name) for key, name in called.items()}
    times = Counter([*keys.values(), *taken])
    return [key for key, name in keys.items() if times[name] > 1]


def _looks(name: str) -> str:
    return name_key(name.translate(LOOK_ALIKE))
