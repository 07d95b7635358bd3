"""Usernames that look like others: one script each, and what is drawn alike counts as the same.

The tables are Unicode's: scripts by fontTools, confusables (UTS #39) by confusable_homoglyphs.
"""

from __future__ import annotations

import json
import unicodedata
from functools import cache
from importlib.resources import files

from fontTools import unicodedata as scripts

from bulq.domain.errors import Invalid
from bulq.domain.texts import without_ignorables

LONGEST = 200
EVERY_SCRIPT = {"Zyyy", "Zinh", "Zzzz"}  # common, inherited, unknown: digits, marks
# Which people write together (UTS #39, "highly restrictive" without Latin).
TOGETHER = ({"Hani", "Hira", "Kana"}, {"Hani", "Bopo"}, {"Hani", "Hang"})


def check_one_script(username: str) -> str:
    """The username as it is. Raises Invalid when its letters are of scripts that nobody mixes."""
    used = {scripts.script(character) for character in username} - EVERY_SCRIPT
    if len(used) > 1 and not any(used <= known for known in TOGETHER):
        raise Invalid("username_scripts", field="username")
    return username


def look_of(username: str) -> str:
    """What two usernames have in common when they are drawn alike: the skeleton of UTS #39, without case."""
    decomposed = unicodedata.normalize("NFD", without_ignorables(username))
    drawn = "".join(_prototypes().get(character, character) for character in decomposed)
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", drawn).casefold())[:LONGEST]


@cache
def _prototypes() -> dict[str, str]:
    """The text that each letter looks like. The library lists both directions; a prototype has no prototype itself."""
    pairs = json.loads(files("confusable_homoglyphs").joinpath("confusables.json").read_text("utf-8"))
    found: dict[str, str] = {}
    for letter, alike in pairs.items():
        if len(letter) != 1 or unicodedata.category(letter)[0] not in "LMN" or len(alike) != 1:
            continue
        prototype = without_ignorables(alike[0]["c"])
        # Of two that look only like each other, the one that comes first stands for both.
        is_pair = [each["c"] for each in pairs.get(alike[0]["c"], ())] == [letter]
        if not is_pair or len(prototype) > 1 or prototype < letter:
            found[letter] = prototype
    return {letter: found.get(prototype, prototype) for letter, prototype in found.items()}
