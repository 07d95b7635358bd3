"""Reads one file out of a zip that somebody sent, and refuses zips that no export of a group looks like."""

from __future__ import annotations

import struct
import zipfile
import zlib
from typing import BinaryIO

from bulq.domain.errors import Invalid

DIRECTORY = 4_000_000  # bytes of a zip's list of files: room for some 40,000 names
ENTRIES = 20_000
TOTAL = 2_000_000_000  # bytes of all files in it
RATIO = 200  # times that the file we read may be larger than its deflated form
END, END_SIZE = b"PK\x05\x06", 22
LONGEST_COMMENT = 65_535
DAMAGED = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error),
    *(NotImplementedError, EOFError, OSError, RuntimeError, ValueError),
)
LOCKED = 0x1  # the flag of an encrypted file


def read_from(file: BinaryIO, name: str, *, most: int) -> bytes:
    """The content of the file called `name`: at most so many bytes. Raises Invalid for any other kind of zip."""
    check_archive(file)
    try:
        with zipfile.ZipFile(file) as archive:
            found = _checked(archive, name, most)
            with archive.open(found) as entry:
                content = entry.read(most + 1)
    except DAMAGED:
        raise Invalid("archive_damaged", field="file") from None
    if len(content) > most:
        raise Invalid("file_large_inside", field="file")
    return content


def check_archive(file: BinaryIO) -> None:
    """Refuse what is no zip, and a list of files that is too long, before anybody reads it."""
    size = file.seek(0, 2)
    tail = min(size, END_SIZE + LONGEST_COMMENT)
    file.seek(size - tail)
    end = file.read(tail)
    at = end.rfind(END)
    if at < 0 or len(end) - at < END_SIZE:
        raise Invalid("archive_damaged", field="file")
    entries, length = struct.unpack("<HI", end[at + 10 : at + 16])
    if entries > ENTRIES or length > DIRECTORY:
        raise Invalid("file_large_inside", field="file")
    file.seek(0)


def _checked(archive: zipfile.ZipFile, name: str, most: int) -> zipfile.ZipInfo:
    names: set[str] = set()
    for each in archive.infolist():
        if each.filename in names or not _is_plain(each.filename) or each.flag_bits & LOCKED:
            raise Invalid("archive_unsafe", field="file", name=each.filename[:80].encode(errors="replace").decode())
        names.add(each.filename)
    if len(names) > ENTRIES or sum(each.file_size for each in archive.infolist()) > TOTAL:
        raise Invalid("file_large_inside", field="file")
    if name not in names:
        raise Invalid("archive_without", field="file", name=name)
    found = archive.getinfo(name)
    if found.file_size > most or found.file_size > RATIO * max(found.compress_size, 1000):
        raise Invalid("file_large_inside", field="file")
    return found


def _is_plain(name: str) -> bool:
    """Whether it is a path within the zip."""
    parts = name.replace("\\", "/").split("/")
    return not name.startswith(("/", "\\")) and ".." not in parts and ":" not in parts[0] and "\\" not in name
