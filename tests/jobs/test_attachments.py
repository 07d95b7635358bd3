"""Files of photos go with what they belonged to, and the report finds those that lie about and those that are lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import select

from bulq import attachments, db
from bulq.config import settings
from bulq.domain.attachments import FileKind
from bulq.jobs.attachments import forget_attachments
from bulq.jobs.backup import back_up
from bulq.jobs.doctor import examine
from bulq.models import Attachment, Receipt
from bulq.models.base import new_id
from bulq.pictures import Picture
from bulq.services.attachments import attach_to_receipt, keep_attachment, remove_attachment
from tests.cast import Cast
from tests.jobs.conftest import Bucket

HOUR = timedelta(hours=1)
PHOTO = Picture(b"large", b"small", 40, 30)


def sent(cast: Cast, content: Picture | bytes = PHOTO, *, attach: bool) -> tuple[UUID, UUID]:
    """(run, attachment) of a file of Ana's."""
    now = datetime.now(UTC)
    receipt = db.read_now(lambda session: session.scalars(select(Receipt)).first())
    assert receipt is not None
    row = db.write_now(keep_attachment, cast.ana, receipt.run_id, FileKind.JPEG, 5, now=now)
    attachments.write(row.id, content)
    if attach:
        db.write_now(attach_to_receipt, cast.ana, receipt.run_id, receipt.id, row.id, now=now)
    return receipt.run_id, row.id


def rows() -> set[UUID]:
    return set(db.read_now(lambda session: session.scalars(select(Attachment.id)).all()))


@pytest.fixture(params=["folder", "bucket"])
def kept_in(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "bucket":
        made: Bucket = request.getfixturevalue("bucket")
        settings.attachments_target = f"s3://{made.name}/photos"
    return request.param


def test_what_was_never_attached_is_forgotten_after_an_hour(cast: Cast, kept_in: str) -> None:
    _, waits = sent(cast, attach=False)
    _, stays = sent(cast, attach=True)
    _, paper = sent(cast, b"%PDF-", attach=True)
    soon = datetime.now(UTC) + timedelta(minutes=59)

    assert forget_attachments(soon) == 0
    assert forget_attachments(soon + HOUR) == 2  # a row, and its files
    assert forget_attachments(soon + HOUR) == 0

    assert rows() == attachments.files().keys() == {stays, paper} and waits not in rows()
    assert attachments.read(stays, FileKind.JPEG) == b"large"
    assert attachments.read(stays, FileKind.JPEG, small=True) == b"small"


def test_the_file_of_a_removed_photo_goes_with_the_next_clean_up(cast: Cast) -> None:
    run_id, photo = sent(cast, attach=True)
    db.write_now(remove_attachment, cast.ana, run_id, photo, now=datetime.now(UTC))

    forget_attachments(datetime.now(UTC) + 2 * HOUR)

    assert attachments.files() == {}


@pytest.mark.usefixtures("folder")
def test_the_report_names_lost_files_and_files_of_nothing(cast: Cast) -> None:
    back_up(datetime.now(UTC))
    _, lost = sent(cast, attach=True)
    _, whole = sent(cast, attach=True)
    nobodys = new_id()
    attachments.write(nobodys, b"%PDF-")

    def found(at: datetime) -> dict[str, str]:
        report = {each.kind: each.detail for each in examine(at, all_backups=True)}
        return {kind: detail for kind, detail in report.items() if kind.startswith("attachments")}

    assert found(datetime.now(UTC)) == {}
    attachments.delete(lost)

    assert found(datetime.now(UTC) + 2 * HOUR) == {"attachments_missing": str(lost)}
    later = found(datetime.now(UTC) + 4 * HOUR)
    assert later == {"attachments_missing": str(lost), "attachments_left": str(nobodys)}
    assert whole in rows()


def test_files_of_others_in_the_same_place_are_left_alone(cast: Cast) -> None:
    folder = settings.data / "attachments"
    attachments.place()
    (folder / "notes.txt").write_text("mine")
    (folder / f"{'0' * 32}.exe").write_text("mine")

    forget_attachments(datetime.now(UTC) + 2 * HOUR)

    assert len(list(folder.iterdir())) == 2
