"""Same evidence, same words; no claim stronger than the interval."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.compare import Window, headline
from analysis.compare.trials import Trial, simulate
from analysis.compare.verdict import RULES, Checks, checks, verdict

CALM = Checks(worst_p=0.01, placebos=8, placebos_as_large=0, tilt=5.0, smallest_percent=40.0)


@pytest.fixture(scope="module")
def raised():
    return headline(simulate(Trial(lift=1.0), np.random.default_rng(1)), Window(0, 6))


@pytest.mark.parametrize(
    ("change", "found", "finding"),
    [
        ({}, CALM, "raised"),
        ({}, replace(CALM, worst_p=0.2), "raised_fragile"),
        ({}, replace(CALM, placebos_as_large=1), "raised_fragile"),
        ({}, replace(CALM, tilt=1.5), "raised_fragile"),
        ({}, replace(CALM, tilt=None), "raised"),
        ({"p_value": 0.06}, CALM, "cannot_tell"),
        ({"interval": (-0.1, 0.9)}, CALM, "cannot_tell"),
        ({"p_min": 1 / 18}, CALM, "cannot_be_told"),
        ({"interval": None}, CALM, "cannot_be_told"),
        ({"estimate": -0.7, "interval": (-0.9, -0.5)}, CALM, "lowered"),
    ],
)
def test_rules(raised, change, found, finding):
    said = verdict(replace(raised, **change), found)
    assert said.finding == finding
    assert said == verdict(replace(raised, **change), found)
    claims = "raised the count" in said.en
    assert claims == finding.startswith("raised")
    assert ("làm tăng" in said.vi) == claims


def test_the_sentence_has_persons_interval_and_p(raised):
    said = verdict(raised, CALM)
    assert "extra persons" in said.en
    assert "95 % interval" in said.en
    assert "p = 0,0012" in said.vi
    assert "p = 0.0012" in said.en


def test_checks_gather_the_tables():
    left = pd.DataFrame({"p_value": [0.01, 0.04]})
    dates = pd.DataFrame({"estimate": [0.1, -0.6, 0.5], "real": [False, False, True]})
    assert checks(left, dates, 3.0, np.nan) == Checks(0.04, 2, 1, 3.0, None)


def test_the_rules_are_documented_as_they_are(project):
    assert RULES in (project / "docs" / "methods" / "compare.md").read_text(encoding="utf-8")
