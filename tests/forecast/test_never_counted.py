"""Of an area that was never counted nothing is said, and nothing of it is in any sum but its target."""

import sys

import numpy as np
import pandas as pd
import pytest

from analysis.forecast import (
    TOTAL,
    Goal,
    Said,
    forecast_campaign,
    forecast_series,
    history_from_table,
    last_week,
    remarks,
)
from analysis.forecast.backtest import backtest, past_origins
from analysis.forecast.models import naive

ORIGIN, LATER = pd.Timestamp("2023-06-12"), pd.Timestamp("2023-07-10")
NEVER = "03"


def uncounted(table, until=None):
    """Blank the counts of one area: all of them, or those up to a day."""
    never = (table["area"] == NEVER) & (True if until is None else table["date"] <= until)
    return table.assign(cumulative=table["cumulative"].mask(never))


def goal_of(history, **parents):
    targets = dict(zip(history.areas, 0.4 * history.eligible, strict=True))
    sums = {code: sum(targets[one] for one in members) for code, members in parents.items()}
    total = {TOTAL: 0.4 * history.eligible.sum()}
    return Goal(pd.Timestamp("2023-07-01"), targets | sums | total, parents=parents)


@pytest.fixture(scope="module")
def outlook(table):
    history = history_from_table(uncounted(table)).until(ORIGIN)
    goal = goal_of(history, west=("03", "04"), east=("05", "06"))
    return forecast_campaign(history, goal, draws=100, seed=1, past=1)


def test_it_has_no_row_in_any_table_of_the_forecast(outlook):
    assert outlook.left_out == {NEVER: "it was never counted"}
    tables = (outlook.completion, outlook.forecasts, outlook.fan, outlook.nowcast, outlook.past)
    assert all(NEVER not in set(one["location"]) for one in tables)


def test_a_sum_is_of_its_counted_areas_its_target_of_all_and_it_says_so(outlook, table):
    completion = outlook.completion.set_index("location")
    newest = table[table["date"] == ORIGIN].set_index("area")
    assert completion.loc[TOTAL, "count"] == newest["cumulative"].drop(NEVER).sum()
    assert completion.loc[TOTAL, "target"] == pytest.approx(0.4 * newest["eligible"].sum())
    assert completion.loc["west", "count"] == newest.loc["04", "cumulative"]
    assert completion.loc["west", "target"] > completion.loc["04", "target"]
    noted = completion["note"].str.contains("1 of its areas never counted")
    assert set(completion.index[noted]) == {"west", TOTAL}
    alone = outlook.fan[outlook.fan["location"] == "west"].drop(columns="location")
    same = outlook.fan[outlook.fan["location"] == "04"].drop(columns="location")
    np.testing.assert_array_equal(alone.to_numpy(), same.to_numpy())


def test_the_command_names_it_and_its_total_is_of_the_others(table):
    given = uncounted(table).assign(target=0.4 * table["eligible"])
    assert f"area {NEVER}: it was never counted; it is left out" in remarks(given, [ORIGIN])
    rows = forecast_series(given, [ORIGIN], (7,), draws=50)
    others = forecast_series(given[given["area"] != NEVER], [ORIGIN], (7,), draws=50)
    pd.testing.assert_frame_equal(rows, others)


def test_before_its_first_count_an_area_is_in_no_earlier_forecast(table):
    history = history_from_table(uncounted(table, ORIGIN - pd.Timedelta(days=10))).until(ORIGIN)
    origins = past_origins(history, 7, 3)
    scored = backtest(history, {"naive": naive}, (7,), origins, 50, 1)
    begun = scored[scored["location"] == NEVER]["origin_date"]
    assert origins[0] not in set(begun)
    assert origins[-1] in set(begun)
    begun = history_from_table(uncounted(table, LATER - pd.Timedelta(days=7))).until(LATER)
    rows = last_week(begun, draws=50)
    counted = table[(table["date"] == LATER) & (table["area"] != NEVER)]["cumulative"].sum()
    assert NEVER not in set(rows["location"])
    assert rows.iloc[-1]["actual"] == counted


def test_the_record_of_the_others_total_is_kept(table, outlook):
    said = Said("2023-06-13T0800", outlook.forecasts, outlook.completion)
    later = history_from_table(uncounted(table)).until(LATER)
    made = forecast_campaign(later, outlook.goal, draws=50, seed=1, past=1, said=[said])
    assert list(made.record["horizon"]) == [7, 14, 28]
    day = table[(table["date"] == ORIGIN + pd.Timedelta(days=28)) & (table["area"] != NEVER)]
    assert made.record["actual"].iloc[-1] == day["cumulative"].sum()
    spoke = history_from_table(uncounted(table, ORIGIN)).until(
        LATER
    )  # counted since, and not in what was said
    again = forecast_campaign(spoke, outlook.goal, draws=50, seed=1, past=1, said=[said])
    pd.testing.assert_frame_equal(again.record, made.record)


def test_of_many_areas_a_sample_is_scored_and_references_take_the_total_as_one_series(table, monkeypatch):
    history = history_from_table(uncounted(table)).until(LATER)
    every = forecast_campaign(history, goal_of(history), draws=50, seed=1, past=2)
    monkeypatch.setattr(sys.modules["analysis.forecast.backtest"], "MANY", 5)
    some = forecast_campaign(history, goal_of(history), draws=50, seed=1, past=2)
    for name in ("completion", "forecasts", "fan"):
        pd.testing.assert_frame_equal(getattr(every, name), getattr(some, name))
    assert set(every.scores["scope"]) == {"areas", "total"}
    assert set(some.scores["scope"]) == {"sample", "total"}
    assert (
        some.past[some.past["scope"] == "sample"]
        .groupby(["model", "origin_date"])["location"]
        .nunique()
        .eq(5)
        .all()
    )
    total, whole = (
        one.past[one.past["location"] == TOTAL].set_index(["model", "origin_date", "horizon"])
        for one in (some, every)
    )
    pd.testing.assert_frame_equal(total.loc["ensemble"], whole.loc["ensemble"])
    assert total["truth"].equals(whole["truth"])
    for name in ("naive", "structural"):
        assert some.sums[name].areas == (TOTAL,)
        assert some.sums[name].start == pytest.approx(every.sums[name].start)
        assert some.sums[name].eligible == pytest.approx(every.sums[name].eligible)
        assert (some.scores["skill"].notna()).all()
