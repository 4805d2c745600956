"""Answers that others published, or that several implementations agree on."""

import numpy as np
import pytest

from analysis.compare import bacon, bjs, cs, did, read_design, sc, sdid, wcb
from tests.compare.panels import boottest, mpdta, prop99

ESTIMATE = 1e-4
pytestmark = pytest.mark.real_data


def test_synthetic_did_of_proposition_99(shared):
    effect = sdid(read_design(prop99(shared), "PacksPerCapita"))
    assert effect.estimate == pytest.approx(-15.605398, abs=1e-5)
    assert effect.se == pytest.approx(9.3684, abs=ESTIMATE)
    assert effect.details["se_ddof1"] == pytest.approx(9.4942, abs=ESTIMATE)
    assert effect.p_value == pytest.approx(2 / 39, abs=1e-12)
    assert effect.p_min == pytest.approx(1 / 39, abs=1e-12)


def test_synthetic_control_and_did_of_proposition_99(shared):
    design = read_design(prop99(shared), "PacksPerCapita")
    control = sc(design)
    assert control.estimate == pytest.approx(-19.513630, abs=1e-5)
    assert sum(control.details["weights"].values()) == pytest.approx(1, abs=1e-9)
    assert did(design).estimate == pytest.approx(-27.349111, abs=1e-6)


def test_staggered_minimum_wages(shared):
    design = read_design(mpdta(shared), "lemp")
    callaway = cs(design)
    assert (callaway.estimate, callaway.se) == pytest.approx((-0.039951, 0.012034), abs=1e-6)
    dynamic = callaway.details["dynamic"]
    assert (dynamic["estimate"], dynamic["se"]) == pytest.approx((-0.077240, 0.019965), abs=1e-6)
    events = {row["event"]: row["estimate"] for row in callaway.details["by_event"]}
    assert [events[e] for e in range(4)] == pytest.approx([-0.0199, -0.0510, -0.1373, -0.1008], abs=5e-5)
    assert bjs(design).estimate == pytest.approx(-0.047710, abs=1e-6)


def test_two_way_effects_taken_apart(shared):
    effect = bacon(read_design(mpdta(shared), "lemp"))
    assert (effect.estimate, effect.se) == pytest.approx((-0.036549, 0.01327), abs=5e-6)
    published = {
        "treated-v-never": (0.862774, -0.040740),
        "early-v-late": (0.083301, -0.019784),
        "late-v-early": (0.053924, 0.004604),
    }
    for kind, (weight, estimate) in published.items():
        found = effect.details["by_type"][kind]
        assert (found["weight"], found["estimate"]) == pytest.approx((weight, estimate), abs=1e-6)


def test_wild_bootstrap_of_eight_years(shared):
    design = read_design(boottest(shared), "hasinsurance", cluster="year")
    effect = wcb(design, null=0.04, rng=np.random.default_rng(1))
    assert effect.p_value == pytest.approx(19 / 256, abs=1e-12)
    assert effect.details["p_webb"] == pytest.approx(0.0757, abs=0.01)  # drawn, 9,999 times
    # The interval in print is of drawn Webb weights; every sign vector inverted exactly gives another.
    assert effect.details["interval_webb"] == pytest.approx((0.03874, 0.07098), abs=4e-4)
    assert effect.interval == pytest.approx((0.038032, 0.071631), abs=1e-5)
