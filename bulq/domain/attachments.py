"""What may be attached to a receipt: which kinds of files, how large, and how many."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from bulq.domain.errors import Invalid

MAX_BYTES = 10_000_000  # of a file as it is sent
MAX_PER_RECEIPT = 5
MAX_WAITING = 10  # files of one person that are sent and not attached to anything yet
KEPT_WAITING = timedelta(hours=1)  # such a file is forgotten afterwards

_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"heif")


class FileKind(StrEnum):
    """How a file is kept: every picture as JPEG."""

    JPEG = "jpeg"
    PDF = "pdf"


class Content(StrEnum):
    """What a file holds, by its first bytes. The values are those of Content-Type."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    HEIC = "image/heic"
    PDF = "application/pdf"


def content_of(data: bytes, declared: str = "") -> Content:
    """What a file is, whatever it is called. Raises Invalid for anything else than a picture or a PDF.

    `declared` is the Content-Type by which it was sent, which a browser takes from the file's name. A picture called
    by the name of another kind of picture is fine. A PDF called a picture is refused, and the other way round.
    """
    if not data:
        raise Invalid("file_empty", field="file")
    found = _by_first_bytes(data)
    if found is None:
        raise Invalid("file_not_photo", field="file")
    if found is Content.PDF and b"%%EOF" not in data[-1024:]:
        raise Invalid("pdf_cut", field="file")
    called = declared.partition(";")[0].strip().lower()
    is_pdf = found is Content.PDF
    if (called.startswith("image/") and is_pdf) or (called == Content.PDF and not is_pdf):
        raise Invalid("file_called_otherwise", field="file")
    return found


def _by_first_bytes(data: bytes) -> Content | None:
    if data.startswith(b"\xff\xd8\xff"):
        return Content.JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Content.PNG
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return Content.WEBP
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        return Content.HEIC
    return Content.PDF if data.startswith(b"%PDF-") else None
