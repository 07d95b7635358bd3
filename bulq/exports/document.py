"""A run as JSON for programs. Amounts are whole numbers; `units` in it says of what. See docs/export.md."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from bulq.domain.exports import What
from bulq.exports.facts import remarks
from bulq.exports.tables import costs_of, lines_by_person, names_in, offer_of, people_of
from bulq.i18n import exponent
from bulq.queries.export import CostOut, Goods, Portion, RunExport, Taker

FORMAT = "bulq.run/3"


def as_json(export: RunExport, what: What, language: str, now: datetime) -> bytes:
    document: dict[str, Any] = {
        "format": FORMAT,
        "made_at": now.isoformat(timespec="seconds"),
        "units": {
            "money": {
                "currency": export.currency,
                "decimals": exponent(export.currency),
                "meaning": "whole numbers of the smallest part of the currency: with 2 decimals 1999 is 19.99",
            },
            "quantity": {"decimals": 3, "meaning": "whole numbers of thousandths of the product's unit: 2500 is 2.5"},
        },
        "run": _run(export),
        "costs": str(export.basis),
        "remarks": remarks(export, language),
    }
    if what in (What.EVERYTHING, What.LIST):
        document["shopping_list"] = [_goods(goods) for goods in export.goods]
    if what is not What.LIST:
        document |= _statements(export, what, language)
    return json.dumps(document, ensure_ascii=False, indent=1).encode(errors="replace")


def _run(export: RunExport) -> dict[str, Any]:
    leader = next((person.username for person in export.people if person.user_id == export.leader_id), None)
    return {
        "id": export.id,
        "group": export.group,
        "store": export.store,
        "phase": str(export.phase),
        "shopping_day": export.shopping_day.isoformat() if export.shopping_day else None,
        "time_zone": export.time_zone,
        "leader": leader,
        "note": export.note,
        "cancel_reason": export.cancel_reason,
    }


def _goods(goods: Goods) -> dict[str, Any]:
    return {
        **_product(goods),
        "price": goods.price.price.amount if goods.price else None,
        "price_per": goods.price.price.per if goods.price else None,
        "price_from": goods.price.minimum if goods.price else None,
        "wanted": goods.wanted,
        "expected_cost": None if goods.bought else goods.cost,
        "bought": goods.bought,
        "paid": goods.paid,
        "state": str(goods.became),
    }


def _product(goods: Goods) -> dict[str, Any]:
    return {"product_id": goods.product_id, "product": goods.name, "brand": goods.brand, "unit": str(goods.unit)}


def _statements(export: RunExport, what: What, language: str) -> dict[str, Any]:
    names, lines = names_in(export, language), lines_by_person(export)

    def statement(person: Taker) -> dict[str, Any]:
        return {
            "called": names[person.user_id],
            "name": person.name,
            "username": person.username,
            "lines": [_line(goods, portion) for goods, portion in lines.get(person.user_id, ())],
            "beside_goods": [
                {"kind": str(cost.kind), "note": cost.note, "cost": part} for cost, part in costs_of(export, person)
            ],
            "total": person.total,
            "paid_at_till": person.paid,
        }

    found: dict[str, Any] = {"statements": [statement(person) for person in people_of(export, what)]}
    if what is What.MINE:
        return found
    left = [goods for goods in export.goods if goods.left_over or goods.left_cost]
    found["left_over"] = [
        {
            **_product(goods),
            "quantity": goods.left_over,
            "cost": goods.left_cost,
            "borne_by": [{"called": names[payer], "cost": cost} for payer, cost in goods.borne.items()],
        }
        for goods in left
    ]
    found["beside_goods"] = [_cost(cost) for cost in export.costs]
    found["totals"] = {
        "statements_and_left_over": export.total - export.unshared,
        "left_over": export.left_cost,
        "unshared": export.unshared,
        "paid": export.paid,
    }
    return found


def _cost(cost: CostOut) -> dict[str, Any]:
    return {
        "kind": str(cost.kind),
        "rule": str(cost.rule),
        "product": cost.product or None,
        "note": cost.note,
        "amount": cost.amount,
        "is_shared": bool(cost.parts),
    }


def _line(goods: Goods, portion: Portion) -> dict[str, Any]:
    offer = offer_of(goods)
    return {
        **_product(goods),
        "wanted": portion.wanted,
        "got": portion.got,
        "price": offer.price.amount if offer else None,
        "price_per": offer.price.per if offer else None,
        "cost": portion.cost,
        "note": portion.note,
    }
