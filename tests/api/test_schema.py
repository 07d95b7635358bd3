"""The API against its own description: whatever is sent, nothing fails and no answer is one it doesn't tell of."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bulq import db, sessions
from bulq.api import api
from bulq.config import settings as bulq
from bulq.services import accounts
from tests.cast import assemble

SCHEMA = schemathesis.openapi.from_asgi("/api/v1/openapi.json", api)
FOUND = [each.ok() for each in SCHEMA.get_all_operations()]  # pyright: ignore[reportAttributeAccessIssue]
OPERATIONS = {operation.label: operation for operation in FOUND}
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# What "default" in the description may stand for.
REFUSALS = {400, 401, 403, 404, 405, 409, 413, 415, 422, 429}
EXAMPLES = 20
PATIENT = (HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture)
MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)

pytestmark = pytest.mark.only("sqlite")


def headers_of(who: str) -> dict[str, str]:
    origin = {"Origin": "http://testserver"}
    if not who:
        return origin
    with db.transaction() as session:
        person = getattr(assemble(session), who)
        token = accounts.start_session(session, person.id, "schemathesis", now=datetime.now(UTC))
    return origin | {"Cookie": f"{sessions.cookie_name()}={token}"}


WHO = [(label, who) for label in sorted(OPERATIONS) for who in ("", "ana", "ada") if who != "ada" or "/admin" in label]


@pytest.mark.parametrize(("label", "who"), WHO)
def test_no_request_makes_it_fail_or_say_what_it_does_not_tell_of(database: str, label: str, who: str) -> None:
    bulq.login_per_minute = bulq.api_per_minute = 100_000
    operation, headers = OPERATIONS[label], headers_of(who)
    takes_anything = "requestBody" in operation.definition.raw or "{" in operation.path
    for mode in MODES if takes_anything else MODES[:1]:

        @seed(1)
        @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=PATIENT)
        @given(case=operation.as_strategy(generation_mode=mode))
        def holds(case: schemathesis.Case) -> None:
            answer = case.call(headers=headers)
            case.validate_response(answer, checks=CHECKS)
            documented = {int(code) for code in operation.definition.raw["responses"] if code.isdigit()}
            assert answer.status_code in documented | REFUSALS

        holds()
