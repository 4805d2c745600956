"""Whether the rows of a table are parts of an area's number: by sex, age, dose, maker, level."""

import re

import numpy as np
from numpy.typing import NDArray

from analysis.tallies.files.records import Ints, Records, Texts
from analysis.tallies.layouts.rows import Rows
from analysis.tallies.layouts.table import Column, Table
from analysis.tallies.words.headings import words_of, words_of_kind

MOST_PARTS = 40
"""No table splits an area into more parts than this; more different texts are notes."""


def split_by(table: Table, rows: Rows) -> list[Column]:
    """Return the columns by whose texts the rows split an area's number of a day.

    A column is one where its heading says so, where it holds words of parts, or where its text differs within
    one area and day.
    """
    found, strong = [], words_of_kind("part") - words_of_kind("weak_part")
    for column in table.holding("part", "unknown", "unnamed"):
        texts = table.records.column(column.at, rows.at).mapped(str.strip)
        different = [text for text in texts.different if text]
        if not different or len(different) > MOST_PARTS or _counts(different):
            continue
        said = column.role == "part" and words_of(column.heading) in strong
        if said or all(map(_is_part, different)) or _differs(table, rows, texts):
            found.append(column)
    return found


def wholes(records: Records, column: Column, rows: Ints) -> NDArray[np.bool_]:
    """Return which rows say of the column that they are of all parts together.

    Where nobody says "all", a row that says nothing is whole.
    """
    texts = records.column(column.at, rows)
    words = list(map(words_of, texts.different))
    said = np.array([word in words_of_kind("whole") for word in words], dtype=bool)
    blank = np.array([not word for word in words], dtype=bool)
    kept: NDArray[np.bool_] = (said if said.any() else blank)[texts.codes]
    return kept


def _counts(different: list[str]) -> bool:
    """Whether texts are counts rather than names of parts."""
    return any(re.fullmatch(r"[\d.,]{3,}%?", text) for text in different)


def _is_part(text: str) -> bool:
    words = words_of(text)
    return words in words_of_kind("part_value") or words in words_of_kind("whole")


def _differs(table: Table, rows: Rows, texts: Texts) -> bool:
    """Whether two rows of one area and day differ in the column, and each says something there."""
    dates = table.holding("date")
    days = table.records.column(dates[0].at if dates else len(table.records.columns), rows.at)
    seen: dict[tuple[int, int], set[int]] = {}
    codes = (one.codes.tolist() for one in (rows.labels, days, texts))
    for label, day, text in zip(*codes, strict=True):
        seen.setdefault((label, day), set()).add(text)
    return any(len(said) > 1 and all(texts.different[one] for one in said) for said in seen.values())
