"""The store in a form: found while typing, or made new."""

from __future__ import annotations

import reflex as rx

from bulq.components.found_field import found_field
from bulq.components.texts import Text, t
from bulq.services.catalogue import add_store
from bulq.state.finding import StoresFound


def store_field(label: Text) -> rx.Component:
    """Gives the form a `store_id`."""
    return found_field(
        label,
        "store_id",
        StoresFound.found,
        on_text=StoresFound.find,
        make=add_store,
        create_text=t("group.add_store", text="{text}"),
        hint=t("group.store_hint"),
    )
