"""Words that leave the server: an e-mail, or JSON to a web address."""

from __future__ import annotations

import json
import smtplib
import ssl
from collections.abc import Collection, Mapping
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from bulq import outgoing

PATIENCE = 20  # seconds
LONGEST_SUBJECT = 200


class NotEncrypted(OSError):
    """The mail server offers no encryption, and nobody allowed to do without."""


def send_mail(server: str, to: str, subject: str, words: str, *, plain: bool = False) -> None:
    """Send by `server`: smtps://user:password@host:465, or smtp://…:587, which goes over to encryption by STARTTLS.

    Raises NotEncrypted where a server of smtp:// offers none, unless `plain` allows to go on without.
    """
    where = urlsplit(server)
    user, password = unquote(where.username or ""), unquote(where.password or "")
    message = EmailMessage()
    message["From"], message["To"] = user if "@" in user else to, to
    message["Subject"] = one_line(subject)[:LONGEST_SUBJECT]
    message.set_content(words)
    with _connected(where.scheme, where.hostname or "localhost", where.port, plain) as smtp:
        if user:
            smtp.login(user, password)
        smtp.send_message(message)


def one_line(text: str) -> str:
    """Without line breaks and other control characters: nothing that could begin another header."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _connected(scheme: str, host: str, port: int | None, plain: bool) -> smtplib.SMTP:
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port or 465, timeout=PATIENCE, context=ssl.create_default_context())
    smtp = smtplib.SMTP(host, port or 587, timeout=PATIENCE)
    try:
        smtp.ehlo()
        if smtp.has_extn("starttls"):
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo()
        elif not plain:
            raise NotEncrypted("the mail server offers no encryption; BULQ_SMTP_PLAIN=1 would do without")
    except BaseException:
        smtp.close()
        raise
    return smtp


def post_json(address: str, body: Mapping[str, object], *, allowed: Collection[str] = ()) -> None:
    """Raises OSError unless the answer is a success. See outgoing.py for which addresses are called."""
    headers = {"Content-Type": "application/json", "User-Agent": "Bulq"}
    outgoing.post(address, json.dumps(body).encode(), headers, allowed=allowed)
