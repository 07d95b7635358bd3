"""The search page, the header's field and the card of tags render, with the controls they are found by."""

from __future__ import annotations

import pytest
import reflex as rx

from bulq.pages.layout import page_frame
from bulq.pages.product.known_as import known_as
from bulq.pages.search import search_page


def shown(component: rx.Component) -> str:
    return str(component.render()).replace("\\", "")


def test_every_page_has_a_field_to_search_from() -> None:
    assert 't("search.search"' in shown(page_frame(title="Anything"))


@pytest.mark.parametrize("key", ["search.products", "search.stores", "search.groups", "search.nothing"])
def test_the_search_page_has_every_kind(key: str) -> None:
    assert f't("{key}"' in shown(search_page())


@pytest.mark.parametrize(
    "key", ["tags.add_tag", "tags.add_name", "tags.kind", "tags.tag", "tags.name", "tags.language"]
)
def test_the_card_of_tags_has_its_controls(key: str) -> None:
    assert f't("{key}"' in shown(known_as())
