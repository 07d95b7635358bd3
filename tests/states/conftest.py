"""Pages begin with nothing remembered of the test before, whose database and people were the same."""

import pytest

from bulq import pacing
from bulq.state.admin import dashboard as admin_dashboard


@pytest.fixture(autouse=True)
def nothing_is_remembered() -> None:
    admin_dashboard._kept.clear()
    pacing.forget()
