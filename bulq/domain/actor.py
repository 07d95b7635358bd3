"""Who is acting: what a use case needs to know about the signed-in person."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    id: UUID
    name: str
    username: str
    is_admin: bool = False
    language: str = "en"
    session_id: UUID | None = None
    address: str = ""  # of their machine, as far as it is known
