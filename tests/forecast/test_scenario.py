"""What-if: the difference between the arms is the push and nothing else."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.forecast import (
    TOTAL,
    Goal,
    Scenario,
    compare_scenarios,
    effect_of_push,
    ensemble,
    forecast_campaign,
    history_from_table,
    plan_pushes,
    push,
    scenarios_for,
    simulate,
    totals_with,
)
from analysis.forecast.scenario import PushEffect
from tests.forecast.conftest import alone, drive, of, sums_of

ORIGIN = pd.Timestamp("2023-05-29")
CERTAIN = PushEffect(on_day=0.05, on_day_sd=0, by_week=0.03, by_week_sd=0, weekday=6, areas=("00",))


@pytest.fixture(scope="module")
def paths(table):
    history = history_from_table(table).until(ORIGIN)
    return simulate(history, ensemble, 60, 100, np.random.default_rng(1))


def goal(paths):
    return Goal(ORIGIN + pd.Timedelta(days=30), {TOTAL: 0.4 * paths.eligible.sum()})


def test_a_push_brings_its_gain_on_the_day_and_keeps_its_part(paths):
    day = ORIGIN + pd.Timedelta(days=6)
    with_push = push(paths, Scenario("one", (("03", day),)), CERTAIN, seed=2)
    extra = of(with_push, "03") - of(paths, "03")
    left = alone(paths, "03").eligible[0] - of(paths, "03")[:, 5]
    assert extra[:, :5] == pytest.approx(0)
    assert extra[:, 5] == pytest.approx(0.05 * left)
    # never less than kept: where the pulled forward exceed a day's new people the path waits, it never falls
    assert (extra[:, -1] >= 0.03 * left - 1e-6).all()
    assert np.median(extra[:, -1] / left) == pytest.approx(0.03, abs=0.01)
    assert (np.diff(with_push.values, axis=1) >= 0).all()
    assert (with_push.values <= paths.eligible + 1e-9).all()
    others = [number for number, area in enumerate(paths.areas) if area != "03"]
    assert (with_push.values[:, :, others] == paths.values[:, :, others]).all()


def test_no_push_is_no_difference_and_more_pushes_never_hurt(paths):
    nothing = push(paths, Scenario("none", ()), CERTAIN, seed=2)
    assert (nothing.values == paths.values).all()
    every, plans = [(np.arange(len(paths.areas)), paths)], plan_pushes(paths, goal(paths), CERTAIN)
    total = sums_of(paths).paths()
    pushed = totals_with(every, total, goal(paths), plans, CERTAIN, 1)
    table = compare_scenarios(total, pushed, goal(paths), plans)
    assert (table["probability_with"] >= table["probability_without"]).all()
    assert table["extra_median"].is_monotonic_increasing
    assert table["pushes"].tolist() == [11, 11, 12, 48]


def test_a_push_leaves_the_paths_that_it_was_given_as_they_are(table):
    """A single draw is a run of memory in any order: nothing may be added to it in place."""
    history = history_from_table(table).until(ORIGIN)
    paths = simulate(history, ensemble, 60, 1, np.random.default_rng(1))
    before = paths.course.copy()
    assert (push(paths, plan_pushes(paths, goal(paths), CERTAIN)[2], CERTAIN, seed=2).course > before).any()
    np.testing.assert_array_equal(paths.course, before)


def test_the_effect_is_read_per_person_not_yet_counted():
    effects = pd.DataFrame(
        {
            "estimator": ["headline", "headline"],
            "first_day": [0, 0],
            "last_day": [0, 6],
            "extra_persons": [1000.0, 600.0],
            "extra_low": [900.0, 200.0],
            "extra_high": [1100.0, 1000.0],
        }
    )
    sunday = pd.Timestamp("2023-05-28")
    panel = pd.DataFrame(
        {
            "area": [
                "00",
                "01",
                "02",
            ],  # more were counted in the last than are eligible: nobody is left there
            "date": sunday,
            "treated_from": [sunday, pd.NaT, sunday],
            "remaining": [20000.0, 1.0, -5000.0],
            "new": 5.0,
        }
    )
    effect = effect_of_push(effects, panel)
    assert (effect.on_day, effect.by_week, effect.weekday) == (0.05, 0.03, 6)
    assert effect.on_day_sd == pytest.approx(100 / 20000 / 1.96, rel=1e-3)
    assert effect_of_push(effects.iloc[:1], panel) is None


@pytest.mark.parametrize(("share", "days"), [(0.27, 18), (0.35, 54), (0.99, 91)])
def test_paths_that_are_drawn_no_further_than_is_asked_give_the_same_scenarios(table, share, days):
    """Half are there before the deadline, after it, or not within the horizon."""
    history = history_from_table(table).until(ORIGIN)
    aim = Goal(ORIGIN + pd.Timedelta(days=30), {TOTAL: share * history.eligible.sum()})
    outlook = forecast_campaign(history, aim, draws=4200, seed=3, past=0)  # several blocks of 16 areas
    sunday = pd.Timestamp("2023-05-28")
    effects = pd.DataFrame({"estimator": "headline", "first_day": 0, "last_day": [0, 6]})
    effects = effects.assign(extra_persons=[900.0, 500.0], extra_low=[800.0, 300.0], extra_high=1000.0)
    panel = pd.DataFrame(
        {"area": ["00"], "date": sunday, "treated_from": sunday, "remaining": 20000.0, "new": 5.0}
    )
    plans = plan_pushes(
        replace(outlook.total, areas=history.areas), aim, effect := effect_of_push(effects, panel)
    )
    whole = totals_with(outlook.blocks(), outlook.total, aim, plans, effect, 5)
    drawn = compare_scenarios(outlook.total, whole, aim, plans)
    pd.testing.assert_frame_equal(scenarios_for(outlook, effects, panel, seed=5), drawn, check_exact=True)
    half = int(np.nan_to_num((drawn["date_p50_without"][0] - ORIGIN).days, nan=91))
    assert half == days


@pytest.mark.parametrize("kernels", ["", "cold"])
def test_a_nations_scenarios_are_made_in_halves_that_add_up_to_the_whole(monkeypatch, kernels):
    """On one core as on several; what stands beside the areas that are forecast counts once."""
    monkeypatch.setenv("ANALYSIS_KERNELS", kernels)
    table = drive(np.random.default_rng(4), areas=302, days=42)
    table.loc[table["area"] == table["area"].iloc[0], "eligible"] = np.nan
    history = history_from_table(table)
    aim = Goal(history.origin + pd.Timedelta(days=14), {TOTAL: 0.4 * np.nansum(history.eligible)})
    outlook = forecast_campaign(history, aim, draws=400, seed=7, past=0)
    assert outlook.left_out
    assert len(list(outlook.blocks())) > 1
    sunday = pd.Timestamp("2023-05-28")
    effects = pd.DataFrame({"estimator": "headline", "first_day": 0, "last_day": [0, 6]})
    effects = effects.assign(extra_persons=[900.0, 500.0], extra_low=[800.0, 300.0], extra_high=1000.0)
    panel = pd.DataFrame(
        {"area": ["00"], "date": sunday, "treated_from": sunday, "remaining": 20000.0, "new": 5.0}
    )
    made = scenarios_for(outlook, effects, panel, seed=5)
    every = replace(outlook.total, areas=outlook.history.areas)
    plans = plan_pushes(every, aim, effect := effect_of_push(effects, panel))
    whole = totals_with(outlook.blocks(), outlook.total, aim, plans, effect, 5)
    drawn = compare_scenarios(outlook.total, whole, aim, plans)
    assert len(made) == len(plans) > 1
    pd.testing.assert_frame_equal(made, drawn, rtol=1e-9)
