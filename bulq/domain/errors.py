"""Everything Bulq refuses, drawn as a tree: a message key, its values, and the HTTP status it means."""

from __future__ import annotations

from typing import ClassVar


class BulqError(Exception):
    """A refusal a person can understand.

    `key` names a text under "errors" in the catalogue, `values` fill it in, `field` is the input at fault if any.
    """

    status: ClassVar[int] = 400

    def __init__(self, key: str, *, field: str | None = None, **values: str | int) -> None:
        super().__init__(key)
        self.key = key
        self.field = field
        self.values = values


class Invalid(BulqError):
    """The input itself is wrong, whoever sends it."""

    status = 422


class NotSignedIn(BulqError):
    """There is no valid session."""

    status = 401

    def __init__(self, key: str = "not_signed_in") -> None:
        super().__init__(key)


class Forbidden(BulqError):
    """The actor can see the thing but may not do this with it."""

    status = 403

    def __init__(self, key: str = "not_allowed") -> None:
        super().__init__(key)


class NotFound(BulqError):
    """There is no such thing, or none the actor may know of: both are answered alike."""

    status = 404

    def __init__(self, key: str = "not_found") -> None:
        super().__init__(key)


class Conflict(BulqError):
    """The input is fine but not now: another phase, a limit, somebody was quicker."""

    status = 409


class TooMany(BulqError):
    """Too many tries; `seconds` tells when to come back."""

    status = 429

    def __init__(self, seconds: int) -> None:
        super().__init__("too_many", seconds=seconds)


class OutOfReach(BulqError):
    """What is kept can't be reached, or takes too long: nobody's fault, and over in a moment as a rule."""

    status = 503

    def __init__(self, key: str = "out_of_reach", **values: int) -> None:
        super().__init__(key, field=None, **values)


class Busy(OutOfReach):
    """Somebody else is changing the same data for longer than one can wait. Nothing was changed.

    `seconds` tells when to try again.
    """

    def __init__(self, seconds: int = 5) -> None:
        super().__init__("busy", seconds=seconds)
