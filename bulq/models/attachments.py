"""Photos and PDFs that people attach to receipts. The files themselves are kept in a store, by the id of the row."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from bulq.domain.attachments import FileKind
from bulq.models.base import Row, UtcTime, text_of


class Attachment(Row, table=True):
    """A file somebody sent for a run. Until it is attached to something it waits, and is its sender's alone."""

    run_id: UUID = Field(foreign_key="runs.id", index=True)
    receipt_id: UUID | None = Field(default=None, foreign_key="receipts.id", index=True, ondelete="CASCADE")
    kind: FileKind = Field(sa_type=text_of(FileKind))
    size: int  # bytes
    width: int = 0  # pixels, of a picture
    height: int = 0
    added_by: UUID = Field(foreign_key="users.id", index=True)
    added_at: datetime = Field(sa_type=UtcTime)
    attached_at: datetime | None = Field(default=None, sa_type=UtcTime, index=True)  # None: it waits
