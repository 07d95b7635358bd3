"""Texts people type: what is tidied, what is refused, and when two names are the same."""

from __future__ import annotations

import re
import unicodedata

from bulq.domain.errors import Invalid

TIDIED = "\t\n\r"  # the only control characters a person types
# Unicode's property Default_Ignorable_Code_Point: drawn as nothing, so that one name could pass for another.
_IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
IGNORABLE = re.compile(f"[{_IGNORABLE}]")
# A black flag with the letters of a country that is none, such as Scotland's; or one ignorable.
_IGNORABLE_OR_FLAG = re.compile(
    f"\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{{3,6}}\U000e007f|[{_IGNORABLE}]"
)
NON_JOINER, JOINER, EMOJI_STYLE = "\u200c", "\u200d", "\ufe0f"
JOINING_SCRIPTS = ("ARABIC", "SYRIAC", "NKO", "MONGOLIAN")  # whose letters change with their neighbours
VIRAMA = 9  # combining class of the mark that joins two consonants
# Not ignorable, but drawn as nothing or not meant for plain text.
NOTHING_TO_SEE = frozenset("\ufff9\ufffa\ufffb\u2800")
# One mark as it comes from keyboards, word processors and phones.
ALIKE_MARKS = str.maketrans(
    {
        **dict.fromkeys("`\u00b4\u2018\u2019\u201b\u2032\u02b9\u02bb\u02bc\u02bd\ua78c", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    }
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

    At most one empty line stays between two lines. Default-ignorable code points are dropped, except where a reader
    needs them (see `readable`). Refuses control characters.
    """
    _check_size(text, field, maximum)
    if not _is_plain(text):
        if any(_refused(character) for character in text):
            raise Invalid("text_characters", field=field)
        text = _composed(text)
    tidy = _tidy(text, multiline)
    if minimum and not any(unicodedata.category(character)[0] in "LNPS" for character in tidy):
        raise Invalid("text_missing", field=field)
    if len(tidy) < minimum:
        raise Invalid("text_too_short", field=field, minimum=minimum)
    if len(tidy) > maximum:
        raise Invalid("text_too_long", field=field, maximum=maximum)
    return tidy


def _composed(text: str) -> str:
    """In NFC and readable. Dropping one mark may change the order of others, which may make another one needless."""
    for _ in range(3):
        before, text = text, readable(unicodedata.normalize("NFC", text))
        if text == before:
            return text
    return unicodedata.normalize("NFC", without_ignorables(text))


def without_ignorables(text: str) -> str:
    """The text without default-ignorable code points, for comparing: two texts that look the same become the same."""
    return IGNORABLE.sub("", text)


def readable(text: str) -> str:
    """The text with only those default-ignorable code points that change what a reader sees.

    Kept are: joiners within an emoji, between letters of a joining script, and beside a virama; the variation selector
    of an emoji, an ideograph or a Mongolian letter; flags made of tags.
    """
    return _IGNORABLE_OR_FLAG.sub(lambda found: found[0] if _is_needed(found) else "", text)


def _is_needed(found: re.Match[str]) -> bool:
    text, at, mark = found.string, found.start(), found[0]
    if len(mark) > 1:
        return True  # a whole flag
    before, after = text[max(0, at - 1) : at], text[at + 1 : at + 2]
    if not before:
        return False
    if mark in (NON_JOINER, JOINER):
        is_emoji = before == EMOJI_STYLE and _is_emoji(text[max(0, at - 2) : at - 1], before)
        if mark == JOINER and _is_symbol(after) and (_is_symbol(before) or is_emoji):
            return True
        if VIRAMA in (unicodedata.combining(before), unicodedata.combining(after or " ")):
            return True
        return _script(before) in JOINING_SCRIPTS and _script(before) == _script(after)
    if mark in ("\ufe0e", EMOJI_STYLE):
        return _is_emoji(before, after)
    if "\ufe00" <= mark <= "\ufe02" or "\U000e0100" <= mark <= "\U000e01ef":
        return _script(before) == "CJK" and unicodedata.category(before) == "Lo"
    return "\u180b" <= mark <= "\u180f" and _script(before) == "MONGOLIAN"


def _is_emoji(character: str, after: str) -> bool:
    """Whether the character may be drawn in two ways, as a sign and as a picture. A digit only inside a keycap."""
    return (
        _is_symbol(character)
        or character in ("\u203c", "\u2049", "\u3030")
        or (character in tuple("0123456789#*") and after == "\u20e3")
    )


def _is_symbol(character: str) -> bool:
    return character != "" and not character.isascii() and unicodedata.category(character) in ("So", "Sm", "Sk")


def _script(character: str) -> str:
    """The first word of a letter's name in Unicode, such as ARABIC; empty for anything but letters and marks."""
    if not character or unicodedata.category(character)[0] not in "LM" or IGNORABLE.match(character):
        return ""
    return unicodedata.name(character, "").partition(" ")[0]


def name_key(text: str) -> str:
    """What two names have in common when they differ in case, accents, blanks, or the form of apostrophes, quotation
    marks and hyphens only: at most 200 characters, without any default-ignorable code point.

    Ligatures fold to many letters, so the key may be longer than the name; the bound keeps it fit for an index.
    """
    if text.isascii():
        return " ".join(text.lower().replace("`", "'").split())[:LONGEST_KEY].rstrip()
    text = without_ignorables(text).translate(ALIKE_MARKS)
    folded = without_ignorables(unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()))
    bare = "".join(character for character in folded if unicodedata.combining(character) in LETTER_MAKING)
    return " ".join(bare.translate(PLAIN_LETTERS).translate(ALIKE_MARKS).split())[:LONGEST_KEY].rstrip()


def check_username(text: str) -> str:
    """The username in NFC: 3-50 letters and digits of any script, `_` and `-`; ignorables are dropped."""
    minimum, maximum = USERNAME
    if len(text) <= 4 * maximum:
        text = unicodedata.normalize("NFC", without_ignorables(text).strip(" \u00a0"))
    if not minimum <= len(text) <= maximum:
        raise Invalid("username_length", field="username", minimum=minimum, maximum=maximum)
    if not all(_in_username(character) for character in text) or unicodedata.category(text[0])[0] == "M":
        raise Invalid("username_characters", field="username")
    return text


def username_key(text: str) -> str:
    """The username as it is compared: without case, and the same for look-alike forms of one letter."""
    text = unicodedata.normalize("NFKC", without_ignorables(text)).casefold()
    return without_ignorables(unicodedata.normalize("NFKC", text))


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
    return character in NOTHING_TO_SEE or unicodedata.category(character) in ("Cc", "Cs")


def _tidy(text: str, multiline: bool) -> str:
    if not multiline:
        return " ".join(text.split())
    lines = (" ".join(line.split()) for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _in_username(character: str) -> bool:
    if character in "_-":
        return True
    category = unicodedata.category(character)
    return category[0] in "LM" or category == "Nd"
