"""Where members want to be paid leaves no trace beside its rows, and follows a change of keys."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from hashlib import blake2b
from uuid import uuid4

import orjson
import pytest
from sqlmodel import select

from bulq import db
from bulq.cli import main
from bulq.domain.errors import Invalid
from bulq.editions import to_json
from bulq.jobs.doctor import examine
from bulq.models import Operation
from bulq.operations import operate
from bulq.queries.payouts import payouts
from bulq.services import accounts
from bulq.services.payouts import add_payout, edit_payout, remove_payout
from tests.cast import LATER, NOW, Cast, assemble
from tests.conftest import Scene
from tests.services.test_payouts import ACCOUNT, SECRETS, three
from tests.test_sealed import NEW, OLD, use


@pytest.fixture
def cast(scene: Scene) -> Cast:
    return scene(assemble)


async def test_no_trace_of_it_is_left_in_answers_digests_and_the_log(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    token = db.write_now(accounts.start_session, cast.bojan.id, "a browser", now=datetime.now(UTC))
    arguments = {"kind": "serbian", "to": ACCOUNT, "name": "Bojan Bojanić"}
    body = orjson.dumps({"id": str(uuid4()), "name": "add_payout", "arguments": arguments})
    wrong = orjson.dumps({"id": str(uuid4()), "name": "add_payout", "arguments": arguments | {"to": "165-55-75"}})

    with caplog.at_level(logging.DEBUG):
        first, again = await operate(body, token), await operate(body, token)
        with pytest.raises(Invalid):
            await operate(wrong, token)

    assert first == again and set(orjson.loads(first)) == {"id"}
    (row,) = db.read_now(lambda s: list(s.scalars(select(Operation))))
    plain = blake2b(to_json(["add_payout", arguments]), digest_size=16).hexdigest()
    assert row.digest != plain and len(row.digest) == 32
    assert not any(secret in caplog.text for secret in (*SECRETS, "165-55-75"))


def test_a_new_key_is_taken_into_use_and_the_old_one_out_of_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("bulq.cli.RESEALED_AT_ONCE", 2)
    use(OLD)
    db.write_now(three, cast.bojan)
    use(NEW, OLD)
    db.write_now(add_payout, cast.mila, "revolut", "@mila", now=NOW)

    assert main(["reseal"]) == 0
    assert main(["reseal"]) == 0

    said = capsys.readouterr().out.splitlines()
    assert [line.partition(" ")[0] for line in said] == ["3", "0"]
    use(NEW)
    for who, many in ((cast.bojan, 3), (cast.mila, 1)):
        found = db.read_now(payouts, who).payouts.values()
        assert [line.is_readable for line in found] == [True] * many


def test_what_no_key_reads_is_counted_and_reported(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    use(OLD)
    first, *others = db.write_now(three, cast.bojan)
    use(NEW)

    assert main(["reseal"]) == 1
    assert "3 can't be read" in capsys.readouterr().err
    assert str(first) in next(each.words for each in examine(NOW, all_backups=False) if each.kind == "payouts")
    assert [line.is_readable for line in db.read_now(payouts, cast.bojan).payouts.values()] == [False] * 3
    db.write_now(edit_payout, cast.bojan, first, ACCOUNT, name="Bojan", now=LATER)
    db.write_now(lambda s: [remove_payout(s, cast.bojan, each, now=LATER) for each in others])
    assert [line.shown for line in db.read_now(payouts, cast.bojan).payouts.values()] == [ACCOUNT]
    assert not [each for each in examine(NOW, all_backups=False) if each.kind == "payouts"]
