"""Drives of another kind than the usual: that stand still, and that do not slow down."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.forecast import TOTAL, ensemble, forecast_series, history_from_table, simulate
from analysis.forecast.stall import FASTER, find_stalls, hold
from tests.forecast.conftest import drive, of


def standing(table, share, weeks):
    """The history to the day on which all areas together reach a share, and then weeks without anybody."""
    whole = history_from_table(table)
    counted = whole.cumulative.sum(axis=1) / whole.eligible.sum()
    known = whole.until(whole.dates[int(np.argmax(counted >= share))])
    still = np.repeat(known.cumulative[-1:], 7 * weeks, axis=0)
    cumulative = np.concatenate([known.cumulative, still])
    dates = pd.date_range(known.dates[0], periods=len(cumulative))
    return replace(known, dates=dates, cumulative=cumulative, pushed=np.zeros(cumulative.shape, dtype=bool))


@pytest.mark.parametrize("seed", range(3))
def test_five_dead_weeks_leave_no_leap_and_keep_the_chance_of_a_restart(seed):
    table = drive(np.random.default_rng(seed), days=180)

    def share(weeks):
        paths = simulate(standing(table, 0.19, weeks), ensemble, 60, 400, np.random.default_rng(1))
        return of(paths, TOTAL) / paths.eligible.sum()

    moving, still = share(0), share(5)
    assert (still[:, -1] >= 0.8).mean() < 0.02
    assert np.median(still[:, 6]) == pytest.approx(0.19, abs=0.01)  # a stall goes on sooner than it ends
    width = [np.ptp(np.quantile(one[:, 27], [0.1, 0.9])) for one in (moving, still)]
    assert width[1] > 0.2 * width[0]


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**16), st.integers(2, 12))
def test_a_stall_is_found_where_it_was_put_and_nowhere_before_anything_moved(seed, weeks):
    rng = np.random.default_rng(seed)
    people = rng.uniform(100, 200, (weeks, 3))
    first = int(rng.integers(1, weeks))
    people[first:, 1] = rng.uniform(0, 1, weeks - first)
    people[:, 2] = rng.uniform(0, 2, weeks)  # of so few, none is chance
    dead, standing, ending = find_stalls(people, np.ones(people.shape, dtype=bool))
    assert standing.tolist() == [False, True, False]
    assert not dead[:, [0, 2]].any()
    assert dead[first:, 1].all()
    assert not dead[:first].any()
    assert 0 < ending < 1


def test_areas_that_stand_begin_together_and_never_much_faster_than_they_were():
    model = np.ones((500, 8, 3)) * [0.1, 0.2, 0.1]
    past = np.log([[0.02, 0.1, 0.01], [0.01, 0.1, 0.02], [np.nan, 0.1, np.nan]])
    held = hold(model, past, np.array([True, False, True]), 0.3, np.random.default_rng(1))
    np.testing.assert_array_equal(held[:, :, 1], model[:, :, 1])
    np.testing.assert_array_equal(held[:, :, 0], held[:, :, 2])
    assert held[:, :, 0].max() == pytest.approx(FASTER * 0.02)
    assert (np.diff(held[:, :, 0], axis=1) >= 0).all()
    assert (held[:, 0, 0] > 0).mean() == pytest.approx(0.3, abs=0.07)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**16), st.integers(4, 8), st.integers(2, 12), st.floats(1.5, 8))
def test_a_drive_of_a_few_weeks_that_stops_dead_does_not_leap(seed, weeks, areas, faster):
    """Each week brings `faster` times the people of the one before, to 19 %; then nobody for five weeks."""
    rng = np.random.default_rng(seed)
    eligible = np.round(rng.lognormal(11, 1, areas))
    new = faster ** np.repeat(np.arange(weeks), 7) * rng.lognormal(0, 0.2, (areas, 7 * weeks))
    share = 0.19 * np.cumsum(new, axis=1) / new.sum(axis=1, keepdims=True)
    share = np.hstack([np.zeros((areas, 1)), share, np.repeat(share[:, -1:], 35, axis=1)])
    table = pd.DataFrame(
        {
            "area": np.repeat([f"{area:02d}" for area in range(areas)], share.shape[1]),
            "date": np.tile(pd.date_range("2021-03-01", periods=share.shape[1]), areas),
            "cumulative": np.round(share * eligible[:, None]).ravel(),
            "eligible": np.repeat(eligible, share.shape[1]),
        }
    )
    said = forecast_series(table, [table["date"].max()], [60], target_share=0.8, draws=200)
    date = said[(said["target"] == "completion date") & (said["location"] == "total")]
    assert date["value"].max() < 0.02


def test_a_drive_that_does_not_slow_down_is_not_drawn_back_to_the_usual_course():
    """Two percent of all a day in a straight line to the end, as paid workers go from door to door."""
    days = pd.date_range("2024-01-01", periods=22)
    eligible = 1e5 * np.arange(1, 6)
    share = 0.4 + 0.02 * np.arange(22)
    table = pd.DataFrame(
        {
            "area": np.tile(list("abcde"), 22),
            "date": np.repeat(days, 5),
            "cumulative": np.outer(share, eligible).ravel(),
            "eligible": np.tile(eligible, 22),
        }
    )
    paths = simulate(history_from_table(table), ensemble, 7, 400, np.random.default_rng(1))
    week = of(paths, TOTAL)[:, -1] / eligible.sum()
    straight = share[-1] + 7 * 0.02
    assert np.quantile(week, 0.5) > straight - 0.03
    assert np.quantile(week, 0.1) < straight <= np.quantile(week, 0.97) + 0.005
