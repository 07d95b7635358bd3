"""Questions about a list at a terminal: in words, as JSON, and with the answers from a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bulq import i18n
from bulq.domain.catalogue_file import Problem
from bulq.domain.lists.headings import Field
from bulq.domain.lists.questions import Choice, Question
from bulq.services.catalogue_import import Findings

LARGEST_MAP = 1_000_000  # bytes


class NoMap(Exception):
    """Says why a file of answers can't be used."""


def read_map(path: Path) -> dict[str, Any]:
    """Answers by the ids of questions."""
    try:
        if path.stat().st_size > LARGEST_MAP:
            raise NoMap(f"{path} is too large for a file of answers.")
        found = json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise NoMap(f"{path} can't be read: {error.strerror}") from None
    except ValueError as error:
        raise NoMap(f"{path} is no JSON: {error}") from None
    if not isinstance(found, dict):
        raise NoMap(f"{path} has to hold an object: the id of each question with its answer.")
    return {str(name): value for name, value in found.items()}


def template(findings: Findings, answers: Mapping[str, Any]) -> str:
    """Answers to begin with: those given, and the likely one of each question."""
    asked = {question.id: question.default for question in findings.questions}
    return json.dumps({**asked, **answers}, indent=2, ensure_ascii=False)


def as_json(findings: Findings, line_of: Callable[[Problem], str]) -> dict[str, Any]:
    """What a dry run found. `refused` has rows, and cells that were left out while their row goes in."""
    refused = [_refused(problem, line_of, True) for problem in findings.problems]
    refused += [_refused(problem, line_of, False) for problem in findings.notes]
    return {
        "products": findings.products,
        "prices": findings.prices,
        "questions": [_question(question) for question in findings.questions],
        "refused": sorted(refused, key=lambda each: each["line"]),
        "rows": findings.rows,
        "refused_rows": findings.bad,
        "left_out_cells": findings.noted,
    }


def _refused(problem: Problem, line_of: Callable[[Problem], str], row: bool) -> dict[str, Any]:
    return {"line": problem.line, "column": problem.column, "row": row, "key": problem.key, "reason": line_of(problem)}


def _question(question: Question) -> dict[str, Any]:
    return {
        "id": question.id,
        "kind": question.kind,
        "text": words_of(question),
        "where": {"lines": question.lines, "count": question.count},
        "choices": [{"value": choice.value, "text": label_of(choice)} for choice in question.choices],
        "default": question.default,
        "needed": question.needed,
    }


def words_of(question: Question) -> str:
    values: dict[str, Any] = dict(question.values)
    return i18n.text(f"price_list.ask_{question.kind}", "en", **values)


def label_of(choice: Choice) -> str:
    values: dict[str, Any] = dict(choice.values)
    return choice.text if not choice.key else i18n.text(f"price_list.choice_{choice.key}", "en", **values)


def ask(questions: Sequence[Question], titles: Mapping[str, str]) -> dict[str, Any]:
    """The answers of whoever sits at the terminal. `titles` are the columns by their numbers, with what is in them."""
    return {
        question.id: _ask_columns(question, titles) if question.kind == "columns" else _ask(question)
        for question in questions
    }


def _ask(question: Question) -> str:
    place = f" ({question.count} rows, first in line {question.lines[0]})" if question.lines else ""
    print(f"\n{words_of(question)}{place}")
    for number, choice in enumerate(question.choices[:40], 1):
        print(f"  {number}  {label_of(choice)}")
    default = str(question.default or "")
    while True:
        typed = input(f"[{default}] " if default else "> ").strip() or default
        values = [choice.value for choice in question.choices]
        if typed.isdecimal() and 1 <= int(typed) <= len(values) and typed not in values:
            return values[int(typed) - 1]
        if typed in values or (question.free and typed):
            return typed
        print("Choose one of these." if values else "Type an answer.")


def _ask_columns(question: Question, titles: Mapping[str, str]) -> dict[str, str]:
    print(f"\n{words_of(question)}\n  {', '.join(map(str, Field))}")
    answers: dict[str, str] = {}
    for place, guessed in dict(question.default or {}).items():
        while True:
            typed = input(f"  {titles.get(place, place)} [{guessed}] ").strip() or str(guessed)
            if typed in list(Field):
                answers[place] = typed
                break
            print("Choose one of the words above.")
    return answers
