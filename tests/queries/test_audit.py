"""The record of who did what: for admins alone, newest first, found by words, ids, kinds, topics and days."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from bulq.domain.auditing import Topic, topic_of
from bulq.domain.errors import NotFound
from bulq.i18n import catalogue
from bulq.models import AuditEntry
from bulq.models.base import new_id
from bulq.queries.audit import audit_batch, audit_log, sentence
from bulq.queries.catalogue_file import catalogue_size, export_rows
from bulq.queries.listing import Wish
from bulq.services.audit import record
from tests.cast import NOW, Cast, assemble
from tests.conftest import Scene
from tests.queries.counting import statements

DAY = timedelta(days=1)


@pytest.fixture
def cast(scene: Scene) -> Cast:
    return scene(assemble)


def note(session: Session, cast: Cast, action: str, name: str, *, days: int = 0, kind: str = "user") -> UUID:
    subject = new_id()
    record(session, cast.ada, action, kind=kind, subject=subject, name=name, now=NOW - days * DAY)
    session.flush()
    return subject


def found(session: Session, cast: Cast, typed: str = "", **filters: str) -> list[str]:
    return [line.subject_name for line in audit_log(session, cast.ada, Wish(typed=typed, filters=filters)).rows]


def test_m1_nobody_but_admins_sees_it(session: Session, cast: Cast) -> None:
    """M1: page and action."""
    for look in (
        lambda: audit_log(session, cast.ana, Wish()),
        lambda: audit_batch(session, cast.ana, Wish()),
        lambda: export_rows(session, cast.ana, None),
        lambda: catalogue_size(session, cast.ana),
    ):
        with pytest.raises(NotFound):
            look()


def test_the_newest_come_first_in_pages(session: Session, cast: Cast) -> None:
    for days in range(1, 121):
        note(session, cast, "user_locked", f"old {days}", days=-days)

    first = audit_log(session, cast.ada, Wish(typed="old"))
    last = audit_log(session, cast.ada, Wish(typed="old", page=99))

    assert [line.subject_name for line in first.rows] == [f"old {days}" for days in range(120, 70, -1)]
    assert (first.total, first.pages, last.page, len(last.rows)) == (120, 3, 3, 20)


def test_it_is_read_bit_by_bit_without_gaps(session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bulq.queries.audit.BATCH", 7)
    for n in range(30):
        note(session, cast, "user_locked", str(n), days=n // 10)  # ten at the same moment
    wish, read, after = Wish(typed="locked"), list[str](), None
    while lines := audit_batch(session, cast.ada, wish, after=after):
        read += [line.subject_name for line in lines]
        after = lines[-1].at, lines[-1].id

    assert sorted(read, key=int) == [str(n) for n in range(30)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("zeljko", ["Željko Đorđević"]),
        ("ĐORĐ", ["Željko Đorđević"]),
        ("ada unlocked", ["100% free"]),
        ("locked", ["100% free", "Željko Đorđević"]),
        ("100%", ["100% free"]),
        ("%", ["100% free"]),
        ("_", []),
        (".*", []),
        ("'; DROP TABLE audit_entries;--", []),
        ("x" * 5000, []),
        ("\x00", None),
        ("\ud83d", None),
    ],
)
def test_it_is_found_by_its_words(session: Session, cast: Cast, typed: str, expected: list[str] | None) -> None:
    note(session, cast, "user_locked", "Željko Đorđević", days=-1)
    note(session, cast, "user_unlocked", "100% free", days=-2)

    names = found(session, cast, typed)

    assert names == expected if expected is not None else len(names) > 2


def test_it_is_found_by_id_and_by_where_it_came_from(session: Session, cast: Cast) -> None:
    subject = note(session, cast, "user_locked", "Željko")
    session.add(AuditEntry(at=NOW, action="signed_in", subject_name="far", address="2001:db8::", words="2001:db8::"))
    session.flush()

    assert found(session, cast, str(subject)) == ["Željko"]
    assert found(session, cast, str(new_id())) == []
    assert found(session, cast, "2001:db8") == ["far"]
    assert "Željko" in found(session, cast, str(cast.ada.id))


def test_it_is_narrowed_down_by_kind_topic_and_days(session: Session, cast: Cast) -> None:
    note(session, cast, "user_registered", "a", days=-1)
    note(session, cast, "invite_renewed", "b", days=-2, kind="group")
    note(session, cast, "phase_active", "c", days=-3, kind="run")

    after = {"from": (NOW.date() + DAY).isoformat()}
    assert found(session, cast, **after) == ["c", "b", "a"]
    assert found(session, cast, kind="group", **after) == ["b"]
    assert found(session, cast, topic="runs", **after) == ["c"]
    assert found(session, cast, topic="accounts", **after) == ["a"]
    assert found(session, cast, to=(NOW.date() + 2 * DAY).isoformat(), **after) == ["b", "a"]


@pytest.mark.parametrize("value", ["", "nonsense", "\x00", "%", "9999-99-99", "0001-01-01", "x" * 5000, "NaN"])
def test_a_filter_that_makes_no_sense_is_passed_over(session: Session, cast: Cast, value: str) -> None:
    everything = found(session, cast)

    for name in ("kind", "topic", "from", "to", "other"):
        assert found(session, cast, **{name: value}) == everything


def test_every_action_has_a_topic_and_a_sentence(session: Session, cast: Cast) -> None:
    actions = [key.removeprefix("audit.") for key in catalogue("en") if key.startswith("audit.")]
    for action in actions:
        topic_of(action)
        note(session, cast, action, "Eva")

    told, wish = dict[str, str](), Wish(typed="eva")
    for page in range(1, audit_log(session, cast.ada, wish).pages + 1):
        told |= {line.action: sentence(line) for line in audit_log(session, cast.ada, replace(wish, page=page)).rows}
    assert told.keys() == set(actions)
    assert [action for action, words in told.items() if not words.endswith(".")] == []
    assert {f"audit_page.topic.{topic}" for topic in Topic} <= set(catalogue("en"))


def test_an_action_nobody_knows_any_more_is_still_told(session: Session, cast: Cast) -> None:
    note(session, cast, "moon_bought", "Luna")

    (line,) = audit_log(session, cast.ada, Wish(typed="luna")).rows
    assert sentence(line) == "Ada: moon bought Luna"


def test_quantities_are_told_in_their_unit(session: Session, cast: Cast) -> None:
    details = {"product": "Rice", "unit": "kg", "before": 3000, "after": 1500, "store": "Metro"}
    record(session, cast.ana, "bid_edited", kind="user", subject=cast.eva.id, name="Eva", now=NOW, **details)
    session.flush()

    (line,) = audit_log(session, cast.ada, Wish(typed="eva bid")).rows
    assert sentence(line) == "Ana changed Eva\u2019s bid on Rice from 3 kg to 1.5 kg, in the run to Metro."


def test_as_many_statements_for_many_entries_as_for_few(session: Session, cast: Cast) -> None:
    counts = list[int]()
    for size in (3, 300):
        for n in range(size):
            note(session, cast, "user_locked", f"Eva {n}")
        with statements(session) as sent:
            audit_log(session, cast.ada, Wish(typed="eva", filters={"kind": "user", "topic": "accounts"}))
            export_rows(session, cast.ada, None)
            catalogue_size(session, cast.ada)
        counts.append(len(sent))

    assert counts[0] == counts[1] == 2 + 4 + 1
