"""The phases of a run and which may follow which."""

from __future__ import annotations

from enum import StrEnum


class Phase(StrEnum):
    PLANNING = "planning"
    ACTIVE = "active"
    CONFIRMED = "confirmed"
    SHOPPING = "shopping"
    ADJUSTING = "adjusting"
    DISTRIBUTING = "distributing"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


BIDDING = (Phase.PLANNING, Phase.ACTIVE)
FINAL = (Phase.COMPLETED, Phase.CANCELLED)
OPEN = tuple(phase for phase in Phase if phase not in FINAL)
GOODS_BOUGHT = (Phase.SHOPPING, Phase.ADJUSTING, Phase.DISTRIBUTING)


class FairRule(StrEnum):
    """How a group shares what there is too little of."""

    PROPORTIONAL = "proportional"
    EQUAL_FIRST = "equal_first"
    FIRST_COME = "first_come"


class Unit(StrEnum):
    PIECE = "piece"
    PACK = "pack"
    BOTTLE = "bottle"
    CAN = "can"
    JAR = "jar"
    BAG = "bag"
    BOX = "box"
    CASE = "case"
    KG = "kg"
    G = "g"
    L = "l"
    ML = "ml"
    M = "m"
