"""Simulated campaigns with a known effect: where the size, coverage and power of every claim are measured."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.compare.changes import changes
from analysis.compare.design import NEVER, Design, Mask, Matrix, Vector, Window, contrast
from analysis.compare.inference import assignments, randomise
from analysis.compare.opinions.regression import t_p_value

FIRST_DAY = 19_549  # Tuesday 11 July 2023, days since 1970
WEEKDAY = np.array([1.15, 1.20, 1.15, 1.10, 1.10, 0.70, 0.15])
"""Activity by weekday, Thursday first (day 0 of 1970), relative to the mean day; Sundays are quiet."""


@dataclass(frozen=True)
class Trial:
    """The shape of a simulated campaign.

    Attributes
    ----------
    areas, treated, before, after
        How many areas, treated areas, days before the push, days from it on.
    unequal
        Whether areas differ in size as districts do (a factor of about fifteen) or are all alike.
    own_shock, persistence
        Standard deviation of an area's own log activity and its day-to-day correlation.
    uneven_shock
        Whether small areas are more volatile than large ones.
    dispersion
        Negative binomial size of a day's count; smaller is noisier.
    smallest
        Whether the smallest areas are the treated ones.
    lift
        True effect: treated areas' rate is multiplied by ``1 + lift`` from the push on.
    """

    areas: int = 18
    treated: int = 3
    before: int = 61
    after: int = 14
    unequal: bool = True
    own_shock: float = 0.12
    persistence: float = 0.4
    uneven_shock: bool = False
    dispersion: float = 40.0
    smallest: bool = False
    lift: float = 0.0


DESIGNS: dict[str, Trial] = {
    "equal sizes": Trial(unequal=False),
    "unequal sizes": Trial(),
    "unequal volatility": Trial(uneven_shock=True),
    "strong autocorrelation": Trial(persistence=0.8),
    "over-dispersed counts": Trial(dispersion=5.0),
    "three smallest treated": Trial(smallest=True),
    "three smallest, and more volatile": Trial(uneven_shock=True, smallest=True),
}
"""The designs of the size-and-power table."""

SHAPES: dict[str, Trial] = {
    "9 of 18, every choice": Trial(areas=18, treated=9, after=7),
    "3 of 60, every choice": Trial(areas=60, treated=3, after=7),
    "9 of 22, sampled choices": Trial(areas=22, treated=9, after=7),
    "35 of 705, sampled choices": Trial(areas=705, treated=35, after=7),
}
"""Other numbers of areas, on the push's week: as many choices as can be tried, and more than that."""


def simulate(trial: Trial, rng: np.random.Generator) -> Design:
    """Draw one campaign: counts among people not yet activated, with weekdays, shocks and over-dispersion."""
    n, days = trial.areas, trial.before + trial.after
    sizes = np.geomspace(8_000, 120_000, n) if trial.unequal else np.full(n, 40_000.0)
    treated = np.zeros(n, dtype=bool)
    treated[np.arange(trial.treated) if trial.smallest else rng.choice(n, trial.treated, replace=False)] = (
        True
    )
    times = FIRST_DAY + np.arange(days)
    log_rate = np.log(0.004 * np.exp(rng.normal(0, 0.3, n)))[:, None] + np.log(WEEKDAY[times % 7])
    log_rate = log_rate + rng.normal(0, 0.06, days) + _shocks(trial, sizes, days, rng)
    log_rate[treated, trial.before :] += np.log1p(trial.lift)
    left = 0.8 * sizes
    counts, exposed = np.empty((n, days)), np.empty((n, days))
    for day in range(days):
        exposed[:, day] = left
        mean = left * np.minimum(np.exp(log_rate[:, day]), 0.5)
        noisy = mean * rng.gamma(trial.dispersion, 1 / trial.dispersion, n)
        counts[:, day] = np.minimum(rng.poisson(noisy), left)
        left = left - counts[:, day]
    starts = np.where(treated, FIRST_DAY + trial.before, NEVER)
    return Design(tuple(f"A{i:02d}" for i in range(n)), times, True, counts, exposed, starts, None, "new")


def _shocks(trial: Trial, sizes: Vector, days: int, rng: np.random.Generator) -> Matrix:
    """Stationary AR(1) of each area's log activity."""
    scale = trial.own_shock * (np.sqrt(sizes.mean() / sizes) if trial.uneven_shock else np.ones(len(sizes)))
    steps = rng.normal(size=(len(sizes), days)) * np.sqrt(1 - trial.persistence**2)
    shocks = np.empty_like(steps)
    shocks[:, 0] = rng.normal(size=len(sizes))
    for day in range(1, days):
        shocks[:, day] = trial.persistence * shocks[:, day - 1] + steps[:, day]
    return np.asarray(shocks * scale[:, None])


@dataclass(frozen=True)
class Rates:
    """Shares of simulated campaigns.

    Attributes
    ----------
    rejects, coefficient, collapsed, clustered
        In which no effect is rejected at the level: by the headline's studentised exact test, by the
        coefficient-based one, by the pooled t on one number an area, by the t with clustered standard errors.
    covers
        In which the headline's interval holds the true effect.
    error
        Monte Carlo standard error of ``rejects``.
    """

    rejects: float
    coefficient: float
    collapsed: float
    clustered: float
    covers: float
    error: float


def measure(trial: Trial, campaigns: int, rng: np.random.Generator, *, level: float = 0.95) -> Rates:
    """Simulate campaigns and count how often each test rejects no effect, and the headline the truth."""
    p_values = np.empty((campaigns, 5))
    truth = float(np.log1p(trial.lift))
    window = Window(0, trial.after - 1)
    for number in range(campaigns):
        design = simulate(trial, rng)
        values = changes(design, contrast(design, window)).log_rate
        treated = design.ever_treated
        choices = assignments(treated)
        test = randomise(values, choices)
        at_truth = randomise(values - truth * treated, choices)
        p_values[number] = test.p_value, test.p_coefficient, *_t_tests(values, treated), at_truth.p_value
    share = (p_values <= 1 - level).mean(axis=0)
    error = float(np.sqrt(share[0] * (1 - share[0]) / campaigns))
    headline, coefficient, collapsed, clustered, misses = (float(x) for x in share)
    return Rates(headline, coefficient, collapsed, clustered, 1 - misses, error)


def _t_tests(values: Vector, treated: Mask) -> tuple[float, float]:
    """Two p values: of the pooled t on ``n - 2`` and of the clustered t on ``n - 1`` degrees of freedom."""
    n, k = len(values), int(treated.sum())
    ours, theirs = values[treated], values[~treated]
    difference = float(ours.mean() - theirs.mean())
    inside, outside = ((ours - ours.mean()) ** 2).sum(), ((theirs - theirs.mean()) ** 2).sum()
    pooled = float(np.sqrt((inside + outside) / (n - 2) * (1 / k + 1 / (n - k))))
    clustered = float(np.sqrt(n / (n - 1) * (inside / k**2 + outside / (n - k) ** 2)))
    return t_p_value(difference, pooled, n - 2), t_p_value(difference, clustered, n - 1)


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
        sizes = none.clustered, none.collapsed, none.coefficient, none.rejects
        rows.append((name, *sizes, some.rejects, some.covers, much.covers))
    columns = ["design", "clustered t", "collapsed t", "exact, coefficient", "headline", "power +20 %"]
    return pd.DataFrame(rows, columns=[*columns, "coverage +20 %", "coverage +100 %"])


def size_by_shape(campaigns: int, seed: int) -> pd.DataFrame:
    """Measure every shape without effect: size of the headline at 5 %, its Monte Carlo error, coverage."""
    rows = []
    for number, (name, trial) in enumerate(SHAPES.items()):
        found = measure(trial, campaigns, np.random.default_rng([seed, number]))
        rows.append((name, found.clustered, found.rejects, found.error, found.covers))
    return pd.DataFrame(rows, columns=["areas", "clustered t", "headline", "error", "coverage"])
