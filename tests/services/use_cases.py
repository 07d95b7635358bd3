"""Every use case that somebody acts in: how it is called rightly, by whom, and in which phases of a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from io import BytesIO
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import select

from bulq import passwords
from bulq.domain.actor import Actor
from bulq.domain.attachments import FileKind
from bulq.domain.catalogue import TagKind
from bulq.domain.payments import PaymentState
from bulq.domain.phases import BIDDING, OPEN, Phase
from bulq.domain.splitwise import Expense, Expenses
from bulq.domain.spoilage import Credit
from bulq.models import (
    Attachment,
    Group,
    Notification,
    OrdinaryPrice,
    Payment,
    PriceObservation,
    Product,
    Purchase,
    Receipt,
    Tag,
    User,
    UserSession,
)
from bulq.queries.attachments import OPEN_FOR as OPEN_FOR_FILES
from bulq.queries.item_shares import GIVEN_OUT
from bulq.services import (
    accounts,
    accounts_removal,
    adjusting,
    advances,
    aliases,
    attachments,
    bids,
    cases,
    catalogue,
    catalogue_import,
    catalogue_undo,
    closing,
    corrections,
    costs,
    curating,
    deleting,
    expenses,
    goodwill,
    group_import,
    groups,
    households,
    leading,
    leftovers,
    merging,
    merging_people,
    mistakes,
    new_products,
    notices,
    ordinary,
    password_resets,
    payments,
    payouts,
    phases,
    pickup,
    prices,
    products,
    receipts,
    reminders,
    runs,
    server_settings,
    settling,
    shopping,
    spoilage,
    stand_ins,
    stores,
    tags,
    users,
)
from bulq.sessions import token_hash
from tests import seeing
from tests.cast import LATER, NOW, PACK, Cast, World, item_of, leave_over, listed
from tests.knowing import proof

PASSWORD = "correct horse battery"
ANYTIME = tuple(Phase)
NEW = new_products.NewProduct("Lentils", "", "kg", 100, 249)


@dataclass
class Stage:
    """What a use case is called with; ids may be swapped for others."""

    session: Session
    cast: Cast
    phase: Phase
    ids: dict[str, UUID] = field(default_factory=dict)

    def __getattr__(self, name: str) -> UUID:
        return self.ids[name]


@dataclass(frozen=True)
class UseCase:
    """`who` may do it, `but_not` is in the group and may not; `ids` are those whose strangers are not found."""

    function: Callable[..., Any]
    who: str
    call: Callable[[Stage, Actor], Any]
    ids: tuple[str, ...] = ()
    phases: tuple[Phase, ...] = ANYTIME
    but_not: str | None = None
    before: Callable[[Stage], Any] | None = None
    # The actions it leaves in the record, with blanks between; whoever leaves none is in NOT_RECORDED, with why.
    records: str | None = None

    @property
    def name(self) -> str:
        return f"{self.function.__module__.rpartition('.')[2]}.{self.function.__name__}"

    @property
    def in_run(self) -> bool:
        return "run" in self.ids

    @property
    def in_group(self) -> bool:
        return self.in_run or "group" in self.ids


def stage(session: Session, world: World, phase: Phase) -> Stage:
    """The run of this phase, Bojan as the person acted upon, and rice as the goods."""
    cast, run_id = world.cast, world.runs[phase]
    ids = {
        "group": cast.group_id,
        "run": run_id,
        "product": cast.rice,
        "user": cast.bojan.id,
        "payer": cast.bojan.id,
        "store": cast.store_id,
        "account": cast.mila.id,  # of anybody on this server, as its admins know them
        "any_group": cast.group_id,
    }
    if phase in (Phase.SHOPPING, Phase.ADJUSTING, Phase.DISTRIBUTING, Phase.COMPLETED):
        ids["item"] = item_of(session, run_id, cast.rice)
    else:
        ids["item"] = item_of(session, world.evas_runs[Phase.SHOPPING], cast.rice)
    purchase = session.scalars(select(Purchase.id).where(Purchase.run_id == run_id)).first()
    ids["purchase"] = purchase or ids["item"]
    ids |= {"receipt": ids["item"], "cost": ids["item"]}  # until there are some
    return Stage(session, cast, phase, ids)


def _proof(at: Stage, who: Actor) -> str:
    return proof(at.session, who.id, PASSWORD)


def _bid_of_ana(at: Stage) -> None:
    """A bid of the leader, which leaves planning as it is; other phases have one already."""
    if at.phase in BIDDING:
        bids.place_bid(at.session, at.cast.ana, at.run, at.cast.rice, 5 * PACK, now=NOW)
        at.session.flush()


def _lentils(at: Stage) -> None:
    at.ids["lentils"] = catalogue.add_product(at.session, at.cast.ana, "Lentils", "", "kg", 100, now=NOW).id


def _bojan_helps(at: Stage) -> None:
    if at.phase in OPEN:
        runs.set_helper(at.session, at.cast.ana, at.run, at.cast.bojan.id, True, now=NOW)
        at.session.flush()


def _bojan_is_asked(at: Stage) -> None:
    _bojan_helps(at)
    if at.phase in OPEN:
        leading.offer_lead(at.session, at.cast.ana, at.run, at.cast.bojan.id, now=NOW)
        at.session.flush()


def _of_the_group(at: Stage) -> catalogue_import.Order:
    return catalogue_import.Order(store_id=at.store, group_id=at.group)


def _bojan_imports(at: Stage) -> None:
    order = _of_the_group(at)
    at.ids["import_id"] = catalogue_import.begin_import(at.session, at.cast.bojan, order, name="list.csv", now=NOW)[0]


def _bojan_has_imported(at: Stage) -> None:
    at.ids["import_id"] = listed(at.session, at.cast, at.cast.bojan).id


def _read_by(at: Stage, who: Actor) -> tuple[catalogue_import.Walk, list[Any], Any]:
    """A list of Bojan's as it is looked through, with what its rows do."""
    scope = catalogue_import.scope_of(at.session, at.cast.bojan, _of_the_group(at))
    walk = catalogue_import.Walk(BytesIO(b"Article;Unit;Price\nLentils;kg;2,49\n"), scope, who, NOW)
    (entries,) = walk.batches()
    meant, there = walk.known(at.session, entries)
    return walk, walk.look_at(meant, there), there


def _bought(at: Stage) -> None:
    _bojan_helps(at)
    if at.phase is Phase.SHOPPING:
        at.ids["purchase"] = seeing.buy(at.session, at.cast.ana, at.run, at.item, 10 * PACK, 7990, now=NOW).id
        at.session.flush()


def _tomatoes_in_cases(at: Stage) -> None:
    """In cases of 2 kg, of which Bojan's bid fills 1.5."""
    prices.see_price(at.session, at.cast.ana, at.cast.tomatoes, at.store, 300, "EUR", per=2000, pack=2000, now=NOW)
    at.ids["packed"] = at.cast.tomatoes


def _sums_match(at: Stage) -> None:
    if at.phase is Phase.ADJUSTING:
        seeing.adjust_bid(at.session, at.cast.ana, at.run, at.cast.rice, 2 * PACK, now=NOW)
        at.session.flush()


def _a_pack_left_over(at: Stage) -> None:
    """A pack of rice of which nobody takes anything."""
    if at.phase in (Phase.DISTRIBUTING, Phase.COMPLETED):
        leave_over(at.session, at.run, at.item, at.cast.bojan.id, PACK)


def _a_receipt(at: Stage) -> None:
    """A receipt of Ana's: the one there is, or one with nothing on it."""
    _bojan_helps(at)
    found = at.session.scalars(select(Receipt).where(Receipt.run_id == at.run)).first()
    if found is None and at.phase is Phase.SHOPPING:
        found = receipts.add_receipt(at.session, at.cast.ana, at.run, [receipts.Payer(at.cast.ana.id)], now=NOW)
    at.ids["receipt"] = found.id if found else at.item


def _a_receipt_of_costs(at: Stage) -> None:
    """A receipt of Ana's with a total of 10.00 and a fee of 2.50 on it, and a purchase on another one."""
    _bought(at)
    if at.phase not in receipts.OPEN_FOR:
        return
    payers = [receipts.Payer(at.cast.ana.id)]
    made = receipts.add_receipt(at.session, at.cast.ana, at.run, payers, total=1000, now=NOW)
    by = costs.CostRule.VALUE
    fee = costs.add_cost(at.session, at.cast.ana, at.run, made.id, costs.CostKind.FEE, 250, by, revision=1, now=NOW)
    at.session.flush()
    at.ids |= {"receipt": made.id, "cost": fee.id}


def _a_file_waits(at: Stage) -> None:
    """A photo that Ana sent, and a receipt it may be attached to."""
    _a_receipt(at)
    waits: dict[str, Any] = {"added_by": at.cast.ana.id, "added_at": NOW}
    row = Attachment(run_id=at.run, kind=FileKind.JPEG, size=1000, width=40, height=30, **waits)
    at.session.add(row)
    at.session.flush()
    at.ids["attachment"] = row.id


def _a_photo(at: Stage) -> None:
    """On a receipt already, if there is one."""
    _a_file_waits(at)
    row = at.session.get_one(Attachment, at.attachment)
    if at.session.get(Receipt, at.receipt):
        row.receipt_id, row.attached_at = at.receipt, NOW
        at.session.flush()


def _bojan_reported(at: Stage) -> None:
    """Bojan says that a pack of his rice is spoiled, where it was given out."""
    at.ids["spoilage"] = at.item
    if at.phase in GIVEN_OUT:
        of = at.cast.bojan, at.run, at.item, PACK
        at.ids["spoilage"] = spoilage.report_spoiled(at.session, *of, note="Mouldy", now=NOW).id
        at.session.flush()


def _revision(at: Stage) -> int:
    found = at.session.get(Receipt, at.receipt)
    return found.revision if found else 1


def _bojan_is_admin(at: Stage) -> None:
    groups.promote(at.session, at.cast.ana, at.cast.group_id, at.cast.bojan.id, now=NOW)
    at.session.flush()


def _invited(at: Stage) -> None:
    at.ids["token"] = at.session.get_one(Group, at.cast.group_id).invite_token  # type: ignore[assignment]


def _signed_in(at: Stage) -> None:
    token = accounts.start_session(at.session, at.cast.bojan.id, "Firefox", now=NOW)
    at.session.flush()
    at.ids["session_id"] = at.session.scalars(
        select(UserSession.id).where(UserSession.token_hash == token_hash(token))
    ).one()


def _bojan_saw_a_price(at: Stage) -> None:
    prices.see_price(at.session, at.cast.bojan, at.product, at.store, 31_337, "EUR", now=NOW)
    query = select(PriceObservation.id).where(PriceObservation.price == 31_337)
    at.ids["sighting"] = at.session.scalars(query).one()


def _bojan_noted_an_ordinary_price(at: Stage) -> None:
    ordinary.note_ordinary_price(at.session, at.cast.bojan, at.product, 31_338, "EUR", now=NOW)
    query = select(OrdinaryPrice.id).where(OrdinaryPrice.price == 31_338)
    at.ids["ordinary"] = at.session.scalars(query).one()


def _tagged(at: Stage) -> None:
    at.ids["tag"] = tags.add_tag(at.session, at.cast.bojan, at.product, "diet", "Vegan", now=NOW).id


def _named(at: Stage) -> None:
    at.ids["alias"] = aliases.add_alias(at.session, at.cast.bojan, at.product, "Riža", "sr", now=NOW).id


def _bojan_is_paid(at: Stage) -> None:
    payouts.add_payout(at.session, at.cast.bojan, "paypal", "bojan", now=NOW)
    at.ids["payout"] = payouts.add_payout(at.session, at.cast.bojan, "serbian", "165-55-74", name="Bojan", now=NOW).id


EMPTY_GROUP = b"""{"format": "bulq.group/1", "group": {"name": "Telep", "currency": "RSD", "time_zone": "UTC",
    "fair_rule": "proportional", "goodwill_bound": "off"},
    "people": [{"id": 1, "name": "Pero", "username": "pero",
    "is_member": true, "is_admin": false, "is_gone": false}]}"""


DINNER = Expenses(("Ana", "Pero"), (Expense(3, NOW.date(), "Dinner", {0: 500, 1: -500}, 0),), ())


def _somebody_is_awaited(at: Stage) -> None:
    """A place of the group that is kept for Pero, and a link to it."""
    group = at.session.get(Group, at.group)
    assert group is not None
    place = stand_ins.add_stand_in(at.session, group, "Pero", "pero", at.cast.ana.id, now=NOW)
    link = stand_ins.make_claim_link(at.session, at.cast.ana, at.group, place, now=NOW)
    at.session.flush()
    at.ids |= {"place": place, "link": link["token"]}  # type: ignore[dict-item]


def _locked(at: Stage) -> None:
    users.lock_users(at.session, at.cast.ada, [at.account], now=NOW)
    at.session.flush()


def _made_admin(at: Stage) -> None:
    users.make_admins(at.session, at.cast.ada, [at.account], now=NOW)
    at.session.flush()


@cache
def hashed() -> str:
    return passwords.hash_password(PASSWORD)


def _with_password(at: Stage) -> None:
    at.session.get_one(User, at.cast.mila.id).password_hash = hashed()


def _told(at: Stage) -> None:
    query = select(Notification.id).where(Notification.user_id == at.cast.bojan.id)
    at.ids["notification"] = at.session.scalars(query).all()[0]


def _twins(at: Stage) -> None:
    """Of rice, the store and Bojan there are two; and of a tag that nothing has."""
    cast = at.cast
    rice = catalogue.add_product(at.session, cast.ana, "Rice, basmati 5 kg", "Daawat", "pack", 1000, now=NOW)
    store = catalogue.add_store(at.session, cast.ana, "Metro Cash & Carry", now=NOW)
    bojan = accounts.create_user(at.session, "Bojan B.", "bojan_b", "unusable", now=NOW)
    tag = Tag(kind=TagKind.DIET, name="Vegan", name_key="vegan", created_by=cast.ana.id, created_at=NOW)
    twin_tag = Tag(kind=TagKind.OTHER, name="Vegan", name_key="vegan", created_by=cast.ana.id, created_at=NOW)
    at.session.add_all([tag, twin_tag])
    at.session.flush()
    at.ids |= {"twin": rice.id, "twin_store": store.id, "twin_user": bojan.id, "kept_user": cast.bojan.id}
    at.ids |= {"tag": tag.id, "twin_tag": twin_tag.id}


def _edit_product(at: Stage, who: Actor) -> None:
    product = at.session.get(Product, at.product)
    curating.edit_product(
        at.session,
        who,
        at.product,
        name="Basmati rice",
        brand="Daawat",
        unit=product.unit if product else "pack",
        step=1000,
        barcode="8901537000018",
        content=5000,
        content_unit="kg",
        now=NOW,
    )


def _verified(at: Stage) -> None:
    _twins(at)
    curating.verify(at.session, at.cast.ada, "store", [at.store], now=NOW)
    at.session.flush()


def _planned(at: Stage) -> None:
    """Ana paid for everybody in the run that is done: Bojan and Mila are to pay her."""
    seeing.save_plan(at.session, at.cast.ana, at.cast.group_id, now=NOW)
    lines = select(Payment.id).where(Payment.sender_id == at.cast.bojan.id, Payment.group_id == at.cast.group_id)
    at.ids["payment"] = at.session.scalars(lines).one()


def _household_proposed(at: Stage) -> None:
    """Ana would settle for Bojan."""
    about = {"user_id": at.cast.bojan.id, "payer_id": at.cast.ana.id}
    at.ids["household"] = households.propose_household(at.session, at.cast.ana, at.group, **about, now=NOW).id


def _said_paid(at: Stage) -> None:
    _planned(at)
    payments.say_paid(at.session, at.cast.bojan, at.cast.group_id, at.payment, 500, now=NOW)
    query = select(Payment.id).where(Payment.state == PaymentState.PAID, Payment.group_id == at.cast.group_id)
    at.ids["payment"] = at.session.scalars(query).one()


def _by_ada(
    call: Callable[..., Any],
    at: Callable[[Stage, Actor], Any],
    *ids: str,
    records: str,
    before: Callable[[Stage], Any] = _twins,
) -> UseCase:
    """What only those who look after the server do: for a member of a group there is no such thing."""
    return UseCase(call, "ada", at, ids, but_not="ana", before=before, records=records)


USE_CASES = [
    UseCase(
        runs.start_run,
        "bojan",
        lambda at, who: runs.start_run(at.session, who, at.group, at.store, now=NOW),
        ("group",),
        records="phase_planning",
    ),
    UseCase(
        runs.edit_run,
        "ana",
        lambda at, who: runs.edit_run(
            at.session,
            who,
            at.run,
            shopping_day=None,
            bids_close_at=NOW + timedelta(days=1),
            note="Bring bags",
            now=NOW,
        ),
        ("run",),
        OPEN,
        "bojan",
        _bojan_helps,
    ),
    UseCase(
        runs.set_helper,
        "ana",
        lambda at, who: runs.set_helper(at.session, who, at.run, at.user, False, now=NOW),
        ("run", "user"),
        OPEN,
        "bojan",
        _bojan_helps,
        records="helper_removed",
    ),
    UseCase(
        bids.place_bid,
        "mila",
        lambda at, who: bids.place_bid(at.session, who, at.run, at.product, 4 * PACK, now=NOW),
        ("run", "product"),
        BIDDING,
        records="phase_active",
    ),
    UseCase(
        bids.mark_interested,
        "mila",
        lambda at, who: bids.mark_interested(at.session, who, at.run, at.product, now=NOW),
        ("run", "product"),
        BIDDING,
        records="phase_active",
    ),
    UseCase(
        bids.place_first_bid,
        "mila",
        lambda at, who: bids.place_first_bid(at.session, who, at.run, at.lentils, 500, note="Red ones", now=NOW),
        ("run", "lentils"),
        BIDDING,
        before=_lentils,
        records="phase_active",
    ),
    UseCase(
        new_products.bid_on_new_product,
        "bojan",
        lambda at, who: new_products.bid_on_new_product(at.session, who, at.run, NEW, 500, now=NOW),
        ("run",),
        BIDDING,
        records="phase_active",
    ),
    UseCase(
        new_products.list_new_product,
        "bojan",
        lambda at, who: new_products.list_new_product(at.session, who, at.run, NEW, at.user, 500, now=NOW),
        ("run", "user"),
        (Phase.SHOPPING,),
        "mila",
        _bojan_helps,
    ),
    UseCase(
        mistakes.back_to_shopping,
        "ana",
        lambda at, who: mistakes.back_to_shopping(at.session, who, at.run, "Wrong receipt", now=NOW),
        ("run",),
        (Phase.ADJUSTING, Phase.DISTRIBUTING),
        "bojan",
        _bojan_helps,
        records="phase_shopping_again_because",
    ),
    UseCase(
        mistakes.correct_purchase,
        "ana",
        lambda at, who: seeing.correct_purchase(
            at.session, who, at.run, at.purchase, 7 * PACK, 5595, payer_id=at.payer, now=NOW
        ),
        ("run", "purchase", "payer"),
        (Phase.ADJUSTING, Phase.DISTRIBUTING),
        "bojan",
        _bojan_helps,
        records="purchase_corrected",
    ),
    UseCase(
        receipts.add_receipt,
        "ana",
        lambda at, who: receipts.add_receipt(at.session, who, at.run, [receipts.Payer(at.payer)], now=NOW),
        ("run", "payer"),
        receipts.OPEN_FOR,
        "mila",
        records="receipt_added",
    ),
    UseCase(
        receipts.edit_receipt,
        "ana",
        lambda at, who: receipts.edit_receipt(
            *(at.session, who, at.run, at.receipt, [receipts.Payer(at.payer)]),
            day=NOW.date(),
            total=5593,
            revision=_revision(at),
            now=NOW,
        ),
        ("run", "receipt", "payer"),
        receipts.OPEN_FOR,
        "mila",
        _a_receipt,
        records="receipt_changed",
    ),
    UseCase(
        receipts.remove_receipt,
        "ana",
        lambda at, who: receipts.remove_receipt(at.session, who, at.run, at.receipt, revision=_revision(at), now=NOW),
        ("run", "receipt"),
        receipts.OPEN_FOR,
        "mila",
        _a_receipt_of_costs,
        records="receipt_removed",
    ),
    UseCase(
        receipts.move_purchase,
        "ana",
        lambda at, who: receipts.move_purchase(
            at.session, who, at.run, at.purchase, at.receipt, revision=_revision(at), now=NOW
        ),
        ("run", "purchase", "receipt"),
        receipts.OPEN_FOR,
        "mila",
        _a_receipt_of_costs,
        records="receipt_changed",
    ),
    UseCase(
        costs.add_cost,
        "ana",
        lambda at, who: costs.add_cost(
            *(at.session, who, at.run, at.receipt, costs.CostKind.TIP, 300, costs.CostRule.PEOPLE),
            shares=[costs.Share(at.user)],
            item_id=at.item,
            revision=_revision(at),
            now=NOW,
        ),
        ("run", "receipt", "user", "item"),
        receipts.OPEN_FOR,
        "mila",
        _a_receipt,
        records="cost_added",
    ),
    UseCase(
        costs.remove_cost,
        "ana",
        lambda at, who: costs.remove_cost(
            at.session, who, at.run, at.receipt, at.cost, revision=_revision(at), now=NOW
        ),
        ("run", "receipt", "cost"),
        receipts.OPEN_FOR,
        "mila",
        _a_receipt_of_costs,
        records="cost_removed",
    ),
    UseCase(
        costs.spread_difference,
        "ana",
        lambda at, who: costs.spread_difference(
            at.session, who, at.run, at.receipt, difference=750, revision=_revision(at), now=NOW
        ),
        ("run", "receipt"),
        receipts.OPEN_FOR,
        "mila",
        _a_receipt_of_costs,
        records="difference_spread",
    ),
    UseCase(
        corrections.correct_run,
        "ana",
        lambda at, who: corrections.correct_run(
            *(at.session, who, at.run),
            [corrections.Change(-500, costs.CostRule.PEOPLE, [costs.Share(at.user)], at.item)],
            payer_id=at.payer,
            reason="Half of it was mouldy",
            now=LATER,
        ),
        ("run", "user", "item", "payer"),
        (Phase.COMPLETED,),
        "mila",
        records="run_corrected",
    ),
    UseCase(
        spoilage.report_spoiled,
        "bojan",
        lambda at, who: spoilage.report_spoiled(at.session, who, at.run, at.item, PACK, note="Mouldy", now=LATER),
        ("run", "item"),
        GIVEN_OUT,
        records="spoiled_reported",
    ),
    UseCase(
        spoilage.say_fine,
        "mila",
        lambda at, who: spoilage.say_fine(at.session, who, at.run, at.item, now=LATER),
        ("run", "item"),
        GIVEN_OUT,
        before=_bojan_reported,
    ),
    UseCase(
        spoilage.credit_spoiled,
        "ana",
        lambda at, who: spoilage.credit_spoiled(
            at.session, who, at.run, at.spoilage, Credit.REFUND, seen=PACK, now=LATER
        ),
        ("run", "spoilage"),
        (Phase.COMPLETED,),
        "bojan",
        _bojan_reported,
        records="run_corrected spoiled_decided",
    ),
    UseCase(
        attachments.keep_attachment,
        "ana",
        lambda at, who: attachments.keep_attachment(at.session, who, at.run, FileKind.PDF, 1000, now=NOW),
        ("run",),
        OPEN_FOR_FILES,
    ),
    UseCase(
        attachments.attach_to_receipt,
        "ana",
        lambda at, who: attachments.attach_to_receipt(at.session, who, at.run, at.receipt, at.attachment, now=NOW),
        ("run", "receipt", "attachment"),
        OPEN_FOR_FILES,
        "mila",
        _a_file_waits,
        records="receipt_photo_added",
    ),
    UseCase(
        attachments.remove_attachment,
        "ana",
        lambda at, who: attachments.remove_attachment(at.session, who, at.run, at.attachment, now=NOW),
        ("run", "attachment"),
        OPEN_FOR_FILES,
        "mila",
        _a_photo,
        records="receipt_photo_removed",
    ),
    UseCase(
        groups.set_price_per_km,
        "ana",
        lambda at, who: groups.set_price_per_km(at.session, who, at.group, 25, now=NOW),
        ("group",),
        but_not="bojan",
        records="group_price_per_km_changed",
    ),
    UseCase(
        groups.set_debt_limit,
        "ana",
        lambda at, who: groups.set_debt_limit(at.session, who, at.group, 5000, now=NOW),
        ("group",),
        but_not="bojan",
        records="group_debt_limit_set",
    ),
    UseCase(
        bids.write_note,
        "ana",
        lambda at, who: bids.write_note(at.session, who, at.run, at.product, "Ripe ones", now=NOW),
        ("run", "product"),
        BIDDING,
        before=_bid_of_ana,
    ),
    UseCase(
        bids.retract_bid,
        "ana",
        lambda at, who: bids.retract_bid(at.session, who, at.run, at.product, now=NOW),
        ("run", "product"),
        BIDDING,
        before=_bid_of_ana,
    ),
    UseCase(
        bids.set_ready,
        "bojan",
        lambda at, who: bids.set_ready(at.session, who, at.run, True, now=NOW),
        ("run",),
        (Phase.ACTIVE,),
    ),
    UseCase(catalogue.add_store, "bojan", lambda at, who: catalogue.add_store(at.session, who, "Idea", now=NOW)),
    UseCase(
        catalogue.add_product,
        "bojan",
        lambda at, who: catalogue.add_product(at.session, who, "Lentils", "", "kg", 100, now=NOW),
    ),
    UseCase(
        catalogue.add_product_to_run,
        "bojan",
        lambda at, who: catalogue.add_product_to_run(at.session, who, at.run, "Lentils", "", "kg", 100, 249, now=NOW),
        ("run",),
        (Phase.PLANNING, Phase.ACTIVE, Phase.SHOPPING),
    ),
    UseCase(
        catalogue.note_price,
        "bojan",
        lambda at, who: catalogue.note_price(at.session, who, at.run, at.product, 849, now=NOW),
        ("run", "product"),
        (Phase.SHOPPING,),
        "mila",
        _bojan_helps,
    ),
    UseCase(
        tags.add_tag,
        "bojan",
        lambda at, who: tags.add_tag(at.session, who, at.product, "diet", "Vegan", now=NOW),
        ("product",),
    ),
    UseCase(
        tags.remove_tag,
        "bojan",
        lambda at, who: tags.remove_tag(at.session, who, at.product, at.tag, now=NOW),
        ("product", "tag"),
        before=_tagged,
    ),
    UseCase(
        aliases.add_alias,
        "bojan",
        lambda at, who: aliases.add_alias(at.session, who, at.product, "Riža", "sr", now=NOW),
        ("product",),
    ),
    UseCase(
        aliases.remove_alias,
        "bojan",
        lambda at, who: aliases.remove_alias(at.session, who, at.alias, now=NOW),
        ("alias",),
        before=_named,
    ),
    UseCase(
        phases.confirm_run,
        "ana",
        lambda at, who: seeing.confirm_run(at.session, who, at.run, now=NOW),
        ("run",),
        BIDDING,
        "mila",
        _bid_of_ana,
        records="phase_confirmed",
    ),
    UseCase(
        phases.reopen_bidding,
        "ana",
        lambda at, who: phases.reopen_bidding(at.session, who, at.run, now=NOW),
        ("run",),
        (Phase.CONFIRMED,),
        "bojan",
        _bojan_helps,
        records="phase_active",
    ),
    UseCase(
        phases.start_shopping,
        "ana",
        lambda at, who: phases.start_shopping(at.session, who, at.run, now=NOW),
        ("run",),
        (Phase.CONFIRMED,),
        "bojan",
        _bojan_helps,
        records="phase_shopping",
    ),
    UseCase(
        phases.stop_shopping,
        "ana",
        lambda at, who: phases.stop_shopping(at.session, who, at.run, now=NOW),
        ("run",),
        (Phase.SHOPPING,),
        "bojan",
        _bojan_helps,
        records="phase_confirmed",
    ),
    UseCase(
        phases.finish_shopping,
        "ana",
        lambda at, who: seeing.finish_shopping(at.session, who, at.run, now=NOW),
        ("run",),
        (Phase.SHOPPING,),
        "bojan",
        _bought,
        records="phase_distributing",
    ),
    UseCase(
        phases.complete_run,
        "ana",
        lambda at, who: seeing.complete_run(at.session, who, at.run, now=NOW),
        ("run",),
        (Phase.DISTRIBUTING,),
        "bojan",
        _bojan_helps,
        records="phase_completed",
    ),
    UseCase(
        phases.cancel_run,
        "ana",
        lambda at, who: phases.cancel_run(at.session, who, at.run, "Rain", now=NOW),
        ("run",),
        OPEN,
        "bojan",
        _bojan_helps,
        records="phase_cancelled",
    ),
    UseCase(
        shopping.buy,
        "bojan",
        lambda at, who: seeing.buy(at.session, who, at.run, at.item, 2 * PACK, 1598, payer_id=at.payer, now=NOW),
        ("run", "item", "payer"),
        (Phase.SHOPPING,),
        "mila",
        _bojan_helps,
    ),
    UseCase(
        shopping.edit_purchase,
        "bojan",
        lambda at, who: seeing.edit_purchase(
            at.session, who, at.run, at.purchase, 2 * PACK, 1598, payer_id=at.payer, now=NOW
        ),
        ("run", "purchase", "payer"),
        (Phase.SHOPPING,),
        "mila",
        _bought,
    ),
    UseCase(
        shopping.undo_purchase,
        "bojan",
        lambda at, who: seeing.undo_purchase(at.session, who, at.run, at.purchase, now=NOW),
        ("run", "purchase"),
        (Phase.SHOPPING,),
        "mila",
        _bought,
    ),
    UseCase(
        shopping.set_missing,
        "bojan",
        lambda at, who: shopping.set_missing(at.session, who, at.run, at.item, True, now=NOW),
        ("run", "item"),
        (Phase.SHOPPING,),
        "mila",
        _bojan_helps,
    ),
    UseCase(
        shopping.add_to_list,
        "bojan",
        lambda at, who: shopping.add_to_list(at.session, who, at.run, at.product, at.user, PACK, now=NOW),
        ("run", "product", "user"),
        (Phase.SHOPPING,),
        "mila",
        _bojan_helps,
    ),
    UseCase(
        adjusting.adjust_bid,
        "bojan",
        lambda at, who: seeing.adjust_bid(at.session, who, at.run, at.product, PACK, now=NOW),
        ("run", "product"),
        (Phase.ADJUSTING,),
    ),
    UseCase(
        adjusting.edit_bid_of,
        "ana",
        lambda at, who: seeing.edit_bid_of(at.session, who, at.run, at.user, at.product, PACK, now=NOW),
        ("run", "user", "product"),
        (Phase.CONFIRMED, Phase.ADJUSTING),
        "bojan",
        _bojan_helps,
        records="bid_edited",
    ),
    UseCase(
        cases.settle_case,
        "ana",
        lambda at, who: seeing.settle_case(at.session, who, at.run, at.packed, False, now=NOW),
        ("run", "packed"),
        (Phase.CONFIRMED,),
        "bojan",
        _tomatoes_in_cases,
        records="case_left",
    ),
    UseCase(
        adjusting.finish_adjusting,
        "ana",
        lambda at, who: adjusting.finish_adjusting(at.session, who, at.run, now=NOW),
        ("run",),
        (Phase.ADJUSTING,),
        "mila",
        _sums_match,
        records="phase_distributing",
    ),
    UseCase(
        adjusting.share_fairly,
        "ana",
        lambda at, who: seeing.share_fairly(at.session, who, at.run, now=NOW),
        ("run",),
        (Phase.ADJUSTING,),
        "bojan",
        _bojan_helps,
        records="phase_distributing",
    ),
    UseCase(
        pickup.set_picked_up,
        "bojan",
        lambda at, who: pickup.set_picked_up(at.session, who, at.run, at.item, at.user, True, now=NOW),
        ("run", "item", "user"),
        (Phase.DISTRIBUTING,),
        "mila",
        _bojan_helps,
    ),
    UseCase(
        pickup.pick_up_all,
        "bojan",
        lambda at, who: pickup.pick_up_all(at.session, who, at.run, at.user, now=NOW),
        ("run",),
        (Phase.DISTRIBUTING,),
        "mila",
    ),
    UseCase(
        leftovers.take_leftovers,
        "mila",
        lambda at, who: seeing.take_leftovers(at.session, who, at.run, at.item, PACK, now=LATER),
        ("run", "item"),
        (Phase.DISTRIBUTING, Phase.COMPLETED),
        before=_a_pack_left_over,
        records="leftovers_taken",
    ),
    UseCase(
        leading.offer_lead,
        "ana",
        lambda at, who: leading.offer_lead(at.session, who, at.run, at.user, now=NOW),
        ("run", "user"),
        OPEN,
        "bojan",
        _bojan_helps,
        records="lead_offered",
    ),
    UseCase(
        leading.withdraw_lead,
        "ana",
        lambda at, who: leading.withdraw_lead(at.session, who, at.run, now=NOW),
        ("run",),
        OPEN,
        "bojan",
        _bojan_is_asked,
        records="lead_withdrawn",
    ),
    UseCase(
        leading.accept_lead,
        "bojan",
        lambda at, who: leading.accept_lead(at.session, who, at.run, now=NOW),
        ("run",),
        OPEN,
        "mila",
        _bojan_is_asked,
        records="lead_accepted",
    ),
    UseCase(
        leading.decline_lead,
        "bojan",
        lambda at, who: leading.decline_lead(at.session, who, at.run, now=NOW),
        ("run",),
        OPEN,
        "mila",
        _bojan_is_asked,
        records="lead_declined",
    ),
    UseCase(
        groups.create_group,
        "eva",
        lambda at, who: groups.create_group(at.session, who, "Detelinara", "RSD", "Europe/Belgrade", now=NOW),
        records="group_created",
    ),
    UseCase(
        group_import.import_group,
        "eva",
        lambda at, who: group_import.import_group(at.session, who, group_import.read_group(EMPTY_GROUP), None, now=NOW),
        records="group_created group_imported",
    ),
    UseCase(
        expenses.import_expenses,
        "ana",
        lambda at, who: expenses.import_expenses(at.session, who, at.group, DINNER, [at.cast.ana.id, None], now=NOW),
        ("group",),
        but_not="bojan",
        records="group_expenses_imported",
    ),
    UseCase(
        stand_ins.make_claim_link,
        "ana",
        lambda at, who: stand_ins.make_claim_link(at.session, who, at.group, at.place, now=NOW),
        ("group", "place"),
        but_not="bojan",
        before=_somebody_is_awaited,
        records="member_link_made",
    ),
    UseCase(
        stand_ins.claim_place,
        "eva",
        lambda at, who: stand_ins.claim_place(at.session, who, str(at.link), now=NOW),
        before=_somebody_is_awaited,
        records="member_joined member_place_claimed",
    ),
    UseCase(
        groups.join_group,
        "eva",
        lambda at, who: groups.join_group(at.session, who, str(at.token), now=NOW),
        before=_invited,
        records="member_joined",
    ),
    UseCase(
        groups.edit_group,
        "ana",
        lambda at, who: groups.edit_group(
            at.session,
            who,
            at.group,
            name="Liman 3",
            currency="EUR",
            time_zone="Europe/Paris",
            fair_rule="first_come",
            now=NOW,
        ),
        ("group",),
        but_not="bojan",
        records="group_renamed group_time_zone_changed group_rule_changed",
    ),
    UseCase(
        groups.set_joining,
        "ana",
        lambda at, who: groups.set_joining(at.session, who, at.group, False, now=NOW),
        ("group",),
        but_not="bojan",
        records="joining_closed",
    ),
    UseCase(
        groups.renew_invite,
        "ana",
        lambda at, who: groups.renew_invite(at.session, who, at.group, now=NOW),
        ("group",),
        but_not="bojan",
        records="invite_renewed",
    ),
    UseCase(
        groups.promote,
        "ana",
        lambda at, who: groups.promote(at.session, who, at.group, at.user, now=NOW),
        ("group", "user"),
        but_not="bojan",
        records="member_promoted",
    ),
    UseCase(
        groups.demote,
        "ana",
        lambda at, who: groups.demote(at.session, who, at.group, at.user, now=NOW),
        ("group", "user"),
        but_not="mila",
        before=_bojan_is_admin,
        records="member_demoted",
    ),
    UseCase(
        groups.remove_member,
        "ana",
        lambda at, who: groups.remove_member(at.session, who, at.group, at.user, now=NOW),
        ("group", "user"),
        but_not="mila",
        records="member_removed",
    ),
    UseCase(
        groups.leave_group,
        "bojan",
        lambda at, who: groups.leave_group(at.session, who, at.group, now=NOW),
        ("group",),
        records="member_left",
    ),
    UseCase(
        advances.ask_advances,
        "ana",
        lambda at, who: advances.ask_advances(at.session, who, at.run, "half", now=NOW),
        ("run",),
        (Phase.CONFIRMED, Phase.SHOPPING),
        "bojan",
        _bojan_helps,
    ),
    UseCase(
        households.propose_household,
        "ana",
        lambda at, who: households.propose_household(at.session, who, at.group, at.user, at.cast.ana.id, now=NOW),
        ("group", "user"),
        but_not="mila",
    ),
    UseCase(
        households.agree_household,
        "bojan",
        lambda at, who: households.agree_household(at.session, who, at.group, at.household, now=NOW),
        ("group", "household"),
        but_not="ana",
        before=_household_proposed,
    ),
    UseCase(
        households.end_household,
        "ana",
        lambda at, who: households.end_household(at.session, who, at.group, at.household, now=NOW),
        ("group", "household"),
        but_not="mila",
        before=_household_proposed,
    ),
    UseCase(
        settling.save_plan,
        "bojan",
        lambda at, who: seeing.save_plan(at.session, who, at.group, now=NOW),
        ("group",),
    ),
    UseCase(
        goodwill.set_goodwill,
        "ana",
        lambda at, who: goodwill.set_goodwill(at.session, who, at.group, "step", now=NOW),
        ("group",),
        but_not="bojan",
        records="group_goodwill_changed",
    ),
    UseCase(
        settling.set_confirm_after,
        "ana",
        lambda at, who: settling.set_confirm_after(at.session, who, at.group, 14, now=NOW),
        ("group",),
        but_not="bojan",
        records="group_confirms_by_itself",
    ),
    UseCase(
        payments.say_paid,
        "bojan",
        lambda at, who: payments.say_paid(at.session, who, at.group, at.payment, 500, now=NOW),
        ("group", "payment"),
        but_not="mila",
        before=_planned,
    ),
    UseCase(
        payments.confirm_payment,
        "ana",
        lambda at, who: payments.confirm_payment(at.session, who, at.group, at.payment, now=NOW),
        ("group", "payment"),
        but_not="bojan",
        before=_said_paid,
    ),
    UseCase(
        payments.dispute_payment,
        "ana",
        lambda at, who: payments.dispute_payment(at.session, who, at.group, at.payment, "Not here", now=NOW),
        ("group", "payment"),
        but_not="bojan",
        before=_said_paid,
    ),
    UseCase(
        payments.withdraw_payment,
        "bojan",
        lambda at, who: payments.withdraw_payment(at.session, who, at.group, at.payment, now=NOW),
        ("group", "payment"),
        but_not="ana",
        before=_said_paid,
    ),
    UseCase(
        payments.record_payment,
        "bojan",
        lambda at, who: payments.record_payment(
            at.session, who, at.group, at.cast.bojan.id, at.cast.ana.id, 100, "EUR", "Cash", now=NOW
        ),
        ("group",),
        but_not="mila",
    ),
    UseCase(
        reminders.remind_debtor,
        "ana",
        lambda at, who: reminders.remind_debtor(at.session, who, at.group, at.payment, 7, now=NOW),
        ("group", "payment"),
        but_not="bojan",
        before=_planned,
    ),
    UseCase(
        accounts.end_session,
        "bojan",
        lambda at, who: accounts.end_session(at.session, who, at.session_id, now=NOW),
        ("session_id",),
        but_not="eva",
        before=_signed_in,
        records="session_ended",
    ),
    UseCase(
        accounts.end_other_sessions,
        "bojan",
        lambda at, who: accounts.end_other_sessions(at.session, who, now=NOW),
        before=_signed_in,
        records="other_sessions_ended",
    ),
    UseCase(
        accounts.change_password,
        "mila",
        lambda at, who: accounts.change_password(at.session, who, _proof(at, who), "new", now=NOW),
        before=_with_password,
        records="password_changed",
    ),
    UseCase(
        accounts.change_name,
        "mila",
        lambda at, who: accounts.change_name(at.session, who, _proof(at, who), "Mila M.", "mila_m", now=NOW),
        before=_with_password,
        records="user_renamed",
    ),
    UseCase(
        accounts_removal.remove_own_account,
        "mila",
        lambda at, who: accounts_removal.remove_own_account(at.session, who, _proof(at, who), now=NOW),
        before=_with_password,
        records="account_given_up member_left",
    ),
    UseCase(
        payouts.add_payout,
        "bojan",
        lambda at, who: payouts.add_payout(at.session, who, "upi", "bojan@oksbi", name="Bojan", now=NOW),
        records="payout_added",
    ),
    UseCase(
        payouts.edit_payout,
        "bojan",
        lambda at, who: payouts.edit_payout(at.session, who, at.payout, "310-1234567891211-86", name="Bojan", now=NOW),
        ("payout",),
        but_not="ana",
        before=_bojan_is_paid,
        records="payout_edited",
    ),
    UseCase(
        payouts.remove_payout,
        "bojan",
        lambda at, who: payouts.remove_payout(at.session, who, at.payout, now=NOW),
        ("payout",),
        but_not="ana",
        before=_bojan_is_paid,
        records="payout_removed",
    ),
    UseCase(
        payouts.prefer_payout,
        "bojan",
        lambda at, who: payouts.prefer_payout(at.session, who, at.payout, now=NOW),
        ("payout",),
        but_not="ana",
        before=_bojan_is_paid,
        records="payout_preferred",
    ),
    UseCase(accounts.set_theme, "bojan", lambda at, who: accounts.set_theme(at.session, who, "dark", now=NOW)),
    UseCase(
        notices.read_one,
        "bojan",
        lambda at, who: notices.read_one(at.session, who, at.notification, now=NOW),
        ("notification",),
        but_not="eva",
        before=_told,
    ),
    UseCase(
        notices.read_about,
        "bojan",
        lambda at, who: notices.read_about(at.session, who, at.run, now=NOW),
        before=_told,
    ),
    UseCase(
        ordinary.note_ordinary_price,
        "eva",
        lambda at, who: ordinary.note_ordinary_price(at.session, who, at.product, 999, "EUR", shop="Idea", now=NOW),
        ("product",),
    ),
    UseCase(
        ordinary.withdraw_ordinary_price,
        "bojan",
        lambda at, who: ordinary.withdraw_ordinary_price(at.session, who, at.ordinary, now=NOW),
        ("ordinary",),
        before=_bojan_noted_an_ordinary_price,
        records="ordinary_price_withdrawn",
    ),
    UseCase(
        prices.see_price,
        "eva",
        lambda at, who: prices.see_price(at.session, who, at.product, at.store, 849, "EUR", now=NOW),
        ("product", "store"),
    ),
    UseCase(
        prices.withdraw_price,
        "bojan",
        lambda at, who: prices.withdraw_price(at.session, who, at.sighting, now=NOW),
        ("sighting",),
        before=_bojan_saw_a_price,
        records="price_withdrawn",
    ),
    UseCase(
        products.edit_product_details,
        "ana",
        lambda at, who: products.edit_product_details(
            at.session, who, at.product, barcode="4006381333931", content=5000, content_unit="kg", now=NOW
        ),
        ("product",),
        records="product_details_edited",
    ),
    UseCase(
        products.add_barcode,
        "eva",
        lambda at, who: products.add_barcode(at.session, who, at.product, "4006381333931", now=NOW),
        ("product",),
        records="product_details_edited",
    ),
    UseCase(
        stores.edit_store_details,
        "ada",
        lambda at, who: stores.edit_store_details(
            at.session,
            who,
            at.store,
            chain="Metro",
            address="Novosadski put 120",
            hours=[[480, 1200]] * 6 + [[]],
            time_zone="Europe/Belgrade",
            now=NOW,
        ),
        ("store",),
        but_not="ana",
        records="store_details_edited",
    ),
    UseCase(notices.read_all, "bojan", lambda at, who: notices.read_all(at.session, who, now=NOW)),
    UseCase(
        users.edit_user,
        "ada",
        lambda at, who: users.edit_user(at.session, who, at.account, "Mila M.", "mila_m", now=NOW),
        ("account",),
        but_not="ana",
        records="user_edited",
    ),
    *(
        UseCase(
            function,
            "ada",
            lambda at, who, function=function: function(at.session, who, [at.account], now=NOW),
            ("account",),
            but_not="ana",
            before=before,
            records=records,
        )
        for function, before, records in (
            (users.lock_users, None, "user_locked"),
            (users.unlock_users, _locked, "user_unlocked"),
            (users.end_sessions, None, "user_sessions_ended"),
            (users.make_admins, None, "admin_made"),
            (users.unmake_admins, _made_admin, "admin_unmade"),
        )
    ),
    UseCase(
        users.delete_account,
        "ada",
        lambda at, who: users.delete_account(at.session, who, at.account, now=NOW),
        ("account",),
        but_not="ana",
        records="account_deleted member_removed",
    ),
    UseCase(
        password_resets.offer_reset,
        "ada",
        lambda at, who: password_resets.offer_reset(at.session, who, at.account, now=NOW),
        ("account",),
        but_not="ana",
        records="reset_offered",
    ),
    UseCase(
        server_settings.set_registration,
        "ada",
        lambda at, who: server_settings.set_registration(at.session, who, "closed", now=NOW),
        but_not="ana",
        records="registration_set",
    ),
    UseCase(
        closing.close_group,
        "ada",
        lambda at, who: closing.close_group(at.session, who, at.any_group, now=NOW),
        ("any_group",),
        but_not="ana",
        records="group_closed" + len(OPEN) * " phase_cancelled",
    ),
    UseCase(
        catalogue_import.preview_catalogue,
        "ada",
        lambda at, who: catalogue_import.preview_catalogue(at.session, who, _file(), now=NOW),
        but_not="ana",
    ),
    UseCase(
        catalogue_import.import_catalogue,
        "ada",
        lambda at, who: catalogue_import.import_catalogue(at.session, who, _file(), name="goods.csv", now=NOW),
        but_not="ana",
        records="catalogue_imported",
    ),
    UseCase(
        catalogue_import.preview_list,
        "bojan",
        lambda at, who: catalogue_import.preview_list(at.session, who, _file(), _of_the_group(at), now=NOW),
        ("group", "store"),
    ),
    UseCase(
        catalogue_import.begin_import,
        "bojan",
        lambda at, who: catalogue_import.begin_import(at.session, who, _of_the_group(at), name="list.csv", now=NOW),
        ("group", "store"),
    ),
    UseCase(
        catalogue_import.stage,
        "bojan",
        lambda at, who: catalogue_import.stage(at.session, who, at.import_id, *_read_by(at, who)),
        but_not="ana",
        before=_bojan_imports,
    ),
    UseCase(
        catalogue_import.stage_dropped,
        "bojan",
        lambda at, who: catalogue_import.stage_dropped(at.session, who, at.import_id, [at.cast.rice]),
        but_not="ana",
        before=_bojan_imports,
    ),
    UseCase(
        catalogue_import.take_in,
        "bojan",
        lambda at, who: catalogue_import.take_in(at.session, who, at.import_id, _read_by(at, who)[0], now=NOW),
        but_not="ana",
        before=_bojan_imports,
        records="catalogue_imported",
    ),
    UseCase(
        catalogue_import.drop_import,
        "bojan",
        lambda at, who: catalogue_import.drop_import(at.session, who, at.import_id),
        but_not="ana",
        before=_bojan_imports,
    ),
    UseCase(
        catalogue_undo.undo_import,
        "bojan",
        lambda at, who: catalogue_undo.undo_import(at.session, who, at.import_id, now=NOW),
        but_not="ana",
        before=_bojan_has_imported,
        records="import_undone",
    ),
    _by_ada(
        catalogue_undo.verify_list,
        lambda at, who: catalogue_undo.verify_list(at.session, who, at.import_id, now=NOW),
        records="list_verified",
        before=_bojan_has_imported,
    ),
    _by_ada(
        curating.verify,
        lambda at, who: curating.verify(at.session, who, "product", [at.product], now=NOW),
        "product",
        records="product_verified",
    ),
    _by_ada(
        curating.unverify,
        lambda at, who: curating.unverify(at.session, who, "store", [at.store], now=NOW),
        "store",
        records="store_unverified",
        before=_verified,
    ),
    _by_ada(curating.edit_product, _edit_product, "product", records="product_edited"),
    _by_ada(
        curating.edit_store,
        lambda at, who: curating.edit_store(at.session, who, at.store, name="Metro", chain="AG", address="", now=NOW),
        "store",
        records="store_edited",
    ),
    _by_ada(
        curating.edit_tag,
        lambda at, who: curating.edit_tag(at.session, who, at.tag, name="Plants", kind="diet", now=NOW),
        "tag",
        records="tag_edited",
    ),
    _by_ada(
        deleting.delete_product,
        lambda at, who: deleting.delete_product(at.session, who, at.twin, now=NOW),
        "twin",
        records="product_deleted",
    ),
    _by_ada(
        deleting.delete_store,
        lambda at, who: deleting.delete_store(at.session, who, at.twin_store, now=NOW),
        "twin_store",
        records="store_deleted",
    ),
    _by_ada(
        deleting.delete_tag,
        lambda at, who: deleting.delete_tag(at.session, who, at.tag, now=NOW),
        "tag",
        records="tag_deleted",
    ),
    _by_ada(
        merging.merge_products,
        lambda at, who: merging.merge_products(at.session, who, at.product, at.twin, now=NOW),
        "product",
        "twin",
        records="product_merged",
    ),
    _by_ada(
        merging.merge_stores,
        lambda at, who: merging.merge_stores(at.session, who, at.store, at.twin_store, now=NOW),
        "store",
        "twin_store",
        records="store_merged",
    ),
    _by_ada(
        merging.merge_tags,
        lambda at, who: merging.merge_tags(at.session, who, at.tag, at.twin_tag, now=NOW),
        "tag",
        "twin_tag",
        records="tag_merged",
    ),
    _by_ada(
        merging_people.merge_users,
        lambda at, who: merging_people.merge_users(at.session, who, at.twin_user, at.kept_user, now=NOW),
        "twin_user",
        "kept_user",
        records="user_merged",
    ),
]


def _file() -> BinaryIO:
    return BytesIO(b"name,unit,store,price,currency\nLentils,kg,Metro,2.49,EUR\n")


def _with_session(who: Actor, at: Stage) -> Actor:
    return Actor(who.id, who.name, who.username, session_id=at.session_id)


OWN = "changes nobody's rights, and nothing that isn't one's own"
SHARED = "adds to the memory all share, which names who it was"
MONEY = "the payment itself says who did what and when, and so does the ledger"
HOUSEHOLDS = "gives no rights and moves no money; both agreed, the page shows it, and either ends it"
GOODS = "one of hundreds of steps in a run, which shows who it was"
NOT_RECORDED: dict[Callable[..., Any], str] = {
    spoilage.say_fine: OWN,
    attachments.keep_attachment: "nobody but its sender sees the file before it is attached, which is recorded",
    runs.edit_run: "a run's note and dates give no rights; its page shows them",
    bids.write_note: OWN,
    bids.retract_bid: OWN,
    bids.set_ready: OWN,
    adjusting.adjust_bid: OWN,
    catalogue.add_store: SHARED,
    catalogue.add_product: SHARED,
    catalogue.add_product_to_run: SHARED,
    catalogue.note_price: SHARED,
    new_products.list_new_product: SHARED,
    ordinary.note_ordinary_price: SHARED,
    prices.see_price: SHARED,
    tags.add_tag: SHARED,
    aliases.add_alias: SHARED,
    tags.remove_tag: "one's own; what an admin removes is recorded, see test_recorded.py",
    aliases.remove_alias: "one's own; what an admin removes is recorded, see test_recorded.py",
    shopping.buy: GOODS,
    shopping.edit_purchase: GOODS,
    shopping.undo_purchase: GOODS,
    shopping.set_missing: GOODS,
    shopping.add_to_list: GOODS,
    pickup.set_picked_up: GOODS,
    pickup.pick_up_all: GOODS,
    advances.ask_advances: MONEY,
    households.propose_household: HOUSEHOLDS,
    households.agree_household: HOUSEHOLDS,
    households.end_household: HOUSEHOLDS,
    settling.save_plan: MONEY,
    payments.say_paid: MONEY,
    payments.confirm_payment: MONEY,
    payments.dispute_payment: MONEY,
    payments.withdraw_payment: MONEY,
    payments.record_payment: MONEY,
    reminders.remind_debtor: MONEY,
    accounts.set_theme: OWN,
    catalogue_import.preview_catalogue: "changes nothing",
    catalogue_import.preview_list: "changes nothing",
    catalogue_import.begin_import: "nothing is changed before take_in, which is recorded",
    catalogue_import.stage: "nothing is changed before take_in, which is recorded",
    catalogue_import.stage_dropped: "nothing is changed before take_in, which is recorded",
    catalogue_import.drop_import: "forgets what changed nothing",
    notices.read_one: OWN,
    notices.read_about: OWN,
    notices.read_all: OWN,
}
