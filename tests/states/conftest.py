"""Pages begin with nothing remembered of the test before, whose database and people were the same."""

import pytest

from bulq import live, pacing
from bulq.state import admin_dashboard


@pytest.fixture(autouse=True)
def nothing_is_remembered() -> None:
    admin_dashboard._kept.clear()
    pacing.forget()
    live._process.wanted.clear()
    live._process.reading.clear()
