"""How much one person may add within a day."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from sqlmodel import select

from bulq import limits
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.attachments import FileKind
from bulq.domain.errors import Conflict
from bulq.domain.phases import Phase
from bulq.i18n import text
from bulq.models import Run
from bulq.services import aliases, catalogue, groups, prices, runs, tags
from bulq.services.attachments import keep_attachment
from bulq.services.quotas import Quota, importing
from tests.cast import NOW, Cast, bring_to

Add = Callable[[Session, Cast, Actor, int], object]

ADDING: dict[Quota, Add] = {
    Quota.PRODUCTS: lambda s, c, who, n: catalogue.add_product(s, who, f"Thing {n}", "", "piece", 1000, now=NOW),
    Quota.STORES: lambda s, c, who, n: catalogue.add_store(s, who, f"Shop {n}", now=NOW),
    Quota.PRICES: lambda s, c, who, n: prices.see_price(s, who, c.rice, c.store_id, 500 + n, "EUR", now=NOW),
    Quota.TAGS: lambda s, c, who, n: tags.add_tag(s, who, c.rice, "diet", f"tag {n}", now=NOW),
    Quota.NAMES: lambda s, c, who, n: aliases.add_alias(s, who, c.rice, f"Name {n}", "", now=NOW),
    Quota.GROUPS: lambda s, c, who, n: groups.create_group(s, who, f"Group {n}", "EUR", "UTC", now=NOW),
    Quota.RUNS: lambda s, c, who, n: runs.start_run(s, who, c.group_id, c.store_id, now=NOW),
    Quota.ATTACHMENTS: lambda s, c, who, n: keep_attachment(s, who, _shopping(s, c), FileKind.JPEG, n, now=NOW),
}


def _shopping(session: Session, cast: Cast) -> UUID:
    """A run in which everybody takes part, the same each time."""
    at_the_shop = session.scalars(select(Run.id).where(Run.phase == Phase.SHOPPING)).first()
    return at_the_shop or bring_to(session, cast, Phase.SHOPPING)


@pytest.fixture(autouse=True)
def counted_from_zero() -> None:
    limits.forget()


def test_every_quota_is_tried() -> None:
    assert set(ADDING) == set(Quota)


@pytest.mark.parametrize("quota", Quota)
def test_one_person_adds_so_much_a_day_and_others_as_much(session: Session, cast: Cast, quota: Quota) -> None:
    setattr(settings, f"{quota}_per_day", 3)
    add = ADDING[quota]
    for number in range(3):
        add(session, cast, cast.bojan, number)

    with pytest.raises(Conflict) as refusal:
        add(session, cast, cast.bojan, 3)

    assert (refusal.value.key, refusal.value.values) == (f"quota_{quota}", {"maximum": 3})
    assert "3" in text(f"errors.{refusal.value.key}", maximum=3)
    add(session, cast, cast.ana, 4)


def test_admins_and_imports_are_not_counted(session: Session, cast: Cast) -> None:
    settings.products_per_day = 1
    add = ADDING[Quota.PRODUCTS]
    for number in range(3):
        add(session, cast, cast.ada, number)
    with importing():
        for number in range(3, 6):
            add(session, cast, cast.bojan, number)

    add(session, cast, cast.bojan, 6)


def test_what_is_refused_for_another_reason_does_not_count(session: Session, cast: Cast) -> None:
    settings.stores_per_day = 1
    for _ in range(3):
        with pytest.raises(Conflict) as refusal:
            catalogue.add_store(session, cast.bojan, "Metro", now=NOW)
        assert refusal.value.key == "store_exists"

    catalogue.add_store(session, cast.bojan, "Idea", now=NOW)
