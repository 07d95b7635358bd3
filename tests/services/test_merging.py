"""M3: merging by choosing: whatever belongs to the duplicate belongs to the kept one afterwards, once."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import true
from sqlalchemy.orm import Session
from sqlmodel import SQLModel, col, func, select

from bulq.domain.actor import Actor
from bulq.domain.attachments import FileKind
from bulq.domain.catalogue import TagKind
from bulq.domain.errors import Conflict, NotFound
from bulq.domain.payments import PaymentState
from bulq.domain.phases import Phase, Unit
from bulq.domain.settling import PlanKind
from bulq.models import (
    Allocation,
    Attachment,
    AuditEntry,
    Bid,
    BidRaise,
    CaseChoice,
    CaseShare,
    Favour,
    HouseholdMember,
    LeftoverTaking,
    ListItem,
    Membership,
    Operation,
    OrdinaryPrice,
    Participant,
    PasswordReset,
    Payment,
    Plan,
    PriceObservation,
    Product,
    ProductAlias,
    ProductTag,
    Receipt,
    ReceiptPayer,
    Run,
    SearchTerm,
    ServerSetting,
    Spoilage,
    StandIn,
    Store,
    Tag,
    User,
)
from bulq.models.base import new_id
from bulq.queries.merging import product_merge, store_merge, tag_merge
from bulq.queries.merging_people import columns_about_users, user_merge
from bulq.queries.pick_up import pick_up
from bulq.queries.search import search
from bulq.queries.tags import find_tags
from bulq.services import accounts, bids, catalogue, costs, groups, leading, merging, payouts, phases, runs, tags
from bulq.services.merging_people import merge_users
from bulq.services.participants import participant_of
from tests import seeing
from tests.cast import LATER, NOW, PACK, Cast, bring_to, item_of, listed, person, plan


def twin_of_rice(session: Session, cast: Cast, *, unit: str = "pack", step: int = PACK) -> UUID:
    twin = catalogue.add_product(session, cast.bojan, "Rice basmati", "", unit, step, now=LATER)
    session.flush()
    return twin.id


def merge(session: Session, cast: Cast, duplicate: UUID, kept: UUID) -> None:
    merging.merge_products(session, cast.ada, duplicate, kept, now=LATER)
    session.flush()
    session.expire_all()


def bid_of(session: Session, run_id: UUID, who: Actor, product_id: UUID) -> Bid | None:
    return bids.bid_of(session, run_id, who.id, product_id)


def raises_of(session: Session, bid: Bid) -> list[int]:
    query = select(BidRaise.quantity).where(BidRaise.bid_id == bid.id)
    return list(session.scalars(query.order_by(col(BidRaise.made_at), col(BidRaise.id))))


def see(session: Session, cast: Cast, product: UUID, store: UUID, price: int, at: timedelta = timedelta()) -> None:
    session.add(
        PriceObservation(
            product_id=product,
            store_id=store,
            currency="EUR",
            price=price,
            day=NOW.date(),
            seen_by=cast.ana.id,
            seen_at=NOW + at,
        )
    )
    session.flush()


# --- products ---


def test_bids_of_one_person_on_both_are_added_up_with_their_raises_and_notes(session: Session, cast: Cast) -> None:
    run_id, twin = plan(session, cast), twin_of_rice(session, cast)
    bids.place_bid(session, cast.ana, run_id, cast.rice, 2 * PACK, note="Any brand", now=NOW)
    bids.place_bid(session, cast.ana, run_id, twin, PACK, note="Long grain", now=NOW + timedelta(minutes=1))
    bids.place_bid(session, cast.ana, run_id, cast.rice, 5 * PACK, now=NOW + timedelta(minutes=2))
    bids.mark_interested(session, cast.bojan, run_id, cast.rice, now=NOW)
    bids.place_bid(session, cast.bojan, run_id, twin, 4 * PACK, now=NOW)
    bids.mark_interested(session, cast.mila, run_id, twin, now=NOW)

    merge(session, cast, twin, cast.rice)

    anas, bojans, milas = (bid_of(session, run_id, who, cast.rice) for who in (cast.ana, cast.bojan, cast.mila))
    assert anas and bojans and milas
    assert (anas.quantity, raises_of(session, anas)) == (6 * PACK, [2 * PACK, PACK, 3 * PACK])
    assert anas.note == "Any brand\nLong grain"
    assert (bojans.quantity, raises_of(session, bojans)) == (4 * PACK, [4 * PACK])
    assert (milas.quantity, raises_of(session, milas)) == (None, [])
    assert session.get(Product, twin) is None


def test_list_items_of_one_run_are_joined_and_sums_still_hold(session: Session, cast: Cast) -> None:
    run_id, twin = plan(session, cast), twin_of_rice(session, cast)
    for who, product, packs in ((cast.ana, cast.rice, 2), (cast.bojan, cast.rice, 1), (cast.bojan, twin, 3)):
        bids.place_bid(session, who, run_id, product, packs * PACK, now=NOW)
    seeing.confirm_run(session, cast.ana, run_id, now=NOW)
    phases.start_shopping(session, cast.ana, run_id, now=NOW)
    session.flush()
    seeing.buy(session, cast.ana, run_id, item_of(session, run_id, cast.rice), 2 * PACK, 1601, now=NOW)
    seeing.buy(
        session, cast.ana, run_id, item_of(session, run_id, twin), 3 * PACK, 2411, payer_id=cast.mila.id, now=NOW
    )
    session.flush()

    merge(session, cast, twin, cast.rice)

    item = session.scalars(select(ListItem).where(ListItem.run_id == run_id)).one()
    assert (item.product_id, item.wanted, item.bought, item.line_total) == (cast.rice, 6 * PACK, 5 * PACK, 4012)
    seeing.finish_shopping(session, cast.ana, run_id, now=NOW)
    session.flush()
    seeing.share_fairly(session, cast.ana, run_id, now=NOW)
    session.flush()
    view = pick_up(session, cast.ana, run_id)
    left = sum(line.cost for line in view.left_over.values())
    assert sum(each.total for each in view.people.values()) + left == view.total == 4012


def given_out(session: Session, cast: Cast, twin: UUID, prices: tuple[int, int]) -> UUID:
    """Ana got two packs of the rice, Bojan one of each; Ana's and Bojan's are in pick-up."""
    run_id = plan(session, cast)
    for who, product, packs in ((cast.ana, cast.rice, 2), (cast.bojan, cast.rice, 1), (cast.bojan, twin, 1)):
        bids.place_bid(session, who, run_id, product, packs * PACK, now=NOW)
    seeing.confirm_run(session, cast.ana, run_id, now=NOW)
    phases.start_shopping(session, cast.ana, run_id, now=NOW)
    session.flush()
    for product, packs, price in ((cast.rice, 3, prices[0]), (twin, 1, prices[1])):
        item_id = item_of(session, run_id, product)
        seeing.buy(session, cast.ana, run_id, item_id, packs * PACK, packs * price, now=NOW)
    session.flush()
    seeing.finish_shopping(session, cast.ana, run_id, now=NOW)
    session.flush()
    return run_id


@pytest.mark.parametrize("completed", [False, True])
def test_goods_given_out_at_one_price_are_joined_per_person(session: Session, cast: Cast, completed: bool) -> None:
    twin = twin_of_rice(session, cast)
    run_id = given_out(session, cast, twin, (799, 799))
    if completed:
        seeing.complete_run(session, cast.ana, run_id, now=NOW)
    before = {each.username: each.total for each in pick_up(session, cast.ana, run_id).people.values()}

    merge(session, cast, twin, cast.rice)

    view = pick_up(session, cast.ana, run_id)
    assert {each.username: each.total for each in view.people.values()} == before == {"ana": 1598, "bojan": 1598}
    lines = session.scalars(select(Allocation).where(Allocation.run_id == run_id)).all()
    assert {line.user_id: line.quantity for line in lines} == {cast.ana.id: 2 * PACK, cast.bojan.id: 2 * PACK}


def test_goods_given_out_at_two_prices_stay_apart_since_somebody_would_owe_more(session: Session, cast: Cast) -> None:
    twin = twin_of_rice(session, cast)
    given_out(session, cast, twin, (799, 849))

    with pytest.raises(Conflict) as refusal:
        merge(session, cast, twin, cast.rice)

    assert (refusal.value.key, refusal.value.values) == ("merge_sums", {"count": 1})
    assert product_merge(session, cast.ada, twin, cast.rice).refusal is not None


def test_half_picked_up_still_waits(session: Session, cast: Cast) -> None:
    twin = twin_of_rice(session, cast)
    run_id = given_out(session, cast, twin, (799, 799))
    line = session.scalars(
        select(Allocation).where(
            Allocation.item_id == item_of(session, run_id, twin), Allocation.user_id == cast.bojan.id
        )
    ).one()
    line.picked_up_at, line.picked_up_by = NOW, cast.bojan.id
    session.flush()

    merge(session, cast, twin, cast.rice)

    left = session.scalars(
        select(Allocation).where(Allocation.run_id == run_id, Allocation.user_id == cast.bojan.id)
    ).one()
    assert (left.quantity, left.picked_up_at, left.picked_up_by) == (2 * PACK, None, None)


def test_the_older_of_two_equal_sightings_is_kept(session: Session, cast: Cast) -> None:
    twin = twin_of_rice(session, cast)
    hour = timedelta(hours=1)
    other = catalogue.add_store(session, cast.ana, "Idea", now=NOW).id
    session.flush()
    session.execute(SQLModel.metadata.tables["price_observations"].delete())
    see(session, cast, cast.rice, cast.store_id, 799, hour)
    see(session, cast, twin, cast.store_id, 799)
    see(session, cast, twin, cast.store_id, 849, 2 * hour)
    see(session, cast, cast.rice, cast.store_id, 849, hour)
    see(session, cast, twin, other, 799, 3 * hour)

    merge(session, cast, twin, cast.rice)

    rows = session.execute(
        select(PriceObservation.store_id, PriceObservation.price, PriceObservation.seen_at)
        .where(PriceObservation.product_id == cast.rice)
        .order_by(col(PriceObservation.seen_at))
    ).all()
    assert [tuple(row) for row in rows] == [
        (cast.store_id, 799, NOW),
        (cast.store_id, 849, NOW + hour),
        (other, 799, NOW + 3 * hour),
    ]


def with_content(session: Session, product_id: UUID, content: int) -> UUID:
    product = session.get_one(Product, product_id)
    product.content, product.content_unit = content, Unit.KG
    session.flush()
    return product_id


def test_what_holds_something_else_is_no_duplicate(session: Session, cast: Cast) -> None:
    small, large = with_content(session, twin_of_rice(session, cast), 1000), with_content(session, cast.rice, 5000)

    with pytest.raises(Conflict) as refusal:
        merge(session, cast, small, large)

    assert refusal.value.key == "merge_contents"
    with_content(session, small, 5000)
    merge(session, cast, small, large)
    assert session.get(Product, small) is None


def test_a_content_another_product_of_the_name_has_is_not_carried(session: Session, cast: Cast) -> None:
    rice, duplicate = session.get_one(Product, cast.rice), with_content(session, twin_of_rice(session, cast), 1000)
    catalogue.add_product(
        session, cast.ana, rice.name, rice.brand, "pack", PACK, content=1000, content_unit="kg", now=NOW
    )

    merge(session, cast, duplicate, cast.rice)

    assert session.get_one(Product, cast.rice).content is None


def test_names_tags_barcode_and_content_are_carried(session: Session, cast: Cast) -> None:
    twin = twin_of_rice(session, cast)
    tags = [Tag(kind=TagKind.DIET, name=name, name_key=name, created_by=cast.ana.id, created_at=NOW) for name in "ab"]
    session.add_all(tags)
    session.flush()
    for product, tag in ((cast.rice, tags[0]), (twin, tags[0]), (twin, tags[1])):
        session.add(ProductTag(product_id=product, tag_id=tag.id, created_by=cast.ana.id, created_at=NOW))
    for product, name in ((cast.rice, "riz"), (twin, "riz"), (twin, "pirinac"), (twin, "basmati rice 5 kg")):
        session.add(ProductAlias(product_id=product, name=name, name_key=name, created_by=cast.ana.id, created_at=NOW))
    product = session.get_one(Product, twin)
    product.barcode, product.content, product.content_unit = "8901537000018", 5000, product.unit
    session.flush()

    merge(session, cast, twin, cast.rice)

    kept = session.get_one(Product, cast.rice)
    names = session.scalars(select(ProductAlias.name).where(ProductAlias.product_id == cast.rice))
    assert set(names) == {"riz", "pirinac", "Rice basmati"}
    assert set(session.scalars(select(ProductTag.tag_id))) == {tag.id for tag in tags}
    assert (kept.barcode, kept.content) == ("8901537000018", 5000)


def test_search_finds_the_kept_product_by_either_name(session: Session, cast: Cast) -> None:
    twin = twin_of_rice(session, cast)

    merge(session, cast, twin, cast.rice)

    for typed in ("rice basmati", "basmati rice"):
        assert [hit.id for hit in search(session, cast.ana, typed).products] == [cast.rice]


def test_the_brand_of_a_namesake_becomes_part_of_its_other_name(session: Session, cast: Cast) -> None:
    twin = catalogue.add_product(session, cast.ana, "Basmati rice 5 kg", "Tilda", "pack", PACK, now=NOW)
    session.flush()

    merge(session, cast, twin.id, cast.rice)

    names = session.scalars(select(ProductAlias.name).where(ProductAlias.product_id == cast.rice)).all()
    assert names == ["Tilda Basmati rice 5 kg"]


@pytest.mark.parametrize(
    ("unit", "step", "quantity", "phase", "key"),
    [
        ("kg", 500, 500, Phase.ACTIVE, "merge_units"),
        ("pack", 500, 1500, Phase.ACTIVE, "merge_steps"),
        ("pack", 500, 2000, Phase.ACTIVE, None),
        ("pack", 500, 1500, Phase.CANCELLED, None),
    ],
)
def test_what_would_make_no_sense_is_refused_with_the_reason(
    session: Session, cast: Cast, unit: str, step: int, quantity: int, phase: Phase, key: str | None
) -> None:
    run_id, twin = plan(session, cast), twin_of_rice(session, cast, unit=unit, step=step)
    bids.place_bid(session, cast.ana, run_id, twin, quantity, now=NOW)
    if phase is Phase.CANCELLED:
        phases.cancel_run(session, cast.ana, run_id, "", now=NOW)
    session.flush()

    seen = product_merge(session, cast.ada, twin, cast.rice).refusal
    if key is None:
        assert seen is None
        return merge(session, cast, twin, cast.rice)
    with pytest.raises(Conflict) as refusal:
        merge(session, cast, twin, cast.rice)

    assert refusal.value.key == key == (seen and seen.key)
    assert session.get(Product, twin) is not None


def test_nothing_is_merged_with_itself(session: Session, cast: Cast) -> None:
    for do, what in (
        (merging.merge_products, cast.rice),
        (merging.merge_stores, cast.store_id),
        (merging.merge_tags, tags.add_tag(session, cast.ana, cast.rice, "diet", "Vegan", now=NOW).id),
        (merge_users, cast.bojan.id),
    ):
        with pytest.raises(Conflict) as refusal:
            do(session, cast.ada, what, what, now=NOW)
        assert refusal.value.key == "merge_same"


def test_the_preview_counts_what_moves_and_the_record_keeps_it(session: Session, cast: Cast) -> None:
    run_id, twin = plan(session, cast), twin_of_rice(session, cast)
    for who, product in ((cast.ana, cast.rice), (cast.ana, twin), (cast.bojan, twin)):
        bids.place_bid(session, who, run_id, product, PACK, now=NOW)
    see(session, cast, twin, cast.store_id, 799)

    moves = product_merge(session, cast.ada, twin, cast.rice).moves
    merge(session, cast, twin, cast.rice)

    assert moves == {"runs": 1, "bids": 2, "double_bids": 1, "sightings": 1} | (
        {"double_sightings": moves["double_sightings"]} if "double_sightings" in moves else {}
    )
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "product_merged")).one()
    assert (entry.actor_id, entry.subject_id, entry.subject_name) == (cast.ada.id, cast.rice, "Basmati rice 5 kg")
    assert entry.details == {"duplicate": "Rice basmati", "duplicate_id": str(twin), "moves": dict(moves)}


def test_every_table_that_refers_to_a_product_is_thought_of() -> None:
    referring = {
        (table.name, column.name)
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name in ("products", "stores", "tags")
    }

    assert referring == {
        ("bids", "product_id"),
        ("case_choices", "product_id"),
        ("catalogue_imports", "store_id"),
        ("gone_products", "product_id"),
        ("gone_products", "store_id"),
        ("list_items", "product_id"),
        ("ordinary_prices", "product_id"),
        ("price_observations", "product_id"),
        ("price_observations", "store_id"),
        ("product_aliases", "product_id"),
        ("product_tags", "product_id"),
        ("product_tags", "tag_id"),
        ("runs", "store_id"),
        ("store_lists", "store_id"),
    }


# --- stores ---


def test_runs_and_sightings_go_to_the_kept_store(session: Session, cast: Cast) -> None:
    twin = catalogue.add_store(session, cast.bojan, "Metro NS", now=NOW)
    twin.address, twin.chain = "Futoški put 1", "Metro"
    session.flush()
    run = runs.start_run(session, cast.ana, cast.group_id, twin.id, now=NOW)
    see(session, cast, cast.tomatoes, twin.id, 129)
    see(session, cast, cast.tomatoes, cast.store_id, 129, timedelta(hours=1))

    moves = store_merge(session, cast.ada, twin.id, cast.store_id).moves
    merging.merge_stores(session, cast.ada, twin.id, cast.store_id, now=LATER)
    session.flush()
    session.expire_all()

    assert moves == {"runs": 1, "sightings": 1, "double_sightings": 1}
    assert session.get_one(Run, run.id).store_id == cast.store_id
    assert session.get(Store, twin.id) is None
    kept = session.get_one(Store, cast.store_id)
    assert (kept.name, kept.chain, kept.address) == ("Metro", "Metro", "Futoški put 1")
    seen = select(PriceObservation.seen_at).where(PriceObservation.product_id == cast.tomatoes)
    assert session.scalars(seen).all() == [NOW]


# --- tags ---


def test_products_with_either_tag_have_the_kept_one_once(session: Session, cast: Cast) -> None:
    """M3: merge by choosing, in one transaction, and recorded."""
    kept = tags.add_tag(session, cast.ana, cast.rice, "diet", "Vegan", now=NOW)
    twin = tags.add_tag(session, cast.bojan, cast.rice, "other", "vegan!", now=NOW)
    tags.add_tag(session, cast.bojan, cast.tomatoes, "other", "vegan!", now=LATER)
    session.flush()

    seen = tag_merge(session, cast.ada, twin.id, kept.id)
    merging.merge_tags(session, cast.ada, twin.id, kept.id, now=LATER)
    session.flush()
    session.expire_all()

    assert (seen.moves, seen.refusal) == ({"products": 2, "double_products": 1}, None)
    assert (seen.duplicate.products, seen.kept.products) == (2, 1)
    links = session.scalars(select(ProductTag)).all()
    assert {(link.product_id, link.tag_id, link.created_by) for link in links} == {
        (cast.rice, kept.id, cast.ana.id),
        (cast.tomatoes, kept.id, cast.bojan.id),
    }
    assert session.get(Tag, twin.id) is None and session.get_one(Tag, kept.id).kind is TagKind.DIET
    assert not session.scalars(select(SearchTerm).where(SearchTerm.target_id == twin.id)).all()
    assert [each.id for each in find_tags(session, cast.eva, "", "vegan")] == [kept.id]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "tag_merged")).one()
    assert (entry.subject_id, entry.details) == (
        kept.id,
        {"duplicate": "vegan!", "duplicate_id": str(twin.id), "moves": {"products": 2, "double_products": 1}},
    )


# --- accounts ---


def other_bojan(session: Session, cast: Cast) -> Actor:
    """A second account of Bojan's, in the group and in a run of it."""
    twin = person(session, "Bojan2")
    session.add(Membership(group_id=cast.group_id, user_id=twin.id, is_admin=True, joined_at=NOW - timedelta(days=9)))
    session.flush()
    return twin


def merge_bojans(session: Session, cast: Cast, twin: Actor) -> None:
    merge_users(session, cast.ada, twin.id, cast.bojan.id, now=LATER)
    session.flush()
    session.expire_all()


def everywhere(session: Session, cast: Cast, who: Actor) -> None:
    """Let every column that can name somebody name this account in some row."""
    tag = Tag(kind=TagKind.DIET, name="Vegan", name_key="vegan", created_by=who.id, created_at=NOW)
    session.add(tag)
    session.flush()
    session.add_all(
        [
            ProductTag(product_id=cast.rice, tag_id=tag.id, created_by=who.id, created_at=NOW),
            ProductAlias(product_id=cast.rice, name="Riz", name_key="riz", created_by=who.id, created_at=NOW),
            ServerSetting(name="registration", value="open", changed_by=who.id, changed_at=NOW),
            PasswordReset(user_id=who.id, token_hash="x", created_by=who.id, created_at=NOW, expires_at=LATER),
            Operation(user_id=cast.mila.id, id=new_id(), digest="x", done_at=NOW),
            Plan(
                group_id=cast.group_id,
                currency="EUR",
                kind=PlanKind.FEWEST,
                made_by=who.id,
                made_at=NOW,
                replaced_at=NOW,
            ),
            *(
                Payment(
                    group_id=cast.group_id,
                    currency="EUR",
                    sender_id=sender,
                    receiver_id=receiver,
                    amount=100,
                    state=PaymentState.DISPUTED,
                    created_by=who.id,
                    created_at=NOW,
                    answered_by=who.id,
                )
                for sender, receiver in ((who.id, cast.mila.id), (cast.mila.id, who.id))
            ),
        ]
    )
    mine = session.scalars(select(Allocation).where(Allocation.user_id == cast.mila.id)).first()
    assert mine
    about: dict[str, Any] = {"run_id": mine.run_id, "item_id": mine.item_id, "user_id": cast.mila.id}
    session.add(LeftoverTaking(quantity=1, taken_at=NOW, **about))
    session.add(Spoilage(quantity=1, note="Mouldy", said_at=NOW, decided_by=who.id, **about))
    session.add(Favour(alone=1, got=2, goodwill=1, value=1, **about))
    session.add(Attachment(run_id=mine.run_id, kind=FileKind.JPEG, size=1, added_by=who.id, added_at=NOW))
    price = {"product_id": cast.rice, "currency": "EUR", "price": 999, "day": NOW.date()}
    session.add(OrdinaryPrice(**price, seen_by=who.id, seen_at=NOW, withdrawn_at=NOW, withdrawn_by=who.id))
    for user_id, payer_id in ((who.id, cast.ana.id), (cast.mila.id, who.id)):
        of_two: dict[str, Any] = {"group_id": cast.group_id, "user_id": user_id, "payer_id": payer_id}
        session.add(HouseholdMember(**of_two, proposed_by=who.id, proposed_at=NOW))
    session.add(StandIn(user_id=cast.mila.id, group_id=cast.group_id, made_by=who.id, made_at=NOW))
    decided = {"filled": True, "decided_by": cast.ana.id, "decided_at": NOW}
    choice = CaseChoice(run_id=mine.run_id, product_id=cast.rice, size=6 * PACK, wanted=5 * PACK, **decided)
    session.add(choice)
    session.flush()
    session.add(CaseShare(choice_id=choice.id, user_id=cast.mila.id, before=PACK, after=2 * PACK))
    receipt = session.scalars(select(Receipt).where(Receipt.run_id == mine.run_id)).one()
    chosen = [costs.Share(cast.mila.id)]
    of = cast.ana, mine.run_id, receipt.id, costs.CostKind.TIP, 300, costs.CostRule.PEOPLE
    costs.add_cost(session, *of, shares=chosen, revision=receipt.revision, now=NOW)
    session.add(ReceiptPayer(run_id=mine.run_id, receipt_id=receipt.id, user_id=cast.mila.id, amount=1))
    accounts.start_session(session, who.id, "Firefox", now=NOW)
    payouts.add_payout(session, who, "paypal", "bojan", now=NOW)
    listed(session, cast, who)
    session.flush()
    for column in columns_about_users():
        if column.table.name not in ("memberships", "household_members"):
            whose = column == cast.mila.id if column.name == "user_id" else true()
            session.execute(column.table.update().where(whose).values({column: who.id}))
    session.expire_all()


def naming(session: Session, who: UUID) -> set[str]:
    """The columns that name this account in some row."""
    return {
        str(column)
        for column in columns_about_users()
        if session.execute(select(func.count()).select_from(column.table).where(column == who)).scalar_one()
    }


def test_nothing_refers_to_the_merged_account_any_more(session: Session, cast: Cast) -> None:
    twin = other_bojan(session, cast)
    everywhere(session, cast, twin)
    assert naming(session, twin.id) == {str(column) for column in columns_about_users()}

    merge_bojans(session, cast, twin)

    assert naming(session, twin.id) == set()
    assert naming(session, cast.bojan.id) == {str(column) for column in columns_about_users()} - {
        "user_sessions.user_id",
        "stand_ins.user_id",
        "stand_ins.made_by",
        "password_resets.user_id",
        "password_resets.created_by",
        "runs.hand_over_to",
    }
    assert session.get(User, twin.id) is None


def test_memberships_are_carried_with_the_rights_of_either(session: Session, cast: Cast) -> None:
    twin = other_bojan(session, cast)
    own = groups.create_group(session, twin, "Family", "EUR", "UTC", now=NOW)
    session.flush()

    merge_bojans(session, cast, twin)

    query = select(Membership).where(Membership.user_id == cast.bojan.id)
    mine = {each.group_id: each for each in session.scalars(query)}
    assert mine[cast.group_id].is_admin
    assert mine[cast.group_id].joined_at == NOW - timedelta(days=9)
    assert mine[own.id].is_admin


def test_double_bids_goods_and_places_in_a_run_become_one(session: Session, cast: Cast) -> None:
    twin = other_bojan(session, cast)
    run_id = plan(session, cast)
    for who, packs in ((cast.bojan, 2), (twin, 3), (cast.mila, 1)):
        bids.place_bid(session, who, run_id, cast.rice, packs * PACK, now=NOW)
    runs.set_helper(session, cast.ana, run_id, twin.id, True, now=NOW)
    bids.set_ready(session, cast.bojan, run_id, True, now=NOW)
    session.flush()

    merge_bojans(session, cast, twin)

    bid = bid_of(session, run_id, cast.bojan, cast.rice)
    assert bid and (bid.quantity, raises_of(session, bid)) == (5 * PACK, [2 * PACK, 3 * PACK])
    place = session.scalars(
        select(Participant).where(Participant.run_id == run_id, Participant.user_id == cast.bojan.id)
    ).one()
    assert (place.helper_since, place.ready_at) == (NOW, None)


def test_nobody_is_asked_to_take_over_from_themselves(session: Session, cast: Cast) -> None:
    twin = other_bojan(session, cast)
    run = runs.start_run(session, cast.bojan, cast.group_id, cast.store_id, now=NOW)
    runs.set_helper(session, cast.bojan, run.id, twin.id, True, now=NOW)
    session.flush()
    leading.offer_lead(session, cast.bojan, run.id, twin.id, now=NOW)
    session.flush()

    merge_bojans(session, cast, twin)

    after = session.get_one(Run, run.id)
    place = session.scalars(select(Participant).where(Participant.run_id == run.id)).one()
    assert (after.leader_id, after.hand_over_to, place.helper_since) == (cast.bojan.id, None, None)


def test_an_edit_of_the_other_account_is_no_edit_by_the_leader(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.CONFIRMED)
    twin = other_bojan(session, cast)
    session.get_one(Run, run_id).leader_id = twin.id
    session.flush()
    seeing.edit_bid_of(session, twin, run_id, cast.bojan.id, cast.rice, PACK, now=NOW)
    session.flush()

    merge_bojans(session, cast, twin)

    bid = bid_of(session, run_id, cast.bojan, cast.rice)
    assert bid and (bid.edited_by, bid.edited_from) == (None, None)


def test_goods_given_out_to_both_accounts_add_up_and_so_do_the_sums(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)
    twin = other_bojan(session, cast)
    mila = session.scalars(
        select(Allocation).where(Allocation.run_id == run_id, Allocation.user_id == cast.mila.id)
    ).one()
    participant_of(session, session.get_one(Run, run_id), twin.id, now=NOW)
    mila.user_id = twin.id  # as if Mila's part had been the other account's
    bid = bid_of(session, run_id, cast.mila, cast.rice)
    assert bid
    bid.user_id = twin.id
    session.flush()
    total = pick_up(session, cast.ana, run_id).total

    merge_bojans(session, cast, twin)

    view = pick_up(session, cast.ana, run_id)
    assert sum(each.total for each in view.people.values()) == view.total == total
    assert {each.username for each in view.people.values()} == {"ana", "bojan"}


def test_no_admin_and_not_oneself_is_merged_away(session: Session, cast: Cast) -> None:
    """M4: no admin takes away their own account, or another admin's."""
    other = accounts.create_user(session, "Root", "root_2", "unusable", is_admin=True, now=NOW)
    session.flush()

    for duplicate, key in ((cast.ada.id, "merge_oneself"), (other.id, "merge_admin")):
        with pytest.raises(Conflict) as refusal:
            merge_users(session, cast.ada, duplicate, cast.bojan.id, now=NOW)
        seen = user_merge(session, cast.ada, duplicate, cast.bojan.id).refusal
        assert refusal.value.key == key == (seen and seen.key)
    merge_users(session, cast.ada, cast.bojan.id, other.id, now=NOW)


def test_both_accounts_are_seen_with_groups_and_runs_of_their_own(session: Session, cast: Cast) -> None:
    twin = other_bojan(session, cast)
    run_id = plan(session, cast)
    bids.place_bid(session, twin, run_id, cast.rice, PACK, now=NOW)
    session.flush()

    view = user_merge(session, cast.ada, twin.id, cast.eva.id)

    assert (view.duplicate.groups, view.duplicate.runs, view.kept.groups) == (1, 1, 1)
    assert view.moves == {"groups": 1, "runs": 1, "bids": 1, "notifications": 1}


def test_the_merged_account_no_longer_signs_in(session: Session, cast: Cast) -> None:
    twin = other_bojan(session, cast)
    token = accounts.start_session(session, twin.id, "Firefox", now=NOW)
    session.flush()

    merge_bojans(session, cast, twin)

    with pytest.raises(Exception, match="not_signed_in"):
        accounts.actor_for(session, token, now=NOW)
    with pytest.raises(NotFound):
        merge_bojans(session, cast, twin)


def test_what_the_leader_found_before_shopping_is_added_up(session: Session, cast: Cast) -> None:
    """Of two bids that become one, the leader changed one: what stood there before is both as they were."""
    run_id = plan(session, cast)
    twin = catalogue.add_product(session, cast.ana, "Basmati", "Daawat", "pack", 1000, now=NOW)
    session.flush()
    for product_id in (cast.rice, twin.id):
        bids.place_bid(session, cast.bojan, run_id, product_id, 3 * PACK, now=NOW)
    session.flush()
    kept, moved = (bid_of(session, run_id, cast.bojan, product_id) for product_id in (cast.rice, twin.id))
    assert kept and moved
    kept.wanted, kept.wanted_by, kept.wanted_from = 5 * PACK, cast.ana.id, 2 * PACK
    moved.wanted = 3 * PACK

    merging.merge_products(session, cast.ada, twin.id, cast.rice, now=LATER)
    session.flush()

    assert (kept.wanted_by, kept.wanted_from, kept.wanted) == (cast.ana.id, 5 * PACK, 8 * PACK)
