"""Somebody who knows a password, as the API finds out before it asks for a use case."""

from uuid import UUID

from sqlalchemy.orm import Session

from bulq import passwords
from bulq.services import accounts


def authenticate(session: Session, username: str, password: str) -> UUID:
    """Whose username and password these are. Raises Invalid or Forbidden as for who logs in."""
    login = accounts.login_of(session, username)
    knows = passwords.password_matches(password, login.password_hash if login else None)
    return accounts.let_in(login, knows).user_id


def proof(session: Session, user_id: UUID, password: str) -> str:
    """What use cases take from who knows their current password; empty for a wrong one."""
    stored = accounts.password_hash_of(session, user_id)
    return stored if passwords.password_matches(password, stored) else ""
