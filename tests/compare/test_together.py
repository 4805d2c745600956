"""Persons where areas gain unlike each other, or count nobody: the interval must hold the known truth."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.compare import Window
from analysis.compare.checks import Case, run_checks
from analysis.compare.contrasts import effect_of, exact_test
from analysis.compare.design import NEVER, Design
from analysis.compare.gains import lasting
from analysis.compare.persons import extra_of

BEFORE, WEEK = 28, Window(0, 6)


def drive(sizes, lifts, seed=0, noise=0.1, rate=0.01, until=7):
    """Areas whose first ones are lifted from day 28 on, and what that truly brought in so many days."""
    rng = np.random.default_rng(seed)
    n, k = len(sizes), len(lifts)
    shocks = np.exp(rng.normal(0, noise, (n, BEFORE + 7)))
    lift = np.ones((n, BEFORE + 7))
    lift[:k, BEFORE:] = np.array(lifts)[:, None]
    left, without = np.array(sizes, dtype=float), np.array(sizes, dtype=float)
    counts, people, extra = [], [], 0.0
    for day in range(BEFORE + 7):
        people.append(left)
        counts.append(np.minimum(rng.poisson(left * rate * shocks[:, day] * lift[:, day]), left))
        came = counts[-1] if day < BEFORE else without * rate * shocks[:, day]
        extra += (counts[-1] - came)[:k].sum() * (day < BEFORE + until)
        left, without = left - counts[-1], without - came
    starts = np.where(np.arange(n) < k, BEFORE, NEVER)
    names = tuple(f"A{i:02d}" for i in range(n))
    times = np.arange(BEFORE + 7)
    return Design(names, times, True, np.array(counts).T, np.array(people).T, starts), extra


def said(design, window=WEEK):
    tested = exact_test(design, window, rng=np.random.default_rng(0))
    return tested, effect_of(design, tested).details["extra_persons"]


def test_persons_are_right_where_large_areas_gain_more_than_small_ones():
    sizes = [60_000] * 5 + [6_000] * 5 + [20_000] * 20
    for seed in range(4):
        design, truth = drive(sizes, [3.0] * 5 + [1.0] * 5, seed)
        tested, extra = said(design)
        assert extra["together"]
        assert extra["total"] == pytest.approx(truth, rel=0.1)
        assert extra["interval"][0] < truth < extra["interval"][1]
        mean_of_logs = extra_of(tested.groups, tested.changes, tested.test.difference).sum()
        assert mean_of_logs < 0.75 * truth  # what was printed before


def test_areas_that_gain_alike_keep_the_mean_of_logs():
    design, truth = drive([20_000] * 30, [2.0] * 10, seed=2)
    tested, extra = said(design)
    assert not extra["together"]
    one_by_one = extra_of(tested.groups, tested.changes, tested.test.difference)
    assert extra["total"] == pytest.approx(one_by_one.sum())
    assert extra["interval"][0] < truth < extra["interval"][1]
    assert "together" not in {one.check for one in run_checks(Case(design, tested))}


def test_counts_of_nobody_do_not_draw_persons_to_nothing():
    held = 0
    for seed in range(8):
        design, truth = drive([100] * 60, [3.0] * 20, seed, rate=0.004, until=1)
        _, extra = said(design, Window(0, 0))
        held += extra["interval"][0] <= truth <= extra["interval"][1]
    assert held >= 6


def test_how_it_lasts_is_told_by_the_same_count():
    design, _ = drive([60_000] * 5 + [6_000] * 5 + [20_000] * 20, [3.0] * 5 + [1.0] * 5)
    _, extra = said(design)
    week = lasting(design, np.random.default_rng(0)).set_index("last_day").loc[6]
    assert week["extra_persons"] == pytest.approx(extra["total"])


def test_sums_that_show_nothing_are_a_doubt():
    sizes = [200_000] * 2 + [5_000] * 8 + [20_000] * 20
    design, _ = drive(sizes, [1.0] * 2 + [1.8] * 8, seed=1)
    tested = exact_test(design, WEEK, rng=np.random.default_rng(0))
    (found,) = (one for one in run_checks(Case(design, tested)) if one.check == "together")
    assert tested.test.p_value <= 0.05
    assert found.p > 0.05
    assert found.holds is False
    assert found.reason.code == "together"


def test_the_interval_of_sums_is_what_their_test_does_not_reject():
    """By brute force: every choice's statistic by its formula, an effect taken away from what was counted."""
    design, _ = drive([9_000, 3_000, 1_000, *[4_000] * 7], [2.5, 1.5, 1.0], seed=3)
    tested = exact_test(design, WEEK)
    found = tested.together()
    y, expected = tested.changes.observed, tested.changes.expected
    chosen = tested.choices.chosen

    def p(effect):
        counted = np.where(tested.treated, y * np.exp(-effect), y)
        sizes = []
        for own in chosen:
            sides, log_ratios, spread = (own, np.setdiff1d(np.arange(len(y)), own)), [], 0.0
            for side in sides:
                ratio = counted[side].sum() / expected[side].sum()
                left = counted[side] - ratio * expected[side]
                spread += (left**2).sum() / counted[side].sum() ** 2 * len(side) / (len(side) - 1)
                log_ratios.append(np.log(ratio))
            sizes.append(abs(log_ratios[0] - log_ratios[1]) / np.sqrt(spread))
        return np.mean(np.array(sizes) >= sizes[0] * (1 - 1e-9))

    low, high = found.interval
    assert found.p_value == pytest.approx(p(0.0))
    assert p(low + 1e-3) > 0.05 >= p(low - 1e-3)
    assert p(high - 1e-3) > 0.05 >= p(high + 1e-3)


def test_an_area_alone_is_never_counted_by_sums():
    design, _ = drive([9_000, *[4_000] * 9], [3.0])
    assert not said(design)[1]["together"]


def test_a_treated_side_that_counted_nobody_has_no_sums():
    design, _ = drive([4_000] * 10, [1.0] * 3)
    nobody = design.outcome.copy()
    nobody[:3, BEFORE:] = 0
    tested = exact_test(replace(design, outcome=nobody), WEEK)
    assert not tested.apart
    assert np.isfinite(effect_of(design, tested).details["extra_persons"]["total"])
