"""What a page says when one of its handlers fails, and what the log keeps of the failure."""

from __future__ import annotations

import logging

import pytest

from bulq.domain.errors import Conflict, Invalid, NotSignedIn
from bulq.state.refusals import message, placed, refused
from tests.states.tabs import told


def test_a_refusal_is_said_in_its_words_and_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    event = refused(Conflict("wrong_phase"))

    assert "The run is in another phase" in told([event]) and "error" in told([event])
    assert not caplog.records


def test_whoever_is_signed_out_is_led_to_the_login(caplog: pytest.LogCaptureFixture) -> None:
    event = refused(NotSignedIn())

    assert event.handler.fn.__qualname__ == "AuthState.load"
    assert not caplog.records


def test_anything_else_is_owned_up_to_and_kept_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    event = refused(ZeroDivisionError("a secret of the code"))

    assert "Something went wrong" in told([event]) and "secret" not in told([event])
    (record,) = caplog.records
    assert record.levelno == logging.ERROR and record.exc_info and record.exc_info[0] is ZeroDivisionError


def test_a_refusal_is_shown_at_its_field_or_above_all() -> None:
    of_a_field, of_all = Invalid("choice", field="theme"), Conflict("wrong_phase")

    assert placed(of_a_field) == ("", {"theme": message(of_a_field)})
    assert placed(of_all) == (message(of_all), {})
