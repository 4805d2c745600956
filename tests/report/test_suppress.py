"""Public forms: no hidden count can be had by one subtraction."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.campaign import Text
from analysis.report import make_tables, read_evidence, summarise
from analysis.report.suppress import hidden_cells, suppress
from analysis.report.table import Column, Table

WORD = Text(vi="x", en="x")
KINDS = (("area", "text"), ("share", "share"), ("count", "count"), ("week", "signed"), ("change", "signed"))


def table_of(rows: list[tuple[float, float, float]]) -> Table:
    """An area table: count, this week, the week before; the sum in the last row."""
    cells = [(f"a{at}", n / 1000, float(n), float(w), float(w - b)) for at, (n, w, b) in enumerate(rows)]
    total = ("sum", 0.5, *(sum(row[at] for row in cells) for at in (2, 3, 4)))
    columns = tuple(Column(key, WORD, kind) for key, kind in KINDS)
    return Table("areas", WORD, WORD, "test", columns, (*cells, total), strong=len(cells))


counts = st.tuples(st.integers(0, 60), st.integers(0, 30), st.integers(0, 30))


@given(st.lists(counts, min_size=2, max_size=12))
def test_small_counts_are_hidden_and_never_alone(rows):
    table = table_of(rows)
    hidden = hidden_cells(table, 10)
    for at, (count, week, before) in enumerate(rows):
        assert (at in hidden["count"]) or not 0 < count < 10
        assert (at in hidden["week"]) or not (0 < week < 10 or 0 < abs(count - week) < 10)
        assert (at in hidden["change"]) or not (0 < week < 10 or 0 < before < 10)
        assert (at in hidden["share"]) == (at in hidden["count"])
    for column in ("count", "week"):
        assert table.strong in hidden[column] or len(hidden[column]) != 1


def test_a_lone_small_count_takes_the_next_smallest_with_it():
    hidden = hidden_cells(table_of([(4, 20, 20), (500, 20, 20), (40, 20, 20)]), 10)
    assert hidden["count"] == {0, 2}
    assert hidden["week"] == set()


@pytest.mark.parametrize("total_row", [True, False])
def test_nothing_small_nothing_hidden(total_row):
    table = table_of([(400, 20, 20), (500, 20, 20)])
    table = table if total_row else replace(table, rows=table.rows[:-1], strong=None)
    assert not any(hidden_cells(table, 10).values())


def test_a_reader_is_told_that_something_is_hidden(quang_nam):
    evidence = read_evidence(quang_nam.workspace)
    tables = make_tables(evidence, summarise(evidence))
    public = suppress(tables, threshold=20_000)
    assert "hidden" in public["areas"].note.en
    assert "ẩn" in public["areas"].note.vi
    assert suppress(tables, threshold=1)["areas"].note == tables["areas"].note  # nothing is
