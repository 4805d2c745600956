"""Same evidence, same finding; nothing is firm that a check could not leave standing."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.compare import Window, headline
from analysis.compare.checks import Result
from analysis.compare.reasons import Reason
from analysis.compare.verdict import RULES, own_days, verdict
from analysis.validation.trials import Trial, simulate


def failing(code):
    return Result(code, None, None, False, Reason(code, {"p": 0.2}))


STANDS = Result("placebo_dates", 0.7, 0.08, True)
UNTOLD = Result("leak", 0.9, None, None)


@pytest.fixture(scope="module")
def raised():
    return headline(simulate(Trial(lift=1.0), np.random.default_rng(1)), Window(0, 6))


@pytest.mark.parametrize(
    ("change", "results", "finding", "codes"),
    [
        ({}, [], "raised", []),
        ({}, [STANDS, UNTOLD], "raised", []),
        ({}, [failing("leave_one_out")], "raised_fragile", ["leave_one_out"]),
        (
            {},
            [STANDS, failing("placebo_dates"), failing("odds")],
            "raised_fragile",
            ["placebo_dates", "odds"],
        ),
        ({}, [failing("odds_unknown")], "raised_fragile", ["odds_unknown"]),
        ({"n_treated": 2}, [STANDS], "raised_unchecked", ["two_areas"]),
        ({"n_treated": 2}, [failing("odds")], "raised_fragile", ["odds"]),
        ({"n_treated": 1}, [STANDS], "raised_fragile", ["one_area"]),
        ({"n_treated": 39, "n_control": 1}, [STANDS], "raised_fragile", ["one_other"]),
        ({"n_treated": 1}, [failing("odds")], "raised_fragile", ["one_area", "odds"]),
        ({"p_value": 0.06}, [], "cannot_tell", ["p_above"]),
        ({"p_value": 0.06}, [failing("odds")], "cannot_tell", ["p_above"]),
        ({"interval": (-0.1, 0.9)}, [], "cannot_tell", ["holds_zero"]),
        ({"p_min": 1 / 18}, [], "cannot_be_told", ["floor"]),
        ({"interval": None}, [], "cannot_be_told", ["no_interval"]),
        ({"estimate": None}, [], "cannot_be_told", ["no_figures"]),
        ({"estimate": -0.7, "interval": (-0.9, -0.5)}, [], "lowered", []),
        ({"estimate": -0.7, "interval": (-0.9, -0.5)}, [failing("odds")], "lowered_fragile", ["odds"]),
    ],
)
def test_rules(raised, change, results, finding, codes):
    said = verdict(replace(raised, **change), results)
    assert said.finding == finding
    assert [reason.code for reason in said.reasons] == codes
    assert said.firm == (finding in ("raised", "lowered"))


def test_a_reason_has_what_it_was_measured_by(raised):
    said = verdict(replace(raised, n_treated=1), []).to_dict()
    assert said["reasons"] == [{"code": "one_area", "k": 1, "n": 16}]


def test_a_suspicion_that_the_week_could_not_dispel_is_a_doubt_of_the_day(raised):
    day = replace(raised, window=Window(0, 0))
    said = own_days(day, [STANDS], raised, [failing("stratum"), failing("leave_one_out")])
    assert said.finding == "raised_fragile"
    assert [reason.to_dict() for reason in said.reasons] == [
        {"code": "stratum", "p": 0.2, "first_day": 0, "last_day": 6}
    ]
    assert own_days(day, [], raised, [STANDS, UNTOLD, failing("odds")]).firm
    assert [
        one.code for one in own_days(day, [failing("stratum")], raised, [failing("stratum")]).reasons
    ] == ["stratum"]


def test_the_rules_are_documented_as_they_are(project):
    assert RULES in (project / "docs" / "methods" / "compare.md").read_text(encoding="utf-8")
