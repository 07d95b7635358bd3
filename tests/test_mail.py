"""E-mail over a real server: encrypted or not at all, and nothing in a text begins another header."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bulq import mail
from tests.e2e.server import free_port


class Letters(MessageHandler):
    def __init__(self) -> None:
        super().__init__()
        self.got: list[Message] = []

    def handle_message(self, message: Message) -> None:
        self.got.append(message)


class Server(Controller):
    def __init__(self, **options: Any) -> None:
        self.letters = Letters()
        super().__init__(self.letters, hostname="127.0.0.1", port=free_port(), **options)


@pytest.fixture
def plain() -> Iterator[Server]:
    """A mail server without STARTTLS, or one between us and which somebody took it away."""
    server = Server()
    server.start()
    yield server
    server.stop()


def context(folder: Path) -> Any:
    """A certificate for 127.0.0.1 of nobody's authority."""
    import ipaddress
    import ssl

    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(file)
    return made, file


def test_without_encryption_nothing_is_sent_unless_that_is_allowed(plain: Server) -> None:
    address = f"smtp://127.0.0.1:{plain.port}"

    with pytest.raises(mail.NotEncrypted):
        mail.send_mail(address, "ana@bulq.test", "Hello", "words")
    assert plain.letters.got == []

    mail.send_mail(address, "ana@bulq.test", "Hello", "words", plain=True)
    assert [letter["Subject"] for letter in plain.letters.got] == ["Hello"]


def test_with_starttls_it_is_encrypted_and_the_certificate_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls, authority = context(tmp_path)
    server = Server(tls_context=tls, require_starttls=True)
    server.start()
    try:
        address = f"smtp://127.0.0.1:{server.port}"
        with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
            mail.send_mail(address, "ana@bulq.test", "Hello", "words", plain=True)
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        mail.send_mail(address, "ana@bulq.test", "Hello", "words")
    finally:
        server.stop()
    assert len(server.letters.got) == 1


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x0b", "\x1c", "\x85", "\u2028", "\0"])
def test_no_text_begins_another_header(plain: Server, end: str) -> None:
    subject = f"Backup failed: x{end}Bcc: eva@elsewhere.test{end}{end}another body"

    mail.send_mail(f"smtp://127.0.0.1:{plain.port}", "ana@bulq.test", subject, f"words{end}Bcc: x@y.test", plain=True)

    [letter] = plain.letters.got
    assert letter["Bcc"] is None and letter["X-RcptTo"] == "ana@bulq.test"
    assert letter["Subject"] == "Backup failed: x Bcc: eva@elsewhere.test another body"


@pytest.mark.parametrize("to", ["ana@bulq.test\r\nBcc: eva@elsewhere.test", "ana@bulq.test\nX: y"])
def test_an_address_with_a_line_break_sends_nothing(plain: Server, to: str) -> None:
    with pytest.raises(ValueError):
        mail.send_mail(f"smtp://127.0.0.1:{plain.port}", to, "Hello", "words", plain=True)

    assert plain.letters.got == []
