"""Paper for a printer: pages with a head and a foot, tables that go on over pages, words cut where a column ends."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import ttf_opensans
from fpdf import FPDF
from fpdf.enums import XPos, YPos

LETTERS = Path(ttf_opensans.__file__).parent / "ttf"
FONT = "OpenSans"
MARGIN, FOOT = 15.0, 18.0  # millimetres of A4
LINE = 5.2  # height of a line of the tables
HEADS, FIRST = 32.0, 58.0  # of a grid: how high its turned heads are, and how wide its first column
WIDEST = 15.0  # its other columns
INK, FAINT, RULE, SHADE = (25, 35, 30), (105, 115, 110), (205, 212, 207), (243, 246, 243)
UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    width: float
    align: Literal["L", "R"] = "L"


@dataclass(frozen=True, slots=True)
class Line:
    """A row; `below` stands in small letters under its first cell, `box` is one to tick."""

    cells: Sequence[str]
    below: str = ""
    box: bool = False
    bold: bool = False


class Sheets(FPDF):
    """`foot` stands on every page beside its number."""

    def __init__(self, title: str, foot: str, page_of: str, language: str) -> None:
        super().__init__(unit="mm", format="A4")
        self.add_font(FONT, "", LETTERS / "OpenSans-Regular.ttf")
        self.add_font(FONT, "B", LETTERS / "OpenSans-SemiBold.ttf")
        self.set_margins(MARGIN, 14, MARGIN)
        self.set_auto_page_break(False)
        self.c_margin = 0
        self.set_title(title)
        self.set_lang(language)
        self.set_creator("Bulq")
        self.heading = ""  # says on each further page of a table whose it is
        self._turned = False
        self._foot, self._page_of = foot, page_of
        self._wrapped = lru_cache(maxsize=4096)(self._wrap)

    @property
    def width(self) -> float:
        """Between the margins of the page, in millimetres."""
        return self.w - 2 * MARGIN

    @property
    def room(self) -> float:
        """What is left of the page above its foot, in millimetres."""
        return self.h - FOOT - self.get_y()

    def footer(self) -> None:
        self.set_y(-12)
        self.write_in(FAINT, 8)
        self.cell(self.width - 30, 5, self.cut(self._foot, self.width - 32))
        self.cell(30, 5, self._page_of.format(page=self.page_no(), pages="{nb}"), align="R")

    def write_in(self, colour: tuple[int, int, int], size: float, *, bold: bool = False) -> None:
        self.set_font(FONT, "B" if bold else "", size)
        self.set_text_color(*colour)

    def text_line(
        self, text: str, size: float, *, bold: bool = False, colour: tuple[int, int, int] = INK, gap: float = 0
    ) -> None:
        """A paragraph over the whole width."""
        self.write_in(colour, size, bold=bold)
        for line in self._wrapped(text, self.width, size, bold):
            self.break_if(size * 0.5)
            self.set_x(MARGIN)
            self.cell(self.width, size * 0.5, line, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_y(self.get_y() + gap)

    def begin(self, title: str, subtitle: Sequence[str], *, turned: bool = False) -> None:
        """A new page with its head; `turned` ones are wider than high."""
        self.heading, self._turned = title, turned
        self.turn()
        self.text_line(title, 17, bold=True, gap=1)
        for line in subtitle:
            self.text_line(line, 10, colour=FAINT)
        self.set_y(self.get_y() + 3)

    def turn(self) -> None:
        """Go on on a new page."""
        self.add_page(orientation="landscape" if self._turned else "portrait")

    def table(self, columns: Sequence[Column], lines: Sequence[Line], size: float = 10) -> None:
        self._head(columns)
        for line in lines:
            self._line(columns, line, size)

    def height_of(self, columns: Sequence[Column], lines: Sequence[Line], size: float = 10) -> float:
        """How high a table is that no page ends in, in millimetres."""
        return 4.4 * 2 + 1.1 + sum(self._measured(columns, line, size)[2] for line in lines)

    def most_columns(self, figures: Iterable[str]) -> int:
        """How many columns of such figures a grid on a turned page has."""
        widest = max((self._wide(figure, 7.5, True) for figure in figures), default=0)
        return int((297 - 2 * MARGIN - FIRST) / max(6.2, widest + 1))

    def grid(self, corner: str, heads: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
        """A table of many narrow columns with turned heads, whose cells but the first are figures."""
        wide = min(WIDEST, (self.width - FIRST) / len(heads))
        self._grid_head(corner, heads, wide)
        for place, (name, *figures) in enumerate(lines):
            words = self._wrapped(name, FIRST - 3, 8.5, False)
            height = 4.2 * len(words) + 1.4
            if self.break_if(height):
                self._grid_head(corner, heads, wide)
            top = self.get_y()
            if place % 2:
                self.set_fill_color(*SHADE)
                self.rect(MARGIN, top, FIRST + wide * len(heads), height, style="F")
            self.write_in(INK, 8.5)
            for row, text in enumerate(words):
                self.set_xy(MARGIN + 1, top + 0.7 + 4.2 * row)
                self.cell(FIRST - 3, 4.2, text)
            self.write_in(INK, 8.5 if wide > 8 else 7.5, bold=True)
            for column, figure in enumerate(figures):
                self.set_xy(MARGIN + FIRST + wide * column, top + 0.7)
                self.cell(wide - 0.7, 4.2, figure, align="R")
            self._grid_lines(top, height, wide, len(heads))

    def _grid_head(self, corner: str, heads: Sequence[str], wide: float) -> None:
        self.break_if(HEADS + 20)
        top = self.get_y()
        self.write_in(FAINT, 8.5, bold=True)
        self.set_xy(MARGIN + 1, top + HEADS - 5)
        self.cell(FIRST - 2, 4, self.cut(corner, FIRST - 3))
        self.write_in(INK, 8.5, bold=True)
        for column, head in enumerate(heads):
            x, y = MARGIN + FIRST + wide * (column + 0.5) + 1.1, top + HEADS - 1.5
            with self.rotation(90, x, y):
                self.text(x, y, self.cut(head, HEADS - 3))
        self._grid_lines(top, HEADS, wide, len(heads))

    def _grid_lines(self, top: float, height: float, wide: float, columns: int) -> None:
        self.set_draw_color(*RULE)
        for column in range(columns + 1):
            x = MARGIN + FIRST + wide * column
            self.line(x, top, x, top + height)
        self.line(MARGIN, top + height, MARGIN + FIRST + wide * columns, top + height)
        self.set_xy(MARGIN, top + height)

    def break_if(self, height: float) -> bool:
        """Turn the page when what comes next doesn't fit."""
        if height <= self.room:
            return False
        size, bold, colour = self.font_size_pt, "B" in self.font_style, self.text_color
        self.turn()
        if self.heading:
            self.write_in(FAINT, 9)
            self.cell(self.width, 5, self.cut(self.heading, self.width), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
            self.set_y(self.get_y() + 1)
        self.set_font(FONT, "B" if bold else "", size)
        self.text_color = colour
        return True

    def _head(self, columns: Sequence[Column]) -> None:
        self.write_in(FAINT, 8.5, bold=True)
        self._cells(columns, [self._wrapped(column.title, column.width - 2, 8.5, True) for column in columns], 4.4)
        self._rule()

    def _measured(self, columns: Sequence[Column], line: Line, size: float) -> tuple[list[list[str]], list[str], float]:
        """The lines of each cell, those below, and how high all of it is."""
        indent = 6.0 if line.box else 0.0
        widths = [columns[0].width - indent, *(column.width for column in columns[1:])]
        cells = [
            self._wrapped(cell, width - 2, size, line.bold) for cell, width in zip(line.cells, widths, strict=True)
        ]
        below = self._wrapped(line.below, widths[0] - 2, 8, False) if line.below else []
        return cells, below, size * LINE / 10 * max(len(cell) for cell in cells) + 3.8 * len(below) + 1.6

    def _line(self, columns: Sequence[Column], line: Line, size: float) -> None:
        indent = 6.0 if line.box else 0.0
        cells, below, height = self._measured(columns, line, size)
        if self.break_if(min(height, self.h - FOOT - 60)):
            self._head(columns)
        self.write_in(INK, size, bold=line.bold)
        top = self.get_y()
        if line.box:
            self.set_draw_color(*FAINT)
            self.rect(MARGIN, top + 1.3, 3.6, 3.6)
        self._cells(columns, cells, size * LINE / 10, indent)
        self.write_in(FAINT, 8)
        for text in below:
            self.set_x(MARGIN + indent)
            self.cell(columns[0].width - indent, 3.8, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self._rule()

    def _cells(self, columns: Sequence[Column], cells: Sequence[Sequence[str]], line: float, indent: float = 0) -> None:
        top, left = self.get_y() + 0.5, MARGIN
        for column, texts in zip(columns, cells, strict=True):
            for place, text in enumerate(texts):
                self.set_xy(left + indent, top + place * line)
                self.cell(column.width - indent, line, text, align=column.align)
            left, indent = left + column.width, 0
        self.set_xy(MARGIN, top + line * max(len(texts) for texts in cells))

    def _rule(self) -> None:
        y = self.get_y() + 0.6
        self.set_draw_color(*RULE)
        self.line(MARGIN, y, MARGIN + self.width, y)
        self.set_y(y + 0.5)

    def _wrap(self, text: str, width: float, size: float, bold: bool) -> list[str]:
        """Lines of words no wider than `width`; what is wider than a line is cut anywhere."""
        lines: list[str] = []
        for paragraph in text.split("\n"):
            line = ""
            for word in paragraph.split():
                tried = f"{line} {word}".lstrip()
                if self._wide(tried, size, bold) <= width:
                    line = tried
                    continue
                if line:
                    lines.append(line)
                line = word
                while self._wide(line, size, bold) > width:
                    fits = self._fitting(line, width, size, bold)
                    lines.append(line[:fits])
                    line = line[fits:]
            lines.append(line)
        return lines

    def _fitting(self, word: str, width: float, size: float, bold: bool) -> int:
        fits = 1
        while fits < len(word) and self._wide(word[: fits + 1], size, bold) <= width:
            fits += 1
        return fits

    def cut(self, text: str, width: float) -> str:
        """The text in the present letters, cut to fit."""
        size, bold = self.font_size_pt, "B" in self.font_style
        if self._wide(text, size, bold) <= width:
            return text
        while text and self._wide(f"{text}…", size, bold) > width:
            text = text[:-1]
        return f"{text}…"

    def _wide(self, text: str, size: float, bold: bool) -> float:
        font = self.fonts[f"{FONT.lower()}{'B' if bold else ''}"]
        return font.get_text_width(text, size, None)[1] / self.k


@lru_cache
def _letters() -> frozenset[int]:
    from fontTools.ttLib import TTFont

    both = (TTFont(LETTERS / f"OpenSans-{weight}.ttf").getBestCmap() for weight in ("Regular", "SemiBold"))
    return frozenset.intersection(*(frozenset(letters or ()) for letters in both))


@lru_cache(maxsize=8192)
def printable(text: str) -> str:
    """The text in the letters there are: without rare accents, and a question mark for any other sign."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(letter if letter == "\n" or ord(letter) in _letters() else _nearest(letter) for letter in composed)


def _nearest(letter: str) -> str:
    if letter.isspace():
        return " "
    plain = [each for each in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(each)]
    known = "".join(each for each in plain if ord(each) in _letters())
    if known or unicodedata.combining(letter) or unicodedata.category(letter) in ("Cf", "Mn", "Me"):
        return known
    return UNKNOWN
