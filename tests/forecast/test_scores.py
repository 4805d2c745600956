"""Scores against what they are by definition."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.forecast import (
    TOTAL,
    Goal,
    backtest,
    forecast_campaign,
    history_from_table,
    naive,
    past_origins,
    scores,
)
from tests.forecast.conftest import drive

numbers = st.floats(-1e3, 1e3, allow_nan=False)


@given(arrays(float, (7, 3), elements=numbers), arrays(float, 3, elements=numbers))
def test_crps_is_the_energy_form(sample, truth):
    pairs = np.abs(sample[:, None] - sample[None]).mean(axis=(0, 1))
    expected = np.abs(sample - truth).mean(axis=0) - pairs / 2
    assert scores.crps(sample, truth) == pytest.approx(expected, abs=1e-9)


def test_crps_of_a_normal_law_is_gneitings_closed_form():
    sample = np.random.default_rng(1).standard_normal((200_000, 1))
    # at its own centre: sigma (2 phi(0) - 1 / sqrt(pi))
    assert scores.crps(sample, np.zeros(1))[0] == pytest.approx(
        2 / np.sqrt(2 * np.pi) - 1 / np.sqrt(np.pi), abs=3e-3
    )


def test_wis_of_a_certain_forecast_is_its_error_and_nears_crps():
    assert scores.wis(np.full((50, 1), 3.0), np.array([5.0]))[0] == pytest.approx(2.0)
    sample, truth = np.random.default_rng(2).standard_normal((20_000, 1)), np.array([0.7])
    assert scores.wis(sample, truth)[0] == pytest.approx(scores.crps(sample, truth)[0], rel=0.15)


def test_honest_samples_are_covered_as_often_as_they_say():
    rng = np.random.default_rng(3)
    sample, truth = rng.standard_normal((400, 3000)), rng.standard_normal(3000)
    for level in scores.INTERVALS:
        assert scores.covered(sample, truth, level).mean() == pytest.approx(level, abs=0.03)
    assert scores.pit(sample, truth).mean() == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(("day", "expected"), [(3.0, 0.0), (1.0, 2.0), (np.inf, 3.0)])
def test_a_certain_date_is_scored_by_the_days_it_is_off_within_what_is_known(day, expected):
    assert scores.date_crps(np.array([0, 0, 1, 1, 1.0]), day) == pytest.approx(expected)


def test_no_skill_is_said_beside_a_reference_that_missed_nothing():
    days = pd.date_range("2024-02-01", periods=50)
    table = pd.DataFrame({"area": "01", "date": days, "cumulative": 1000.0, "eligible": 1000.0})
    history, goal = history_from_table(table), Goal(days[-1] + pd.Timedelta(days=10), {TOTAL: 1000.0})
    said = forecast_campaign(history, goal, draws=40, past=2).scores
    assert said["crps"].abs().max() < 1e-9
    assert said["skill"].isna().all()


def test_the_date_of_all_together_is_scored_over_the_areas_that_its_target_is_of():
    own = drive(np.random.default_rng(4), areas=1, days=80)
    beside = own.assign(
        cumulative=10 * own["cumulative"], eligible=10 * own["eligible"]
    )  # nobody gave it a target
    table = pd.concat([own.assign(area="01"), own.assign(area="02"), beside.assign(area="03")])
    every, level = history_from_table(table), float(own["cumulative"].iloc[-10])
    aimed, targets = every.of(np.array([True, True, False])), {"01": level, "02": level, TOTAL: 2 * level}
    asked = ({"naive": naive}, (7, 14, 28), past_origins(every, 7, 6), 60, 1, targets)
    dates = [
        scored.loc[scored["location"] == TOTAL, "date_crps"].dropna().tolist()
        for scored in (backtest(one, *asked) for one in (every, aimed))
    ]
    assert dates[0] == pytest.approx(dates[1])
    assert len(dates[0]) > 3
