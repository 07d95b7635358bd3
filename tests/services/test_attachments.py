"""Photos of receipts: who may attach, remove and see them, how many there may be, and what they go with."""

from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from sqlmodel import select

from bulq.domain.actor import Actor
from bulq.domain.attachments import MAX_PER_RECEIPT, MAX_WAITING, FileKind
from bulq.domain.errors import Conflict, Forbidden, NotFound
from bulq.domain.phases import Phase
from bulq.models import Attachment, Group, Receipt
from bulq.queries.attachments import attachment_of, may_send
from bulq.queries.receipts import receipts_view
from bulq.services import groups, mistakes
from bulq.services.attachments import attach_to_receipt, keep_attachment, remove_attachment
from bulq.services.receipts import Payer, add_receipt, remove_receipt
from tests import seeing
from tests.cast import NOW, PACK, Cast, World, bring_to, item_of, person


def sent(session: Session, who: Actor, run_id: UUID) -> UUID:
    row = keep_attachment(session, who, run_id, FileKind.JPEG, 1000, width=40, height=30, now=NOW)
    session.flush()
    return row.id


def receipt_of(session: Session, run_id: UUID) -> Receipt:
    return session.scalars(select(Receipt).where(Receipt.run_id == run_id)).one()


def photos(session: Session, who: Actor, run_id: UUID) -> list[str]:
    session.flush()
    return [photo for each in receipts_view(session, who, run_id).receipts.values() for photo in each.attachments]


def attached(session: Session, who: Actor, run_id: UUID) -> UUID:
    photo = sent(session, who, run_id)
    attach_to_receipt(session, who, run_id, receipt_of(session, run_id).id, photo, now=NOW)
    session.flush()
    return photo


@pytest.mark.parametrize("phase", [Phase.DISTRIBUTING, Phase.COMPLETED])
def test_who_takes_part_sees_a_photo_and_nobody_else(session: Session, cast: Cast, phase: Phase) -> None:
    run_id = bring_to(session, cast, phase)
    watcher = person(session, "Hana")
    session.flush()
    groups.join_group(session, watcher, _token(session, cast), now=NOW)
    photo = attached(session, cast.ana, run_id)

    assert photos(session, cast.mila, run_id) == [str(photo)]
    assert attachment_of(session, cast.mila, run_id, photo).size == 1000
    for who in (watcher, cast.eva, cast.ada):
        with pytest.raises(NotFound):
            attachment_of(session, who, run_id, photo)
        with pytest.raises(NotFound):
            may_send(session, who, run_id)
    groups.remove_member(session, cast.ana, cast.group_id, cast.mila.id, now=NOW)
    session.flush()
    with pytest.raises(NotFound):
        attachment_of(session, cast.mila, run_id, photo)


def _token(session: Session, cast: Cast) -> str:
    return session.get_one(Group, cast.group_id).invite_token


def test_a_file_that_waits_is_its_senders_alone(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)
    photo, receipt = sent(session, cast.mila, run_id), receipt_of(session, run_id)

    assert attachment_of(session, cast.mila, run_id, photo).attached_at is None
    with pytest.raises(NotFound):
        attachment_of(session, cast.ana, run_id, photo)
    with pytest.raises(NotFound):
        attach_to_receipt(session, cast.ana, run_id, receipt.id, photo, now=NOW)
    with pytest.raises(Forbidden):  # Ana paid it
        attach_to_receipt(session, cast.mila, run_id, receipt.id, photo, now=NOW)
    assert photos(session, cast.ana, run_id) == []


def test_a_photo_is_attached_once_and_to_a_receipt_of_its_run(session: Session, world: World) -> None:
    cast, run_id, other = world.cast, world.runs[Phase.DISTRIBUTING], world.runs[Phase.COMPLETED]
    photo = attached(session, cast.ana, run_id)

    with pytest.raises(NotFound):
        attach_to_receipt(session, cast.ana, run_id, receipt_of(session, run_id).id, photo, now=NOW)
    waits = sent(session, cast.ana, run_id)
    with pytest.raises(NotFound):
        attach_to_receipt(session, cast.ana, run_id, receipt_of(session, other).id, waits, now=NOW)
    with pytest.raises(NotFound):
        attach_to_receipt(session, cast.ana, other, receipt_of(session, other).id, waits, now=NOW)
    with pytest.raises(NotFound):
        remove_attachment(session, cast.ana, other, photo, now=NOW)
    with pytest.raises(NotFound):
        attachment_of(session, cast.ana, other, photo)


def test_there_are_so_many_and_no_more(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)
    for _ in range(MAX_PER_RECEIPT):
        attached(session, cast.ana, run_id)

    with pytest.raises(Conflict, match="attachments_per_receipt"):
        attached(session, cast.ana, run_id)
    for _ in range(MAX_WAITING - 1):
        sent(session, cast.ana, run_id)
    with pytest.raises(Conflict, match="attachments_waiting"):
        sent(session, cast.ana, run_id)
    sent(session, cast.bojan, run_id)


def test_who_sent_a_photo_removes_it_and_so_does_the_leader(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)
    rice = item_of(session, run_id, cast.rice)
    seeing.buy(session, cast.ana, run_id, rice, 10 * PACK, 7990, payer_id=cast.bojan.id, now=NOW)
    seeing.finish_shopping(session, cast.ana, run_id, now=NOW)
    session.flush()
    first, second = attached(session, cast.bojan, run_id), attached(session, cast.bojan, run_id)

    with pytest.raises(Forbidden):
        remove_attachment(session, cast.mila, run_id, first, now=NOW)
    remove_attachment(session, cast.ana, run_id, first, now=NOW)
    remove_attachment(session, cast.bojan, run_id, second, now=NOW)

    assert photos(session, cast.ana, run_id) == []
    assert session.get(Attachment, first) is None


def test_photos_go_with_their_receipt_and_keep_it_until_then(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)
    made = add_receipt(session, cast.ana, run_id, [Payer(cast.ana.id)], now=NOW)
    bought = seeing.buy(session, cast.ana, run_id, item_of(session, run_id, cast.rice), PACK, 799, now=NOW)
    photo = attached(session, cast.ana, run_id)

    seeing.undo_purchase(session, cast.ana, run_id, bought.id, now=NOW)
    assert photos(session, cast.ana, run_id) == [str(photo)]  # the photo stands on it
    remove_receipt(session, cast.ana, run_id, made.id, revision=made.revision, now=NOW)

    session.flush()
    assert session.scalars(select(Attachment.id).where(Attachment.run_id == run_id)).all() == []


def test_back_to_shopping_leaves_photos_where_they_are(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)
    photo = attached(session, cast.ana, run_id)

    mistakes.back_to_shopping(session, cast.ana, run_id, "", now=NOW)

    assert photos(session, cast.ana, run_id) == [str(photo)]
