"""Tags and other names of products: anybody adds them, and who did or an admin takes them away."""

import pytest
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.catalogue import TagKind
from bulq.domain.errors import Conflict, Forbidden, Invalid, NotFound
from bulq.domain.phases import Phase
from bulq.models import AuditEntry, ProductAlias, ProductTag, Tag
from bulq.queries.tags import find_tags, known_as, tags_in
from bulq.services import aliases, bids, tags
from tests.cast import NOW, PACK, Cast, bring_to, plan


def recorded(session: Session) -> list[AuditEntry]:
    query = select(AuditEntry).where(col(AuditEntry.action).in_(["alias_removed", "tag_removed"]))
    return list(session.scalars(query.order_by(col(AuditEntry.action))))


def test_one_tag_of_each_kind_and_name_without_case_and_accents(session: Session, cast: Cast) -> None:
    first = tags.add_tag(session, cast.ana, cast.rice, "category", "Žitarice", now=NOW)
    same = tags.add_tag(session, cast.bojan, cast.tomatoes, "category", " ZITARICE ", now=NOW)
    other = tags.add_tag(session, cast.bojan, cast.tomatoes, "other", "Žitarice", now=NOW)

    assert first.id == same.id != other.id
    assert (same.name, same.created_by, same.verified_at) == ("Žitarice", cast.ana.id, None)


def test_the_same_tag_twice_is_refused(session: Session, cast: Cast) -> None:
    tags.add_tag(session, cast.ana, cast.rice, "diet", "Vegan", now=NOW)

    with pytest.raises(Conflict) as refusal:
        tags.add_tag(session, cast.bojan, cast.rice, "diet", "VEGAN", now=NOW)

    assert (refusal.value.key, refusal.value.field) == ("tag_there", "tag")


@pytest.mark.parametrize("kind", ["", "Category", "brand line", "x" * 10_000_000, "'; --", "\x00"])
def test_a_tag_is_of_a_known_kind(session: Session, cast: Cast, kind: str) -> None:
    with pytest.raises(Invalid) as refusal:
        tags.add_tag(session, cast.ana, cast.rice, kind, "Vegan", now=NOW)

    assert refusal.value.field == "kind"
    assert session.scalars(select(Tag.id)).all() == []


@pytest.mark.parametrize("language", ["xx", "SR", "sr-Latn-RS-and-more", "x" * 10_000_000, "\x00"])
def test_a_name_is_in_a_known_language(session: Session, cast: Cast, language: str) -> None:
    with pytest.raises(Invalid) as refusal:
        aliases.add_alias(session, cast.ana, cast.rice, "Riža", language, now=NOW)

    assert refusal.value.field == "language"


def test_a_product_has_so_many_tags_and_names_and_no_more(session: Session, cast: Cast) -> None:
    settings.tags_per_product = settings.names_per_product = 2
    for n in range(2):
        tags.add_tag(session, cast.ana, cast.rice, "other", f"Tag {n}", now=NOW)
        aliases.add_alias(session, cast.ana, cast.rice, f"Name {n}", "", now=NOW)

    with pytest.raises(Conflict) as tag:
        tags.add_tag(session, cast.bojan, cast.rice, "other", "Tag 3", now=NOW)
    with pytest.raises(Conflict) as name:
        aliases.add_alias(session, cast.bojan, cast.rice, "Name 3", "", now=NOW)

    assert (tag.value.key, name.value.key) == ("too_many_tags", "too_many_aliases")
    assert tag.value.values == name.value.values == {"maximum": 2}


@pytest.mark.parametrize("name", ["Basmati rice 5 kg", "BASMATI  RICE 5 KG", "Riža", "riza"])
def test_a_name_the_product_has_is_refused(session: Session, cast: Cast, name: str) -> None:
    aliases.add_alias(session, cast.ana, cast.rice, "Riža", "hr", now=NOW)

    with pytest.raises(Conflict) as refusal:
        aliases.add_alias(session, cast.bojan, cast.rice, name, "sr", now=NOW)

    assert (refusal.value.key, refusal.value.field) == ("alias_there", "alias")


def test_another_product_may_have_the_same_name(session: Session, cast: Cast) -> None:
    aliases.add_alias(session, cast.ana, cast.rice, "Namirnica", "sr", now=NOW)
    aliases.add_alias(session, cast.ana, cast.tomatoes, "Namirnica", "sr", now=NOW)

    assert len(session.scalars(select(ProductAlias.id)).all()) == 2


def test_only_who_added_it_or_an_admin_takes_it_away(session: Session, cast: Cast) -> None:
    tag = tags.add_tag(session, cast.bojan, cast.rice, "diet", "Vegan", now=NOW)
    alias = aliases.add_alias(session, cast.bojan, cast.rice, "Riža", "", now=NOW)

    for stranger in (cast.ana, cast.eva):
        with pytest.raises(Forbidden):
            tags.remove_tag(session, stranger, cast.rice, tag.id, now=NOW)
        with pytest.raises(Forbidden):
            aliases.remove_alias(session, stranger, alias.id, now=NOW)
    tags.remove_tag(session, cast.bojan, cast.rice, tag.id, now=NOW)
    aliases.remove_alias(session, cast.bojan, alias.id, now=NOW)

    assert session.scalars(select(ProductTag.id)).all() == session.scalars(select(ProductAlias.id)).all() == []
    assert recorded(session) == []
    with pytest.raises(NotFound):
        tags.remove_tag(session, cast.bojan, cast.rice, tag.id, now=NOW)


def test_an_admin_who_takes_away_what_others_added_is_on_record(session: Session, cast: Cast) -> None:
    tag = tags.add_tag(session, cast.bojan, cast.rice, "diet", "Vegan", now=NOW)
    alias = aliases.add_alias(session, cast.bojan, cast.rice, "Riža", "", now=NOW)

    tags.remove_tag(session, cast.ada, cast.rice, tag.id, now=NOW)
    aliases.remove_alias(session, cast.ada, alias.id, now=NOW)

    assert [(each.action, each.actor_id, each.subject_id, each.details) for each in recorded(session)] == [
        ("alias_removed", cast.ada.id, cast.rice, {"alias": "Riža"}),
        ("tag_removed", cast.ada.id, cast.rice, {"tag": "Vegan"}),
    ]


def test_the_page_of_a_product_says_what_the_viewer_may_take_away(session: Session, cast: Cast) -> None:
    tags.add_tag(session, cast.bojan, cast.rice, "diet", "Vegan", now=NOW)
    tags.add_tag(session, cast.ana, cast.rice, "category", "Grains", now=NOW).verified_at = NOW
    aliases.add_alias(session, cast.ana, cast.rice, "Riža", "hr", now=NOW)
    session.flush()

    def seen(who: Actor) -> list[tuple[str, bool]]:
        known = known_as(session, who, cast.rice)
        return [(each.name, each.removable) for each in (*known.tags, *known.aliases)]

    assert seen(cast.ana) == [("Grains", True), ("Vegan", False), ("Riža", True)]
    assert seen(cast.eva) == [("Grains", False), ("Vegan", False), ("Riža", False)]
    assert all(may for _, may in seen(cast.ada))
    assert [tag.verified for tag in known_as(session, cast.ana, cast.rice).tags] == [True, False]


def test_tags_are_found_while_typing_the_most_used_first(session: Session, cast: Cast) -> None:
    for product, name in ((cast.rice, "Vegan"), (cast.rice, "Веће"), (cast.tomatoes, "Веће"), (cast.rice, "Raw")):
        tags.add_tag(session, cast.ana, product, "diet", name, now=NOW)
    tags.add_tag(session, cast.ana, cast.rice, "other", "Very", now=NOW)
    session.flush()

    assert [tag.name for tag in find_tags(session, cast.eva, "diet", "ve")] == ["Веће", "Vegan"]
    assert len(find_tags(session, cast.eva, "", "ve")) == 3
    assert len(find_tags(session, cast.eva, "nonsense", "")) == 4
    for odd in ("%", "_", "\\", "x" * 5_000, "😀"):
        assert find_tags(session, cast.eva, "diet", odd * 2) == []


def test_a_run_knows_the_tags_of_its_products(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.ACTIVE)
    for product, kind, name in (
        (cast.rice, "diet", "Vegan"),
        (cast.tomatoes, "diet", "Vegan"),
        (cast.tomatoes, "diet", "Raw"),
        (cast.rice, "category", "Grains"),
    ):
        tags.add_tag(session, cast.ana, product, kind, name, now=NOW)
    session.flush()

    found = tags_in(session, run_id)

    assert [(tag.kind, tag.name, len(tag.product_ids)) for tag in found] == [
        (TagKind.CATEGORY, "Grains", 1),
        (TagKind.DIET, "Vegan", 2),
        (TagKind.DIET, "Raw", 1),
    ]


def test_a_run_knows_no_tags_of_other_runs(session: Session, cast: Cast) -> None:
    bring_to(session, cast, Phase.SHOPPING)  # with tomatoes bid on, and on its list
    run_id = plan(session, cast)
    bids.place_bid(session, cast.ana, run_id, cast.rice, PACK, now=NOW)
    for product, name in ((cast.rice, "Grains"), (cast.tomatoes, "Vegetables")):
        tags.add_tag(session, cast.ana, product, "category", name, now=NOW)
    session.flush()

    assert [tag.name for tag in tags_in(session, run_id)] == ["Grains"]
