"""The one door for changes: pages, the API and devices that were offline name a use case, and it runs once.

An operation is a use case's name, an id made by whoever asks (a UUID), and arguments that name everything it concerns.
However often the same operation arrives, it is done once, and each time answered with the same result. What has
changed is announced by the use case's own transaction once that is committed (see changes.py).
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from hashlib import blake2b
from typing import Annotated, Any, TypeAlias, TypeVar, get_type_hints
from uuid import UUID

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, create_model
from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import db, limits, metrics, signing
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, Invalid, NotFound
from bulq.editions import to_json
from bulq.log import bound
from bulq.models import Operation
from bulq.models.base import Row
from bulq.services import (
    accounts,
    adjusting,
    advances,
    aliases,
    attachments,
    bids,
    cases,
    catalogue,
    corrections,
    costs,
    goodwill,
    groups,
    households,
    leading,
    leftovers,
    mistakes,
    new_products,
    notices,
    ordinary,
    payments,
    payouts,
    phases,
    pickup,
    prices,
    products,
    receipts,
    reminders,
    runs,
    settling,
    shopping,
    spoilage,
    stand_ins,
    stores,
    tags,
)

R = TypeVar("R")

UseCase = Callable[..., Any]

# What spends from the budget of bids; everything else somebody does spends from that of writes.
BIDS: frozenset[UseCase] = frozenset(
    (bids.place_bid, bids.place_first_bid, bids.mark_interested, bids.retract_bid, adjusting.adjust_bid)
)
# What is asked with these is kept encrypted: a plain digest of an account number could be found by trying all of them.
CONFIDENTIAL: frozenset[UseCase] = frozenset((payouts.add_payout, payouts.edit_payout))
LONGEST_TEXT = 4096  # characters; longer than anything a page has a field for
LARGEST_NUMBER = 2**53  # beyond it JavaScript has no exact integers
_NUMBER = Field(ge=-LARGEST_NUMBER, le=LARGEST_NUMBER)
_TEXT = Field(max_length=LONGEST_TEXT)
_MomentIfAny: TypeAlias = AwareDatetime | None
BOUNDS: dict[Any, Any] = {
    int: Annotated[int, _NUMBER],
    int | None: Annotated[int | None, _NUMBER],
    str: Annotated[str, _TEXT],
    str | None: Annotated[str | None, _TEXT],
    datetime: AwareDatetime,
    datetime | None: _MomentIfAny,
}


@dataclass(frozen=True)
class Door:
    """A use case that may be asked for by name. `needs` is the shape of its arguments."""

    use_case: UseCase

    @property
    def name(self) -> str:
        return self.use_case.__name__

    @cached_property
    def needs(self) -> type[BaseModel]:
        hints = get_type_hints(self.use_case, include_extras=True)
        parameters = list(inspect.signature(self.use_case).parameters.values())[2:]
        fields: dict[str, Any] = {
            each.name: (_bounded(hints[each.name]), ... if each.default is each.empty else each.default)
            for each in parameters
            if each.name != "now"
        }
        return create_model(self.name, __config__=ConfigDict(extra="forbid", strict=True), **fields)


def _bounded(kind: Any) -> Any:
    """The same type for what comes from outside.

    Texts and numbers have limits, a moment says of which zone it is, and collections are lists.
    """
    if typing.get_origin(kind) is Collection:
        kind = list[typing.get_args(kind)[0]]
    return BOUNDS.get(kind, kind)


DOORS = {
    each.__name__: Door(each)
    for each in (
        bids.place_bid,
        bids.place_first_bid,
        bids.mark_interested,
        bids.write_note,
        bids.retract_bid,
        bids.set_ready,
        cases.settle_case,
        adjusting.adjust_bid,
        adjusting.edit_bid_of,
        adjusting.finish_adjusting,
        adjusting.share_fairly,
        leading.offer_lead,
        leading.withdraw_lead,
        leading.accept_lead,
        leading.decline_lead,
        leftovers.take_leftovers,
        mistakes.back_to_shopping,
        mistakes.correct_purchase,
        phases.confirm_run,
        phases.reopen_bidding,
        phases.start_shopping,
        phases.stop_shopping,
        phases.finish_shopping,
        phases.complete_run,
        phases.cancel_run,
        pickup.set_picked_up,
        pickup.pick_up_all,
        receipts.add_receipt,
        receipts.edit_receipt,
        receipts.remove_receipt,
        receipts.move_purchase,
        attachments.attach_to_receipt,
        attachments.remove_attachment,
        costs.add_cost,
        costs.remove_cost,
        costs.spread_difference,
        corrections.correct_run,
        spoilage.report_spoiled,
        spoilage.say_fine,
        spoilage.credit_spoiled,
        groups.set_price_per_km,
        groups.set_debt_limit,
        runs.start_run,
        runs.edit_run,
        runs.set_helper,
        shopping.buy,
        shopping.edit_purchase,
        shopping.undo_purchase,
        shopping.set_missing,
        shopping.add_to_list,
        new_products.bid_on_new_product,
        new_products.list_new_product,
        catalogue.note_price,
        accounts.set_theme,
        stores.edit_store_details,
        catalogue.add_store,
        ordinary.note_ordinary_price,
        ordinary.withdraw_ordinary_price,
        prices.see_price,
        prices.withdraw_price,
        products.edit_product_details,
        tags.add_tag,
        tags.remove_tag,
        aliases.add_alias,
        aliases.remove_alias,
        groups.create_group,
        groups.join_group,
        stand_ins.make_claim_link,
        stand_ins.claim_place,
        groups.edit_group,
        groups.set_joining,
        groups.renew_invite,
        groups.promote,
        groups.demote,
        groups.remove_member,
        groups.leave_group,
        payouts.add_payout,
        payouts.edit_payout,
        payouts.remove_payout,
        payouts.prefer_payout,
        advances.ask_advances,
        households.propose_household,
        households.agree_household,
        households.end_household,
        settling.save_plan,
        settling.set_confirm_after,
        goodwill.set_goodwill,
        payments.say_paid,
        payments.confirm_payment,
        payments.dispute_payment,
        payments.withdraw_payment,
        payments.record_payment,
        reminders.remind_debtor,
        notices.read_one,
        notices.read_about,
        notices.read_all,
    )
}


class Asked(BaseModel):
    """An operation as it arrives. `user` is whose it is, if the device knows: a shared phone may have changed hands."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: UUID
    name: str = Field(max_length=64)
    arguments: dict[str, Any] = Field(default_factory=dict)
    user: UUID | None = None


def asked(body: bytes) -> tuple[Asked, Door, dict[str, Any]]:
    """The operation in this JSON, its use case, and the arguments in the types that the use case takes.

    Raises Invalid, or NotFound for a name that no use case has.
    """
    try:
        operation = Asked.model_validate_json(body)
        if (door := DOORS.get(operation.name)) is None:
            raise NotFound("no_such_operation")
        needs = door.needs.model_validate_json(orjson.dumps(operation.arguments))
    except (ValidationError, orjson.JSONEncodeError):
        raise Invalid("malformed_operation") from None
    return operation, door, {name: getattr(needs, name) for name in type(needs).model_fields}


async def operate(body: bytes, token: str | None, *, address: str = "") -> bytes:
    """Do what this operation asks as whoever holds the session, once. The result as JSON. Raises BulqError."""
    operation, door, arguments = asked(body)
    result, is_new = await db.run(_once, operation, door, arguments, token, address)
    if is_new and door.use_case in BIDS:
        metrics.BIDS.inc()
    return result


def _once(
    session: Session, operation: Asked, door: Door, arguments: dict[str, Any], token: str | None, address: str
) -> tuple[bytes, bool]:
    """The result, and whether the operation was done just now."""
    now = datetime.now(UTC)
    actor = accounts.actor_for(session, token, address=address, now=now)
    if operation.user not in (None, actor.id):
        raise Conflict("operation_of_another")
    spend(door.use_case, actor)
    digest = _digest(operation, door)
    # The row is there before the work: a second arrival waits for the first, and then finds its result.
    if not _is_new(session, actor.id, operation.id, digest, now):
        return _result_of(session, actor.id, operation.id, digest), False
    with bound(user=str(actor.id)):
        result = as_json(door.use_case(session, actor, **arguments, now=now))
    if result != b"null":
        mine = (col(Operation.user_id) == actor.id) & (col(Operation.id) == operation.id)
        session.execute(update(Operation).where(mine).values(result=result.decode()))
    return result, True


def _digest(operation: Asked, door: Door) -> str:
    """32 characters by which the same id with another content is told."""
    content = to_json([operation.name, operation.arguments])
    if door.use_case in CONFIDENTIAL:
        return signing.signature("operation", content.decode())[:32]
    return blake2b(content, digest_size=16).hexdigest()


# Every change begins with this: putting the statement together would cost more than the answer.
_UNLESS_THERE = {
    dialect: insert(Operation).on_conflict_do_nothing().returning(col(Operation.id))
    for dialect, insert in (("postgresql", postgresql.insert), ("sqlite", sqlite.insert))
}


def _is_new(session: Session, user_id: UUID, operation_id: UUID, digest: str, now: datetime) -> bool:
    row = {"user_id": user_id, "id": operation_id, "digest": digest, "result": "null", "done_at": now}
    return session.execute(_UNLESS_THERE[session.get_bind().dialect.name], row).first() is not None


def _result_of(session: Session, user_id: UUID, operation_id: UUID, digest: str) -> bytes:
    known, result = session.execute(
        select(Operation.digest, Operation.result).where(Operation.user_id == user_id, Operation.id == operation_id)
    ).one()
    if known != digest:
        raise Conflict("operation_id_taken")
    return result.encode()


def as_json(result: Any) -> bytes:
    """What a use case returned: a row is known by its id, everything else by its value."""
    return to_json({"id": result.id} if isinstance(result, Row) else result)


def spend(use_case: UseCase, actor: Actor) -> None:
    """Take one from the actor's budget of the minute. Raises TooMany."""
    kind, per_minute = (
        ("bids", settings.bids_per_minute) if use_case in BIDS else ("writes", settings.writes_per_minute)
    )
    limits.spend(per_minute, kind, str(actor.id))


def perform(session: Session, token: str, address: str, use_case: Callable[..., R], /, *args: Any, **kwargs: Any) -> R:
    """Run a use case for a page's conversation with the server, such as a form, as whoever holds the session."""
    now = datetime.now(UTC)
    actor = accounts.actor_for(session, token, address=address, now=now)
    spend(use_case, actor)
    with bound(user=str(actor.id)):
        return use_case(session, actor, *args, now=now, **kwargs)
