"""Waves, areas, days and costs of pushes with a known effect."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.compare import study_push
from analysis.compare.counted import read_counts
from analysis.compare.gains import yield_of
from analysis.compare.pooled import pool
from analysis.compare.waves import study_waves, waves_table
from analysis.validation.every_push import counts_of
from analysis.validation.trials import Trial, simulate
from tests.compare.test_study import plain_panel


def two_waves(lift, seed=3):
    """Twenty areas: four double on 20 February, four rise `lift` times from 2 March; both for ever."""
    panel = plain_panel(20, 4, days=75, push=50, lift=2.0)
    rng = np.random.default_rng(seed)
    late = panel["area"].isin([f"A{number:03}" for number in range(4, 8)])
    start = pd.Timestamp("2024-03-02")
    panel.loc[late, "treated_from"] = start
    after = late & (panel["date"] >= start)
    panel.loc[after, "new"] += rng.poisson((lift - 1) * panel.loc[after, "new"])
    panel["rate"] = panel["new"] / panel["remaining"]
    return panel


@pytest.fixture(scope="module")
def staggered():
    return study_push(two_waves(lift=3.0), seed=1)


def test_each_wave_is_compared_with_those_not_yet_mobilised(staggered):
    first, second = staggered.waves
    assert (len(first.areas), len(second.areas)) == (4, 4)
    assert first.effect.n_control == 16
    assert second.effect.n_control == 12
    assert first.effect.estimate == pytest.approx(np.log(2), abs=0.1)
    assert second.effect.estimate == pytest.approx(np.log(3), abs=0.1)
    assert staggered.not_compared == ()


def test_waves_are_pooled_and_their_spread_is_seen(staggered):
    pooled = staggered.pooled
    assert pooled.estimate == pytest.approx((np.log(2) + np.log(3)) / 2, abs=0.1)
    low, high = pooled.interval
    assert low < pooled.estimate < high
    assert pooled.p_value < 0.01
    assert 0.1 < pooled.spread < 0.6
    table = waves_table(staggered.waves, pooled)
    assert table["wave"].tolist() == ["2024-02-20", "2024-03-02", "pooled", "random_effects"]


@pytest.mark.filterwarnings("error")
def test_waves_that_differ_by_less_than_chance_have_no_spread():
    pooled = []
    for seed in range(4):
        rng = np.random.default_rng(1)
        pooled.append(pool(study_waves(read_counts(two_waves(2.0, seed)), 6, rng), rng))
    assert min(one.spread for one in pooled) == 0
    for one in pooled:
        assert one.mean == pytest.approx(np.log(2), abs=0.1)
        assert one.mean_interval[0] < one.mean < one.mean_interval[1]


def test_a_wave_of_one_area_beside_one_other_is_not_taken_for_sure():
    drawn, rng = (
        simulate(Trial(areas=6, treated=1, before=63, after=40), np.random.default_rng(2)),
        np.random.default_rng(1),
    )
    starts = drawn.first_start + 7 * np.arange(
        6
    )  # one a week: the last is compared with none, the fifth with one
    waves = study_waves(counts_of(replace(drawn, starts=starts)), 6, rng)
    pooled = pool(waves, rng)
    assert [wave.tested.choices.n for wave in waves if wave.tested] == [6, 5, 4, 3, 2]
    low, high = pooled.mean_interval
    assert low < pooled.mean < high
    assert pooled.mean != pytest.approx(waves[4].effect.estimate, abs=1e-6)
    two = pool(waves[3:5], rng)
    assert waves_table(waves[3:5], two)["wave"].tolist()[2:] == ["pooled"]


def test_waves_that_are_compared_with_the_same_areas_are_no_independent_witnesses():
    """Six waves a day apart: without what they share intervals of the pooled effect hold in .87."""
    design, held = Trial(treated=2, before=63, after=12, persistence=0.8), []
    for seed in range(20):
        rng = np.random.default_rng([1, seed])
        drawn = simulate(design, rng)
        untouched = rng.permutation(np.flatnonzero(~drawn.ever_treated))
        starts = drawn.starts.copy()
        starts[untouched[:10]] = drawn.first_start + np.repeat(np.arange(1, 6), 2)
        lifted = np.where(drawn.times >= starts[:, None], 2.0, 1.0)
        waves = study_waves(counts_of(replace(drawn, outcome=drawn.outcome * lifted, starts=starts)), 6, rng)
        pooled = pool(waves, rng)
        apart = np.sqrt(sum(one.tested.test.se**2 for one in waves)) / len(waves)
        low, high = pooled.interval
        assert high - low > 2 * 1.96 * apart * 1.1
        held.append([a <= np.log(2) <= b for a, b in (pooled.interval, pooled.mean_interval)])
    assert np.mean(held, axis=0).min() >= 0.85


def test_each_area_has_its_own_gain_with_an_interval(staggered):
    gains = staggered.gains
    assert len(gains) == 4
    assert (gains["interval_low"] < np.log(2)).all()
    assert (gains["interval_high"] > np.log(2)).all()
    assert (gains["extra_low"] < gains["extra_persons"]).all()
    total = staggered.main.effect.details["extra_persons"]["total"]
    assert gains["extra_persons"].sum() == pytest.approx(total, rel=0.05)


def test_the_band_for_all_days_holds_that_of_each_day(staggered):
    lasting = staggered.lasting
    assert (lasting["all_low"] <= lasting["extra_low"] + 1e-9).all()
    assert (lasting["all_high"] >= lasting["extra_high"] - 1e-9).all()
    assert lasting["extra_persons"].is_monotonic_increasing
    assert lasting["share_left"].iloc[0] == 1


def test_cost_of_an_extra_person_has_the_ends_turned_round():
    found = yield_of((200.0, 100.0, 400.0), [10, 30], [1000.0, 3000.0], ["VND", "VND"])
    assert found.per_100_people == (500.0, 250.0, 1000.0)
    assert found.cost_per_extra == (20.0, 10.0, 40.0)
    assert yield_of((200.0, -5.0, 400.0), [10], [1000.0], ["VND"]).cost_per_extra[2] == np.inf
    assert yield_of((200.0, 100.0, 400.0), [10, None], [1.0, None], ["VND", None]).per_100_people is None
    assert yield_of((200.0, 100.0, 400.0), [], [], []).cost_per_extra is None
