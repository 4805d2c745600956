"""What would overturn the headline, what it could have seen, and what the published figures bound."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.compare import Window, headline
from analysis.compare.power import smallest_effect
from analysis.compare.published import from_qualifier, one_day
from analysis.compare.sensitivity import (
    contamination,
    data_breaks,
    leave_one_out,
    medians,
    placebo_dates,
    regression_to_the_mean,
    tilt,
    without_neighbours,
)
from analysis.compare.trials import Trial, measure, simulate
from analysis.errors import InputError

WEEK = Window(0, 6)


@pytest.fixture(scope="module")
def pushed():
    """A campaign whose three mobilised areas rise by 60 percent."""
    return simulate(Trial(lift=0.6), np.random.default_rng(1))


def test_size_and_coverage_in_simulated_campaigns():
    """Bounds four Monte Carlo standard errors wide around what 2,000 campaigns gave."""
    null = measure(Trial(), 300, np.random.default_rng(2))
    assert 0.01 <= null.rejects <= 0.10
    lifted = measure(Trial(lift=0.2), 300, np.random.default_rng(3))
    assert lifted.covers >= 0.90
    assert lifted.rejects > 0.5


def test_the_real_day_stands_out_among_placebo_dates(pushed):
    found = placebo_dates(pushed, WEEK)
    real = found[found["real"]].iloc[0]
    assert len(found) >= 6
    assert (found.loc[~found["real"], "estimate"].abs() < real["estimate"]).all()
    assert real["estimate"] == headline(pushed, WEEK).estimate


def test_each_area_is_left_out_once(pushed):
    found = leave_one_out(pushed, WEEK)
    assert found["side"].value_counts().to_dict() == {"comparison": 15, "mobilised": 3}
    assert found["p_value"].between(0, 1).all()


def test_a_leak_makes_the_effect_larger():
    assert contamination(0.3)["estimate"].tolist() == pytest.approx([0.3, 0.4, 0.6])


def test_the_tilt_is_the_smallest_that_reaches_the_level():
    """Against a search over random odds on a small design: none below the bound reaches the level."""
    from itertools import combinations

    rng = np.random.default_rng(4)
    design = simulate(Trial(areas=9, treated=3, lift=2.0), rng)
    bound = tilt(design, WEEK)
    assert bound is not None
    assert bound > 1
    from analysis.compare.changes import changes
    from analysis.compare.design import contrast
    from analysis.compare.inference import assignments, randomise

    values = changes(design, contrast(design, WEEK)).log_rate
    choices = assignments(design.ever_treated)
    size = np.abs(randomise(values, choices).statistics)
    extreme = size >= size[0] * (1 - 1e-9)
    assert set(map(tuple, choices.chosen.tolist())) == set(combinations(range(9), 3))

    def p(odds):
        weight = odds[choices.chosen].prod(axis=1)
        return weight[extreme].sum() / weight.sum()

    below = [p(rng.uniform(1, bound * 0.999, 9)) for _ in range(500)]
    assert max(below) <= 0.05


def test_no_tilt_is_needed_where_nothing_is_found():
    assert tilt(simulate(Trial(), np.random.default_rng(5)), WEEK) == 1.0


def test_neighbours_are_left_out(pushed):
    names = pushed.areas
    ours = [name for name, treated in zip(names, pushed.ever_treated, strict=True) if treated]
    theirs = [name for name in names if name not in ours]
    borders = pd.DataFrame({"area": [ours[0], theirs[1]], "neighbour": [theirs[0], ours[1]]})
    found = without_neighbours(pushed, WEEK, borders).set_index("comparison_areas")["n_control"]
    assert found.to_dict() == {"all": 15, "not neighbours": 13}


def test_level_alone_predicts_little_here(pushed):
    found = regression_to_the_mean(pushed, WEEK).iloc[0]
    assert found["adjusted"] == pytest.approx(headline(pushed, WEEK).estimate - found["predicted"])


def test_a_backlog_dump_is_seen_and_medians_do_not_move(pushed):
    area = int(np.flatnonzero(~pushed.ever_treated)[0])
    outcome = pushed.outcome.copy()
    day = len(pushed.times) - 12
    outcome[area, day] = 60 * outcome[area, day] + 500
    broken = replace(pushed, outcome=outcome)
    found = data_breaks(broken)
    assert (pushed.areas[area], pushed.say_time(int(pushed.times[day]))) in set(
        zip(found["area"], found["date"], strict=True)
    )
    before, after = (medians(design, WEEK).set_index("measure")["estimate"] for design in (pushed, broken))
    assert abs(after["medians"] - before["medians"]) < 0.05
    assert abs(after["sums"] - before["sums"]) > 0.05


def test_smallest_effect_uses_nothing_after_the_push(pushed):
    windows = [Window(0, 0), WEEK]
    found = smallest_effect(pushed, windows, np.random.default_rng(6))
    outcome = pushed.outcome.copy()
    outcome[:, pushed.times >= pushed.first_start] = 7.0
    same = smallest_effect(replace(pushed, outcome=outcome), windows, np.random.default_rng(6))
    pd.testing.assert_frame_equal(found, same)
    assert found["percent"].is_monotonic_decreasing
    assert found["percent"].between(3, 200).all()


def test_published_figures_are_bounds():
    figures = {"513": (6600, "at_least"), "503": (3000, "at_least"), "517": (2100, "at_least")}
    residents = {"513": 181_000, "503": 98_599, "517": 140_000, "502": 122_374, "504": 950_000}
    found = one_day((12_600, "at_least"), figures, residents)
    rounded = found[found["reading"] == "rounded"].set_index(["quantity", "unit"])
    assert rounded.loc[("mobilised areas", "accounts"), ["low", "high"]].tolist() == [11_700, 12_000]
    assert rounded.loc[("other areas", "accounts"), ["low", "high"]].tolist() == [600, 1_000]
    worded = found[found["reading"] == "as worded"].set_index(["quantity", "unit"])
    assert worded.loc[("mobilised areas", "accounts"), "low"] == 11_700
    assert np.isinf(worded.loc[("mobilised areas", "accounts"), "high"])
    assert worded.loc[("other areas", "accounts"), "low"] == 0
    with pytest.raises(InputError, match="qualifier"):
        from_qualifier(5, "maybe")
