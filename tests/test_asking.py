"""What somebody types at a terminal as answers to the questions about a list."""

import io

import pytest

from bulq.domain.lists.headings import Field
from bulq.domain.lists.questions import Choice, Question
from bulq.imports.asking import ask


def typed(monkeypatch: pytest.MonkeyPatch, questions: list[Question], *lines: str) -> dict[str, object]:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
    return ask(questions, {"1": "Article: Oats", "2": "Price: 2.40"})


def choices(*values: str) -> tuple[Choice, ...]:
    return tuple(Choice(value, text=f"as {value}") for value in values)


UNIT = Question("unit:sprig", "unit", choices("kg", "pack"), "kg", values={"word": "sprig"}, lines=[3], count=2)
PRICE = Question("price", "price", choices("2", "1", "7"))
STORE = Question("store", "store", free=True)
COLUMNS = Question("columns", "columns", default={"1": "name", "2": "price"})


@pytest.mark.parametrize(
    ("line", "answer"), [("", "kg"), ("1", "kg"), ("2", "pack"), ("pack", "pack"), (" pack ", "pack")]
)
def test_an_answer_is_a_number_a_word_or_the_likely_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str, answer: str
) -> None:
    assert typed(monkeypatch, [UNIT], line) == {"unit:sprig": answer}

    said = capsys.readouterr().out
    assert "What is “sprig”? (2 rows, first in line 3)\n  1  as kg\n  2  as pack\n[kg] " in said


@pytest.mark.parametrize("line", ["0", "3", "gram", "²"])
def test_what_is_no_answer_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    assert typed(monkeypatch, [UNIT], line, "2") == {"unit:sprig": "pack"}
    assert "Choose one of these." in capsys.readouterr().out


@pytest.mark.parametrize(("line", "answer"), [("1", "1"), ("2", "2"), ("3", "7")])
def test_a_number_that_is_an_answer_itself_means_that(monkeypatch: pytest.MonkeyPatch, line: str, answer: str) -> None:
    assert typed(monkeypatch, [PRICE], line) == {"price": answer}


def test_where_any_text_is_an_answer_none_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(monkeypatch, [STORE], "", "Mill") == {"store": "Mill"}
    assert "Type an answer." in capsys.readouterr().out


def test_of_columns_each_is_asked_for_and_every_question_is_answered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = typed(monkeypatch, [COLUMNS, UNIT], "", "cost", "note", "2")

    assert answers == {"columns": {"1": "name", "2": "note"}, "unit:sprig": "pack"}
    said = capsys.readouterr().out
    assert "Article: Oats [name]" in said and "Price: 2.40 [price]" in said
    assert all(field in said for field in Field) and said.count("Choose one of the words above.") == 1
