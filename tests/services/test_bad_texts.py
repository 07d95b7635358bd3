"""Bad and strange texts in every field: refused at that field or kept as they are, never anything else."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session
from sqlmodel import select

from bulq.domain.errors import Conflict, Invalid
from bulq.domain.phases import Phase
from bulq.models import Bid, Group, PriceObservation, Product, ProductAlias, Run, Store, Tag, User
from bulq.services import accounts, aliases, bids, catalogue, groups, phases, prices, runs, stores, tags
from tests.cast import LATER, NOW, Cast, bring_to, plan

Field = Callable[[Session, Cast, str], str]


def group_name(session: Session, cast: Cast, text: str) -> str:
    return groups.create_group(session, cast.ana, text, "EUR", "UTC", now=NOW).name


def new_group_name(session: Session, cast: Cast, text: str) -> str:
    groups.edit_group(
        session,
        cast.ana,
        cast.group_id,
        name=text,
        currency="EUR",
        time_zone="UTC",
        fair_rule="proportional",
        now=NOW,
    )
    return session.get_one(Group, cast.group_id).name


def person_name(session: Session, cast: Cast, text: str) -> str:
    return accounts.register(session, text, "somebody", "hash", now=NOW).name


def store_name(session: Session, cast: Cast, text: str) -> str:
    return catalogue.add_store(session, cast.ana, text, now=NOW).name


def product_name(session: Session, cast: Cast, text: str) -> str:
    return catalogue.add_product(session, cast.ana, text, "", "kg", 100, now=NOW).name


def brand(session: Session, cast: Cast, text: str) -> str:
    return catalogue.add_product(session, cast.ana, "Something new", text, "kg", 100, now=NOW).brand


def run_note(session: Session, cast: Cast, text: str) -> str:
    return runs.start_run(session, cast.ana, cast.group_id, cast.store_id, note=text, now=NOW).note


def new_run_note(session: Session, cast: Cast, text: str) -> str:
    run_id = plan(session, cast)
    runs.edit_run(session, cast.ana, run_id, shopping_day=None, bids_close_at=None, note=text, now=NOW)
    return session.get_one(Run, run_id).note


def bid_note(session: Session, cast: Cast, text: str) -> str:
    run_id = plan(session, cast)
    bids.place_bid(session, cast.bojan, run_id, cast.rice, 1000, note=text, now=NOW)
    return session.scalars(select(Bid.note).where(Bid.run_id == run_id)).one()


def new_bid_note(session: Session, cast: Cast, text: str) -> str:
    run_id = plan(session, cast)
    bids.place_bid(session, cast.bojan, run_id, cast.rice, 1000, now=NOW)
    bids.write_note(session, cast.bojan, run_id, cast.rice, text, now=NOW)
    return session.scalars(select(Bid.note).where(Bid.run_id == run_id)).one()


def reason(session: Session, cast: Cast, text: str) -> str:
    run_id = plan(session, cast)
    phases.cancel_run(session, cast.ana, run_id, text, now=NOW)
    return session.get_one(Run, run_id).cancel_reason


def price_note(session: Session, cast: Cast, text: str) -> str:
    run_id = bring_to(session, cast, Phase.SHOPPING)
    catalogue.note_price(session, cast.ana, run_id, cast.rice, 31_337, note=text, now=LATER)
    return session.scalars(select(PriceObservation.note).where(PriceObservation.price == 31_337)).one()


def sighting_note(session: Session, cast: Cast, text: str) -> str:
    prices.see_price(session, cast.eva, cast.rice, cast.store_id, 31_337, "EUR", note=text, now=LATER)
    return session.scalars(select(PriceObservation.note).where(PriceObservation.price == 31_337)).one()


def chain(session: Session, cast: Cast, text: str) -> str:
    return store_details(session, cast, chain=text).chain


def address(session: Session, cast: Cast, text: str) -> str:
    return store_details(session, cast, address=text).address


def store_details(session: Session, cast: Cast, *, chain: str = "", address: str = "") -> Store:
    stores.edit_store_details(
        session, cast.ada, cast.store_id, chain=chain, address=address, hours=None, time_zone="", now=NOW
    )
    return session.get_one(Store, cast.store_id)


def tag_name(session: Session, cast: Cast, text: str) -> str:
    return tags.add_tag(session, cast.ana, cast.rice, "diet", text, now=NOW).name


def other_name(session: Session, cast: Cast, text: str) -> str:
    return aliases.add_alias(session, cast.ana, cast.rice, text, "", now=NOW).name


# The field as errors name it, the longest text it takes, and whether it may be empty.
FIELDS: dict[Field, tuple[str, int, bool]] = {
    group_name: ("name", 100, False),
    new_group_name: ("name", 100, False),
    person_name: ("name", 100, False),
    store_name: ("store", 100, False),
    product_name: ("name", 100, False),
    brand: ("brand", 100, True),
    run_note: ("note", 500, True),
    new_run_note: ("note", 500, True),
    bid_note: ("note", 500, True),
    new_bid_note: ("note", 500, True),
    reason: ("reason", 500, True),
    price_note: ("note", 200, True),
    sighting_note: ("note", 200, True),
    chain: ("chain", 100, True),
    address: ("address", 200, True),
    tag_name: ("tag", 50, False),
    other_name: ("alias", 100, False),
}
REFUSED = {
    "NUL": "rice\x00",
    "control": "ri\x07ce",
    "escape": "\x1b[31mred",
    "delete": "rice\x7f",
    "half a character": "rice \ud83d",
    "annotation": "rice\ufff9",
}
DROPPED = {
    "right to left": ("rice\u202egpj", "ricegpj"),
    "isolate": ("\u2066rice\u2069", "rice"),
    "hidden": ("ri\u200b\u00adce\ufe0f", "rice"),
}
KEPT = {
    "SQL": "Robert'); DROP TABLE users;--",
    "HTML": "<script>alert(1)</script> <b>&amp;</b>",
    "emoji": "Rice 🍚👩‍👩‍👧",
    "template": "{{name}} ${7*7} %s %(x)s",
    "Cyrillic": "Пиринач дугог зрна",
    "Arabic": "أرز بسمتي",
    "accents": "Čačanska šljivovica",
    "path": "../../etc/passwd",
    "number": "1e309",
    "word": "NaN",
}


def count(session: Session) -> list[int]:
    return [
        len(session.scalars(select(table.id)).all())
        for table in (Group, User, Store, Product, Run, Bid, Tag, ProductAlias)
    ]


def refused(session: Session, cast: Cast, field: Field, text: str) -> None:
    """The field refuses the text in a transaction of its own, of which nothing is left."""
    before = count(session)
    attempt = session.begin_nested()
    with pytest.raises(Invalid) as refusal:
        field(session, cast, text)
    attempt.rollback()
    assert refusal.value.field == FIELDS[field][0]
    assert count(session) == before


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.__name__)
def test_what_deceives_or_breaks_is_refused_at_its_field(session: Session, cast: Cast, field: Field, text: str) -> None:
    refused(session, cast, field, text)


@pytest.mark.parametrize(("text", "shown"), DROPPED.values(), ids=DROPPED.keys())
@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.__name__)
def test_what_nobody_sees_is_dropped(session: Session, cast: Cast, field: Field, text: str, shown: str) -> None:
    assert field(session, cast, text) == shown


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT.keys())
@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.__name__)
def test_what_is_only_strange_is_kept_as_it_is(session: Session, cast: Cast, field: Field, text: str) -> None:
    kept = field(session, cast, text)

    session.flush()
    assert kept == text


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.__name__)
def test_a_text_may_be_as_long_as_its_field(session: Session, cast: Cast, field: Field) -> None:
    _, longest, _ = FIELDS[field]

    assert field(session, cast, "Ж" * longest) == "Ж" * longest
    session.flush()


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.__name__)
def test_a_longer_text_is_refused_however_long(session: Session, cast: Cast, field: Field) -> None:
    _, longest, _ = FIELDS[field]

    for length in (longest + 1, 5_000, 10_000_000):
        refused(session, cast, field, "x" * length)
    refused(session, cast, field, "e" + "\u0301" * 10_000_000)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.__name__)
def test_nothing_is_a_text_only_where_it_may_be(session: Session, cast: Cast, field: Field) -> None:
    _, _, may_be_empty = FIELDS[field]

    for text in ("", "   ", "\n\t "):
        if may_be_empty:
            attempt = session.begin_nested()
            assert field(session, cast, text) == ""
            attempt.rollback()
        else:
            refused(session, cast, field, text)


@pytest.mark.parametrize("field", [store_name, product_name], ids=lambda field: field.__name__)
def test_letters_that_stand_for_many_are_compared_as_far_as_there_is_room(
    session: Session, cast: Cast, field: Field
) -> None:
    assert field(session, cast, "\ufdfa" * 100) == "\ufdfa" * 100

    with pytest.raises(Conflict):
        field(session, cast, "\ufdfa" * 100)
