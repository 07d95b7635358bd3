"""What pages are sent is the JSON that Reflex would have written, whatever is in it."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from uuid import UUID

import pytest
from reflex.istate.data import HeaderData
from reflex_base.utils.format import json_dumps

from bulq import wire
from bulq.bulq import app
from bulq.domain.phases import Phase
from bulq.state.adding import AddingState


@dataclass(frozen=True)
class Mine:
    quantity: int = 0
    note: str = ""


@dataclass(frozen=True)
class Totals:
    wanted: str
    cost: str
    pills: tuple[tuple[str, str, int], ...]
    more: int


@dataclass(frozen=True)
class Nested:
    name: str
    inside: tuple[Mine, ...]


class Colour(Enum):
    RED = 1


@pytest.mark.parametrize(
    "thing",
    [
        {"a": None, "b": [1, 2.5, True, 'Ђорђе \u2028 " \\ \x00 </script>', -(2**53)]},
        Totals("3 packs", "€4.50", (("Ana", "2 packs", 0), ("Mila", "1 pack", 1)), 0),
        Nested("Ana", (Mine(quantity=1500), Mine(note="½"))),
        [datetime(2026, 11, 28, 12, tzinfo=UTC), date(2026, 11, 28), UUID(int=7), Decimal("1.5")],
        {Phase.ACTIVE: Phase.SHOPPING, "colour": Colour.RED},
        {"set": {1}, "frozen": frozenset("a"), "type": int},
        {1: "keys that are no texts", None: 2},
        "half a surrogate \ud800",
        2**70,
        object(),
    ],
)
def test_it_is_what_reflex_would_have_written(thing: object) -> None:
    assert json.loads(wire.dumps(thing, separators=(",", ":"))) == json.loads(json_dumps(thing))


def test_all_of_a_new_tab_is_the_same() -> None:
    state = AddingState.get_root_state()(_reflex_internal_init=True).dict()  # pyright: ignore[reportCallIssue]

    assert wire.dumps(state) == json_dumps(state, separators=(",", ":"))


def test_a_page_never_learns_the_session_cookie() -> None:
    headers = HeaderData(cookie="bulq=secret", host="bulq.test")

    assert "secret" not in wire.dumps({"headers": headers})
    assert "bulq.test" in wire.dumps({"headers": headers})


def test_the_app_sends_by_it() -> None:
    assert app.sio is not None

    assert app.sio.packet_class.json.dumps is wire.dumps  # pyright: ignore[reportAttributeAccessIssue]
