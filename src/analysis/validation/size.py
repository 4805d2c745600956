"""Size, coverage and power of the headline test where areas were drawn, beside the usual tests."""

from dataclasses import replace

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from analysis.compare.changes import changes
from analysis.compare.choices import assignments
from analysis.compare.design import Mask, Vector, Window, contrast
from analysis.compare.inference import randomise
from analysis.compare.result import LEVEL, t_p_value
from analysis.validation.trials import Trial, declared, simulate

DESIGNS = declared("designs")
"""The designs of the size-and-power table."""
SHAPES = declared("shapes")
"""Other choices and numbers of areas, on the push's week; the last two have more choices than are tried."""


def measure(trial: Trial, campaigns: int, rng: np.random.Generator) -> dict[str, float]:
    """Simulate campaigns; in which share each test rejects no effect, and the interval holds the truth.

    Returns
    -------
    dict
        ``clustered t``, ``collapsed t``, ``coefficient`` (the exact test of the difference itself),
        ``headline``, ``coverage`` (of the headline's interval), ``low`` and ``high`` (between which the share
        of ``headline`` lies, by `share_interval`).
    """
    p_values = np.empty((campaigns, 5))
    truth = float(np.log1p(trial.lift))
    for number in range(campaigns):
        design = simulate(trial, rng)
        values = changes(design, contrast(design, Window(0, trial.after - 1))).log_rate
        treated = design.ever_treated
        choices = assignments(treated)
        test, at_truth = randomise(values, choices), randomise(values - truth * treated, choices)
        p_values[number] = *_t_tests(values, treated), test.p_coefficient, test.p_value, at_truth.p_value
    names = ("clustered t", "collapsed t", "coefficient", "headline", "misses")
    shares = dict(zip(names, (p_values <= 1 - LEVEL).mean(axis=0).tolist(), strict=True))
    coverage = 1 - shares.pop("misses")
    return shares | {"coverage": coverage} | share_interval(shares["headline"], campaigns)


def share_interval(share: float, of: int) -> dict[str, float]:
    """Return ``low`` and ``high``, what so many simulated campaigns say of a share, at 95 %.

    Wilson's interval (1927, *JASA* 22): none in four hundred is "at most 1 %", where a standard error would
    say that nothing is in doubt.
    """
    low, high = proportion_confint(round(share * of), of, method="wilson")
    return {"low": float(low), "high": float(high)}


def _t_tests(values: Vector, treated: Mask) -> tuple[float, float]:
    """Two p values: of the clustered t on ``n - 1`` and of the pooled t on ``n - 2`` degrees of freedom."""
    sides = [DescrStatsW(values[side]) for side in (treated, ~treated)]
    n, between = len(values), CompareMeans(*sides)
    clustered = np.sqrt(n / (n - 1) * sum(one.var / one.nobs for one in sides))
    difference = float(sides[0].mean - sides[1].mean)
    return t_p_value(difference, float(clustered), n - 1), float(between.ttest_ind(usevar="pooled")[1])


def size_and_power(campaigns: int, seed: int) -> pd.DataFrame:
    """Measure every design without effect, with a lift of 20 percent and with one of 100 percent.

    Returns
    -------
    DataFrame
        One row a design: size of four tests, power of the headline at +20 percent, coverage at +20 and +100.
    """
    rows = []
    for number, (name, trial) in enumerate(DESIGNS.items()):
        none, some, much = (
            measure(replace(trial, lift=lift), campaigns, np.random.default_rng([seed, number, step]))
            for step, lift in enumerate((0.0, 0.2, 1.0))
        )
        sizes = {test: none[test] for test in ("clustered t", "collapsed t", "coefficient", "headline")}
        lifted = {"power +20 %": some["headline"], "coverage +20 %": some["coverage"]}
        rows.append({"design": name} | sizes | lifted | {"coverage +100 %": much["coverage"]})
    return pd.DataFrame(rows)


def size_by_shape(campaigns: int, seed: int) -> pd.DataFrame:
    """Measure every shape without effect: size at 5 %, where it lies, coverage."""
    rows = [
        {"areas": name} | measure(trial, campaigns, np.random.default_rng([seed, number]))
        for number, (name, trial) in enumerate(SHAPES.items())
    ]
    return pd.DataFrame(rows)[["areas", "clustered t", "headline", "low", "high", "coverage"]]
