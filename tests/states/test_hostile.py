"""Every handler may be called by any client with anything: it refuses quietly, and never fails."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
import reflex as rx

from bulq import db
from bulq.config import settings
from bulq.domain.errors import BulqError
from bulq.domain.phases import Phase
from tests.cast import assemble, bring_to
from tests.states.tabs import do, open_tab, states

ODD: tuple[Any, ...] = (
    *([], ["x"], [[]], {}, {"x": []}, None, True, -1, 10**400, float("inf"), float("nan")),
    *("", "x", "x" * 5000, "\x00", "\ud800", "1", "[1]", "[" * 900, "[[], {}, []]", "null", "verify", "verify x"),
)


ADMINS = ("admin", "audit", "catalogue_file", "curated", "merging", "tables")


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("state", states(), ids=lambda state: state.__name__)
async def test_whatever_a_client_sends_is_refused_quietly(
    database: str, state: type[rx.State], monkeypatch: pytest.MonkeyPatch
) -> None:
    for budget in ("writes_per_minute", "bids_per_minute"):
        monkeypatch.setattr(settings, budget, 10**6)  # or most would only be too many
    with db.transaction() as session:
        people = assemble(session)
        run_id = bring_to(session, people, Phase.ACTIVE)
    admins = state.__module__.removeprefix("bulq.state.").startswith(ADMINS)
    ids = {"run_id": run_id, "group_id": people.group_id, "store_id": people.store_id, "product_id": people.rice}
    page = await open_tab(state, people.ada if admins else people.ana, "/", token="x", **ids)
    if "open" in state.event_handlers:
        await do(page, "open")
    failed: list[str] = []
    for name, handler in state.event_handlers.items():
        count = len(inspect.signature(handler.fn).parameters) - 1
        for odd in ODD if count and name != "setvar" and not handler.is_background else ():
            try:
                await getattr(page, name)(*[odd] * count)
            except BulqError:
                pass
            except Exception as error:
                failed.append(f"{name}({str(odd)[:20]!r}): {error!r:.150}")
    assert not failed, "\n".join(failed)
