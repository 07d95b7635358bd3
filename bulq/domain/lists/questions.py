"""What has to be asked about a list, as data: any door may put the questions, and answers are kept with the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

MOST_ASKED = 60  # different questions about one list
LINES_SHOWN = 5
LONGEST_ANSWER = 200

Answers: TypeAlias = Mapping[str, Any]  # by the ids of questions; docs/catalogue_files.md lists them


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer that may be given, and how it reads: a key "price_list.choice_<key>" with its values, or `text`."""

    value: str
    key: str = ""
    values: Mapping[str, str | int] = field(default_factory=dict[str, "str | int"])
    text: str = ""


@dataclass(slots=True)
class Question:
    """Something a list leaves open.

    `kind` names a text "price_list.ask_<kind>" with `values`; `id` is the key of its answer. `default` is taken where
    nobody is asked; `needed`: nothing is taken in before somebody answered. `lines` are the first of `count` rows.
    """

    id: str
    kind: str
    choices: tuple[Choice, ...] = ()
    default: Any = None
    needed: bool = True
    values: Mapping[str, str | int] = field(default_factory=dict[str, "str | int"])
    lines: list[int] = field(default_factory=list[int])
    count: int = 0
    free: bool = False  # any text may be the answer

    def about(self, line: int) -> None:
        self.count += 1
        if len(self.lines) < LINES_SHOWN:
            self.lines.append(line)


def answer_of(answers: Answers, question: str) -> str:
    """The answer as text; empty when nobody gave one."""
    found = answers.get(question)
    return str(found)[:LONGEST_ANSWER].strip() if isinstance(found, str | int) and not isinstance(found, bool) else ""
