"""The rows of the list at the shop, and what the page shows of a change before the server has answered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy.orm import Session

from bulq.domain.phases import Phase
from bulq.editions import to_json
from bulq.models.base import new_id
from bulq.queries.shopping import shopping_list
from bulq.services import shopping
from tests.assets.node import for_each
from tests.cast import NOW, PACK, Cast, assemble, bring_to, item_of

LIST = 'const { toBuy, absent, boughtCount, receipt } = await assets("shopping/list.js");'

pytestmark = pytest.mark.only("sqlite")


def facts(session: Session, cast: Cast, run: UUID) -> Any:
    session.flush()
    return orjson.loads(to_json(shopping_list(session, cast.ana, run)))


def test_lines_of_one_product_are_told_apart_and_the_newest_says_how_far_it_has_come(session: Session) -> None:
    cast = assemble(session)
    run = bring_to(session, cast, Phase.SHOPPING)
    rice, tomatoes = (item_of(session, run, each) for each in (cast.rice, cast.tomatoes))
    shopping.buy(session, cast.ana, run, rice, 7 * PACK, 5593, seen=0, now=NOW)
    shopping.buy(session, cast.ana, run, tomatoes, 1500, 194, payer_id=cast.bojan.id, seen=0, now=NOW)
    shopping.buy(session, cast.ana, run, rice, 2 * PACK, 1598, seen=7 * PACK, now=NOW)
    shown = facts(session, cast, run)

    (found,) = for_each(f"{LIST} return (f) => receipt(f.lines, f.items, f.names);", [[shown]])

    assert [(row["name"], row["quantity"], row["several"], row["newest"], row["payer"]) for row in found] == [
        ("Basmati rice 5 kg", 7 * PACK, True, False, "Ana"),
        ("Tomatoes", 1500, False, True, "Bojan"),
        ("Basmati rice 5 kg", 2 * PACK, True, True, "Ana"),
    ]


def test_what_is_bought_and_what_is_not_there_is_not_to_buy(session: Session) -> None:
    cast = assemble(session)
    run = bring_to(session, cast, Phase.SHOPPING)
    before = facts(session, cast, run)
    shopping.set_missing(session, cast.ana, run, item_of(session, run, cast.tomatoes), True, now=NOW)
    missing = facts(session, cast, run)
    shopping.buy(session, cast.ana, run, item_of(session, run, cast.rice), PACK, 799, seen=0, now=NOW)
    bought = facts(session, cast, run)
    code = f"{LIST} return ({{ items }}) => [toBuy(items).length, absent(items).length, boughtCount(items)];"

    assert for_each(code, [[before], [missing], [bought]]) == [[2, 0, 0], [1, 1, 0], [0, 1, 1]]


def test_packs_are_written_as_one_takes_them() -> None:
    held: list[Any] = [([[2, 6000]], 1000), ([[1, 10_000], [1, 6000]], 0), ([[3, 250]], 125)]

    written = for_each('const { packsOf } = await assets("shopping/list.js"); return packsOf;', held)

    assert written == ["2 × 6 + 1", "1 × 10 + 1 × 6", "3 × 0.25 + 0.125"]


EXPECTED = """
const { shopping } = await assets("shopping/expected.js");
const after = (shown, [name, args]) => shopping[name](shown, args, { state: "phone" });
return (facts, operations) => operations.reduce(after, facts);
"""


def bare(shown: Any) -> Any:
    """Lines with what they are about, by item; and what the list says."""
    fields = ("item_id", "quantity", "total", "payer_id", "price", "per", "exact", "typed_price", "typed_per")
    return (
        [[line[name] for name in fields] for line in shown["lines"].values()],
        {id: (item["bought"], item["missing"], item["settled"]) for id, item in shown["items"].items()},
        shown["paid"],
    )


def test_the_phone_expects_what_the_server_does(session: Session) -> None:
    """Bought, changed, taken off, not there: each on the phone alone first, one on top of the other."""
    cast = assemble(session)
    run = bring_to(session, cast, Phase.SHOPPING)
    rice, tomatoes = (item_of(session, run, each) for each in (cast.rice, cast.tomatoes))
    before = facts(session, cast, run)
    mine, other = new_id(), new_id()
    seen = 7000, 5593, cast.ana.id
    done: list[tuple[Any, dict[str, Any]]] = [
        (shopping.set_missing, {"item_id": tomatoes, "missing": True}),
        (shopping.buy, {"item_id": rice, "quantity": 7000, "total": 5593, "purchase_id": mine, "seen": 0}),
        (shopping.buy, {"item_id": tomatoes, "quantity": 1500, "total": 195, "purchase_id": other, "seen": 0}),
        (
            shopping.edit_purchase,
            {"purchase_id": mine, "quantity": 6000, "total": 4794, "seen": seen},
        ),
        (shopping.undo_purchase, {"purchase_id": other, "seen": (1500, 195, cast.ana.id)}),
    ]
    for use_case, arguments in done:
        more = {} if use_case in (shopping.set_missing, shopping.undo_purchase) else {"payer_id": cast.ana.id}
        use_case(session, cast.ana, run, **arguments, **more, now=NOW)
        after = facts(session, cast, run)
        sent = [(each.__name__, orjson.loads(to_json(asked)) | {"payer_id": str(cast.ana.id)}) for each, asked in done]
        count = done.index((use_case, arguments)) + 1

        (shown,) = for_each(EXPECTED, [[before, sent[:count]]])

        assert bare(shown) == bare(after), use_case.__name__
        assert {line["waits"] for line in shown["lines"].values()} <= {"phone"}
