"""Pushes whose areas were chosen, not drawn: how often a push without effect is called firm all the same.

Eighteen areas of 8,000 to 120,000 people, 63 days before the push, quiet Sundays, an autoregressive shock of
each area's own, over-dispersed counts. How strong trends, regional shocks and holidays are is this module's
own choice: read a bad row as possible, not as likely.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.compare.checks import CHECKS, Case
from analysis.compare.contrasts import effect_of, exact_test
from analysis.compare.design import NEVER, Design, Mask, Matrix, Vector, Window
from analysis.compare.reasons import SUSPICIONS
from analysis.compare.verdict import verdict
from analysis.validation.trials import FIRST_DAY, WEEKDAY


@dataclass(frozen=True)
class Choice:
    """How the areas of a push come to be chosen, and what befalls them.

    Attributes
    ----------
    by
        ``random``, ``smallest``, ``largest``, ``volatile``, ``laggards`` (of ``days``), ``risers``,
        ``region`` (three that touch), ``urban`` (three of the six).
    sd, rho
        Own daily log shock and its day-to-day correlation.
    spread
        Log standard deviation of ``sd`` between areas; ``sized``: in inverse proportion to the root of size.
    region, trend
        Standard deviation of a region's own shock, and of areas' trends in log points a week.
    holiday
        Log lift of urban areas in the window; ``waits``: log loss the week before, made up for in the window.
    lift
        True effect on the pushed areas' log rate in the window.
    """

    by: str = "random"
    areas: int = 18
    treated: int = 3
    days: int = 7
    sd: float = 0.12
    rho: float = 0.8
    spread: float = 0.0
    sized: bool = False
    region: float = 0.0
    trend: float = 0.0
    holiday: float = 0.0
    waits: float = 0.0
    lift: float = 0.0
    before: int = 63
    after: int = 7


CHOICES: dict[str, Choice] = {
    "random": Choice(),
    "three largest": Choice("largest", sized=True),
    "three smallest": Choice("smallest", sized=True),
    "most volatile": Choice("volatile", spread=0.6),
    "laggards of 7 days": Choice("laggards", rho=0.9, sd=0.25),
    "laggards of 14 days": Choice("laggards", days=14, rho=0.9, sd=0.25),
    "fastest risers": Choice("risers", trend=0.02),
    "neighbours .1": Choice("region", region=0.1),
    "neighbours .2": Choice("region", region=0.2),
    "neighbours .3": Choice("region", region=0.3),
    "urban holiday +35 %": Choice("urban", holiday=float(np.log(1.35))),
    "people wait 15 %": Choice(waits=0.15),
}
"""Chosen and unchosen pushes of the table."""

POWERED = {f"{name}, x2": replace(CHOICES["random"], lift=float(np.log(2))) for name in ("random",)}
REGIONS = 3
"""Areas of a region, all of which touch each other."""


def draw_push(
    choice: Choice, rng: np.random.Generator
) -> tuple[Design, dict[str, str], list[tuple[str, str]]]:
    """Draw one campaign with its push, the stratum of each area, and which areas touch."""
    n, days = choice.areas, choice.before + choice.after
    sizes = np.geomspace(8_000, 120_000, n)[rng.permutation(n)]
    scale = choice.sd * np.exp(rng.normal(0, choice.spread, n) if choice.spread else np.zeros(n))
    if choice.sized:
        scale = choice.sd * np.sqrt(np.median(sizes) / sizes)
    shocks = _autoregressive(n, days, choice.rho, rng) * scale[:, None]
    region, urban = np.arange(n) // REGIONS, np.arange(n) % 3 == 0
    if choice.region:
        shocks += choice.region * _autoregressive(region.max() + 1, days, choice.rho, rng)[region]
    slopes = rng.normal(0, choice.trend, n) if choice.trend else np.zeros(n)
    course = shocks + slopes[:, None] * (np.arange(days) - choice.before / 2) / 7
    treated = _chosen(choice, sizes, scale, course, slopes, rng)
    course[np.ix_(urban, np.arange(days) >= choice.before)] += choice.holiday
    if choice.waits:
        course[treated, choice.before - 7 : choice.before] += np.log1p(-choice.waits)
        course[treated, choice.before :] += np.log1p(choice.waits)
    course[treated, choice.before :] += choice.lift
    names = tuple(f"A{i:03d}" for i in range(n))
    touching = [(names[i], names[j]) for i in range(n) for j in range(i) if region[i] == region[j]]
    strata = {name: "urban" if one else "rural" for name, one in zip(names, urban, strict=True)}
    return _counted(course, sizes, treated, choice, names, rng), strata, touching


def _chosen(
    choice: Choice, sizes: Vector, scale: Vector, course: Matrix, slopes: Vector, rng: np.random.Generator
) -> Mask:
    n, k = choice.areas, choice.treated
    recent = course[:, choice.before - choice.days : choice.before].mean(axis=1)
    order = {
        "random": rng.random(n), "smallest": sizes, "largest": -sizes, "volatile": -scale,
        "laggards": recent, "risers": -slopes,
        "region": np.abs(np.arange(n) // REGIONS - rng.integers(n // REGIONS)).astype(float),
        "urban": rng.random(n) + (np.arange(n) % 3 != 0),
    }  # fmt: skip
    return np.isin(np.arange(n), np.argsort(order[choice.by], kind="stable")[:k])


def _autoregressive(n: int, days: int, rho: float, rng: np.random.Generator) -> Matrix:
    steps: Matrix = rng.normal(size=(n, days)) * np.sqrt(1 - rho**2)
    steps[:, 0] /= np.sqrt(1 - rho**2)
    for day in range(1, days):
        steps[:, day] += rho * steps[:, day - 1]
    return steps


def _counted(
    course: Matrix, sizes: Vector, treated: Mask, choice: Choice, names: tuple[str, ...],
    rng: np.random.Generator,
) -> Design:  # fmt: skip
    n, days = course.shape
    first = FIRST_DAY - (choice.before + FIRST_DAY - 3) % 7  # the push lies on a quiet Sunday
    times = first + np.arange(days)
    own: Matrix = rng.normal(0, 0.3, (n, 1))
    rate = 0.004 * np.exp(own + course) * WEEKDAY[times % 7]
    left = np.asarray(0.8 * sizes)
    counts, exposed = np.empty((n, days)), np.empty((n, days))
    for day in range(days):
        exposed[:, day] = left
        mean = left * np.minimum(rate[:, day], 0.5) * rng.gamma(40.0, 1 / 40.0, n)
        counts[:, day] = np.minimum(rng.poisson(mean), left)
        left = left - counts[:, day]
    starts = np.where(treated, first + choice.before, NEVER)
    return Design(names, times, True, counts, exposed, starts, None, "new")


def firmness(choice: Choice, campaigns: int, seed: int, window: Window | None = None) -> dict[str, float]:
    """Count how often p is at most 5 %, how often that is called firm, and how often a suspicion was named.

    Returns
    -------
    dict
        ``rejects``, ``firm`` (shares of all campaigns), ``named``, ``kept`` (shares of those that reject:
        with a suspicion named; called firm), ``error`` (Monte Carlo standard error of ``rejects``).
    """
    window = window or Window(0, choice.after - 1)
    rejects = firm = named = 0
    for number in range(campaigns):
        rng = np.random.default_rng([seed, number])
        design, strata, touching = draw_push(choice, rng)
        tested = exact_test(design, window, rng=rng)
        if tested.test.p_value > 0.05:
            continue
        case = Case(design, tested, None, touching, strata)
        results = [check.run(case) for check in CHECKS if check.suits(case)]
        rejects += 1
        named += any(one.reason is not None for one in results if one.check in SUSPICIONS)
        firm += verdict(effect_of(design, tested), results).firm
    share = rejects / campaigns
    return {
        "rejects": share, "firm": firm / campaigns, "named": named / max(rejects, 1),
        "kept": firm / max(rejects, 1), "error": float(np.sqrt(share * (1 - share) / campaigns)),
    }  # fmt: skip


def firmness_table(campaigns: int, seed: int) -> pd.DataFrame:
    """Measure every choice of the table without effect, and a random one that doubles the rate."""
    rows = [
        {"choice": name} | firmness(choice, campaigns, seed + number)
        for number, (name, choice) in enumerate((CHOICES | POWERED).items())
    ]
    return pd.DataFrame(rows)
