"""Suppliers' lists at a terminal: tried, asked about, answered from a file or by hand, taken in, and taken back."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col, func, select

from bulq import cli, db
from bulq.models import AuditEntry, CatalogueImport, PriceObservation, Product, Store
from tests import spreadsheets
from tests.cast import Cast, assemble
from tests.conftest import Scene

ROOT = Path(__file__).resolve().parents[1]
LIST = "Mill's prices;;\nArticle;Unit;Price\nOats;kg;$ 2,40\nRye;sprig;1,90 €\nSalt;kg;-2\n"
ASKED = {"currency:$": "USD", "unit:sprig": "pack"}
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def cast(scene: Scene) -> Cast:
    return scene(assemble)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text(LIST, "utf-8")
    return path


@pytest.fixture
def run(cast: Cast, capsys: pytest.CaptureFixture[str]) -> Run:
    """A command, as its exit code and what it said on both outputs."""

    def command(*arguments: object) -> tuple[int, str, str]:
        code = cli.main([str(each) for each in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


def bring(file: Path, *options: object) -> list[object]:
    return ["import-catalogue", file, "--guess", "--store", "Metro", "--currency", "eur", *options]


def prices() -> dict[str, tuple[int, str, date]]:
    """What was seen at the store, by product."""
    query = select(Product.name, PriceObservation).join(PriceObservation)
    query = query.where(col(PriceObservation.withdrawn_at).is_(None))
    rows = db.read_now(lambda session: session.execute(query).all())
    return {name: (seen.price, seen.currency, seen.day) for name, seen in rows}


def imports() -> int:
    return db.read_now(lambda session: session.scalars(select(func.count()).select_from(CatalogueImport)).one())


def written(path: Path, answers: Any) -> Path:
    path.write_text(answers if isinstance(answers, str) else json.dumps(answers), "utf-8")
    return path


def test_a_dry_run_says_as_json_what_it_found_and_changes_nothing(run: Run, file: Path) -> None:
    code, said, _bars = run(*bring(file, "--dry-run", "--json"))
    found = json.loads(said)

    assert (code, found["products"], found["prices"], found["rows"], found["refused_rows"]) == (0, 2, 1, 3, 1)
    assert [(each["id"], each["where"], each["needed"]) for each in found["questions"]] == [
        ("currency:$", {"lines": [3], "count": 1}, True),
        ("unit:sprig", {"lines": [4], "count": 1}, True),
    ]
    assert [choice["value"] for choice in found["questions"][0]["choices"]][-2:] == ["EUR", "none"]
    assert all(choice["text"] for question in found["questions"] for choice in question["choices"])
    assert [(each["line"], each["row"], each["key"]) for each in found["refused"]] == [(5, True, "money_negative")]
    assert (prices(), imports()) == ({}, 0)


def test_open_questions_are_named_where_nobody_can_be_asked(run: Run, file: Path) -> None:
    code, said, why = run(*bring(file, "--leave-out-bad"))

    assert (code, why) == (1, "Nothing was imported. Answer first, with --map FILE: currency:$, unit:sprig\n")
    assert "? currency:$: " in said and "line 5, Price: " in said
    assert (prices(), imports()) == ({}, 0)


def test_answers_from_a_file_take_the_list_in(run: Run, file: Path, tmp_path: Path) -> None:
    answers = written(tmp_path / "answers.json", ASKED)

    code, _said, why = run(*bring(file, "--map", answers))
    assert (code, why) == (1, "Nothing was imported. Mend the rows, or leave them out with --leave-out-bad.\n")
    assert (prices(), imports()) == ({}, 0)

    code, said, _ = run(*bring(file, "--map", answers, "--leave-out-bad"))
    assert code == 0 and said.endswith("The file is imported.\n")
    assert {name: seen[:2] for name, seen in prices().items()} == {"Oats": (240, "USD"), "Rye": (190, "EUR")}
    entries = db.read_now(
        lambda session: session.scalars(select(AuditEntry).where(AuditEntry.action == "catalogue_imported")).all()
    )
    assert [(entry.actor_name, entry.subject_name) for entry in entries] == [("Ada", "list.csv")]


def test_likely_answers_are_written_to_begin_with(run: Run, file: Path, tmp_path: Path) -> None:
    template = tmp_path / "answers.json"

    assert (
        run(*bring(file, "--dry-run", "--template", template, "--map", written(tmp_path / "m", {"days": "dmy"})))[0]
        == 0
    )
    likely = json.loads(template.read_text("utf-8"))
    assert likely.keys() == {*ASKED, "days"} and likely["days"] == "dmy"

    written(template, likely | ASKED)
    assert (
        run("import-catalogue", file, "--store", "Metro", "--currency", "EUR", "--map", template, "--leave-out-bad")[0]
        == 0
    )
    assert prices().keys() == {"Oats", "Rye"}


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (None, "can't be read"),
        ("[1]", "has to hold an object"),
        ("{", "is no JSON"),
        ("\ud83d".encode("utf-8", "surrogatepass"), "is no JSON"),
        ('{"days": "' + "d" * 1_000_000 + '"}', "is too large"),
    ],
    ids=["missing", "list", "broken", "bytes", "large"],
)
def test_a_file_of_answers_that_is_none_is_refused_in_a_line(
    run: Run, file: Path, tmp_path: Path, answers: str | bytes | None, words: str
) -> None:
    path = tmp_path / "answers.json"
    if answers is not None:
        path.write_bytes(answers if isinstance(answers, bytes) else answers.encode())

    code, _said, why = run(*bring(file, "--map", path))

    assert code == 1 and words in why and why.count("\n") == 1 and imports() == 0


def test_a_currency_there_is_not_is_refused(run: Run, file: Path) -> None:
    assert run("import-catalogue", file, "--guess", "--store", "Metro", "--currency", "XXY") == (
        1, "", "XXY is no currency such as EUR.\n"
    )  # fmt: skip


def test_a_store_that_is_new_comes_with_its_list(run: Run, file: Path) -> None:
    file.write_text("Article;Unit;Price\nOats;kg;2,40 €\n", "utf-8")

    assert run("import-catalogue", file, "--guess", "--store", "New mill")[0] == 0
    assert "New mill" in db.read_now(lambda session: session.scalars(select(Store.name)).all())
    assert prices()["Oats"][:2] == (240, "EUR")


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("write", [spreadsheets.write_xls, spreadsheets.write_xlsx, spreadsheets.write_ods])
def test_spreadsheets_go_in_with_their_days_and_without_broken_barcodes(
    run: Run, tmp_path: Path, write: Callable[[Path], None]
) -> None:
    write(tmp_path / "goods")
    answers = written(tmp_path / "answers.json", {"price_decimals": "decimal"})  # 1.005

    code, said, _ = run(*bring(tmp_path / "goods", "--json", "--map", answers))

    found = json.loads(said)
    assert (code, found["questions"], found["refused_rows"]) == (0, [], 0)
    assert [(each["line"], each["key"], each["row"]) for each in found["refused"]] == [
        (6, "barcode_rounded", False),
        (7, "barcode_of_shop", False),
        (8, "barcode_check_digit", False),
    ]
    assert {name: seen for name, seen in prices().items() if name != "Senf"} == {
        "Käse, jung": (1194, "EUR", date(2026, 11, 28)),
        "Haferflocken 500 g": (200, "EUR", date(2026, 11, 2)),
        "Яйца 10er": (310, "EUR", date(2026, 11, 27)),
    }
    goods = db.read_now(lambda session: session.scalars(select(Product).where(col(Product.barcode).is_not(None))).all())
    assert [(row.name, row.barcode) for row in goods] == [("Käse, jung", "4006381333931")]


def test_an_import_is_listed_and_taken_back_once_within_a_day(run: Run, file: Path) -> None:
    file.write_text("Article;Unit;Price\nOats;kg;2,40 €\n", "utf-8")
    assert run("undo-import") == (0, "", "")
    run(*bring(file))
    _code, said, _ = run("undo-import")
    listed = re.fullmatch(r"([0-9a-f-]{36})  (\d{4}-\d\d-\d\d \d\d:\d\d)  list\.csv\n", said)
    assert listed and prices().keys() == {"Oats"}

    assert run("undo-import", listed[1], "--as", "ana")[0] == 1 and prices().keys() == {"Oats"}
    assert run("undo-import", listed[1]) == (0, "The import is undone.\n", "")
    assert prices() == {} and "Oats" not in db.read_now(lambda session: session.scalars(select(Product.name)).all())
    assert run("undo-import") == (0, "", "")
    assert run("undo-import", listed[1])[0] == 1


def test_an_import_of_longer_ago_stays(run: Run, file: Path) -> None:
    file.write_text("Article;Unit;Price\nOats;kg;2,40 €\n", "utf-8")
    run(*bring(file))
    import_id = run("undo-import")[1].split()[0]
    db.write_now(
        lambda session: session.execute(update(CatalogueImport).values(taken_at=datetime.now(UTC) - timedelta(days=1)))
    )

    assert run("undo-import") == (0, "", "")
    assert run("undo-import", import_id)[0] == 1 and prices().keys() == {"Oats"}


@pytest.mark.parametrize("given", ["nonsense", "01890000-0000-7000-8000-000000000000"])
def test_what_is_no_import_is_not_undone(run: Run, given: str) -> None:
    code, said, why = run("undo-import", given)

    assert (code, said) == (1, "") and why.count("\n") == 1


class Terminal:
    """The command in a process of its own, at a terminal at which somebody types."""

    def __init__(self, database: str, *arguments: object) -> None:
        self._ours, theirs = pty.openpty()
        known = {"DATABASE_URL": database, "COLUMNS": "200", "TERM": "dumb", "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-m", "bulq", *map(str, arguments)]
        env = os.environ | known
        self._process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        self.said = ""

    def answer(self, prompt: str, typed: str) -> None:
        """Type when the prompt is there."""
        self._read(prompt)
        os.write(self._ours, f"{typed}\n".encode())

    def end(self) -> int:
        self._read(None)
        os.close(self._ours)
        return self._process.wait(20)

    def _read(self, until: str | None) -> None:
        began, deadline = len(self.said), time.monotonic() + 60
        while until is None or until not in self.said[began:]:
            assert time.monotonic() < deadline, self.said
            try:
                piece = os.read(self._ours, 4096)
            except OSError:  # the other end is closed
                piece = b""
            if not piece:
                assert until is None, self.said
                return
            self.said += piece.decode("utf-8", "replace")


@pytest.mark.only("sqlite")
def test_questions_are_put_at_a_terminal_until_they_are_answered(cast: Cast, database: str, file: Path) -> None:
    terminal = Terminal(database, *bring(file, "--leave-out-bad"))
    terminal.answer("> ", "pounds")  # the sign
    terminal.answer("Choose one of these.\r\n> ", "1")
    terminal.answer("> ", "pack")  # the unit

    assert terminal.end() == 0, terminal.said
    assert "The file is imported." in terminal.said
    assert {name: seen[:2] for name, seen in prices().items()} == {"Oats": (240, "USD"), "Rye": (190, "EUR")}


@pytest.mark.only("sqlite")
def test_who_goes_away_from_the_terminal_imports_nothing(cast: Cast, database: str, file: Path) -> None:
    terminal = Terminal(database, *bring(file, "--leave-out-bad"))
    terminal.answer("> ", "\x04")

    assert terminal.end() == 1 and "Nothing was imported." in terminal.said
    assert (prices(), imports()) == ({}, 0)
