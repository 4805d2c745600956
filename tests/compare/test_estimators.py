"""Each estimator against another way of computing it, and against known truth."""

from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from analysis.compare import Window, bjs, collapsed, cs, did, headline, ppml, read_design, ri, wcb
from analysis.compare.choices import assignments
from analysis.compare.inference import invert, randomise
from analysis.compare.opinions.estimators import ESTIMATORS, Request, attempt
from analysis.compare.opinions.event_study import event_study
from analysis.compare.opinions.honest import honest
from analysis.compare.opinions.simplex import simplex_weights
from tests.compare.panels import long_table, noisy


def dummies(design, outcome):
    """Stacked regression: treatment, areas, times; rows without an outcome left out."""
    n, t = outcome.shape
    area, time = np.repeat(np.arange(n), t), np.tile(np.arange(t), n)
    treated = (design.times[None, :] >= design.starts[:, None]).astype(float).ravel()
    x = np.column_stack([treated, area[:, None] == np.arange(n), time[:, None] == np.arange(1, t)]).astype(
        float
    )
    seen = ~np.isnan(outcome.ravel())
    return x[seen], outcome.ravel()[seen], area[seen]


@pytest.mark.parametrize("holes", [0, 25])
def test_did_is_least_squares_on_dummies(holes):
    rng = np.random.default_rng(2)
    table = noisy(rng, n=9, days=16, start=10, effect=1.0)
    table = table.drop(rng.choice(len(table), holes, replace=False))
    design = read_design(table, "y")
    x, y, area = dummies(design, design.outcome)
    fit = sm.OLS(y, x).fit(cov_type="cluster", cov_kwds={"groups": area, "use_correction": False})
    effect = did(design)
    n, parameters = len(y), 1 + 16
    factor = 9 / 8 * (n - 1) / (n - parameters)
    assert effect.estimate == pytest.approx(fit.params[0], abs=1e-9)
    assert effect.se == pytest.approx(fit.bse[0] * np.sqrt(factor), abs=1e-9)


def test_ppml_is_poisson_regression_with_offset():
    rng = np.random.default_rng(3)
    exposure = rng.uniform(50, 500, size=(10, 20))
    counts = rng.poisson(exposure * 0.05 * np.exp(rng.normal(0, 0.3, size=(10, 1))))
    design = read_design(long_table(counts, [12] * 3 + [None] * 7, exposure=exposure), "y", exposure="e")
    x, y, area = dummies(design, design.outcome)
    fit = sm.GLM(y, x, family=sm.families.Poisson(), offset=np.log(exposure.ravel())).fit(
        cov_type="cluster", cov_kwds={"groups": area, "use_correction": False}
    )
    effect = ppml(design)
    factor = 10 / 9 * (200 - 1) / (200 - 21)
    assert effect.estimate == pytest.approx(fit.params[0], abs=1e-8)
    assert effect.se == pytest.approx(fit.bse[0] * np.sqrt(factor), rel=1e-6)


@pytest.mark.parametrize("k", [1, 2, 3])
def test_randomisation_counts_every_choice(k):
    values = np.random.default_rng(4).normal(size=8)
    treated = np.arange(8) < k

    def t(chosen):
        ours = np.isin(np.arange(8), chosen)
        a, b = values[ours], values[~ours]
        if k == 1:
            return abs(a.mean() - b.mean())
        return abs(a.mean() - b.mean()) / np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))

    by_hand = np.array([t(chosen) for chosen in combinations(range(8), k)])
    choices = assignments(treated)
    test = randomise(values, choices)
    assert test.p_value == pytest.approx((by_hand >= t(range(k)) - 1e-12).mean(), abs=1e-12)
    assert choices.p_min == pytest.approx(1 / len(by_hand))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 4), st.integers(8, 11))
def test_the_interval_holds_what_is_not_rejected(seed, k, n):
    values = np.random.default_rng(seed).normal(size=n)
    treated = np.arange(n) < k
    choices = assignments(treated)
    interval = invert(values, choices, 0.9)
    assert interval is not None
    low, high = interval
    width = high - low

    def p(effect):
        return randomise(values - effect * treated, choices).p_value

    assert max(p(low - 1e-6 * width), p(high + 1e-6 * width)) <= 0.1
    assert min(p(low + 1e-6 * width), p(high - 1e-6 * width)) > 0.1
    assert max(p(low - step * width) for step in (0.1, 1, 10)) <= 0.1
    assert max(p(high + step * width) for step in (0.1, 1, 10)) <= 0.1


def test_restricting_who_could_have_mobilised_raises_the_floor():
    design = read_design(noisy(np.random.default_rng(5)), "y")
    allowed = np.arange(18) < 6
    assert ri(design, allowed=allowed).p_min == pytest.approx(1 / 20)


def naive_wild(design, null, weights):
    """Refit the regression on dummies for every vector of weights."""
    x, y, area = dummies(design, design.outcome)
    invert_x = np.linalg.pinv(x)
    rest = x[:, 1:]
    restricted = y - null * x[:, 0]
    fitted = rest @ (np.linalg.pinv(rest) @ restricted)
    left = x[:, 0] - rest @ (np.linalg.pinv(rest) @ x[:, 0])

    def t(outcome):
        found = invert_x @ outcome
        scores = np.bincount(area, weights=left * (outcome - x @ found))
        return abs(found[0] - null) / np.sqrt(scores @ scores) * (left @ left)

    draws = np.array([t(fitted + null * x[:, 0] + v[area] * (restricted - fitted)) for v in weights])
    observed = t(y)
    ties = np.abs(draws - observed) < 1e-9 * observed
    return ((draws > observed) & ~ties).mean() + ties.mean() / 2


@pytest.mark.parametrize(("staggered", "holes"), [(False, 0), (True, 0), (False, 6)])
def test_wild_bootstrap_is_refitting_every_sign(staggered, holes):
    rng = np.random.default_rng(6)
    table = noisy(rng, n=7, days=8, treated=2, start=5, effect=0.7)
    if staggered:
        table.loc[table["area"] == "A01", "treated_from"] = 3
    table = table.drop(rng.choice(len(table), holes, replace=False))
    design = read_design(table, "y")
    by_hand = naive_wild(design, 0.2, np.array(list(product([1.0, -1.0], repeat=7))))
    assert wcb(design, null=0.2).p_value == pytest.approx(by_hand, abs=1e-12)


def test_wild_bootstrap_interval_is_where_p_crosses():
    design = read_design(noisy(np.random.default_rng(7), n=10, days=12, treated=4, start=6, effect=1.0), "y")
    low, high = wcb(design).interval
    for inside, outside in ((low + 1e-7, low - 1e-7), (high - 1e-7, high + 1e-7)):
        assert wcb(design, null=inside).p_value > 0.05 >= wcb(design, null=outside).p_value


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 160), st.floats(1e-4, 1.0))
def test_simplex_weights_are_optimal(seed, columns, ridge):
    rng = np.random.default_rng(seed)
    matrix, target = rng.normal(size=(20, columns)), rng.normal(size=20)
    w = simplex_weights(matrix, target, ridge)
    assert w.min() >= 0
    assert w.sum() == pytest.approx(1, abs=1e-9)
    slope = matrix.T @ (matrix @ w - target) + ridge * w
    assert slope @ w - slope.min() <= 1e-6 * (1 + abs(slope).max())


@pytest.mark.parametrize("name", ESTIMATORS)
def test_a_push_of_the_first_time_has_nothing_to_be_set_against(name):
    """A drive whose first days are its push; one solver ended the process on it, others in an error."""
    table = noisy(np.random.default_rng(4), n=8, days=14, treated=2, start=7)
    design = read_design(table, "y")
    for kept in (design.times >= 7, design.times == 7):
        found = attempt(name, design.during(kept), Request(seed=1))
        assert found.estimate is None
        assert found.details["not_applicable"]


def test_imputation_and_group_time_agree_on_one_date_with_one_time_before():
    table = noisy(np.random.default_rng(8), n=12, days=5, treated=4, start=1, effect=2.0)
    design = read_design(table, "y")
    assert bjs(design).estimate == pytest.approx(cs(design).estimate, abs=1e-10)
    assert collapsed(design).estimate == pytest.approx(did(design).estimate, abs=1e-10)


def test_imputation_is_least_squares_on_untreated_cells():
    table = noisy(np.random.default_rng(9), n=8, days=10, treated=3, start=6, effect=1.0)
    table.loc[table["area"] == "A00", "treated_from"] = 4
    design = read_design(table, "y")
    x, y, _ = dummies(design, design.outcome)
    free = x[:, 0] == 0
    gap = y - x[:, 1:] @ np.linalg.lstsq(x[free, 1:], y[free], rcond=None)[0]
    assert bjs(design).estimate == pytest.approx(gap[~free].mean(), abs=1e-9)


def test_event_study_is_least_squares_with_clustered_covariance():
    design = read_design(noisy(np.random.default_rng(10), n=12, days=6, treated=4, start=3, effect=1.0), "y")
    study = event_study(design)
    n, t = design.outcome.shape
    area, time = np.repeat(np.arange(n), t), np.tile(np.arange(t), n)
    treated = (design.starts[area] < 100).astype(float)
    events = np.column_stack([treated * (time == s) for s in (0, 1, 3, 4, 5)])
    x = np.column_stack([events, area[:, None] == np.arange(n), time[:, None] == np.arange(1, t)]).astype(
        float
    )
    fit = sm.OLS(design.outcome.ravel(), x).fit(
        cov_type="cluster", cov_kwds={"groups": area, "use_correction": False}
    )
    factor = 12 / 11 * (72 - 1) / (72 - (5 + 6))
    assert np.concatenate([study.before, study.after]) == pytest.approx(fit.params[:5], abs=1e-10)
    assert study.covariance == pytest.approx(fit.cov_params()[:5, :5] * factor, abs=1e-10)


def test_honest_statistic_is_the_linear_program():
    from analysis.compare.opinions.magnitudes import _steps_matrix, _vertices

    rng = np.random.default_rng(11)
    rows = _steps_matrix(3, 3, 1.0, 1, 1.0)
    nuisance, deviation, y = rows[:, 4:], rng.uniform(0.5, 2, len(rows)), rng.normal(size=len(rows))
    solved = optimize.linprog(
        np.r_[1.0, 0.0, 0.0], A_ub=-np.column_stack([deviation, nuisance]), b_ub=-y, bounds=[(None, None)] * 3
    )
    assert (_vertices(nuisance, deviation) @ y).max() == pytest.approx(solved.fun, abs=1e-8)


def test_honest_bounds_widen_with_what_they_allow():
    table = noisy(np.random.default_rng(12), n=30, days=8, treated=12, start=5, effect=6.0)
    effect = honest(read_design(table, "y"))
    widths = [row["interval"][1] - row["interval"][0] for row in effect.details["relative_magnitudes"]]
    assert widths == sorted(widths)
    assert effect.details["breakdown_mbar"] > 0
    smooth = [row["interval"][1] - row["interval"][0] for row in effect.details["smoothness"]]
    assert smooth == sorted(smooth)


@pytest.mark.parametrize("size", [1e-9, 1e12])
def test_honest_bounds_are_of_the_size_of_the_numbers(size):
    table = noisy(np.random.default_rng(12), n=12, days=8, treated=4, start=5, effect=6.0)
    plain, scaled = (honest(read_design(table.assign(y=one * table["y"]), "y")) for one in (1.0, size))
    assert np.array(scaled.interval) / size == pytest.approx(np.array(plain.interval), rel=1e-6)


def test_headline_takes_the_same_weekdays_of_whole_weeks_before():
    days = 16 + 3
    counts = np.full((4, days), 10.0)
    counts[:, 0] = 9_999.0  # before the two whole weeks
    counts[:, [2 + 2, 2 + 9, 18]] = 40.0  # the weekday of the last day
    counts[0, 18] = 80.0
    table = long_table(counts, ["2023-09-10", None, None, None], first_day="2023-08-25")
    effect = headline(read_design(table, "y"), Window(2, 2))
    assert effect.estimate == pytest.approx(np.log(2), abs=1e-12)


def test_extra_persons_follow_who_is_left():
    people, hazard, lift = np.array([1000.0, 1000.0, 1000.0]), 0.05, 3.0
    counts, exposed = np.zeros((3, 18)), np.zeros((3, 18))
    left = people.copy()
    for day in range(18):
        exposed[:, day] = left
        rate = np.full(3, hazard)
        rate[0] *= lift if day >= 14 else 1
        counts[:, day] = left * rate
        left = left - counts[:, day]
    table = long_table(counts, [14, None, None], exposure=exposed)
    effect = headline(read_design(table, "y", exposure="e"), Window(0, 3))
    assert effect.estimate == pytest.approx(np.log(lift), abs=1e-9)
    truth = counts[0, 14:].sum() - counts[1, 14:].sum()
    assert effect.details["extra_persons"]["total"] == pytest.approx(truth, abs=1e-6)


def test_a_push_of_one_day_is_set_against_a_whole_ordinary_week():
    hazard, left = np.full((3, 21), 0.02), np.full(3, 10_000.0)
    hazard[0, 14] = 0.4  # nearly half of the people left come on the one day
    counts, exposed = np.zeros((3, 21)), np.zeros((3, 21))
    for day in range(21):
        exposed[:, day] = left
        counts[:, day] = left * hazard[:, day]
        left = left - counts[:, day]
    table = long_table(counts, [14, None, None], exposure=exposed)
    effect = headline(read_design(table, "y", exposure="e"), Window(0, 6))
    truth = counts[0, 14:].sum() - counts[1, 14:].sum()
    assert effect.details["extra_persons"]["total"] == pytest.approx(truth, abs=1e-6)


def test_areas_told_within_the_window_are_no_controls():
    table = noisy(np.random.default_rng(13), effect=1.0)
    table.loc[table["area"] == "A10", "treated_from"] = 21
    design = read_design(table, "y")
    assert did(design, Window(0, 0)).n_control == 15
    assert did(design, Window(0, 5)).n_control == 14
    positive = replace(design, outcome=np.exp(design.outcome))
    assert headline(positive, Window(0, 5)).details["left_out"] == ["A10"]


def test_what_no_model_of_counts_fits_is_said_and_what_is_known_without_error_is_no_division():
    """Of these one solver overflowed, one divided nothing by nothing, and one took a variance of nothing."""
    for seed in range(60):
        rng = np.random.default_rng(seed)
        table = noisy(rng, n=5, days=9, treated=2, start=4)
        table["y"] = np.floor(rng.choice([0, 1, 1e5, 1e9], p=[0.7, 0.15, 0.1, 0.05], size=len(table)))
        for name in ("ppml", "honest"):
            found = attempt(name, read_design(table, "y"), Request(seed=1))
            assert found.estimate is None or np.isfinite(found.estimate)
