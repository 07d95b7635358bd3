"""Prices as lists write them: with signs, words, dashes and groups of digits. What has two meanings stays a doubt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bulq.domain.lists.units import Pack, read_pack
from bulq.domain.lists.words import fold, is_nothing

LONGEST = 60  # characters of a cell that holds a price
MOST_DIGITS = 15
MOST_DECIMALS = 6
BLANKS = " \u00a0\u2009\u202f\t"
# What stands for which currencies, the likeliest first. ISO codes go without saying.
SIGNS: dict[str, tuple[str, ...]] = {
    "\u20ac": ("EUR",), "euro": ("EUR",), "euros": ("EUR",), "eu": ("EUR",),
    "us$": ("USD",), "$": ("USD", "CAD", "AUD", "NZD", "MXN", "SGD", "HKD", "ARS", "CLP", "COP"),
    "a$": ("AUD",), "c$": ("CAD",), "ca$": ("CAD",), "au$": ("AUD",), "r$": ("BRL",), "nz$": ("NZD",),
    "\u00a3": ("GBP", "EGP"), "\u00a5": ("JPY", "CNY"), "\u5186": ("JPY",), "\u5143": ("CNY",), "\u20b9": ("INR",),
    "rs": ("INR", "PKR", "LKR", "NPR"), "k\u010d": ("CZK",), "kc": ("CZK",), "z\u0142": ("PLN",), "zl": ("PLN",),
    "din": ("RSD", "DZD", "TND"), "dinar": ("RSD",), "dinara": ("RSD",), "\u0434\u0438\u043d": ("RSD", "MKD"),
    "\u0440\u0441\u0434": ("RSD",), "\u0434\u0435\u043d": ("MKD",), "den": ("MKD",), "\u20bd": ("RUB",),
    "\u0440": ("RUB", "BYN"), "\u0440\u0443\u0431": ("RUB", "BYN"), "rub": ("RUB",), "km": ("BAM",),
    "\u043a\u043c": ("BAM",), "ft": ("HUF",), "\u043b\u0432": ("BGN",), "lv": ("BGN",), "lei": ("RON", "MDL"),
    "leu": ("RON",), "fr": ("CHF",),
    "sfr": ("CHF",), "kr": ("SEK", "NOK", "DKK", "ISK"),
    "kn": ("HRK",), "\u20b4": ("UAH",),
    "\u0433\u0440\u043d": ("UAH",),
    "\u20ba": ("TRY",), "tl": ("TRY",), "\u20aa": ("ILS",), "\u20a9": ("KRW",), "\u20b8": ("KZT",),
    "\u0444\u0442": ("HUF",),
}  # fmt: skip
BESIDE = frozenset({"ab", "from", "od", "ca", "cca", "nur", "only", "cena", "preis", "price"})
DASHES = "-\u2013\u2014"
PER = re.compile(
    r"(?:/|\bper\b|\bpro\b|\bje\b|\bpo\b|\bza\b|\bau\b|\bal\b|\b\u0437\u0430\b)\s*(?P<per>.{1,20})$", re.IGNORECASE
)
NUMBER = re.compile(r"[0-9](?:[0-9.,'\u2019" + BLANKS + r"]*[0-9])?|[.,][0-9]+")
ENDING = re.compile(rf"(?P<point>[.,])\s*[{DASHES}=]{{1,2}}")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of `digits` × 10 ** -`decimals`, with what the cell says beside it.

    `doubt`: the one separator may stand before decimals or before thousands. `named` are the currencies its sign may
    stand for, `sign` is how it is written; `per` is what it is the price of.
    """

    digits: int
    decimals: int
    sign: str = ""
    named: tuple[str, ...] = ()
    per: Pack | None = None
    doubt: bool = False

    def minor(self, exponent: int) -> tuple[int, int]:
        """The amount in minor units, and of how many pieces it is the price: 0.0325 each is 3.25 per 100."""
        digits, beyond = self.digits, self.decimals - exponent
        while beyond > 0 and digits % 10 == 0:
            digits, beyond = digits // 10, beyond - 1
        return (digits, 10**beyond) if beyond > 0 else (digits * 10**-beyond, 1)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a cell is no price: a key of a text under "errors"."""

    key: str


@lru_cache(maxsize=20_000)
def read_amount(text: str, codes: frozenset[str]) -> Amount | Unreadable | None:
    """What a cell says things cost; None when it names no price. `codes` are the currencies there are."""
    cell = text.strip(BLANKS)
    if is_nothing(cell) or not any(character.isdigit() for character in cell):
        return None
    if len(cell) > LONGEST:
        return Unreadable("money_not_a_number")
    if re.match(rf"[{DASHES}\u2212]\s*[0-9.,]", cell) or re.search(r"[0-9]\s*[-\u2212]$", cell):
        return Unreadable("money_negative")
    cell, per = _without_per(cell.removeprefix("+"))
    cell = ENDING.sub(r"\g<point>00", cell)
    numbers = NUMBER.findall(cell)
    if len(numbers) != 1:
        return Unreadable("money_not_a_number")
    sign, named = _currency(cell.replace(numbers[0], " ", 1), codes)
    if named is None:
        return Unreadable("money_not_a_number")
    number = parse_number(numbers[0])
    if number is None:
        return Unreadable("money_not_a_number")
    digits, decimals, doubt = number
    return Amount(digits, decimals, sign, named, per, doubt)


def _without_per(cell: str) -> tuple[str, Pack | None]:
    match = PER.search(cell)
    if match is None or not any(character.isdigit() for character in cell[: match.start()]):
        return cell, None
    pack = read_pack(match["per"])
    return (cell[: match.start()], pack) if pack else (cell, None)


def _currency(rest: str, codes: frozenset[str]) -> tuple[str, tuple[str, ...] | None]:
    """The sign beside a number, and what it may stand for: nothing without one, None if it is something else."""
    sign = " ".join(word for word in rest.split() if fold(word) not in BESIDE).strip(f"{BLANKS}.:()")
    if not sign:
        return "", ()
    if sign.upper() in codes:
        return sign.upper(), (sign.upper(),)
    bare = sign.casefold().strip(". ")
    if found := SIGNS.get(bare):
        return sign, tuple(code for code in found if code in codes) or found[:1]
    words = {each for word in bare.split() for each in SIGNS.get(word.strip("."), (word.upper(),)) if each in codes}
    return (sign, tuple(words)) if len(words) == 1 else (sign, None)


@lru_cache(maxsize=20_000)
def parse_number(text: str) -> tuple[int, int, bool] | None:
    """Digits, decimals, and whether what is taken for decimals may be thousands; None for what is no number."""
    text = re.sub(f"[{BLANKS}'\u2019]", " ", text.strip(BLANKS))
    if " " in text:
        if not re.fullmatch(r"[0-9]{1,3}(?: [0-9]{3})+(?:[.,][0-9]+)?", text):
            return None
        text = text.replace(" ", "")
        return _plain(text, sure=True)
    points = re.findall("[.,]", text)
    if len(points) < 2:
        return _plain(text)
    if len(set(points)) == 1:  # "1.234.567", or as in India "1,23,456"
        grouped = re.fullmatch(r"[0-9]{1,3}(?:[.,][0-9]{3})+|[0-9]{1,2}(?:[.,][0-9]{2})+[.,][0-9]{3}", text)
        return _plain(re.sub("[.,]", "", text)) if grouped else None
    mark, point = points[0], points[-1]
    whole, _, fraction = text.rpartition(point)
    if point in whole:
        return None
    groups = rf"[0-9]{{1,3}}(?:\{mark}[0-9]{{3}})+|[0-9]{{1,2}}(?:\{mark}[0-9]{{2}})+\{mark}[0-9]{{3}}"
    return _plain(f"{whole.replace(mark, '')}.{fraction}", sure=True) if re.fullmatch(groups, whole) else None


def _plain(text: str, *, sure: bool = False) -> tuple[int, int, bool] | None:
    whole, _, fraction = text.replace(",", ".").partition(".")
    if not (whole + fraction).isdecimal() or not (whole + fraction).isascii() or len(whole) > MOST_DIGITS:
        return None
    doubt = not sure and len(fraction) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0")
    if not doubt:
        fraction = fraction.rstrip("0") if len(fraction) != 2 else fraction
    digits, decimals = int(f"{whole}{fraction[: MOST_DECIMALS + 1]}" or "0"), min(len(fraction), MOST_DECIMALS)
    if len(fraction) > MOST_DECIMALS:  # a computer's 11.940000000000001
        digits = (digits + 5) // 10
        while decimals and digits % 10 == 0:
            digits, decimals = digits // 10, decimals - 1
    return digits, decimals, doubt
