"""What was published is scored as it was said, once the truth has come."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis import contract
from analysis.artifacts import write_table
from analysis.forecast import (
    TOTAL,
    Goal,
    Said,
    drift_table,
    forecast_campaign,
    history_from_table,
    read_said,
    record,
)
from analysis.forecast.record import COMPLETION, FORECASTS, score_said
from analysis.workspace import Workspace

FIRST, LATER = pd.Timestamp("2023-06-05"), pd.Timestamp("2023-07-10")


@pytest.fixture(scope="module")
def whole(table):
    return history_from_table(table)


@pytest.fixture(scope="module")
def goal(whole):
    targets = dict(zip(whole.areas, 0.45 * whole.eligible, strict=True))
    return Goal(pd.Timestamp("2023-07-01"), targets | {TOTAL: 0.45 * whole.eligible.sum()})


@pytest.fixture(scope="module")
def said(whole, goal):
    made = forecast_campaign(whole.until(FIRST), goal, draws=300, seed=1, past=1)
    return Said("2023-06-06T0800", made.forecasts, made.completion)


@pytest.fixture(scope="module")
def later(whole, goal, said):
    return forecast_campaign(whole.until(LATER), goal, draws=100, seed=1, past=1, said=[said])


def test_the_record_is_what_was_said_beside_what_came(whole, said, later):
    record = later.record.set_index("horizon")
    assert list(record.index) == [7, 14, 28]
    rows = said.forecasts[(said.forecasts["location"] == TOTAL) & (said.forecasts["horizon"] == "28")]
    median = rows.loc[rows["output_type_id"] == "0.5", "value"].iloc[0] * whole.eligible.sum()
    assert record.loc[28, "p50"] == pytest.approx(median)
    day = whole.dates.get_loc(FIRST + pd.Timedelta(days=28))
    assert record.loc[28, "actual"] == whole.cumulative[day].sum()
    assert (
        record.loc[28, "held"]
        == (record["p10"] <= record["actual"]).loc[28] & (record["actual"] <= record["p90"]).loc[28]
    )


def test_the_scores_hold_the_record_beside_the_models(later):
    own = later.scores[later.scores["model"] == "published"].set_index(["scope", "horizon"])
    assert set(own.index) == {(scope, days) for scope in ("areas", "total") for days in (7, 14, 28)}
    assert (own["origins"] == 1).all()
    assert own["wis"].gt(0).all()
    assert np.isfinite(own.loc[("total", 28), "date_crps"])


def test_a_forecast_that_was_wrong_is_scored_as_it_was_said(whole, said):
    shifted = said.forecasts.assign(
        value=said.forecasts["value"].where(said.forecasts["output_type"] != "quantile", 0.99)
    )
    honest, wrong = (
        score_said([replace(said, forecasts=one)], whole.until(LATER)) for one in (said.forecasts, shifted)
    )
    assert not wrong["covered_95"].any()
    assert wrong["wis"].mean() > 3 * honest["wis"].mean()


def test_a_day_not_counted_yet_scores_nobody_and_silence_makes_no_second_forecast(whole, said):
    soon = score_said(
        [said, replace(said, label="2023-06-07T0800")], whole.until(FIRST + pd.Timedelta(days=9))
    )
    assert set(soon["horizon"]) == {7}
    assert set(soon["as_of"]) == {"2023-06-07T0800"}
    assert score_said([said], whole.until(FIRST)).empty


def test_an_area_that_fell_silent_leaves_the_total_unscored_until_it_speaks(whole, said):
    known = whole.until(LATER)
    silent = known.cumulative.copy()
    silent[known.dates.get_loc(FIRST + pd.Timedelta(days=10)) :, 0] = np.nan
    scored = score_said([said], replace(known, cumulative=silent))
    total = scored[scored["location"] == TOTAL]
    assert set(total["horizon"]) == {7}
    assert set(scored.loc[scored["location"] == whole.areas[1], "horizon"]) == {7, 14, 28}


def test_the_drift_has_a_row_a_report(said, later):
    now = Said("2023-07-11T0800", later.forecasts, later.completion)
    drift = drift_table([said, now])
    assert list(drift.columns) == contract.columns("drift.csv")
    assert list(drift["as_of"]) == ["2023-06-06T0800", "2023-07-11T0800"]
    stated = said.completion.set_index("location").loc[TOTAL]
    assert drift["probability"].iloc[0] == stated["probability_by_deadline"]
    assert drift["date_p10"].iloc[0] == pd.Timestamp(stated["date_p10"])


def test_a_run_reads_what_it_was_given_and_a_session_reads_nothing(said, tmp_path):
    here = Workspace.open("quang_nam_2023", "2023-09-18", str(tmp_path))
    folder = tmp_path / "reports" / "quang_nam_2023" / said.label
    write_table(said.forecasts, folder / FORECASTS)
    write_table(said.completion, folder / COMPLETION)
    (read,) = read_said(here)
    assert read.label == said.label
    assert read.origin == FIRST
    pd.testing.assert_frame_equal(read.forecasts, said.forecasts)
    assert read_said(Workspace.open("quang_nam_2023", "2023-09-18")) == []


def test_of_very_many_places_only_the_total_is_read_and_its_record_is_the_same(
    whole, said, tmp_path, monkeypatch
):
    here = Workspace.open("quang_nam_2023", "2023-09-18", str(tmp_path))
    folder = tmp_path / "reports" / "quang_nam_2023" / said.label
    write_table(said.forecasts, folder / FORECASTS)
    write_table(said.completion, folder / COMPLETION)
    scored = score_said(read_said(here), whole.until(LATER))
    monkeypatch.setattr(record, "DAILY", len(whole.areas))
    (few,) = read_said(here)
    assert set(few.forecasts["location"]) == {TOTAL}
    of_total = scored[scored["location"] == TOTAL].reset_index(drop=True)
    pd.testing.assert_frame_equal(score_said([few], whole.until(LATER)), of_total)
