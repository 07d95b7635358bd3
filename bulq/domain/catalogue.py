"""What the shared catalogue knows of goods."""

from __future__ import annotations

from enum import StrEnum

from bulq.domain.texts import name_key


def tag_key(name: str) -> str:
    """What the names of two tags have in common when they are the same; at most 100 characters."""
    return name_key(name)[:100]


class TagKind(StrEnum):
    CATEGORY = "category"
    BRAND_LINE = "brand_line"
    DIET = "diet"
    OTHER = "other"


class Named(StrEnum):
    """What can be looked for by a name in the shared catalogue."""

    PRODUCT = "product"
    STORE = "store"
    TAG = "tag"


class ImportState(StrEnum):
    """How far a list is: staged in pieces, taken in at once, done with what follows; undone, or beyond being undone."""

    STAGING = "staging"
    TAKEN = "taken"
    DONE = "done"
    UNDONE = "undone"
    CLOSED = "closed"  # nothing of it is left to do


# In which a name of a product may be; the empty one stands for any.
LANGUAGES = (
    "", "ar", "bg", "bs", "cs", "de", "el", "en", "es", "fr", "hr", "hu", "it", "mk", "nl", "pl", "pt", "ro", "ru",
    "sk", "sl", "sq", "sr", "tr", "uk", "zh",
)  # fmt: skip
