"""What a view may be asked for beside the ids in its address: which part of it, and of what."""

from __future__ import annotations

from typing import Annotated, TypeAlias

Amount: TypeAlias = Annotated[int, "minor units of a currency"]
Asked: TypeAlias = Annotated[str, "what somebody typed to search"]
Currency: TypeAlias = Annotated[str, "ISO 4217"]
Token: TypeAlias = Annotated[str, "what a link names what it is for by"]
