"""Texts people type: what is tidied, what is refused, and when two names are the same."""

from __future__ import annotations

import re
import unicodedata

from bulq.domain.errors import Invalid

TIDIED = "\t\n\r"  # the only control characters a person types
# What turns the direction of writing, hides, or looks like nothing: one name could pass for another.
DECEPTIVE = frozenset(
    "\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069"
    "\ufeff\ufff9\ufffa\ufffb\u115f\u1160\u3164\uffa0\u2800"
)
# Letters with a stroke have no decomposition.
PLAIN_LETTERS = str.maketrans(
    {"đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "ø": "o", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th", "ß": "ss"}
)
# Nukta, kana voicing mark and virama make another letter of the one before, they are no accents.
LETTER_MAKING = (0, 7, 8, 9)

LONGEST_KEY = 200
USERNAME = (3, 50)
PASSWORD = (10, 128)


def clean_text(text: str, *, field: str, maximum: int, minimum: int = 0, multiline: bool = False) -> str:
    """The text in NFC with blanks tidied, `minimum` to `maximum` characters long; `multiline` keeps line breaks.

    At most one empty line stays between two lines. Refuses control characters and marks that turn or hide writing.
    """
    _check_size(text, field, maximum)
    if not _is_plain(text) and any(_refused(character) for character in text):
        raise Invalid("text_characters", field=field)
    tidy = _tidy(unicodedata.normalize("NFC", text), multiline)
    if minimum and not any(unicodedata.category(character)[0] in "LNPS" for character in tidy):
        raise Invalid("text_missing", field=field)
    if len(tidy) < minimum:
        raise Invalid("text_too_short", field=field, minimum=minimum)
    if len(tidy) > maximum:
        raise Invalid("text_too_long", field=field, maximum=maximum)
    return tidy


def name_key(text: str) -> str:
    """What two names have in common when they differ in case, accents and blanks only: at most 200 characters.

    Ligatures fold to many letters, so the key may be longer than the name; the bound keeps it fit for an index.
    """
    if text.isascii():
        return " ".join(text.lower().split())[:LONGEST_KEY].rstrip()
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(character for character in folded if unicodedata.combining(character) in LETTER_MAKING)
    return " ".join(bare.translate(PLAIN_LETTERS).split())[:LONGEST_KEY].rstrip()


def check_username(text: str) -> str:
    """The username in NFC: 3-50 letters and digits of any script, `_` and `-`."""
    minimum, maximum = USERNAME
    if len(text) <= 4 * maximum:
        text = unicodedata.normalize("NFC", text.strip(" \u00a0"))
    if not minimum <= len(text) <= maximum:
        raise Invalid("username_length", field="username", minimum=minimum, maximum=maximum)
    if not all(_in_username(character) for character in text) or unicodedata.category(text[0])[0] == "M":
        raise Invalid("username_characters", field="username")
    return text


def username_key(text: str) -> str:
    """The username as it is compared: without case, and the same for look-alike forms of one letter."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def check_password(text: str) -> str:
    """The password untouched, 10-128 characters that can be encoded."""
    minimum, maximum = PASSWORD
    if not minimum <= len(text) <= maximum:
        raise Invalid("password_length", field="password", minimum=minimum, maximum=maximum)
    if any(unicodedata.category(character) == "Cs" for character in text):
        raise Invalid("text_characters", field="password")
    return text


def _check_size(text: str, field: str, maximum: int) -> None:
    # Normalizing a megabyte of combining marks takes minutes.
    if len(text) > 4 * maximum + 1000:
        raise Invalid("text_too_long", field=field, maximum=maximum)


def _is_plain(text: str) -> bool:
    """Most texts are: they need no looking at every character."""
    return text.isascii() and text.isprintable()


def _refused(character: str) -> bool:
    if character in TIDIED:
        return False
    return character in DECEPTIVE or unicodedata.category(character) in ("Cc", "Cs")


def _tidy(text: str, multiline: bool) -> str:
    if not multiline:
        return " ".join(text.split())
    lines = (" ".join(line.split()) for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _in_username(character: str) -> bool:
    if character in "_-":
        return True
    category = unicodedata.category(character)
    return character not in DECEPTIVE and (category[0] in "LM" or category == "Nd")
