"""How names are looked for: without case, accents, marks and scripts, and with one typo forgiven."""

from __future__ import annotations

import unicodedata

from bulq.domain.texts import name_key, without_ignorables

# Serbian in Cyrillic as it is written in Latin without accents; the rest of the alphabet as it sounds.
LATIN = str.maketrans(
    {
        **dict(zip("абвгдђежзијклмнопрстћуфхцчшыэіїєґ", "abvgddezzijklmnoprstcufhccsyeiieg", strict=True)),
        **{"љ": "lj", "њ": "nj", "џ": "dz", "ѕ": "dz", "щ": "sc", "ю": "ju", "я": "ja", "ъ": "", "ь": ""},
    }
)
LONGEST = 200  # characters of a key
LONGEST_TYPED = 100
MOST_WORDS = 6
SHORTEST = 2  # characters before anything is looked for
# Fewer letters have too many neighbours; with a digit each neighbour is another size or number.
SHORTEST_WITH_TYPO, LONGEST_WITH_TYPO = 4, 40


def search_key(text: str) -> str:
    """The words of a name as they are looked for: "Đački пасуљ, 1 kg" is "dacki pasulj 1 kg".

    A name without any letter or digit is kept as it is compared elsewhere, so that it isn't empty.
    """
    key = name_key(text)
    latin = key.translate(LATIN).replace("dj", "d")  # as đ is typed without it
    words = "".join(each if unicodedata.category(each)[0] in "LMN" else " " for each in latin).split()
    return (" ".join(words) or key)[:LONGEST].rstrip()


def plain(typed: str) -> str:
    """What was typed without what no name holds and a database can't compare, as long as anything is looked for."""
    typed = without_ignorables(typed[:LONGEST_TYPED])
    kept = (" " if unicodedata.category(each) in ("Cc", "Cs", "Cf") else each for each in typed)
    return "".join(kept).strip()


def typed_key(typed: str) -> str:
    """What was typed as `search_key` has it."""
    return search_key(plain(typed))


def words_of(key: str) -> tuple[str, ...]:
    """The words to look for, the first few; none when there is nothing but marks."""
    words = key.split()[:MOST_WORDS]
    return tuple(words) if any(each.isalnum() for word in words for each in word) else ()


def as_held(word: str) -> str:
    """The word as it is looked for in a key with a blank before each word: one or two letters have to begin a word."""
    return word if len(word) >= 3 else f" {word}"


def may_be_misspelt(word: str) -> bool:
    return SHORTEST_WITH_TYPO <= len(word) <= LONGEST_WITH_TYPO and word.isalpha()


def ends_of(word: str) -> tuple[str, str]:
    """Its beginning and its end, of which one typo leaves at least one as it is."""
    kept = (len(word) - 1) // 2
    return word[:kept], word[-kept:]


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
