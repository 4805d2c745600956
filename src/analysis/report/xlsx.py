"""The tables as a workbook of one language: one sheet a matter, numbers as numbers, days as days.

Text can never become a formula. Every sheet prints on landscape A4, as wide as the paper and no wider.
"""

import inspect
import io
import math
import tomllib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from importlib.resources import files
from itertools import accumulate
from textwrap import shorten, wrap
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import CellNumberTuple, Worksheet

from analysis import say
from analysis.campaign import Language
from analysis.inert import inert
from analysis.report.content import in_a_line
from analysis.report.document import Document
from analysis.report.edition import Edition
from analysis.report.table import Cell, Column, Later, Table, write_cell
from analysis.report.words.phrases import phrases, source_words, word

_LOOK = tomllib.loads(files("analysis.report").joinpath("workbook.toml").read_text(encoding="utf-8"))
_NAME = 31  # letters of a sheet's name
_A4 = 9
_DAY_0 = date(1899, 12, 30).toordinal()  # a spreadsheet's days are counted from it, since March 1900
_SEEN = 500  # rows that say how wide a column is
_LONG = 42  # letters; a longer text is broken over lines
_ESTIMATES = {f"estimate{many}": f"#,##0.{many * '0'}".rstrip(".") for many in range(7)}  # by its decimals
_NOTE, _LINE = 96, 15  # letters in a line of the notes, and how high it is, in points
_TITLED = {"title": 26, "over": 21}  # points of a row with a title: no office makes it higher by itself
_HEADER = 100  # letters of a title above a sheet on paper; a spreadsheet has 255 for all of it
_BOLDER = 2  # letters that a line of bold has fewer
_PAGE, _WIDE = 80, 320  # lines, and letters side by side, that are still readable on one page


def workbook(edition: Edition) -> bytes:
    """Write what is found and what the tables are, then the tables, those of one matter on one sheet."""
    stream, tables = io.BytesIO(), {**edition.tables, **{one.key: one for one in edition.raw}}
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
               "default_format_properties": {"valign": "top"}, "in_memory": True}  # fmt: skip
    with xlsxwriter.Workbook(stream, options) as made:
        made.set_properties({"title": edition.document.title, "created": datetime(2000, 1, 1)})
        book = _Book(made, edition.document)
        sheets = [
            found for keys in _LOOK["sheets"] if (found := [tables[key] for key in keys if key in tables])
        ]
        book.notes(edition.document, sheets)
        for group in sheets:
            book.sheet(sheet_name(group, edition.language), group)
    return stream.getvalue()


_letters = lru_cache(xl_col_to_name)
_string = inspect.unwrap(Worksheet.write_string)  # that first sees whether a cell is named such as "A1"


class _Sheet(Worksheet):  # type: ignore[misc]
    """A sheet that writes at once what it has most of: numbers and shared texts with a format of their own.

    A nation's workbook has a quarter of a million cells.
    """

    def put(self, row: int, col: int, number: float, look: Any) -> None:
        """Write a finite number into a row that the sheet reaches: `write_number` without its checks."""
        self.table[row][col] = CellNumberTuple(number, look)

    def reach(self, row: int) -> None:
        """Have the sheet end with this row, or a later one."""
        self._check_dimensions(row, 0)

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        kind = type(cell).__name__
        if cell.format is None or kind not in ("Number", "String"):
            super()._write_cell(row, col, cell)
            return
        at = f'<c r="{_letters(col)}{row + 1}" s="{cell.format._get_xf_index()}"'
        text = f' t="s"><v>{cell.string}' if kind == "String" else f"><v>{cell.number:.16G}"
        self.fh.write(f"{at}{text}</v></c>")


class _Book:
    """A workbook being written in one language."""

    def __init__(self, book: Any, document: Document) -> None:
        self._book, self._language = book, (language := document.language)
        said = (shorten(document.title, _HEADER), f"{document.data_mark} – {document.as_of}")
        self._header = "&L{}&R\n{}".format(  # on two lines: narrow sheets are printed in large type
            *(one.replace("&", "&&") for one in said)
        )
        numbers = _LOOK["numbers"] | _ESTIMATES | _limited(language)
        looks = _LOOK["looks"] | {"day": {"num_format": say.day_format(language), "align": "right"}}
        looks |= {kind: {"num_format": code} for kind, code in numbers.items()}
        self._formats = {name: book.add_format(look) for name, look in looks.items()}

    def _sheet(self, name: str) -> Any:
        sheet = self._book.add_worksheet(name, _Sheet)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.75, bottom=0.6)
        sheet.fit_to_pages(1, 1)
        sheet.set_header(self._header)  # a sheet on paper is alone: of what, of when, and whether simulated
        sheet.set_footer("&L&A&R&P / &N")
        return sheet

    def notes(self, document: Document, sheets: Iterable[Sequence[Table]]) -> None:
        """Say what this is and what is found, and of each table on which sheet it stands."""
        language, formats = self._language, self._formats
        sheet = self._sheet(word("sheet_notes", language))
        sheet.set_column(0, 0, 34, formats["wrap"])
        sheet.set_column(1, 1, _NOTE, formats["wrap"])
        sheet.merge_range(0, 0, 0, 1, "", formats["title"])
        sheet.set_row(0, _TITLED["title"] * (1 + len(document.title) // _NOTE))
        sheet.write_string(0, 0, document.title, formats["title"])
        above = [document.banner or document.data_mark, f"{document.kicker}. {document.as_of}.",
                 *map(in_a_line, document.answers), ""]  # fmt: skip
        said = [
            (sheet_name(group, language), f"{table.title(language)}. {table.note(language)}")
            for group in sheets
            for table in group
        ]
        for row, (name, note) in enumerate([*(("", one) for one in above), *said], start=1):
            sheet.set_row(row, _height([note], _NOTE))
            sheet.write_string(row, 0, name, formats["strong"])
            sheet.write_string(row, 1, note, formats["wrap"])

    def sheet(self, name: str, tables: Sequence[Table]) -> Any:
        """Write tables one below the other; the first one can be filtered, its headings stay in sight."""
        sheet, widths, heights, top = self._sheet(name), dict[int, float](), dict[int, float](), 0
        for at, table in enumerate(tables):
            if at:
                sheet.write_string(top + 1, 0, table.title(self._language), self._formats["over"])
                heights[top + 1] = _TITLED["over"]
                top += 2
            self._fill(sheet, table, top, widths, heights)
            if not at and table.rows:
                sheet.autofilter(0, 0, len(table.rows), len(widths) - 1)
            top += 1 + len(table.rows)
        for column, width in widths.items():
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 1)
        sheet.repeat_rows(0)
        whole = tables[0].key == "areas"  # of all others paper has one page, the first of a long one
        lines = _within(_PAGE * _LINE, (heights.get(row, _LINE) for row in range(top + 1)))
        across = max(_within(_WIDE, (widths[column] for column in sorted(widths))), 1)
        sheet.print_area(0, 0, *((top, len(widths) - 1) if whole else (lines - 1, across - 1)))
        if whole and lines < top:
            sheet.fit_to_pages(1, 0)
        elif not whole and (lines < top or across < len(widths)):
            rest = word("rest_in_workbook", self._language).format(title=name)
            sheet.set_footer(f"&L&A&C{rest.replace('&', '&&')}&R&P / &N")
        return sheet

    def _fill(
        self, sheet: Any, table: Table, top: int, widths: dict[int, float], heights: dict[int, float]
    ) -> None:
        """Write a table from a row on, and how wide its columns and how high its rows want to be."""
        language, at, lines = self._language, 0, 2
        sheet.reach(top + len(table.rows))
        for number in table.printed():
            column, cells = table.columns[number], [row[number] for row in table.rows]
            for row, cell in enumerate(cells, start=top + 1):
                kind: str = column.kind
                if column.kind == "estimate" and isinstance(cell, float):
                    kind = f"estimate{_decimals(cell, table.widths(table.rows[row - top - 1])[number])}"
                text = self._write(sheet, row, at, cell, kind)
                if len(text) > _LONG:
                    heights[row] = max(heights.get(row, 0), _height([text], _LONG))
            later = any(isinstance(cell, Later) for cell in cells)
            for heading in (column.heading(language), *([word("head_later", language)] if later else [])):
                right = column.numeric or column.kind == "day"
                sheet.write_string(top, at, heading, self._formats["right" if right else "head"])
                widths[at] = max(widths.get(at, 0.0), _width(column, heading, cells[:_SEEN], language))
                lines = max(lines, len(wrap(heading, int(widths[at] - _BOLDER))))
                at += 1
            if column.key == "source":
                for row, address in enumerate(map(table.address, range(len(cells))), start=top + 1):
                    if address:
                        text = source_words(address)(language)
                        sheet.write_url(row, at - 1, address, self._formats["link"], text)
            if column.kind == "share" and cells:
                sheet.conditional_format(top + 1, at - 1, top + len(cells), at - 1, _LOOK["bar"])
        heights[top] = 1 + _LINE * lines
        for row, height in heights.items():
            sheet.set_row(row, height)

    def _write(self, sheet: Any, row: int, column: int, cell: Cell, kind: str) -> str:
        """Write a cell, a day that is only known to be later in the next column; return its text, if any."""
        if isinstance(cell, bool):
            _string(sheet, row, column, "▲" if cell else "")
        elif isinstance(cell, (float, int)):
            if math.isfinite(cell):
                sheet.put(row, column, cell, self._formats.get(kind))
        elif isinstance(cell, (date, Later)):
            day, column = (cell.than, column + 1) if isinstance(cell, Later) else (cell, column)
            sheet.put(row, column, day.toordinal() - _DAY_0, self._formats["day"])
        elif cell is not None:
            text = inert(cell if isinstance(cell, str) else cell(self._language))
            _string(sheet, row, column, text, self._formats["wrap" if len(text) > _LONG else "text"])
            return text
        return ""


def _decimals(estimate: float, width: float | None) -> int:
    """Return the decimals of an estimate on the page, six at most: three figures, or as its interval asks."""
    if not estimate or not math.isfinite(estimate):
        return 0
    return min(max(say.digits_of(estimate, width), 0), len(_ESTIMATES) - 1)


def _within(room: float, sizes: Iterable[float]) -> int:
    """Count the first of many that have room together."""
    return sum(total <= room for total in accumulate(sizes))


def _height(texts: Iterable[str], letters: int) -> float:
    """Say how high a row must be for its texts: not every office fits rows to them."""
    return _LINE * max([1, *(len(wrap(text, letters)) for text in texts if len(text) > letters)])


def _limited(language: Language) -> dict[str, str]:
    """Return the formats of numbers that are not written beyond what can be known: below 1 %."""
    few, many, least = say.probability(0, language), say.probability(1, language), say.p_value(0, language)
    return {"probability": f'[<0.01]"{few}";[>0.99]"{many}";0%', "p_value": f'[<0.0001]"{least}";0.0000'}


def sheet_name(tables: Sequence[Table], language: Language) -> str:
    """Return the name of a sheet: a short one where the catalogue has it, never one cut in two."""
    short = phrases().get(f"sheet_{tables[0].key}", tables[0].title)
    return short(language) if len(short(language)) <= _NAME else tables[0].key


def _width(column: Column, heading: str, cells: Iterable[Cell], language: Language) -> float:
    """Say how wide a column wants to be; of its numbers, the least and the largest are the longest."""
    numbers = sorted(cell for cell in cells if isinstance(cell, float) and math.isfinite(cell))
    others = [cell for cell in cells if not isinstance(cell, float)]
    texts = [write_cell(cell, column.kind, language) for cell in (*others, *numbers[:1], *numbers[-1:])]
    return min(max([10, *(len(one) + _BOLDER for one in heading.split()), *map(len, texts)]), _LONG) + 2
