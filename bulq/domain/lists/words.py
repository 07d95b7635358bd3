"""Words of lists, compared without case, accents and punctuation; Serbian Cyrillic is compared as Latin too."""

from __future__ import annotations

import re
from functools import lru_cache

from bulq.domain.texts import name_key

LONGEST = 200  # characters of a cell that are compared
SERBIAN = str.maketrans(
    {
        **dict(zip("абвгдезиклмнопрстуфхцчш", "abvgdeziklmnoprstufhccs", strict=True)),
        **{"ж": "z", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "ђ": "d", "џ": "dz"},
    }
)
NOTHING = (
    "",
    "-",
    "--",
    "---",
    "–",
    "—",
    "n/a",
    "n.a.",
    "na",
    "k.a.",
    "none",
    "null",
    "nan",
    "#n/a",
    "?",
    "/",
    "x",
    "нет",
)
TOTALS = (
    "total", "totals", "sum", "subtotal", "grand total", "amount due", "summe", "gesamt", "gesamtsumme", "insgesamt",
    "zwischensumme", "endsumme", "bestellsumme", "ukupno", "svega", "zbir", "suma", "meduzbir", "итого", "всего",
    "сумма", "somme", "total general", "sous total", "suma total", "importe total", "totale", "somma", "totale "
    "generale",
    "razem", "lacznie", "suma razem", "celkem", "soucet", "mezisoucet", "spolu", "skupaj", "osszesen",
)  # fmt: skip


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """Letters and digits in lower case without accents, with single blanks between."""
    bare = name_key(text[:LONGEST])
    return " ".join(re.findall(r"[^\W_]+", bare))


@lru_cache(maxsize=2_000)
def latin(text: str) -> str:
    """The folded text with Serbian Cyrillic written in Latin letters."""
    return fold(fold(text).translate(SERBIAN))


def is_nothing(text: str) -> bool:
    """Whether a cell says that it says nothing."""
    return text.strip(" \u00a0\t").casefold() in NOTHING


def is_total(text: str) -> bool:
    """Whether a cell begins a line of sums."""
    words = fold(text)
    return (
        any(words == total or words.startswith(f"{total} ") for total in _FOLDED_TOTALS)
        or latin(text) in _FOLDED_TOTALS
    )


_FOLDED_TOTALS = frozenset(fold(total) for total in TOTALS)
