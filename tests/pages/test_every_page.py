"""The pages render, with nothing that loses a keystroke while the server answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import reflex as rx

from bulq.bulq import PAGES


@pytest.mark.parametrize(("page", "address"), [(page, address) for page, address, *_ in PAGES])
def test_no_page_has_a_field_that_waits_for_the_server(page: Callable[[], rx.Component], address: str) -> None:
    """A plain input that takes its value from the server loses what is typed when an answer comes late."""
    held = [
        part
        for part in parts(page().render())
        if str(part.get("name")).strip('"') in ("input", "textarea", "DebounceInput")
        and {"value", "onChange"} <= {str(prop).partition(":")[0] for prop in part["props"]}
    ]

    assert not held, address


@pytest.mark.parametrize(("page", "address"), [(page, address) for page, address, *_ in PAGES])
def test_no_page_offers_a_choice_among_nothing(page: Callable[[], rx.Component], address: str) -> None:
    chosen_from = [part for part in parts(page().render()) if str(part.get("name")).strip('"') == "select"]

    assert all(part["children"] for part in chosen_from), address


@pytest.mark.parametrize(("page", "address"), [(page, address) for page, address, *_ in PAGES])
def test_no_page_has_a_look_outside_of_its_classes(page: Callable[[], rx.Component], address: str) -> None:
    """What Reflex doesn't know as an attribute becomes a style: a tooltip that never shows, say."""
    styled = [prop for part in parts(page().render()) for prop in part.get("props", []) if prop.startswith("css:")]

    assert not styled, address


def parts(rendered: Any) -> Iterator[dict[str, Any]]:
    """Everything a page consists of."""
    if isinstance(rendered, dict):
        yield rendered
        for each in rendered.values():
            yield from parts(each)
    elif isinstance(rendered, list | tuple):
        for each in rendered:
            yield from parts(each)
