"""An address of something that was merged finds what is there now."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from bulq.models.base import new_id
from bulq.queries.merged import Kept, kept_instead
from bulq.services import catalogue
from bulq.services.deleting import delete_product
from bulq.services.merging import merge_products, merge_stores
from tests.cast import NOW, PACK, Cast, assemble
from tests.conftest import Scene


@pytest.fixture
def cast(scene: Scene) -> Cast:
    return scene(assemble)


def product(session: Session, cast: Cast, name: str) -> UUID:
    found = catalogue.add_product(session, cast.ana, name, "", "pack", PACK, now=NOW).id
    session.flush()
    return found


def test_also_when_the_one_that_was_kept_was_merged_in_its_turn(session: Session, cast: Cast) -> None:
    first, second = product(session, cast, "Rice one"), product(session, cast, "Rice two")
    merge_products(session, cast.ada, first, second, now=NOW)
    session.flush()
    merge_products(session, cast.ada, second, cast.rice, now=NOW)
    session.flush()

    for gone in (first, second):
        assert kept_instead(session, cast.eva, "product", gone) == Kept(cast.rice, "Basmati rice 5 kg")
        assert kept_instead(session, cast.eva, "store", gone) is None


def test_a_store_leads_to_the_store_that_was_kept(session: Session, cast: Cast) -> None:
    shop = catalogue.add_store(session, cast.ana, "Metro 2", now=NOW).id
    session.flush()
    merge_stores(session, cast.ada, shop, cast.store_id, now=NOW)
    session.flush()

    assert kept_instead(session, cast.eva, "store", shop) == Kept(cast.store_id, "Metro")


def test_what_never_was_or_was_deleted_leads_nowhere(session: Session, cast: Cast) -> None:
    first, second = product(session, cast, "Rice one"), product(session, cast, "Rice two")
    merge_products(session, cast.ada, first, second, now=NOW)
    session.flush()
    delete_product(session, cast.ada, second, now=NOW)
    session.flush()

    for gone in (first, second, new_id()):
        assert kept_instead(session, cast.eva, "product", gone) is None
