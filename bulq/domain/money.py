"""Money in minor units: shares that add up exactly, and totals against quantity × price."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bulq.domain.errors import Invalid


def fnv1a(text: str) -> int:
    """FNV-1a, 32 bits, over UTF-8."""
    value = 0x811C9DC5
    for byte in text.encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value


def rotation(ids: Collection[str], line_id: str) -> dict[str, int]:
    """Who comes first when all else is equal: (place by id − FNV-1a(line)) mod n, lowest first.

    The odd unit wanders from line to line without anything being stored.
    """
    if not ids:
        return {}
    offset = fnv1a(line_id) % len(ids)
    return {who: (place - offset) % len(ids) for place, who in enumerate(sorted(ids))}


def share_money(total: int, weights: Mapping[str, int], line_id: str) -> dict[str, int]:
    """Divide `total` (may be negative) by weight, largest remainder first; the shares sum to it exactly."""
    whole = sum(weights.values())
    if whole <= 0 or min(weights.values()) < 0:
        raise ValueError("weights are never negative and at least one is above 0")
    shares = {who: total * weight // whole for who, weight in weights.items()}
    missing = total - sum(shares.values())
    if not missing:
        return shares
    remainders = {who: total * weight % whole for who, weight in weights.items()}
    turn = rotation(weights.keys(), line_id)
    for who in sorted(weights, key=lambda who: (-remainders[who], turn[who]))[:missing]:
        shares[who] += 1
    return shares


def line_total(quantity: int, price: int, per: int = 1000) -> int:
    """Minor units for `quantity` thousandths at `price` minor units per `per` thousandths, rounded once, half up."""
    return (2 * quantity * price + per) // (2 * per)


def unit_price(total: int, quantity: int, per: int = 1000) -> int:
    """Minor units per `per` thousandths, half up: to be read and typed. Computing with it would round twice."""
    if quantity <= 0:
        raise ValueError("a quantity is above 0")
    return line_total(per, total, quantity)


def check_total(quantity: int, price: int, total: int, per: int = 1000) -> None:
    """Refuse a total that no price rounding to `price` minor units per `per` thousandths can give.

    Price and total may each be rounded by half a minor unit, the price once per `per` of quantity. So one piece at 5.00
    is 5.00 exactly, while three for 5.00 may stand at 1.67 each.
    """
    if abs(2 * per * total - 2 * quantity * price) >= quantity + per:
        raise Invalid("total_differs", field="total", total=total, expected=line_total(quantity, price, per))
