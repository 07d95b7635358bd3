"""What becomes of two entries for one thing when they are made one."""

from __future__ import annotations

from collections import Counter

from bulq.domain.statements import Part, Purchase, divided

LONGEST_NOTE = 500


def joined_quantity(kept: int | None, moved: int | None) -> int | None:
    """Both together; without a quantity somebody is only interested, which counts nowhere."""
    if kept is None or moved is None:
        return moved if kept is None else kept
    return kept + moved


def joined_note(kept: str, moved: str) -> str:
    """Both notes, each on lines of its own, as far as they fit."""
    if not moved or moved in kept.split("\n"):
        return kept
    if not kept:
        return moved
    both = f"{kept}\n{moved}"
    return both if len(both) <= LONGEST_NOTE else f"{both[: LONGEST_NOTE - 1].rstrip()}…"


def changes_sums(kept: Purchase, moved: Purchase) -> bool:
    """Whether anybody would owe something else if both lines were one: at two prices, or by an odd cent."""
    allocations = Counter(kept.allocations) + Counter(moved.allocations)
    takings = (*kept.takings, *moved.takings)
    joined = Purchase(kept.item_id, kept.total + moved.total, kept.bought + moved.bought, allocations, takings)
    return _costs(joined) != _costs(kept) + _costs(moved)


def _costs(line: Purchase) -> Counter[str]:
    """Minor units per person; what nobody took is under an empty name."""
    shares = divided(line, {"": Part(line.bought, line.total)})
    return Counter({person: cost for person, cost in {**shares.costs, "": shares.left_cost}.items() if cost})
