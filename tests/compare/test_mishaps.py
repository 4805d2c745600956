"""Pushes without effect that look like one: days reported in a heap or not at all, and people who wait."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.compare import Window
from analysis.compare.checks import Case, run_checks
from analysis.compare.contrasts import effect_of, exact_test
from analysis.compare.counted import read_counts
from analysis.compare.design import NEVER, Design
from analysis.compare.gains import area_gains
from analysis.compare.persons import extra_of
from analysis.compare.verdict import verdict
from tests.compare.test_study import plain_panel

BEFORE, DAYS, AREAS, PUSHED = 63, 70, 18, 3
WEEKDAYS = np.array([1.1, 1.2, 1.1, 1.1, 1.1, 0.7, 0.3])
DAY, WEEK = Window(0, 0), Window(0, 6)


def drive(seed, people=(8e3, 1.2e5), noise=0.12, rate=0.004):
    """Eighteen areas, three of which push on a quiet Sunday that brings nobody."""
    rng = np.random.default_rng(seed)
    size = np.exp(rng.uniform(*np.log(people), (AREAS, 1))).round()
    log_rate = np.log(rate * WEEKDAYS[(6 - BEFORE + np.arange(DAYS)) % 7])
    log_rate = log_rate + rng.normal(0, 0.35, (AREAS, 1)) + rng.normal(0, noise, (AREAS, DAYS))
    new = rng.poisson(size * np.exp(log_rate)).astype(float)
    left = size - np.cumsum(new, axis=1) + new
    starts = np.where(np.arange(AREAS) < PUSHED, BEFORE, NEVER)
    names = tuple(f"A{area:02d}" for area in range(AREAS))
    return Design(names, np.arange(DAYS), True, new, np.maximum(left, 1.0), starts)


def counted_as_one(design, areas, first, last):
    """The same drive where nobody counted in some areas until the last of those days."""
    new, left = design.outcome.copy(), design.exposure.copy()
    covers = np.ones(new.shape, dtype=np.int64)
    for area in areas:
        new[area, last] = new[area, first : last + 1].sum()
        left[area, last] = left[area, first]
        new[area, first:last] = left[area, first:last] = np.nan
        covers[area, first : last + 1] = [*[0] * (last - first), last - first + 1]
    return replace(design, outcome=new, exposure=left, covers=covers)


def in_one_heap(design, first, last):
    """The same drive where the areas of the push sent the same count day by day, and then all on one day."""
    new = design.outcome.copy()
    new[:PUSHED, last] = new[:PUSHED, first : last + 1].sum(axis=1)
    new[:PUSHED, first:last] = 0
    left = design.exposure[:, :1] - np.cumsum(new, axis=1) + new
    return replace(design, outcome=new, exposure=left)


def waited(design, share, days):
    """The same drive where some of the people of the last days before came on the push's day instead."""
    new = design.outcome.copy()
    late = (new[:PUSHED, BEFORE - days : BEFORE] * share).round()
    new[:PUSHED, BEFORE - days : BEFORE] -= late
    new[:PUSHED, BEFORE] += late.sum(axis=1)
    left = design.exposure[:, :1] - np.cumsum(new, axis=1) + new
    return replace(design, outcome=new, exposure=left)


def waiting(design, window):
    """What is said of the push's day or week, and the suspicion that people had waited."""
    tested = exact_test(design, window, rng=np.random.default_rng(0))
    results = run_checks(Case(design, tested, 1))
    return verdict(effect_of(design, tested), results), next(one for one in results if one.check == "waited")


def test_days_that_are_counted_as_one_inside_the_window_make_no_effect():
    whole = drive(1)
    lumped = counted_as_one(whole, range(PUSHED), BEFORE + 1, BEFORE + 4)
    (one, two) = (exact_test(design, WEEK) for design in (whole, lumped))
    assert two.test.difference == pytest.approx(one.test.difference, abs=0.02)
    assert two.changes.expected == pytest.approx(one.changes.expected, rel=0.02)
    (first, second) = (effect_of(design, tested) for design, tested in ((whole, one), (lumped, two)))
    persons = [effect.details["extra_persons"] for effect in (first, second)]
    counted = whole.outcome[:PUSHED, BEFORE:].sum()
    assert persons[1]["total"] == pytest.approx(persons[0]["total"], abs=0.02 * counted)
    medians = [
        next(one for one in run_checks(Case(design, tested, 7)) if one.check == "medians").estimate
        for design, tested in ((whole, one), (lumped, two))
    ]
    assert medians[1] == pytest.approx(medians[0], abs=0.25)  # of fewer days, none of them of four


def test_persons_are_of_the_days_that_are_compared():
    """What had gathered before the push and was counted in its week is no gain of the push."""
    whole = drive(2)
    heap = counted_as_one(whole, [0], BEFORE - 6, BEFORE + 1)
    larger = heap.outcome.copy()
    larger[0, BEFORE + 1] += 1_000
    found = [replace(heap, outcome=outcome) for outcome in (heap.outcome, larger)]
    tested = [exact_test(design, WEEK) for design in found]
    totals = [effect_of(*pair).details["extra_persons"]["total"] for pair in zip(found, tested, strict=True)]
    assert totals[1] == totals[0]
    own = [area_gains(*pair)["extra_persons"][0] for pair in zip(found, tested, strict=True)]
    assert own[1] == own[0]


@pytest.mark.parametrize("seed", [4, 20])
def test_areas_of_a_few_people_have_an_answer(seed):
    tested = exact_test(drive(seed, people=(8, 60), rate=0.01), WEEK)
    sums = tested.together()
    assert 0 < sums.p_value <= 1
    assert sums.interval is None or sums.interval[0] <= sums.interval[1]


@pytest.mark.parametrize("days", [3, 6])
@pytest.mark.parametrize("window", [DAY, WEEK])
def test_a_heap_of_the_days_before_is_no_effect(window, days):
    for seed in range(2):
        said, check = waiting(in_one_heap(drive(seed), BEFORE - days, BEFORE), window)
        assert said.finding == "raised_fragile"
        assert check.holds is False


def test_people_who_waited_for_a_quiet_sunday_are_counted_in_persons():
    """Those of four days are many Sundays' worth: set against days they would be taken for the push's."""
    for seed in range(1, 4):
        said, check = waiting(waited(drive(seed), 0.4, 4), DAY)
        assert said.finding == "raised_fragile"
        assert check.holds is False


def test_a_push_that_nobody_waited_for_is_still_seen():
    design = drive(5)
    pushed = design.outcome.copy()
    pushed[:PUSHED, BEFORE] *= 12
    design = replace(design, outcome=pushed)
    tested = exact_test(design, DAY)
    results = run_checks(Case(design, tested, 1))
    assert verdict(effect_of(design, tested), results).firm


def test_no_person_of_an_area_that_fell_silent_is_lost_on_days_that_nobody_counted():
    panel = plain_panel(12, 3, days=84, push=50, lift=2.0).assign(days=1)
    silent = (panel["area"] == "A001") & (panel["date"] > pd.Timestamp("2024-01-01") + pd.Timedelta(days=56))
    panel.loc[silent, ["new", "remaining", "rate"]], panel.loc[silent, "days"] = np.nan, 0
    design = read_counts(panel).design
    week, month = (exact_test(design, Window(0, last)) for last in (6, 27))
    told = [extra_of(one.groups, one.changes, np.log(2)) for one in (week, month)]
    assert told[1][1] == pytest.approx(told[0][1])
    assert (told[1][[0, 2]] > 2 * told[0][[0, 2]]).all()
