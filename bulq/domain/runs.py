"""What a run may do in which phase, where shopping leads, and who leads next."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from bulq.domain.allocation import matches
from bulq.domain.errors import Conflict
from bulq.domain.phases import Phase


def check_phase(phase: Phase, allowed: Collection[Phase]) -> None:
    """Refuse what this phase has no room for."""
    if phase not in allowed:
        raise Conflict("wrong_phase", phase=phase.value)


def next_after_shopping(items: Sequence[tuple[int, int, int]]) -> Phase:
    """Where finishing the shopping leads, from (wanted, bought, step) per list item; items not there don't count."""
    found = [item for item in items if item[1]]
    if not found:
        return Phase.COMPLETED
    if all(matches(*item) for item in found):
        return Phase.DISTRIBUTING
    return Phase.ADJUSTING


def next_leader(helpers: Sequence[tuple[datetime, str]], admins: Sequence[tuple[datetime, str]]) -> str | None:
    """The longest-serving helper, else the longest-serving group admin, from (since when, id); None ends the run."""
    candidates = helpers or admins
    return min(candidates)[1] if candidates else None
