"""How often the intervals of waves, of their pool, of single areas and of a copied push hold what came."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from analysis.compare.contrasts import Tested, exact_test
from analysis.compare.counted import Counts
from analysis.compare.design import Design, Vector, Window
from analysis.compare.gains import area_gains, one_more
from analysis.compare.pooled import pool
from analysis.compare.waves import study_waves
from analysis.validation.trials import Trial, simulate

WEEK = Window(0, 6)
LIFT = float(np.log(2))


def two_waves(rng: np.random.Generator, spread: float, k: int = 4) -> tuple[Design, Vector]:
    """Draw eighteen areas of which ``k`` double from one Sunday on and as many a week later.

    Each area's own effect is drawn around a doubling with standard deviation ``spread``. Returns the design
    and ``(n,)`` true effects in log points, zero for those never pushed.
    """
    design = simulate(Trial(treated=k, before=63, persistence=0.8), rng)
    start, later = design.first_start, rng.permutation(np.flatnonzero(~design.ever_treated))[:k]
    starts = design.starts.copy()
    starts[later] = start + 7
    own = np.where(starts < start + 14, LIFT + spread * rng.normal(size=len(starts)), 0.0)
    lifted = np.exp(own[:, None] * (design.times >= starts[:, None]))
    return replace(design, outcome=design.outcome * lifted, starts=starts), own


def counts_of(design: Design) -> Counts:
    """Say of a design of days that they are days."""
    days, starts = design.times - design.first_start, np.unique(design.starts[design.ever_treated])
    since = {int(start): int(start - design.first_start) for start in starts}
    return Counts(design, days, days, True, date(2023, 9, 10), since)


def coverage_table(campaigns: int, seed: int, spread: float = 0.15) -> pd.DataFrame:
    """Count how often each interval holds its truth: alike areas for the means, unlike ones for single areas.

    Returns
    -------
    DataFrame
        ``what``, ``held`` (share), ``error`` (Monte Carlo standard error over campaigns), ``of`` (intervals).
    """
    held: dict[str, list[float]] = {name: [] for name in ("wave", "pooled", "area", "copied")}
    for number in range(campaigns):
        rng = np.random.default_rng([seed, number])
        alike, _ = two_waves(rng, 0.0)
        waves = study_waves(counts_of(alike), 6, rng)
        held["wave"] += [_holds(one.effect.interval, LIFT) for one in waves if one.effect is not None]
        together = pool(waves, rng)
        held["pooled"].append(_holds(together.interval if together else None, LIFT))
        unlike, own = two_waves(rng, spread)
        tested = exact_test(unlike, WEEK, rng=rng)
        gains = area_gains(unlike, tested)
        truth = own[tested.groups.treated]
        inside = (gains["interval_low"] <= truth) & (truth <= gains["interval_high"])
        held["area"].append(float(inside.mean()))
        held["copied"].append(_left_out(tested))
    rows = [
        (name, float(np.mean(found)), float(np.std(found) / np.sqrt(len(found))), len(found))
        for name, found in held.items()
    ]
    return pd.DataFrame(rows, columns=["what", "held", "error", "of"])


def _holds(interval: tuple[float, float] | None, truth: float) -> float:
    return 1.0 if interval is None else float(interval[0] <= truth <= interval[1])


def _left_out(tested: Tested) -> float:
    """Share of mobilised areas whose gain lies in the prediction that the other ones give."""
    own = tested.changes.log_rate[tested.groups.treated]
    rest = [np.delete(own, at) for at in range(len(own))]
    return float(
        np.mean([abs(one - others.mean()) <= one_more(others) for one, others in zip(own, rest, strict=True)])
    )
