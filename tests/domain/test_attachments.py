"""What a file is, its first bytes say; a name that says something else is refused where it matters."""

import pytest

from bulq.domain.attachments import Content, content_of
from bulq.domain.errors import Invalid

PDF = b"%PDF-1.7\n1 0 obj\nendobj\ntrailer\n%%EOF\n"
FILES = {
    Content.JPEG: b"\xff\xd8\xff\xe0....",
    Content.PNG: b"\x89PNG\r\n\x1a\n....",
    Content.WEBP: b"RIFF\x10\x00\x00\x00WEBPVP8 ",
    Content.HEIC: b"\x00\x00\x00\x1cftypheic....",
    Content.PDF: PDF,
}


@pytest.mark.parametrize("content", Content)
def test_the_first_bytes_say_what_it_is(content: Content) -> None:
    for declared in ("", "application/octet-stream", content, f"{content}; charset=x", content.upper()):
        assert content_of(FILES[content], declared) is content


def test_a_picture_may_be_called_by_the_name_of_another_kind() -> None:
    assert content_of(FILES[Content.PNG], "image/jpeg") is Content.PNG


@pytest.mark.parametrize(
    ("data", "declared", "key"),
    [
        (b"", "image/jpeg", "file_empty"),
        (PDF, "image/jpeg", "file_called_otherwise"),
        (FILES[Content.JPEG], "application/pdf", "file_called_otherwise"),
        (PDF[:-7], "application/pdf", "pdf_cut"),
        (b"\n" + PDF, "application/pdf", "file_not_photo"),
        (b"<html>%PDF-1.7 %%EOF", "application/pdf", "file_not_photo"),
        (b"GIF89a", "image/gif", "file_not_photo"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", "file_not_photo"),
        (b"PK\x03\x04", "image/png", "file_not_photo"),
        (b"\x00\x00\x00\x1cftypavif....", "image/avif", "file_not_photo"),
        (b"RIFF\x10\x00\x00\x00WAVE", "image/webp", "file_not_photo"),
        (b"\xff", "", "file_not_photo"),
    ],
)
def test_what_is_no_picture_and_no_pdf_is_refused_at_the_field(data: bytes, declared: str, key: str) -> None:
    with pytest.raises(Invalid) as refusal:
        content_of(data, declared)

    assert (refusal.value.key, refusal.value.field) == (key, "file")
