"""What the shared catalogue knows of goods."""

from __future__ import annotations

from enum import StrEnum


class TagKind(StrEnum):
    CATEGORY = "category"
    BRAND_LINE = "brand_line"
    DIET = "diet"
    OTHER = "other"
