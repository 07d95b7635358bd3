"""Which kinds of notifications ask for something, touch goods or money, or are news."""

from __future__ import annotations

import json

import pytest

from bulq.domain.notices import MY_GOODS, NEEDS_ME, Concern, concern_of, kinds_of
from tests.databases import ROOT

KINDS = set(json.loads((ROOT / "assets/locales/en.json").read_text("utf-8"))["notice"])


def test_every_kind_that_is_named_exists_and_is_of_one_concern() -> None:
    assert {*NEEDS_ME, *MY_GOODS} <= KINDS
    assert not {*NEEDS_ME} & {*MY_GOODS}


@pytest.mark.parametrize("concern", Concern)
def test_kinds_are_of_the_concern_they_are_listed_under(concern: Concern) -> None:
    kinds = kinds_of(concern)
    listed = KINDS - {*NEEDS_ME, *MY_GOODS} if kinds is None else kinds

    assert listed and {concern_of(kind) for kind in listed} == {concern}
