"""Silence is no news: nothing becomes surer, sooner or slower because nobody spoke."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.forecast import (
    TOTAL,
    Goal,
    ensemble,
    forecast_campaign,
    forecast_series,
    history_from_panel,
    history_from_table,
    simulate,
)
from tests.forecast.conftest import alone, completion_table, drive, of

WEEK = pd.Timedelta(days=7)


def paths_on(table, day, days, model=ensemble):
    history = history_from_table(table[table["date"] <= day])
    return simulate(history, model, days, 200, np.random.default_rng(2))


def silence(table, areas, since, until):
    """Keep what is reported by `until`, and of the areas given nothing after `since`."""
    quiet = table["area"].isin(areas) & (table["date"] > since)
    return table[~quiet & (table["date"] <= until)]


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**16), st.integers(1, 12), st.sampled_from(["one", "some"]))
def test_silent_areas_are_forecast_as_when_they_last_spoke(seed, weeks, who):
    table = drive(np.random.default_rng(seed), areas=6, days=150)
    since = table["date"].min() + pd.Timedelta(days=60)
    until = since + weeks * WEEK
    quiet = ["02"] if who == "one" else ["01", "02", "04"]
    before = paths_on(table, since, 100)
    after = paths_on(silence(table, quiet, since, until), until, 100 - 7 * weeks)
    for area in quiet:
        then, now = of(before, area)[:, -1], of(after, area)[:, -1]
        assert alone(after, area).known_until[0] == since
        assert alone(after, area).start[0] == alone(before, area).start[0]
        # the same law, drawn anew: its width and its chances differ by what 200 draws differ
        assert np.ptp(np.quantile(now, [0.1, 0.9])) > 0.75 * np.ptp(np.quantile(then, [0.1, 0.9]))
        level = np.quantile(then, 0.7)
        assert (now >= level).mean() < 0.45


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**16), st.integers(1, 12))
def test_when_all_are_silent_the_forecast_stands(seed, weeks):
    table = drive(np.random.default_rng(seed), areas=4, days=60)
    goal = Goal(
        table["date"].max() + pd.Timedelta(days=20),
        {TOTAL: 0.6 * table.groupby("area")["eligible"].first().sum()},
    )
    history = history_from_table(table)
    now = completion_table(simulate(history, ensemble, 80, 100, np.random.default_rng(1)), goal, history)
    later = completion_table(
        simulate(history, ensemble, 80, 100, np.random.default_rng(1)),
        goal,
        history,
        history.origin + weeks * WEEK,
    )
    dates = [name for name in now if name.startswith("date_p")]
    pd.testing.assert_frame_equal(now[dates], later[dates])
    assert later["probability_already_reached"].iloc[0] >= now["probability_already_reached"].iloc[0]
    assert later["probability_not_within_horizon"].equals(now["probability_not_within_horizon"])
    assert later["probability_by_deadline"].isna().iloc[0] == (weeks * 7 > 20)


def test_rows_asked_for_on_a_silent_day_say_what_was_known_before(table):
    newest = pd.Timestamp("2023-05-29")
    known = table[table["date"] <= newest]
    ahead = table[table["date"] == newest].assign(date=newest + 3 * WEEK, cumulative=np.nan)
    asked = {"target_share": 0.6, "seed": 3, "draws": 200}
    now = forecast_series(known, [newest], (28,), **asked)
    later = forecast_series(pd.concat([known, ahead]), [newest + 3 * WEEK], (7,), **asked)
    shares = [one[one["output_type"] == "quantile"]["value"].to_numpy() for one in (now, later)]
    np.testing.assert_array_equal(*shares)  # the same day, seven days from the later one
    dates = [
        one[one["output_type"] == "cdf"].set_index(["location", "output_type_id"])["value"]
        for one in (now, later)
    ]
    both = dates[0].index.intersection(dates[1].index)
    pd.testing.assert_series_equal(dates[0][both], dates[1][both])


def test_days_between_two_tallies_are_never_read_as_counted(table):
    """A panel with its days filled in, and the same with other numbers on them, are one history."""
    tuesdays = table[table["date"].dt.day_of_week == 1]
    panel = table.assign(interpolated=table["date"].dt.day_of_week != 1, target=np.nan)
    lied = panel.assign(cumulative=panel["cumulative"].where(~panel["interpolated"], 1.0))
    one, other, only = (
        simulate(history, ensemble, 28, 50, np.random.default_rng(1))
        for history in (history_from_panel(panel), history_from_panel(lied), history_from_table(tuesdays))
    )
    np.testing.assert_array_equal(one.values, other.values)
    np.testing.assert_array_equal(one.values, only.values)
    assert one.origin == tuesdays["date"].max()


def test_monthly_tallies_are_no_calmer_than_the_drive(table):
    """A month bridged to days is one change of level, not four weeks without a surprise."""
    monthly = table[(table["date"] - table["date"].min()).dt.days % 28 == 0]
    until = monthly["date"].max()
    width = [
        np.ptp(np.quantile(of(paths_on(one, until, 28), TOTAL)[:, -1], [0.1, 0.9]))
        for one in (table, monthly)
    ]
    assert width[1] > width[0]


def test_a_target_reached_has_its_day_and_one_area_is_still_below(table):
    history = history_from_table(table)
    total = table.groupby("date")["cumulative"].sum()
    eligible = dict(zip(history.areas, history.eligible, strict=True))
    own = {area: 0.99 * people for area, people in eligible.items()}
    goal = Goal(pd.Timestamp("2023-07-01"), {TOTAL: float(total.iloc[100])} | own)
    completion = forecast_campaign(history, goal, draws=50, past=0).completion.set_index("location")
    assert completion.loc[TOTAL, "reached_on"] == total.index[100]
    assert completion.loc[TOTAL, "date_p90"] == total.index[100]
    assert pd.isna(completion.loc["03", "reached_on"])
    assert completion.loc["03", "known_until"] == table["date"].max()


@pytest.mark.parametrize("late", [1, 3, 10])
def test_the_total_of_days_already_passed_is_counts_and_draws_together(table, late):
    since = table["date"].max() - pd.Timedelta(days=late)
    paths = paths_on(silence(table, ["04"], since, table["date"].max()), table["date"].max(), 7)
    assert len(paths.all_dates) == late + 7
    assert paths.all_dates[0] == since + pd.Timedelta(days=1)
    known = [place for place in paths.areas if place != "04"]
    counted = table[table["area"].isin(known)].pivot(index="date", columns="area", values="cumulative")
    for area in known:
        passed = alone(paths, area).course[:, :, 0][:, :late]
        assert (passed == counted.loc[paths.all_dates[:late], area].to_numpy()).all()
    drawn = (
        alone(paths, TOTAL).course[:, :, 0][:, :late]
        - counted.loc[paths.all_dates[:late]].sum(axis=1).to_numpy()
    )
    assert (np.diff(drawn, axis=1) >= 0).all()
