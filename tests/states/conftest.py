"""Pages begin with nothing remembered of the test before, whose database was the same."""

import pytest

from bulq.state import admin_dashboard


@pytest.fixture(autouse=True)
def no_figures_are_held() -> None:
    admin_dashboard._kept.clear()
