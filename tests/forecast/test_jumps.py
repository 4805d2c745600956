"""A newest count that jumps is carried by both readings until another count comes."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.forecast import TOTAL, Goal, ensemble, history_from_table, simulate
from analysis.forecast.doubt import find_jumps
from analysis.forecast.scores import covered, wis
from tests.forecast.conftest import alone, completion_table, drive, of

ORIGIN = pd.Timestamp("2023-05-29")


def swapped(history, one, other, days):
    """Mix two areas' newest counts up."""
    counts = history.cumulative.copy()
    counts[-days:, [one, other]] = counts[-days:, [other, one]]
    return replace(history, cumulative=counts)


@pytest.mark.parametrize("days", [1, 2])
def test_two_areas_mixed_up_cost_little_and_the_range_holds_the_truth(days):
    ratio, inside = [], []
    for seed in range(8):
        whole = history_from_table(drive(np.random.default_rng(seed), days=126))
        known = whole.until(whole.dates[84])
        one, other = np.random.default_rng(seed).choice(12, 2, replace=False)
        after, both = whole.cumulative[84 + 28], [one, other]
        clean, mixed = (
            simulate(history, ensemble, 28, 200, np.random.default_rng(1)).values[:, -1]
            for history in (known, swapped(known, one, other, days))
        )
        ratio.append([(wis(values, after) / whole.eligible).mean() for values in (clean, mixed)])
        inside.append(covered(mixed, after, 0.95)[both])
    clean, mixed = np.mean(ratio, axis=0)
    assert mixed < 1.3 * clean
    assert np.mean(inside) >= 0.85


def test_no_jump_is_seen_in_a_drive_without_one_and_a_declared_push_explains_its_own(table):
    history = history_from_table(table).until(ORIGIN)
    assert find_jumps(history) == []
    counts = history.cumulative.copy()
    counts[-1, 3] += 0.15 * history.eligible[3]
    leapt = replace(history, cumulative=counts)
    (jump,) = find_jumps(leapt)
    assert (history.areas[jump.area], jump.day) == ("03", len(history.dates) - 1)
    assert 0.1 < jump.real < 0.8
    pushed = leapt.pushed.copy()
    pushed[-1, 3] = True
    assert find_jumps(replace(leapt, pushed=pushed)) == []


def test_both_readings_are_there_and_more_counts_settle_it(table):
    whole = history_from_table(table)
    day = int((ORIGIN - whole.dates[0]).days)
    counts = whole.cumulative.copy()
    counts[day:, 3] = np.minimum(counts[day:, 3] + 0.3 * whole.eligible[3], whole.eligible[3])
    leapt = replace(whole, cumulative=counts)
    chances = []
    for later in range(4):
        known = leapt.until(whole.dates[day + later])
        jumps = find_jumps(known)
        chances.append(jumps[0].real if jumps else 1.0)
    assert chances == sorted(chances)
    assert chances[-1] == 1.0
    paths = simulate(leapt.until(ORIGIN), ensemble, 7, 400, np.random.default_rng(1))
    assert alone(paths, "03").start[0] == counts[day, 3]  # counted is what was reported
    assert alone(paths, "03").sure[0] == counts[day - 1, 3]
    below = (of(paths, "03")[:, 0] < alone(paths, "03").start[0]).mean()
    assert below == pytest.approx(1 - chances[0], abs=0.08)
    assert (np.diff(paths.course, axis=1) >= 0).all()


def test_a_target_met_by_a_jump_alone_is_not_certain_and_the_table_says_why(table):
    history = history_from_table(table).until(ORIGIN)
    counts = history.cumulative.copy()
    counts[-1, 3] += 0.3 * history.eligible[3]
    leapt = replace(history, cumulative=counts)
    paths = simulate(leapt, ensemble, 28, 400, np.random.default_rng(1))
    goal = Goal(ORIGIN + pd.Timedelta(days=28), {"03": counts[-1, 3] - 1, TOTAL: 1e6})
    row = completion_table(paths, goal, leapt).set_index("location").loc["03"]
    assert row["probability_by_deadline"] == pytest.approx(row["jump_believed"], abs=0.1)
    assert row["count"] == counts[-1, 3]
    assert np.isnan(completion_table(paths, goal, leapt).set_index("location").loc[TOTAL, "jump_believed"])
