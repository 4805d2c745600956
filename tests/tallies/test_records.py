"""Records kept as columns say what they said as rows, whichever reader split the text."""

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.tallies.files.long_text import split_evenly
from analysis.tallies.files.records import Records, Texts

CELLS = st.text("aé 1.;,\t'\x0b\x1c\u2028\u00a0\ufeff\x1a", max_size=3)
ROWS = st.lists(st.lists(CELLS, max_size=4), max_size=600)
ENDS = st.sampled_from(["\n", "\r\n", "\r", "\r\r\n"])


def by_csv(text: str, delimiter: str = ";") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


@given(ROWS)
def test_records_are_the_rows_they_were_made_of(rows: list[list[str]]) -> None:
    records = Records.of(rows)
    assert list(records) == rows
    assert [records[at] for at in range(len(records))] == rows
    assert records[1:3] == rows[1:3]
    assert records.filled() == sum(1 for row in rows if "".join(row).strip())
    for column in range(5):
        assert list(records.column(column, np.arange(len(rows)))) == [
            row[column] if column < len(row) else "" for row in rows
        ]
        assert [records.cell(at, column) for at in range(len(rows))] == [
            row[column] if column < len(row) else "" for row in rows
        ]


@given(ROWS)
def test_changing_every_cell_changes_no_width(rows: list[list[str]]) -> None:
    changed = Records.of(rows).mapped(str.upper)
    assert list(changed) == [[cell.upper() for cell in row] for row in rows]
    assert (changed == Records.of(rows)) == (list(changed) == rows)


@given(st.lists(CELLS, min_size=1), st.data())
def test_some_of_the_texts(texts: list[str], data: st.DataObject) -> None:
    positions = data.draw(st.lists(st.integers(0, len(texts) - 1)))
    some = Texts.of(texts).taken(np.array(positions, dtype=np.int64))
    assert list(some) == [texts[at] for at in positions]
    assert set(some.different) == set(some)


def test_a_sheet_of_more_cells_than_allowed_is_not_made() -> None:
    # One long record makes all others as wide.
    with pytest.raises(OverflowError):
        Records.of([["1"]] * 1_000 + [["1"] * 1_000], most=100_000)


@given(st.text(";\n\ra1é ,\t\x0b\x1c\u2028\ufeff\"'", max_size=40))
def test_a_long_text_says_what_the_csv_module_says(text: str) -> None:
    whole = split_evenly(text, ";")
    assert whole is None or list(whole) == by_csv(text)


@given(
    st.integers(2, 4).flatmap(lambda w: st.lists(st.lists(CELLS, min_size=w, max_size=w), min_size=1)), ENDS
)
def test_even_lines_are_split_as_the_csv_module_splits_them(rows: list[list[str]], end: str) -> None:
    text = end.join("|".join(row) for row in rows) + end
    whole = split_evenly(text, "|")
    assert whole is None or list(whole) == by_csv(text, "|")
    if end in ("\n", "\r\n") and all("".join(row).strip() for row in rows) and "\ufeff" not in text:
        assert whole is not None
        assert list(whole) == rows


@pytest.mark.parametrize(
    "text",
    [
        "a;b\n1;2\n3\n",
        "a;b\n1;2\n\n3;4\n",
        'a;b\n"1";2\n',
        "a\n1\n",
        "a;b\n" + "1" * (csv.field_size_limit() + 1) + ";2\n",
    ],
    ids=["a short line", "an empty line", "quotes", "one column", "a cell too long"],
)
def test_any_other_text_is_left_to_the_csv_module(text: str) -> None:
    assert split_evenly(text, ";") is None
