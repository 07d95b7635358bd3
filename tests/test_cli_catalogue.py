"""The catalogue as a file at a terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import select

from bulq import cli, db
from bulq.models import AuditEntry, Product, User
from tests.cast import assemble

GOODS = "name;unit;step;store;price;currency\nЛећа;kg;0,25;Metro;2,49;EUR\n"


@pytest.fixture(autouse=True)
def goods(database: str, tmp_path: Path) -> Path:
    with db.transaction() as session:
        assemble(session)
    path = tmp_path / "goods.csv"
    path.write_text(GOODS, "utf-8")
    return path


def names() -> set[str]:
    return set(db.read_now(lambda session: session.scalars(select(Product.name)).all()))


def test_a_dry_run_changes_nothing(goods: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["import-catalogue", str(goods), "--dry-run"]) == 0

    assert "new products" in capsys.readouterr().out
    assert "Лећа" not in names()


def test_a_dry_run_needs_no_admin(goods: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with db.transaction() as session:
        session.execute(update(User).values(is_admin=False))

    assert cli.main(["import-catalogue", str(goods), "--dry-run", "--guess", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["products"], found["prices"], found["refused"]) == (1, 1, [])
    assert cli.main(["import-catalogue", str(goods), "--guess"]) == 1


def test_a_file_is_imported_by_the_admin_who_is_longest_here(goods: Path) -> None:
    assert cli.main(["import-catalogue", str(goods)]) == 0

    assert "Лећа" in names()
    entries = db.read_now(
        lambda session: session.scalars(select(AuditEntry).where(AuditEntry.action == "catalogue_imported")).all()
    )
    assert [(entry.actor_name, entry.subject_name, entry.address) for entry in entries] == [("Ada", "goods.csv", "")]


def test_bad_rows_stop_it_unless_they_are_left_out(goods: Path, capsys: pytest.CaptureFixture[str]) -> None:
    goods.write_text(GOODS + "Salt;barrel;;;;\n", "utf-8")

    assert cli.main(["import-catalogue", str(goods)]) == 1
    assert "line 3, unit: Choose one of" in capsys.readouterr().out and "Лећа" not in names()

    assert cli.main(["import-catalogue", str(goods), "--leave-out-bad"]) == 0
    assert "Лећа" in names() and "Salt" not in names()


def test_what_is_exported_is_imported_without_changing_anything(
    goods: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["import-catalogue", str(goods)])
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    assert cli.main(["export-catalogue", str(first)]) == 0
    assert cli.main(["import-catalogue", str(first)]) == 0
    cli.main(["export-catalogue", str(second)])

    assert first.read_bytes() == second.read_bytes() and first.read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"PK\x03\x04", "no CSV file"), ("name\nČaj".encode("cp1250"), "isn\u2019t in UTF-8"), (None, "can't be read")],
)
def test_what_is_no_such_file_is_said_in_a_line(
    goods: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, words: str
) -> None:
    if content is None:
        goods.unlink()
    else:
        goods.write_bytes(content)

    assert cli.main(["import-catalogue", str(goods)]) == 1
    assert words in capsys.readouterr().err


def test_only_an_admin_imports(goods: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["import-catalogue", str(goods), "--as", "ana"]) == 1

    assert "no such admin" in capsys.readouterr().err and "Лећа" not in names()
