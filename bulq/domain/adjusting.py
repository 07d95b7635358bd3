"""How far one bid may move while a shortage or a surplus is settled."""

from __future__ import annotations


def adjust_range(bid: int, bids_total: int, bought: int, step: int) -> tuple[int, int]:
    """Lowest and highest new bid; 0 means giving up all of it. Equal bounds: nothing to change.

    Bids move by whole steps. What differs by less, as weighed goods may, is matched and can't be changed.
    `bids_total` includes this bid. Read both sums under the lock of the run, or two people overshoot.
    """
    if bought == 0:
        return bid, bid
    shortage = max(0, bids_total - bought) // step * step
    surplus = max(0, bought - bids_total) // step * step
    return bid - min(bid, shortage), bid + surplus
