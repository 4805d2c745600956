"""Pushes that were chosen, not drawn: what moved them is named, and what it explains is not called firm."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.compare import Window
from analysis.compare.checks import Case
from analysis.compare.checks.suspicions import Neighbours, Noisier, Recent, Risers, Stratum
from analysis.compare.contrasts import exact_test
from analysis.validation.chosen import CHOICES, firmness
from analysis.validation.trials import simulate


def case_of(trial, seed, lift=0.0):
    design = simulate(replace(trial, lift=lift), np.random.default_rng(seed))
    return Case(design, exact_test(design, Window(0, 6)), None, trial.borders, trial.strata)


@pytest.mark.parametrize(
    ("check", "name", "code"),
    [(Noisier(), "three smallest", "noisier"), (Risers(), "fastest risers", "risers"),
     (Neighbours(), "neighbours .2", "neighbours"), (Stratum(), "urban holiday +35 %", "stratum")],
)  # fmt: skip
def test_a_choice_that_was_no_draw_is_named(check, name, code):
    """In most draws: how noisy or how steep an area is has to be told from nine weeks."""
    cases = [case_of(CHOICES[name], seed) for seed in range(10)]
    assert all(check.suits(case) for case in cases)
    reasons = [check.run(case).reason for case in cases]
    assert {one.code for one in reasons if one} == {code}
    assert sum(one is not None for one in reasons) >= 6


def test_laggards_are_named_as_such():
    codes = [Recent().run(case_of(CHOICES["laggards of 14 days"], seed)).reason.code for seed in range(4)]
    assert set(codes) <= {"laggards", "waited"}


def test_within_a_stratum_the_floor_is_that_of_its_own_choices():
    case = case_of(CHOICES["urban holiday +35 %"], 1, lift=3.0)
    found = Stratum().run(case)
    assert found.reason.values["choices"] == 20
    assert found.reason.values["p_min"] == found.p == 1 / 20
    assert found.holds


def test_neighbours_that_share_a_shock_are_never_firm_and_a_random_doubling_is():
    shared = firmness(CHOICES["neighbours .3"], 8, 5)
    assert shared["firm"] == 0
    assert shared["named"] == 1
    doubled = firmness(CHOICES["random, x2"], 4, 5)
    assert doubled["rejects"] == 1
    assert doubled["kept"] >= 0.75
