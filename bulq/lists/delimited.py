"""Texts with separators as rows: any line ends, any separator, quotes that don't fit, rows of any length."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from bulq.domain.errors import Invalid

LONGEST_LINE = 32_768  # characters
MOST_LINES_IN_A_CELL = 20
LONGEST_CELL = 2_000
MOST_COLUMNS = 100
SEPARATORS = (";", "\t", ",", "|", "^", "~", ":")
LOOKED_AT = 200  # lines from which the separator is guessed
SAYS_IT = re.compile(r"\s*\"?sep=(.)\"?\s*", re.IGNORECASE)


class _Text(io.TextIOWrapper):
    """The text of a file that is somebody else's: it stays open."""

    def close(self) -> None:
        pass


def lines_of(file: BinaryIO, encoding: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers from 1 on. Raises Invalid for what is no text."""
    file.seek(0)
    text = _Text(file, encoding=encoding, newline="", errors="strict")
    number = 0
    try:
        while line := text.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise Invalid("file_long_line", field="file", line=number, maximum=LONGEST_LINE)
            if "\0" in line:
                raise Invalid("file_not_text", field="file")
            yield number, line
    except UnicodeError:
        raise Invalid("file_encoding", field="file") from None


def rows_of(file: BinaryIO, encoding: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """The cells of every line that has any, with the line's number."""
    lines = lines_of(file, encoding)
    held: list[tuple[int, str]] = []  # read ahead, to be read again
    while True:
        number, line = held.pop(0) if held else next(lines, (0, ""))
        if not number:
            return
        if number == 1 and SAYS_IT.fullmatch(line):
            continue
        record = line
        if _is_open(line, separator):
            ahead = [*held[:MOST_LINES_IN_A_CELL]]
            del held[:MOST_LINES_IN_A_CELL]
            taken = 0
            while _is_open(record, separator) and taken < MOST_LINES_IN_A_CELL and len(record) < LONGEST_LINE:
                if taken == len(ahead):
                    following = next(lines, None)
                    if following is None:
                        break
                    ahead.append(following)
                record += ahead[taken][1]
                taken += 1
            if _is_open(record, separator):  # the quote is none: the line stands alone, and those after it too
                held = [*ahead, *held]
                cells = line.rstrip("\r\n").split(separator)
                yield number, [cell.strip()[:LONGEST_CELL] for cell in cells[:MOST_COLUMNS]]
                continue
            held = [*ahead[taken:], *held]
        cells = split(record, separator)
        if any(cell.strip() for cell in cells):
            yield number, cells


def split(record: str, separator: str) -> list[str]:
    """The cells of a line, or of the lines of one that goes on within quotes."""
    try:
        text = io.StringIO(record, newline="")
        cells = next(csv.reader(text, delimiter=separator, skipinitialspace=True), list[str]())
    except csv.Error:
        cells = record.rstrip("\r\n").split(separator)
    return [cell.strip()[:LONGEST_CELL] for cell in cells[:MOST_COLUMNS]]


def _is_open(record: str, separator: str) -> bool:
    """Whether a quote that begins a cell is yet to be closed; blanks may stand before it, as `split` reads them."""
    if '"' not in record:
        return False
    at_start, inside = True, False
    position = 0
    while position < len(record):
        character = record[position]
        if inside:
            if character == '"':
                if record[position + 1 : position + 2] == '"':
                    position += 1
                else:
                    inside = False
        elif character == '"' and at_start:
            inside, at_start = True, False
        elif character == separator:
            at_start = True
        elif character != " ":
            at_start = False
        position += 1
    return inside


def guess_separator(lines: Sequence[str]) -> str:
    """What a line `sep=` says, else what cuts most lines into as many cells each."""
    if lines and (said := SAYS_IT.fullmatch(lines[0])):
        return said[1]
    return max(SEPARATORS, key=lambda separator: (_regularity(lines, separator), -SEPARATORS.index(separator)))


def _regularity(lines: Sequence[str], separator: str) -> float:
    widths = [len(split(line, separator)) for line in lines[:LOOKED_AT] if line.strip()]
    several = Counter(width for width in widths if width > 1)
    if not several:
        return 0.0
    width, often = several.most_common(1)[0]
    # Prices and sentences have commas, times and notes have colons: these have to be in nearly every line.
    share = often / len(widths)
    weak = {",": 0.6, ":": 0.2, "^": 0.5, "~": 0.5, "|": 0.9}.get(separator, 1.0)
    return (share + sum(several.values()) / len(widths)) * min(width, 12) ** 0.5 * weak
