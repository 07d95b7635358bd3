"""The addresses of a view for what is there in tests."""

from __future__ import annotations

from itertools import product
from typing import Any

from bulq.views import View
from tests.cast import World


def addresses_of(view: View[Any], world: World) -> list[str]:
    """One for each thing of its kind. A view of something else needs its ids added here."""
    cast = world.cast
    things = {
        "run_id": [*world.runs.values()],
        "group_id": [cast.group_id],
        "product_id": [cast.rice, cast.tomatoes],
        "store_id": [cast.store_id],
        "user_id": [cast.bojan.id],
        "payee_id": [cast.ana.id],  # to whom Bojan and Mila owe something
    }
    names = list(view.ids)
    return [
        view.address.format(**dict(zip(names, ids, strict=True))) for ids in product(*(things[name] for name in names))
    ]
