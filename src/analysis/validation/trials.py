"""Simulated campaigns with a known effect: where the size, coverage and power of every claim are measured.

How strong shocks, trends and holidays are is this module's own choice: read a bad row as possible, not as
likely.
"""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analysis.compare.design import NEVER, Design, Mask, Matrix, Vector

PUSH_DAY = 19_610
"""Sunday 10 September 2023, days since 1970: the day of every simulated push."""

WEEKDAY = np.array([1.15, 1.20, 1.15, 1.10, 1.10, 0.70, 0.15])
"""Activity by weekday, Thursday first (day 0 of 1970), relative to the mean day; Sundays are quiet."""

REGION = 3
"""Areas of a region, all of which touch each other; one of them is urban."""

Chosen = Literal[
    "random", "smallest", "largest", "volatile", "busiest", "laggards", "risers", "region", "urban"
]


@dataclass(frozen=True)
class Trial:
    """The shape of a simulated campaign, and how the areas of its push come to be chosen.

    Attributes
    ----------
    areas, treated, before, after
        How many areas, treated areas, days before the push, days from it on.
    chosen
        Which are treated: ``volatile`` those with the largest shocks, ``busiest`` those busiest on the push's
        weekday, ``laggards`` the lowest of the last ``days``, ``risers`` those with the steepest trend,
        ``region`` three that touch, ``urban`` some of the third of the areas that is.
    unequal
        Whether areas differ in size as districts do (a factor of about fifteen) or are all alike.
    own_shock, persistence
        Standard deviation of an area's own log activity and its day-to-day correlation.
    uneven_shock, shock_spread
        Whether small areas are more volatile than large ones; log standard deviation of ``own_shock`` between
        areas.
    dispersion
        Negative binomial size of a day's count; smaller is noisier.
    weekdays, region_shock, trend
        Standard deviations of an area's own log activity by weekday, of a shock that a region shares, and of
        areas' trends in log points a week.
    holiday, waits
        True lift of urban areas from the push on; share of people in treated areas who wait in the week
        before and are counted from the push on.
    lift
        True effect: treated areas' rate is multiplied by ``1 + lift`` from the push on.
    """

    areas: int = 18
    treated: int = 3
    before: int = 61
    after: int = 14
    chosen: Chosen = "random"
    days: int = 7
    unequal: bool = True
    own_shock: float = 0.12
    persistence: float = 0.4
    uneven_shock: bool = False
    shock_spread: float = 0.0
    dispersion: float = 40.0
    weekdays: float = 0.0
    region_shock: float = 0.0
    trend: float = 0.0
    holiday: float = 0.0
    waits: float = 0.0
    lift: float = 0.0

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the areas."""
        return tuple(f"A{i:03d}" for i in range(self.areas))

    @property
    def regions(self) -> NDArray[np.int64]:
        """``(n,)`` the region of each area: they lie about whatever their size."""
        return np.random.default_rng(0).permutation(self.areas) // REGION

    @property
    def urban(self) -> Mask:
        """``(n,)`` which areas are urban, one of each region."""
        found = np.zeros(self.areas, dtype=bool)
        found[np.unique(self.regions, return_index=True)[1]] = True
        return found

    @property
    def strata(self) -> dict[str, str]:
        """The stratum of each area by name."""
        return {name: "urban" if one else "rural" for name, one in zip(self.names, self.urban, strict=True)}

    @property
    def borders(self) -> list[tuple[str, str]]:
        """Pairs of areas that touch: those of one region."""
        i, j = np.nonzero(np.tril(self.regions[:, None] == self.regions[None, :], -1))
        return [(self.names[a], self.names[b]) for a, b in zip(i, j, strict=True)]


def declared(table: str) -> dict[str, Trial]:
    """Return the trials of one table of ``trials.toml``, by what they are."""
    given = tomllib.loads(files("analysis.validation").joinpath("trials.toml").read_text(encoding="utf-8"))
    return {name: Trial(**facts) for name, facts in given[table].items()}


def simulate(trial: Trial, rng: np.random.Generator) -> Design:
    """Draw one campaign: counts among people not yet activated, with weekdays, shocks and over-dispersion."""
    n, days = trial.areas, trial.before + trial.after
    sizes = np.geomspace(8_000, 120_000, n) if trial.unequal else np.full(n, 40_000.0)
    luck = np.isin(np.arange(n), rng.choice(n, trial.treated, replace=False))
    times = PUSH_DAY - trial.before + np.arange(days)
    log_rate = np.log(0.004 * np.exp(rng.normal(0, 0.3, n)))[:, None] + np.log(WEEKDAY[times % 7])
    log_rate = log_rate + rng.normal(0, 0.06, days)
    course, order = _course(trial, sizes, times, rng)
    treated = luck if trial.chosen == "random" else np.isin(np.arange(n), np.argsort(order)[: trial.treated])
    log_rate += course
    from_push = slice(trial.before, None)
    log_rate[trial.urban, from_push] += np.log1p(trial.holiday)
    log_rate[treated, trial.before - 7 : trial.before] += np.log1p(-trial.waits)
    log_rate[treated, from_push] += np.log1p(trial.lift) + np.log1p(trial.waits)
    counts, exposed = _counted(np.minimum(np.exp(log_rate), 0.5), 0.8 * sizes, trial.dispersion, rng)
    starts = np.where(treated, PUSH_DAY, NEVER)
    return Design(trial.names, times, True, counts, exposed, starts, None, "new")


def _course(
    trial: Trial, sizes: Vector, times: NDArray[np.int64], rng: np.random.Generator
) -> tuple[Matrix, Vector]:
    """``(n, T)`` log activity of each area beside the usual, and ``(n,)`` by which the first are chosen."""
    n, days = trial.areas, len(times)
    scale = trial.own_shock * (np.sqrt(sizes.mean() / sizes) if trial.uneven_shock else np.ones(n))
    shocks = _autoregressive(n, days, trial.persistence, rng)
    scale = scale * np.exp(rng.normal(0, trial.shock_spread, n)) if trial.shock_spread else scale
    course = shocks * scale[:, None]
    if trial.region_shock:
        shared = _autoregressive(int(trial.regions.max()) + 1, days, trial.persistence, rng)
        course += trial.region_shock * shared[trial.regions]
    slopes = rng.normal(0, trial.trend, n) if trial.trend else np.zeros(n)
    course += slopes[:, None] * (np.arange(days) - trial.before / 2) / 7
    own_days = rng.normal(0, trial.weekdays, (n, 7)) if trial.weekdays else np.zeros((n, 7))
    course += own_days[:, times % 7]
    centre = trial.regions[rng.integers(n)] if trial.chosen == "region" else 0
    order = {
        "random": np.zeros(n), "smallest": sizes, "largest": -sizes, "volatile": -scale,
        "busiest": -own_days[:, PUSH_DAY % 7],
        "laggards": course[:, trial.before - trial.days : trial.before].mean(axis=1), "risers": -slopes,
        "region": np.abs(trial.regions - centre), "urban": ~trial.urban + rng.random(n),
    }  # fmt: skip
    return course, np.asarray(order[trial.chosen], dtype=np.float64)


def _autoregressive(n: int, days: int, persistence: float, rng: np.random.Generator) -> Matrix:
    """``(n, days)`` stationary first-order processes with variance one."""
    steps: Matrix = rng.normal(size=(n, days)) * np.sqrt(1 - persistence**2)
    steps[:, 0] = rng.normal(size=n)
    for day in range(1, days):
        steps[:, day] += persistence * steps[:, day - 1]
    return steps


def _counted(
    rate: Matrix, people: Vector, dispersion: float, rng: np.random.Generator
) -> tuple[Matrix, Matrix]:
    """Draw the counts of each day and the people left at its start, both ``(n, T)``."""
    counts, exposed, left = np.empty(rate.shape), np.empty(rate.shape), people
    for day in range(rate.shape[1]):
        exposed[:, day] = left
        noisy = left * rate[:, day] * rng.gamma(dispersion, 1 / dispersion, len(left))
        counts[:, day] = np.minimum(rng.poisson(noisy), left)
        left = left - counts[:, day]
    return counts, exposed
