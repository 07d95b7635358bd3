"""Opening hours as they are typed in the browser, kept and shown."""

import json
import subprocess
from typing import Any

import pytest

from bulq.domain.errors import Invalid
from bulq.domain.opening_hours import check_hours
from tests.databases import ROOT

CLOSED = "closed"
SCRIPT = """
const { parseWeek, typedHours } = await import(process.argv[1]);
const { weeks, shown } = JSON.parse(process.argv[2]);
const text = (hours) => hours.map((_, n) => typedHours(hours, n, "closed"));
const typed = shown.map((hours) => [text(hours), parseWeek(text(hours), "closed")]);
console.log(JSON.stringify([weeks.map((texts) => parseWeek(texts, "closed")), typed]));
"""


def in_browser(weeks: list[list[str]], shown: list[list[list[int]]]) -> Any:
    """What the browser reads in these texts, and in the texts that it shows of these hours."""
    asked = json.dumps({"weeks": weeks, "shown": shown})
    module = (ROOT / "assets/store/hours.js").as_uri()
    command = ["node", "--input-type=module", "-e", SCRIPT, module, asked]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def week(sunday: str) -> list[str]:
    return ["8-20"] * 6 + [sunday]


TYPED: list[tuple[str, list[int] | str]] = [
    ("8:00-20:00", [480, 1200]),
    ("8-20", [480, 1200]),
    (" 08.30 – 13 ; 17:00—20:15 ", [510, 780, 1020, 1215]),
    ("0-24", [0, 1440]),
    ("0:00-24:00", [0, 1440]),
    ("closed", []),
    ("CLOSED", []),
    ("", "hours_missing"),
    ("abc", "hours"),
    ("8", "hours"),
    ("8-25", "hours"),
    ("8:60-20", "hours"),
    ("24:01-24:02", "hours"),
    ("-1-5", "hours"),
    ("٨-٢٠", "hours"),
    ("8-20,", "hours"),
    ("1-2,3-4,5-6,7-8,9-10", "hours"),
    ("8-9," * 10_000, "hours"),
    ("8-20\x00", "hours"),
    ("22-4", "hours_order"),
    ("8-8", "hours_order"),
    ("8-12,11-15", "hours_order"),
    ("8-12,12-15", "hours_order"),
]


def test_a_day_is_spans_of_minutes_and_what_is_none_is_refused_at_its_field() -> None:
    found, _ = in_browser([week(typed) for typed, _ in TYPED], [])

    for (typed, expected), read in zip(TYPED, found, strict=True):
        if isinstance(expected, str):
            assert read == {"error": expected, "field": "sunday"}, typed[:50]
        else:
            assert read["value"][6] == expected, typed
            check_hours(read["value"])


def test_nothing_said_is_not_known() -> None:
    assert in_browser([["", " "] + [""] * 5], [])[0] == [{"value": None}]


def test_what_is_shown_can_be_typed_again() -> None:
    odd = [[], [480, 1200], [480, 780, 1020, 1200], [0, 1440], [0, 1, 2, 3, 4, 5, 6, 7], [1439, 1440], [59, 60]]

    ((texts, read),) = in_browser([], [odd])[1]

    assert read == {"value": odd}
    assert texts[:4] == [CLOSED, "08:00–20:00", "08:00–13:00, 17:00–20:00", "00:00–24:00"]


@pytest.mark.parametrize(
    "hours",
    [[], [[]] * 6, [[480]] + [[]] * 6, [[-1, 5]] + [[]] * 6, [[0, 1441]] + [[]] * 6, [[20, 10]] + [[]] * 6,
     [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]] + [[]] * 6],
)  # fmt: skip
def test_what_is_no_week_is_refused(hours: list[list[int]]) -> None:
    with pytest.raises(Invalid):
        check_hours(hours)
