"""Public forms: no hidden count can be had by one subtraction."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.campaign import Text
from analysis.report import make_tables, read_evidence, summarise, write_report
from analysis.report.suppress import hidden_cells, suppress
from analysis.report.table import Column, Table
from tests.report.conftest import write_artifacts

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
        assert (at in hidden["week"]) or not 0 < week < 10
        assert (at in hidden["change"]) or not (0 < week < 10 or 0 < before < 10)
        assert (at in hidden["share"]) == (at in hidden["count"])
    for column in ("count", "week"):
        values = table.column(column)[:-1]
        rest = sum(1 for at, value in enumerate(values) if at not in hidden[column] and value)
        assert len(hidden[column]) != 1 or rest == 0


def test_a_lone_small_count_takes_the_next_smallest_with_it():
    hidden = hidden_cells(table_of([(4, 20, 20), (500, 20, 20), (40, 20, 20)]), 10)
    assert hidden["count"] == {0, 2}
    assert hidden["week"] == set()


def test_a_public_report_hides_in_every_form(quang_nam, tmp_path):
    workspace = replace(quang_nam.workspace, folder=tmp_path)
    write_artifacts(workspace)
    page = write_report(workspace, public=True).read_text(encoding="utf-8")
    evidence = read_evidence(workspace)
    tables = suppress(make_tables(evidence, summarise(evidence)), threshold=2000)
    assert tables["held"].rows == tables["findings"].rows == tables["revisions"].rows == ()
    at = [column.key for column in tables["areas"].columns].index("week")
    small = [row for row in tables["areas"].rows if row[at] == Text(vi="ẩn", en="hidden")]
    assert small
    assert 'class="spark"' not in page
    assert "Gửi muộn" not in page


@pytest.mark.parametrize("total_row", [True, False])
def test_nothing_small_nothing_hidden(total_row):
    table = table_of([(400, 20, 20), (500, 20, 20)])
    table = table if total_row else replace(table, rows=table.rows[:-1], strong=None)
    assert not any(hidden_cells(table, 10).values())


def test_a_reader_is_told_that_something_is_hidden(quang_nam):
    evidence = read_evidence(quang_nam.workspace)
    public = suppress(make_tables(evidence, summarise(evidence)), threshold=10)
    assert "hidden" in public["areas"].note.en
    assert "ẩn" in public["areas"].note.vi


def test_the_campaign_says_what_is_small_and_no_other_table_gives_it_away(quang_nam, tmp_path):
    campaign = quang_nam.workspace.campaign.model_copy(update={"public_threshold": 20_000})
    workspace = replace(quang_nam.workspace, campaign=campaign, folder=tmp_path)
    write_artifacts(workspace)
    folder = write_report(workspace, public=True).parent
    tables = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["tables"]
    hidden = {
        key: {
            row[0]
            for row in tables[key]["rows"]["en"]
            if row[tables[key]["columns"].index(column)] == "hidden"
        }
        for key, column in (("areas", "count"), ("last_week", "actual"))
    }
    assert hidden["areas"]
    assert hidden["areas"] == hidden["last_week"]
