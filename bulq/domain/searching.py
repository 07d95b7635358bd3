"""How names are looked for: without case, accents, marks and scripts, and with one typo forgiven."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from unicodedata import east_asian_width

from bulq.domain import quantities
from bulq.domain.texts import name_key, without_ignorables

# Serbian in Cyrillic as it is written in Latin without accents; the rest of the alphabet as it sounds.
LATIN = str.maketrans(
    {
        **dict(zip("абвгдђежзијклмнопрстћуфхцчшыэіїєґ", "abvgddezzijklmnoprstcufhccsyeiieg", strict=True)),
        **{"љ": "lj", "њ": "nj", "џ": "dz", "ѕ": "dz", "щ": "sc", "ю": "ju", "я": "ja", "ъ": "", "ь": ""},
    }
)
LONGEST = 200  # characters of a key
LONGEST_TERM = 410
LONGEST_TYPED = 100
MOST_WORDS = 6
SHORTEST = 2  # characters before anything is looked for
# Fewer letters have too many neighbours; with a digit each neighbour is another size or number.
SHORTEST_WITH_TYPO, LONGEST_WITH_TYPO = 4, 40

HAN = "々〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # written without blanks, a word each
IN_NUMBERS = ".,/⁄"
TOKEN = re.compile(rf"\d+(?:[{IN_NUMBERS}]\d+)*|[{HAN}]|[^\s\d{IN_NUMBERS}{HAN}]+")
ASCII_MARKS = {ord(each): " " for each in map(chr, range(128)) if not each.isalnum() and each not in IN_NUMBERS}
TIMES = re.compile(r"(?<=\d)\s*[×✕⨯*xх]\s*(?=\d)")
COMPOUND = re.compile(r"[^\W\d_]+(?:[-'.&+][^\W\d_]+)+")  # Coca-Cola, M&M's
# What units of a size are called beside their symbols.
UNIT_NAMES = {
    **dict.fromkeys(("gr", "gram", "grams"), "g"),
    **dict.fromkeys(("kgs", "kilo", "kilos"), "kg"),
    **dict.fromkeys(("lt", "ltr", "lit", "liter", "litre", "liters", "litres", "litar", "litra"), "l"),
}
WEIGHTS = {"g": 1, "dag": 10, "dkg": 10, "kg": 1000}
VOLUMES = {"ml": 1, "cl": 10, "dl": 100, "l": 1000}
UNITS = frozenset((*WEIGHTS, *VOLUMES, "mg", "m", "cm", "mm", "oz", "lb"))


def search_key(text: str) -> str:
    """The words of a name as they are looked for: "Đački пасуљ, 1kg" is "dacki pasulj 1 kg".

    Numbers are words of their own, so that 1kg, 1 kg and 1-kg are the same. A name without any letter or digit is kept
    as it is compared elsewhere, so that it isn't empty.
    """
    return _key_and_compounds(text)[0]


@lru_cache(maxsize=4096)
def _key_and_compounds(text: str) -> tuple[str, tuple[str, ...]]:
    """The `search_key`, and the words that a mark divides, each as one word."""
    key = name_key(text)
    latin = _latin(key)
    words = " ".join(word for word, _ in _words(latin))
    compounds = tuple(re.sub(r"\W", "", each) for each in COMPOUND.findall(latin))
    return (words or key)[:LONGEST].rstrip(), compounds


def term_of(name: str, brand: str = "", content: str = "") -> str:
    """A name, with its brand and content, as search looks through it, with a blank before each word.

    Each as the catalogue keeps it or as it is written. Besides what is written the term holds each size in another
    unit, 0.5 kg for 500 g, and words that a mark divides as one word, "cocacola" for "Coca-Cola".
    """
    parts = [_key_and_compounds(part) for part in (name, brand, content) if part]
    words = " ".join(key for key, _ in parts).split()
    compounds = [each for _, joined in parts for each in joined if each not in words]
    sizes = [size for pair in pairwise(words) for size in _other_sizes(*pair)]
    return "".join(f" {each}" for each in (*words, *compounds, *sizes))[:LONGEST_TERM].rstrip()


def says_content(name: str, content: str) -> bool:
    """Whether a name holds that content (a `content_key`), in whatever unit."""
    key = f"{term_of(name)} "
    words = term_of("", "", content).split()
    return any(f" {number} {unit} " in key for number, unit in zip(words[::2], words[1::2], strict=False))


def content_beside(name: str, content: str) -> str:
    """The content (a `content_key`) to show beside a name; empty where the name says that content itself."""
    return "" if says_content(name, content) else content


def plain(typed: str) -> str:
    """What was typed without what no name holds and a database can't compare, as long as anything is looked for."""
    typed = without_ignorables(typed[:LONGEST_TYPED])
    kept = (" " if unicodedata.category(each) in ("Cc", "Cs", "Cf") else each for each in typed)
    return "".join(kept).strip()


def typed_key(typed: str) -> str:
    """What was typed as `search_key` has it."""
    return search_key(plain(typed))


def is_enough(typed: str) -> bool:
    """Whether that is enough to look for: two characters, or one of a script in which one may be a word."""
    text = plain(typed)
    return len(text) >= SHORTEST or any(each.isalpha() and east_asian_width(each) in "WF" for each in text)


def words_of(typed: str) -> tuple[str, ...]:
    """The words to look for, the first few; none when there is nothing but marks.

    What was typed as one word, or is a number with its unit, is looked for in that order: "2l" and "2 l" as "2 l".
    """
    words: list[str] = []
    before = ""
    for word, is_glued in _words(_latin(name_key(plain(typed)))):
        is_size = before[:1].isdigit() and (word in UNITS or word == "x")
        is_factor = before == "x" and words[-1][0].isdigit()
        if words and (is_glued or is_size or is_factor):
            words[-1] += f" {word}"
        else:
            words.append(word)
        before = word
    return tuple(words[:MOST_WORDS]) if any(each.isalnum() for word in words for each in word) else ()


def as_held(word: str) -> str:
    """The word as it is looked for in a key with a blank before each word.

    One or two letters have to begin a word, and so has a number: 2 l is not found in 12 l.
    """
    return word if len(word) >= 3 and not word[0].isdigit() else f" {word}"


def _latin(key: str) -> str:
    """A `name_key` in Latin letters, with " x " between two factors."""
    return TIMES.sub(" x ", key).translate(LATIN).replace("dj", "d")  # as đ is typed without it


def _words(latin: str) -> Iterator[tuple[str, bool]]:
    """The words, and whether each follows the one before without anything between."""
    bare = latin.translate(ASCII_MARKS)
    if not bare.isascii():
        bare = "".join(each if each in IN_NUMBERS or unicodedata.category(each)[0] in "LMN" else " " for each in bare)
    end, before = -1, ""
    for found in TOKEN.finditer(bare):
        word = found[0]
        if word[0].isdigit():
            word = _number(word)
        elif before[:1].isdigit():
            word = UNIT_NAMES.get(word, word)
        yield word, found.start() == end
        end, before = found.end(), word


def _number(digits: str) -> str:
    """With a decimal point, whichever was written: 2,50 is 2.5; 1.000 may be either and stays."""
    if digits.isdecimal():
        return digits
    whole, point, decimals = digits.replace(",", ".").replace("⁄", "/").partition(".")
    if not 1 <= len(decimals) <= 2:
        return f"{whole}{point}{decimals}"
    return f"{whole}.{decimals}".rstrip("0").rstrip(".")


def _other_sizes(number: str, unit: str) -> Iterator[str]:
    """The same size in the smallest and the largest unit of its kind."""
    whole, _, decimals = number.partition(".")
    if not (number.isascii() and whole.isdecimal() and len(whole) <= 6 and len(decimals) <= 2):
        return
    for kind, small, large in ((WEIGHTS, "g", "kg"), (VOLUMES, "ml", "l")):
        if unit in kind:
            hundredths = int(whole + decimals.ljust(2, "0")) * kind[unit]
            if unit != small:
                yield f"{quantities.plain(hundredths, 2)} {small}"
            if unit != large and hundredths >= 1000:
                yield f"{quantities.plain(hundredths, 5)} {large}"


def may_be_misspelt(word: str) -> bool:
    return SHORTEST_WITH_TYPO <= len(word) <= LONGEST_WITH_TYPO and word.isalpha()


def ends_of(word: str) -> tuple[str, str]:
    """Its beginning and its end, of which one typo leaves at least one as it is."""
    kept = (len(word) - 1) // 2
    return word[:kept], word[-kept:]


def halves_of(word: str) -> list[tuple[str, str]]:
    """The ways in which what was typed as one word may be two."""
    if not (word.isalpha() and len(word) <= LONGEST_WITH_TYPO):
        return []
    least = SHORTEST_WITH_TYPO - 1
    return [(word[:at], word[at:]) for at in range(least, len(word) - least + 1)]


def one_typo_apart(typed: str, word: str) -> bool:
    """Whether one letter more, less, or another one, or two neighbours swapped, make the one of the other."""
    least = min(len(typed), len(word))
    if max(len(typed), len(word)) - least > 1:
        return False
    start = next((at for at in range(least) if typed[at] != word[at]), least)
    typed, word = typed[start:], word[start:]
    while typed and word and typed[-1] == word[-1]:
        typed, word = typed[:-1], word[:-1]
    return (len(typed) <= 1 and len(word) <= 1) or (len(typed) == 2 and typed == word[::-1])


def distance(typed: str, word: str) -> int | None:
    """0 for the word itself, 1 with a typo, 2 for the beginning of a word with a typo, None for another word."""
    if typed == word:
        return 0
    if one_typo_apart(typed, word):
        return 1
    size = len(typed)
    if size <= SHORTEST_WITH_TYPO or len(word) <= size:
        return None
    return 2 if any(one_typo_apart(typed, word[:cut]) for cut in (size - 1, size, size + 1)) else None
