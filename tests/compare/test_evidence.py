"""What would overturn the headline, what it could have seen, and what the published figures bound."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from analysis.compare import Window, headline
from analysis.compare.breaks import data_breaks
from analysis.compare.checks import Case
from analysis.compare.checks.bases import BaseLength
from analysis.compare.checks.leaks import Leak
from analysis.compare.checks.leave_one_out import LeaveOneOut, leave_one_out
from analysis.compare.checks.odds import EverySet, FarSums, MostFavoured, OddsBound, odds_bound
from analysis.compare.checks.placebo_dates import PlaceboDates
from analysis.compare.checks.suspicions import Stratum
from analysis.compare.checks.twins import Beside, Medians, NotNeighbours
from analysis.compare.choices import assignments
from analysis.compare.contrasts import exact_test
from analysis.compare.inference import lifted, p_values_without, randomise
from analysis.compare.power import smallest_effect
from analysis.validation.size import measure
from analysis.validation.trials import Trial, simulate

WEEK = Window(0, 6)


@pytest.fixture(scope="module")
def pushed():
    """A campaign whose three mobilised areas rise by 60 percent."""
    return simulate(Trial(lift=0.6), np.random.default_rng(1))


def test_size_and_coverage_in_simulated_campaigns():
    """Bounds four Monte Carlo standard errors wide around what 2,000 campaigns gave."""
    null = measure(Trial(), 300, np.random.default_rng(2))
    assert 0.01 <= null["headline"] <= 0.10
    lifted = measure(Trial(lift=0.2), 300, np.random.default_rng(3))
    assert lifted["coverage"] >= 0.90
    assert lifted["headline"] > 0.5


def case_of(design, window=WEEK, **given):
    return Case(design, exact_test(design, window, rng=np.random.default_rng(0)), **given)


def test_the_real_day_stands_out_among_placebo_dates(pushed):
    found = PlaceboDates().run(case_of(pushed))
    dates = found.table[found.table["detail"] != ""]
    assert len(dates) >= 6
    assert (dates["estimate"].abs() < found.estimate).all()
    assert found.estimate == headline(pushed, WEEK).estimate
    assert found.p == pytest.approx(1 / (1 + len(dates)))
    assert found.holds


def test_dates_and_spells_without_counts_stand_in_the_table_without_numbers(pushed):
    outcome, weeks = pushed.outcome.copy(), (pushed.times - pushed.first_start) // 7
    outcome[~pushed.ever_treated, :] = np.where(
        np.isin(weeks, (-2, -1)), np.nan, outcome[~pushed.ever_treated]
    )
    case = case_of(replace(pushed, outcome=outcome))
    dates = PlaceboDates().run(case).table.iloc[1:]
    whole = PlaceboDates().run(case_of(pushed)).table.iloc[1:]
    assert dates["detail"].tolist() == whole["detail"].tolist()
    missing = dates["estimate"].isna()
    assert 0 < missing.sum() < len(dates)
    assert PlaceboDates().run(case).p == pytest.approx(1 / (1 + (~missing).sum()), abs=0.2)
    spells = BaseLength().run(case)
    assert spells.table["detail"].tolist() == ["2", "4", "all"]
    assert spells.table["estimate"].isna().tolist() == [True, False, False]
    assert spells.estimate == spells.table["estimate"].iloc[1]


def test_one_date_as_large_among_few_is_a_doubt_among_many_it_is_not():
    few = simulate(Trial(lift=1.0, before=40), np.random.default_rng(8))
    many = simulate(Trial(lift=1.0, before=40 + 7 * 60), np.random.default_rng(8))
    for design, stands in ((few, False), (many, True)):
        rate = design.outcome.copy()
        day = int(np.flatnonzero(design.times == design.first_start - 14)[0])
        rate[design.ever_treated, day : day + 7] *= 3  # something befell them two weeks before
        found = PlaceboDates().run(case_of(replace(design, outcome=rate)))
        assert found.holds is stands
        assert (found.reason is None) is stands


def test_each_area_is_left_out_once(pushed):
    found = leave_one_out(case_of(pushed))
    assert found["side"].value_counts().to_dict() == {"comparison": 15, "mobilised": 3}
    assert found["p_value"].between(0, 1).all()
    row = found.iloc[0]
    alone = exact_test(pushed.keep(np.array(pushed.areas) != row["left_out"]), WEEK).test
    assert (row["estimate"], row["p_value"]) == pytest.approx((alone.difference, alone.p_value))


def test_of_many_areas_those_that_weigh_most_are_left_out_and_the_worst_is_the_same(pushed, monkeypatch):
    every = leave_one_out(case_of(pushed))
    monkeypatch.setattr("analysis.compare.checks.leave_one_out.MANY", 10)
    monkeypatch.setattr("analysis.compare.checks.leave_one_out.TRIED", 2)
    few = leave_one_out(case_of(pushed))
    assert few.groupby("side")["p_value"].count().to_dict() == {"comparison": 2, "mobilised": 2}
    both = every.merge(few, on=["left_out", "side"])
    np.testing.assert_allclose(both["estimate_x"], both["estimate_y"], rtol=1e-12)
    assert len(both) == len(every)
    assert few.groupby("side")["p_value"].max().to_dict() == every.groupby("side")["p_value"].max().to_dict()


def test_two_areas_are_not_checked_by_leaving_one_out():
    assert not LeaveOneOut().suits(case_of(simulate(Trial(treated=2, lift=1.0), np.random.default_rng(1))))


def test_a_leak_makes_the_effect_larger(pushed):
    case = case_of(pushed)
    effect, table = case.tested.test.difference, Leak().run(case).table
    assert table["detail"].tolist() == ["25%", "50%"]
    assert table["estimate"].tolist() == pytest.approx([effect * 4 / 3, effect * 2])


def test_the_odds_bound_is_the_smallest_that_reaches_the_level():
    """Against a search over random odds on a small design: none below the bound reaches the level."""
    rng = np.random.default_rng(4)
    case = case_of(simulate(Trial(areas=9, treated=3, lift=2.0), rng))
    found = odds_bound(case)
    assert found.exact
    assert found.gamma > 1
    choices, size = case.tested.choices, np.abs(case.tested.test.statistics)
    extreme = size >= size[0] * (1 - 1e-9)
    assert set(map(tuple, choices.chosen.tolist())) == set(combinations(range(9), 3))

    def p(odds):
        weight = odds[choices.chosen].prod(axis=1)
        return weight[extreme].sum() / weight.sum()

    below = [p(rng.uniform(1, found.gamma * 0.999, 9)) for _ in range(500)]
    assert max(below) <= 0.05


def test_the_safe_odds_bound_is_never_above_the_exact_one_and_right_for_one_area():
    for seed in range(6):
        case = case_of(simulate(Trial(areas=14, lift=1.0), np.random.default_rng(seed)))
        if not case.convinces:
            continue
        share, n, k = case.tested.test.p_value, 14, 3
        safe = MostFavoured(share, n, k)
        exact = odds_bound(case).gamma
        assert safe(exact * 0.999) >= 0.05 * 0.98
    one = case_of(simulate(Trial(areas=40, treated=1, lift=20.0), np.random.default_rng(2)))
    assert one.tested.test.p_value == 1 / 40
    found = odds_bound(one)
    assert not found.exact
    assert found.gamma == pytest.approx(0.05 * 39 / 0.95)


@pytest.mark.parametrize("values", ["normal", "heavy", "ties", "equal sides"])
def test_bounds_by_sums_are_never_below_the_worst_p(values):
    """On small designs, against every set of favoured areas; the noise of one kind each."""
    rng = np.random.default_rng(11)
    for _ in range(12):
        n = int(rng.integers(3, 6)) * 2
        k = n // 2 if values == "equal sides" else int(rng.integers(2, n - 1))
        noise = {"heavy": rng.standard_t(2, n), "ties": rng.integers(0, 3, n) + 0.01 * rng.normal(size=n)}
        own = noise.get(values, rng.normal(size=n)) + (np.arange(n) < k) * rng.exponential(2)
        choices = assignments(np.arange(n) < k)
        test = randomise(own, choices)
        size = np.abs(test.statistics)
        exact = EverySet(choices.chosen[size >= size[0] * (1 - 1e-9)], n, k)
        assert exact(1.0) == pytest.approx(test.p_value)
        bounds = FarSums(own, test.t, k), MostFavoured(test.p_value, n, k)
        for gamma in (1.0, 2.0, 10.0, 100.0):
            assert min(bound(gamma) for bound in bounds) >= exact(gamma) * (1 - 1e-9)


def test_a_doubling_in_many_areas_is_not_called_fragile_for_want_of_a_bound():
    """Sampled choices know no p below 1/10,000; the values themselves do."""
    many = case_of(simulate(Trial(areas=400, treated=100, after=7, lift=1.0), np.random.default_rng(4)))
    found = OddsBound().run(many)
    assert not many.tested.choices.exact
    assert found.estimate >= 20
    assert found.holds
    weak = case_of(simulate(Trial(areas=400, treated=100, after=7, lift=0.04), np.random.default_rng(4)))
    assert weak.convinces
    assert OddsBound().run(weak).reason.code == "odds_unknown"


def test_the_odds_of_a_nation_are_a_number_and_few_sizes_of_favoured_areas_say_it(monkeypatch):
    """Chances of ten thousand areas are below what a float holds: in logarithms they are not."""
    nation = MostFavoured(1e-4, 10_600, 1_766)
    assert 0.0 < nation(1.2) < nation(1.5) < nation(100.0) <= 1.0 + 1e-9
    wanted = MostFavoured(1e-4, 400, 60)(1.5)
    monkeypatch.setattr("analysis.compare.checks.odds.TRIED", 0)
    assert MostFavoured(1e-4, 400, 60)(1.5) == pytest.approx(wanted, rel=0.02)


def test_sums_taken_once_give_the_statistics_of_every_lift():
    values = np.random.default_rng(4).normal(size=(2, 40))
    choices = assignments(np.arange(40) < 7, limit=10, draws=500)
    treated = choices.dealt[[3, 8]]
    for lift in (0.0, 0.3, 5.0):
        wanted = [randomise(row, choices).statistics for row in values + lift * treated]
        found = lifted(choices, values, np.array([0, 1]), treated)(lift)
        np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-12)


def test_sums_carried_on_from_area_to_area_give_the_p_of_each_area_left_out():
    values = np.random.default_rng(3).normal(size=40)
    choices = assignments(np.arange(39) < 7, limit=10, draws=500)
    rest = [randomise(np.delete(values, place), choices).p_value for place in range(7, 40)]
    assert p_values_without(values, range(7, 40), choices).tolist() == rest


def test_choices_drawn_twice_from_one_state_are_the_same_and_leave_the_generator_alike():
    one, two = np.random.default_rng(5), np.random.default_rng(5)
    treated = np.arange(300) < 40
    first, again = (assignments(treated, rng=rng, draws=50).chosen for rng in (one, two))
    assert np.array_equal(first, again)
    assert one.random() == two.random()
    assert not np.array_equal(assignments(treated, rng=one, draws=50).chosen, first)


def test_no_odds_are_needed_where_nothing_is_found():
    assert odds_bound(case_of(simulate(Trial(), np.random.default_rng(5)))).gamma == 1.0


def test_neighbours_are_left_out(pushed):
    names = pushed.areas
    ours = [name for name, treated in zip(names, pushed.ever_treated, strict=True) if treated]
    theirs = [name for name in names if name not in ours]
    borders = ((ours[0], theirs[0]), (theirs[1], ours[1]))
    case = case_of(pushed, borders=borders)
    assert NotNeighbours().suits(case)
    kept = pushed.keep(np.isin(pushed.areas, theirs[:2], invert=True))
    assert NotNeighbours().run(case).estimate == exact_test(kept, WEEK).test.difference
    assert not NotNeighbours().suits(case_of(pushed))


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
    before, after = (Medians().run(case_of(one, push_times=None)) for one in (pushed, broken))
    assert abs(after.estimate - before.estimate) < 0.05
    assert abs(case_of(broken).tested.test.difference - case_of(pushed).tested.test.difference) > 0.05


def test_a_push_of_one_day_cannot_move_medians_over_a_week(pushed):
    assert not Medians().suits(case_of(pushed, push_times=1))
    assert Medians().suits(case_of(pushed, push_times=4))


def test_smallest_effect_uses_nothing_after_the_push(pushed):
    windows = [Window(0, 0), WEEK]
    found = smallest_effect(pushed, windows, np.random.default_rng(6))
    outcome = pushed.outcome.copy()
    outcome[:, pushed.times >= pushed.first_start] = 7.0
    same = smallest_effect(replace(pushed, outcome=outcome), windows, np.random.default_rng(6))
    pd.testing.assert_frame_equal(found, same)
    assert found["percent"].is_monotonic_decreasing
    assert found["percent"].between(3, 200).all()


def test_areas_beside_the_mobilised_ones_that_rose_too_are_said_and_no_doubt():
    """A push that reached its neighbours brought more than is seen against them."""
    design = simulate(Trial(lift=0.8), np.random.default_rng(1))
    ours, theirs = (design.names(one) for one in (design.ever_treated, ~design.ever_treated))
    borders = tuple((ours[at % 3], theirs[at]) for at in range(6))
    near, after = np.isin(design.areas, theirs[:6]), design.times >= design.first_start
    reached = replace(design, outcome=design.outcome * np.where(near[:, None] & after, 1.3, 1.0))
    found = {}
    for name, drive in (("kept", design), ("reached", reached)):
        case = case_of(drive, borders=borders)
        assert Beside().suits(case)
        found[name] = Beside().run(case)
        assert found[name].holds is None
    assert found["kept"].p > 0.05 >= found["reached"].p
    assert found["reached"].estimate == pytest.approx(np.log(1.3), abs=0.15)
    assert not Beside().suits(case_of(design, borders=borders[:1]))


def test_a_stratum_of_which_every_area_mobilised_is_never_firm():
    design = simulate(Trial(lift=2.0), np.random.default_rng(1))
    strata = {
        name: "coastal" if one else "inland"
        for name, one in zip(design.areas, design.ever_treated, strict=True)
    }
    case = replace(case_of(design), strata=strata)
    result = Stratum().run(case)
    assert Stratum().suits(case)
    assert result.holds is False
    assert result.reason.values["choices"] == 1
    assert not Stratum().suits(replace(case, strata=dict.fromkeys(strata, "inland")))
