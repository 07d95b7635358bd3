"""Words that leave the server: an e-mail, or JSON to a web address."""

from __future__ import annotations

import json
import smtplib
import ssl
import urllib.request
from collections.abc import Mapping
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

PATIENCE = 20  # seconds


def send_mail(server: str, to: str, subject: str, words: str) -> None:
    """Send by `server`, smtp://user:password@host:587 or smtps://…; over smtp:// encrypted where it can be."""
    where = urlsplit(server)
    user, password = unquote(where.username or ""), unquote(where.password or "")
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = user if "@" in user else to, to, subject
    message.set_content(words)
    with _connected(where.scheme, where.hostname or "localhost", where.port) as smtp:
        if user:
            smtp.login(user, password)
        smtp.send_message(message)


def _connected(scheme: str, host: str, port: int | None) -> smtplib.SMTP:
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port or 465, timeout=PATIENCE, context=ssl.create_default_context())
    smtp = smtplib.SMTP(host, port or 587, timeout=PATIENCE)
    smtp.ehlo()
    if smtp.has_extn("starttls"):
        smtp.starttls(context=ssl.create_default_context())
    return smtp


def post_json(address: str, body: Mapping[str, object]) -> None:
    """Raises OSError unless the answer is a success."""
    request = urllib.request.Request(
        address, json.dumps(body).encode(), {"Content-Type": "application/json", "User-Agent": "Bulq"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=PATIENCE):
        pass
