"""At the screen: from a number to its rows, and one week against another."""

import base64
import json
import re
from dataclasses import replace
from datetime import timedelta

import jsonschema
import numpy as np
import pandas as pd
import pytest

from analysis import say
from analysis.forecast import (
    TOTAL,
    Goal,
    Scenario,
    compare_scenarios,
    forecast_campaign,
    history_from_table,
    plan_pushes,
    totals_with,
)
from analysis.forecast.scenario import PushEffect
from analysis.report import controls, read_evidence
from analysis.report.explore import Desk, compare_weeks, did_it_work, trace, what_if
from tests.forecast.conftest import drive


def test_a_number_leads_to_its_file_and_row_the_newest_first(quang_nam):
    evidence = read_evidence(quang_nam.workspace)
    day = quang_nam.workspace.last_day - timedelta(days=10)
    found = trace(evidence, "502", day, "en")
    assert list(found["File"]) == ["báo cáo.xlsx"] * 2
    assert list(found["Row"]) == [7, 7]
    before, after = (int(value.replace(",", "")) for value in found["Value"][::-1])
    assert after == before + 7
    text = replace(evidence, tallies=evidence.tallies.assign(file="a.csv", sheet=None))
    assert list(trace(text, "502", day, "en")["Sheet"]) == ["–"] * 2


def test_two_weeks_side_by_side_add_up_over_the_areas_that_have_both(quang_nam):
    evidence, last = read_evidence(quang_nam.workspace), quang_nam.workspace.last_day
    table = compare_weeks(evidence, last - timedelta(days=7), last, "en")
    week = evidence.panel.pivot_table(index="area", columns="date", values="cumulative", dropna=False)
    tam_ky = week.loc["502"]
    wanted = tam_ky[pd.Timestamp(last)] - tam_ky[pd.Timestamp(last) - pd.Timedelta(days=7)]
    assert table.loc[table["Area"] == "Tam Kỳ"].iloc[0, 2] == f"{wanted:,.0f}"
    both = table[(table != "–").all(axis=1)]
    numbers = both.iloc[:, 1:].map(lambda text: int(text.replace(",", "").replace("−", "-")))
    assert (numbers.iloc[:-1].sum() - numbers.iloc[-1]).abs().max() <= len(both)  # each is rounded
    assert both["Area"].iloc[-1] == f"All with both weeks ({len(both) - 1} of {len(table) - 1})"


EFFECT = PushEffect(0.05, 0.001, 0.04, 0.004, 6, ("A00",), (0.02, 0.02))


@pytest.fixture(scope="module")
def many():
    """A forecast of more areas than are drawn at a time."""
    table = drive(np.random.default_rng(5), areas=80, days=63)
    table["area"] = "A" + table["area"]
    history = history_from_table(table)
    goal = Goal(history.origin + pd.Timedelta(days=21), {TOTAL: 0.5 * history.eligible.sum()})
    return forecast_campaign(history, goal, draws=1000, seed=7, past=0)


def test_at_the_screen_a_plan_has_the_answer_of_the_scenarios_of_the_report(quang_nam, many):
    evidence, seed = read_evidence(quang_nam.workspace), quang_nam.workspace.campaign.seed
    assert len(list(many.blocks())) > 1
    sums = replace(many.sums["ensemble"], areas=many.history.areas)
    half, once = plan_pushes(sums, many.goal, EFFECT)[:2]
    pushed = totals_with(many.blocks(), many.total, many.goal, [half, once], EFFECT, seed)
    table = compare_scenarios(many.total, pushed, many.goal, [half, once])
    desk = Desk(evidence, many, EFFECT)
    areas, days = [area for area, _ in once.pushes], [once.pushes[0][1].date()]
    for size, row in zip((0.5, 1.0), table.to_dict("records"), strict=True):
        said = what_if(desk, areas, days, "en", size)
        for key in ("extra_median", "extra_p10", "extra_p90"):
            assert say.significant(row[key], "en") in said
        assert say.probability(row["probability_with"], "en") in said


def test_a_push_in_one_area_is_less_sure_than_one_in_many(quang_nam, many):
    last = many.history.origin.date()
    widths = []
    for areas in (["A01"], [f"A{number:02d}" for number in range(1, 10)]):
        plan = Scenario("", tuple((area, pd.Timestamp(last + timedelta(days=4))) for area in areas))
        pushed = totals_with(many.blocks(), many.total, many.goal, [plan], EFFECT, 1)
        (row,) = compare_scenarios(many.total, pushed, many.goal, [plan]).to_dict("records")
        widths.append((row["extra_p90"] - row["extra_p10"]) / row["extra_median"])
    assert widths[0] > 1.5 * widths[1]


@pytest.mark.parametrize("language", ["vi", "en", "fr"])
def test_every_control_answers_with_a_picture_and_words_and_follows(quang_nam, language):
    desk = Desk(read_evidence(quang_nam.workspace), None, None)
    for make in (controls.push_controls, controls.week_controls, controls.trace_controls):
        chosen, shown = make(desk, language).children
        assert shown.value.startswith("<svg")
        before, first = shown.value, chosen.children[0]
        first.value = (first.options[-1][1],) if hasattr(first, "rows") else first.options[-1][1]
        assert shown.value.startswith("<svg")
        if make is controls.trace_controls:
            assert shown.value != before


def test_what_is_shown_beside_a_control_can_be_kept_as_a_file(quang_nam):
    desk = Desk(read_evidence(quang_nam.workspace), None, None)
    shown = controls.week_controls(desk, "vi").children[1].value
    content = base64.b64decode(re.search(r"base64,([^\"]+)", shown)[1]).decode("utf-8-sig")
    assert content.splitlines()[0].startswith("Địa bàn,")


def test_a_file_name_that_is_a_formula_is_a_text_in_what_is_kept(quang_nam):
    evidence = read_evidence(quang_nam.workspace)
    named = replace(evidence, tallies=evidence.tallies.assign(file="=HYPERLINK(A1).xlsx"))
    chosen, shown = controls.trace_controls(Desk(named, None, None), "en").children
    chosen.children[0].value = "502"
    content = base64.b64decode(re.search(r"base64,([^\"]+)", shown.value)[1]).decode("utf-8-sig")
    assert ",'=HYPERLINK(A1).xlsx," in content


def test_one_day_is_said_as_one(quang_nam):
    found = did_it_work(Desk(read_evidence(quang_nam.workspace), None, None), language="en")
    assert found["Window"].iloc[0] == "Day of the push"
    assert found["Window"].iloc[-1].startswith("Days 0 to ")


def test_without_an_estimate_nothing_is_promised(quang_nam):
    desk = Desk(read_evidence(quang_nam.workspace), None, None)  # type: ignore[arg-type]
    assert what_if(desk, ["502"], [], "en").startswith("No estimate")


def test_the_summary_keeps_to_its_schema(project, quang_nam, united_states, hostile):
    schema = json.loads((project / "docs" / "summary-schema.json").read_text(encoding="utf-8"))
    for made in (quang_nam, united_states, hostile):
        jsonschema.validate(made.summary, schema)
