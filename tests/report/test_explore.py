"""At the screen: from a number to its rows, and one week against another."""

import json
from datetime import timedelta

import jsonschema
import pandas as pd

from analysis.report import read_evidence
from analysis.report.explore import Desk, compare_weeks, trace, what_if


def test_a_number_leads_to_its_file_and_row_the_newest_first(quang_nam):
    evidence = read_evidence(quang_nam.workspace)
    day = quang_nam.workspace.last_day - timedelta(days=10)
    found = trace(evidence, "502", day, "en")
    assert list(found["file"]) == ["báo cáo.xlsx"] * 2
    assert list(found["row"]) == [7, 7]
    before, after = (int(value.replace(",", "")) for value in found["value"][::-1])
    assert after == before + 7


def test_two_weeks_side_by_side_add_up(quang_nam):
    evidence, last = read_evidence(quang_nam.workspace), quang_nam.workspace.last_day
    table = compare_weeks(evidence, last - timedelta(days=7), last, "en")
    week = evidence.panel.pivot_table(index="area", columns="date", values="cumulative", dropna=False)
    tam_ky = week.loc["502"]
    wanted = tam_ky[pd.Timestamp(last)] - tam_ky[pd.Timestamp(last) - pd.Timedelta(days=7)]
    assert table.loc["Tam Kỳ"].iloc[1] == f"{wanted:,.0f}"


def test_without_an_estimate_nothing_is_promised(quang_nam):
    desk = Desk(read_evidence(quang_nam.workspace), None, None)  # type: ignore[arg-type]
    assert what_if(desk, ["502"], [], "en").startswith("No estimate")


def test_the_summary_keeps_to_its_schema(project, quang_nam, united_states, hostile):
    schema = json.loads((project / "docs" / "summary-schema.json").read_text(encoding="utf-8"))
    for made in (quang_nam, united_states, hostile):
        jsonschema.validate(made.summary, schema)
