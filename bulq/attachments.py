"""The files of attachments in their store, by the ids of their rows: written and deleted outside of transactions."""

from __future__ import annotations

import logging
import re
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import quote
from uuid import UUID

from bulq import pictures
from bulq.config import settings
from bulq.domain.attachments import Content, FileKind, content_of
from bulq.domain.errors import OutOfReach
from bulq.pictures import Picture
from bulq.storage import Storage, StorageError, storage

FOLDER = "attachments"  # in the data folder, unless the settings name another place
LARGE, SMALL = {FileKind.JPEG: ".jpg", FileKind.PDF: ".pdf"}, ".small.jpg"
NAME = re.compile(r"([0-9a-f]{32})(\.jpg|\.pdf|\.small\.jpg)")

log = logging.getLogger(__name__)


def place() -> Storage:
    if settings.attachments_target:
        return storage(settings.attachments_target)
    folder = (settings.data / FOLDER).resolve()
    folder.mkdir(0o700, parents=True, exist_ok=True)
    return storage(f"file://{quote(str(folder))}")


def prepared(data: bytes, declared: str) -> Picture | bytes:
    """What is kept of a file that was sent: a picture made anew, or the bytes of a PDF. Raises Invalid."""
    return data if content_of(data, declared) is Content.PDF else pictures.remade(data)


def write(attachment_id: UUID, content: Picture | bytes) -> None:
    """Store its files: all of them, or none. Raises OutOfReach when the store takes nothing."""
    key = attachment_id.hex
    files = (
        {key + LARGE[FileKind.JPEG]: content.large, key + SMALL: content.small}
        if isinstance(content, Picture)
        else {key + LARGE[FileKind.PDF]: content}
    )
    try:
        store = place()
        for name, data in files.items():
            store.write(name, [data])
    except (StorageError, OSError) as error:
        discard(attachment_id)
        log.error("an attachment could not be stored: %s", error)
        raise OutOfReach("attachment_not_kept") from error


def delete(attachment_id: UUID) -> None:
    """Delete its files, if there are any. Raises StorageError."""
    store = place()
    for ending in (*LARGE.values(), SMALL):
        store.delete(attachment_id.hex + ending)


def discard(attachment_id: UUID) -> None:
    """Delete its files. What can't be deleted now is found by the clean-up."""
    with suppress(StorageError, OSError):
        delete(attachment_id)


def read(attachment_id: UUID, kind: FileKind, *, small: bool = False) -> bytes:
    """Raises OutOfReach when the store can't be reached, or has no such file."""
    try:
        return b"".join(place().read(attachment_id.hex + (SMALL if small else LARGE[kind])))
    except StorageError as error:
        log.error("an attachment could not be read: %s", error)
        raise OutOfReach("attachment_away") from error


def files() -> dict[UUID, list[str]]:
    """The names of all files there are, by the attachment they are of."""
    found: dict[UUID, list[str]] = {}
    for file in place().files():
        if match := NAME.fullmatch(file.name):
            found.setdefault(UUID(match[1]), []).append(file.name)
    return found


def made_at(attachment_id: UUID) -> datetime:
    """When its id was made: a UUIDv7 begins with the milliseconds."""
    return datetime.fromtimestamp((attachment_id.int >> 80) / 1000, UTC)
