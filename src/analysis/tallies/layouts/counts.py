"""From the texts of a column to its numbers; what is none, or may be another's, is held."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.tallies.files.records import Ints, Texts
from analysis.tallies.layouts.outcome import HELD, Cells, Outcome
from analysis.tallies.layouts.page import Page
from analysis.tallies.layouts.rows import Rows
from analysis.tallies.layouts.table import Column
from analysis.tallies.layouts.where import Days, Placed, Placing, as_ordinal
from analysis.tallies.register import Register
from analysis.tallies.words.values import (
    LARGEST_RATE,
    QUALIFIERS,
    Number,
    read_counts,
    read_percents,
    without_commas,
    without_point,
)

_CUT_IN_BOOK, _CUT_IN_TEXT = re.compile(r"[0-9]{1,3},[0-9]{1,3}"), re.compile(r"[0-9]{1,3}\.[0-9]{1,2}")
"""A count of which a spreadsheet has cut the zeros: 12.600 became 12,6 (in a CSV file 12.6)."""
MISSING = QUALIFIERS.index("missing")


def take(register: Register, outcome: Outcome, at: int, measure: str, placed: Placed) -> None:
    """Read the cells of a column in some rows as numbers of a measure."""
    table, kind = outcome.table, register.kinds[measure]
    texts = table.records.column(at, placed.rows)
    if kind != "rate" and table.has_floats:
        texts = texts.mapped(without_point)
    if kind != "rate" and table.declared is None and set(register.languages) == {"en"}:
        texts = texts.mapped(without_commas)
    values, odd = read_percents(texts.different) if kind == "rate" else read_counts(texts.different, kind)
    rows = placed.rows
    cells = Cells(measure, at, *placed, values[texts.codes], np.zeros(len(rows), dtype=np.int64))
    for position in np.flatnonzero(np.isin(texts.codes, list(odd))).tolist() if odd else ():
        number = odd[int(texts.codes[position])]
        if isinstance(number, Number):
            cells.values[position] = number.value
            cells.qualifiers[position] = QUALIFIERS.index(number.qualifier)
            if number.out_of is not None:
                cells.out_of[position] = number.out_of
        else:
            cells.qualifiers[position] = HELD
            reason = "not_a_rate" if (kind, number) == ("rate", "not_a_number") else number
            outcome.hold(int(rows[position]), reason, texts.text(position), measure)
    outcome.cells.append(cells)
    if kind != "rate" and table.declared is None:
        _hold_cut(outcome, cells, texts)
    if kind == "rate":
        outcome.hold_cells(cells, cells.values > LARGEST_RATE, "rate_too_large")
    column = next((one for one in table.columns if one.at == at), None)
    if column is not None and column.of_target:
        # One number where two are promised may be the tally, the target, or the one as a share.
        outcome.hold_cells(cells, _alone(cells), "one_of_two", heading=column.heading)
    if at in table.sheet.hidden_columns:
        outcome.hold_cells(cells, np.ones(len(rows), dtype=bool), "hidden_column")
    _hold_merged(outcome, cells)


def _hold_cut(outcome: Outcome, cells: Cells, texts: Texts) -> None:
    """Hold small whole numbers of a column whose dots a spreadsheet took for decimal marks.

    ``18.000`` beside ``21.292`` is kept as 18 beside 21,292: most of the column shows it.
    """
    cut = _CUT_IN_BOOK if outcome.table.sheet.name is not None else _CUT_IN_TEXT
    parts = np.array([bool(cut.fullmatch(text.strip())) for text in texts.different], dtype=bool)
    if not parts.any():
        return
    found = parts[texts.codes] & (cells.qualifiers == HELD)
    small = (cells.values > 0) & (cells.values < 1000) & (cells.qualifiers != HELD)
    if found.sum() >= small.sum():
        outcome.hold_cells(cells, small, "zeros_cut", sample=f"“{texts.text(int(np.argmax(found)))}”")


def take_dated(page: Page, outcome: Outcome, rows: Rows) -> None:
    """Read the columns of a table whose headings give their day."""
    placing = Placing.of(page, outcome, rows.labels.different)
    for column in outcome.table.measures:
        if column.day is not None:
            days = Days([as_ordinal(column.day)], np.zeros(len(rows.at), dtype=np.int64))
            placed = placing.place(rows.at, rows.labels, days, column.role, said=column.heading)
            take(page.register, outcome, column.at, column.role, placed)


def take_said(
    page: Page, outcome: Outcome, rows: Rows, days: Days, said: Mapping[int, str], columns: Sequence[Column]
) -> None:
    """Read some columns as the measure that each row says it counts.

    Where areas are headings a column is of that area, elsewhere of the one that the row names.
    """
    across, measures = outcome.table.across, np.array([said.get(row, "") for row in rows.at.tolist()])
    placing = Placing.of(page, outcome, [one.heading for one in columns] if across else rows.labels.different)
    for measure in sorted(set(said.values())):
        own = np.flatnonzero(measures == measure)
        for column in columns:
            heading = Texts([column.heading], np.zeros(len(own), dtype=np.int64))
            labels = heading if across else rows.labels.taken(own)
            placed = placing.place(rows.at[own], labels, Days(days.known, days.at[own]), measure)
            take(page.register, outcome, column.at, measure, placed)


def _alone(cells: Cells) -> NDArray[np.bool_]:
    paired = np.isin(np.arange(len(cells.places)), list(cells.out_of))
    alone: NDArray[np.bool_] = ~paired & (cells.qualifiers != MISSING)
    return alone


def _hold_merged(outcome: Outcome, cells: Cells) -> None:
    """Hold cells merged over several rows or measures: whose value it is, is not known."""
    table = outcome.table
    columns = {column.at for column in table.measures}
    for top, left, bottom, right in table.sheet.merged:
        if bottom <= table.last or not left <= cells.column <= right:
            continue
        over = len(columns & set(range(left, right + 1))) > 1 or bottom > top
        inside = (cells.places >= top) & (cells.places <= bottom)
        if over and inside.any():
            outcome.hold_cells(cells, inside, "merged_value")


def hold_doubted(outcome: Outcome, rows: Ints) -> list[int]:
    """Hold the cells of columns that count something, but not clearly what; return the rows with none."""
    said: set[int] = set()
    doubted = outcome.table.holding("unclear")
    for column in doubted:
        reason = column.doubt.reason if column.doubt else "measure_unclear"
        words = ", ".join(column.doubt.words) if column.doubt else ""
        measure = column.doubt.measure if column.doubt else None
        for row in rows.tolist():
            if text := outcome.table.records.cell(row, column.at).strip():
                said.add(row)
                outcome.hold(row, reason, text, measure, heading=column.heading, words=words)
    return [row for row in rows.tolist() if row not in said] if doubted else []
