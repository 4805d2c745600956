"""Every wave of areas that mobilised together, against those that had not yet, and all waves pooled."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
from statsmodels.stats.meta_analysis import combine_effects

from analysis import contract
from analysis.compare.choices import DRAWS
from analysis.compare.contrasts import Tested, effect_of, exact_test
from analysis.compare.counted import Counts
from analysis.compare.design import NEVER, NotComparable, Vector, Window
from analysis.compare.inference import moments, share_as_extreme
from analysis.compare.result import LEVEL, Effect, numbers_of
from analysis.compare.search import edge

STEPS = 30
"""Halvings in the search for an end of the pooled interval."""


@dataclass(frozen=True)
class Wave:
    """Areas that mobilised from one day on.

    Attributes
    ----------
    effect, tested
        The headline on the wave's window against areas not yet mobilised in it; ``None`` where it cannot.
    why
        The code of why not; empty where it was compared.
    """

    first_day: date
    areas: tuple[str, ...]
    effect: Effect | None
    tested: Tested | None
    why: str = ""


@dataclass(frozen=True)
class Pooled:
    """All waves together, in log points.

    Attributes
    ----------
    estimate, interval, p_value
        Mean over all mobilised areas, by the combined test that deals the treatment out within each wave; the
        interval is of one effect common to all waves.
    mean, mean_interval, spread
        Random-effects mean with its interval, and the standard deviation between waves.
    """

    waves: int
    estimate: float
    interval: tuple[float, float] | None
    p_value: float
    p_min: float
    mean: float
    mean_interval: tuple[float, float] | None
    spread: float


def study_waves(counts: Counts, last: int, rng: np.random.Generator) -> tuple[Wave, ...]:
    """Compare each wave over the days from its start to ``last``, in times, or to the last one counted."""
    design, found = counts.design, []
    for start in np.unique(design.starts[design.starts != NEVER]):
        if start > design.times[-1]:
            continue
        own = design.keep(design.starts >= start)
        names = own.names(own.starts == start)
        day = counts.push_day + timedelta(days=int(counts.starts_day[start]))
        window = Window(0, min(last, int(design.times[-1] - start)))
        try:
            tested = exact_test(own, window, rng=rng)
        except NotComparable as fault:
            found.append(Wave(day, names, None, None, fault.code))
            continue
        covered = tested.groups.window
        if not counts.daily:
            covered = counts.in_days(covered, int(start))
        effect = replace(effect_of(own, tested), window=covered)
        found.append(Wave(day, names, effect, tested))
    return tuple(found)


def pool(waves: tuple[Wave, ...], rng: np.random.Generator) -> Pooled | None:
    """Pool the waves that were compared; ``None`` with fewer than two."""
    tests = [wave.tested for wave in waves if wave.tested is not None]
    if len(tests) < 2:
        return None
    rows = [np.concatenate([[0], rng.integers(len(test.choices.chosen), size=DRAWS)]) for test in tests]
    share = np.array([test.choices.chosen.shape[1] for test in tests], dtype=np.float64)
    share /= share.sum()

    def combined(effect: float) -> tuple[Vector, Vector]:
        """Differences and studentised statistics of the combined choices, the effect taken off first."""
        total, variance = np.zeros(DRAWS + 1), np.zeros(DRAWS + 1)
        for test, at, part in zip(tests, rows, share, strict=True):
            difference, own_variance = moments(test.values - effect * test.treated, test.choices)
            total += part * difference[at]
            variance += part**2 * own_variance[at]
        return total, np.abs(total) / np.sqrt(np.maximum(variance, np.finfo(float).tiny))

    def p(effect: float) -> float:
        return float(share_as_extreme(combined(effect)[1]))

    estimate = float(combined(0.0)[0][0])
    width = abs(estimate / max(float(combined(0.0)[1][0]), 1e-9))
    below, above = (
        edge(lambda step, side=side: p(estimate + side * step * width) > 1 - LEVEL,  # type: ignore[misc]
             2.0, last=1e3, halvings=STEPS)
        for side in (-1, 1)
    )  # fmt: skip
    interval = (estimate - below[1] * width, estimate + above[1] * width) if below and above else None
    floor = max(1 / (DRAWS + 1), float(np.prod([test.choices.p_min for test in tests])))
    mean, mean_interval, spread = _random_effects(tests)
    return Pooled(len(tests), estimate, interval, p(0.0), floor, mean, mean_interval, spread)


def _random_effects(tests: list[Tested]) -> tuple[float, tuple[float, float] | None, float]:
    """Mean over waves with its interval, and the standard deviation between them.

    Notes
    -----
    Paule and Mandel (1982) for the spread, which is none where waves differ by less than their own errors
    let expect (with two waves that of DerSimonian and Laird); Hartung and Knapp (2001) for the interval,
    which needs three waves at least to say much: it is on t with one fewer than there are waves.
    """
    estimates = np.array([test.test.difference for test in tests])
    variances = np.maximum(np.array([test.test.se for test in tests]) ** 2, np.finfo(float).tiny)
    found = combine_effects(estimates, variances, method_re="pm", use_t=True, alpha=1 - LEVEL)
    low, high = found.conf_int()[3]  # Hartung and Knapp's
    interval = (float(low), float(high)) if low < high else None
    return float(found.mean_effect_re), interval, float(np.sqrt(found.tau2))


def waves_table(waves: tuple[Wave, ...], pooled: Pooled | None) -> pd.DataFrame:
    """Lay the waves out as the rows of ``waves.csv``, the pooled effect last."""
    rows = [_row(wave) for wave in waves]
    if pooled is not None:
        low, high = pooled.interval or (np.nan, np.nan)
        mean_low, mean_high = pooled.mean_interval or (np.nan, np.nan)
        rows.append(
            {"wave": "pooled", "areas": "", "estimate": pooled.estimate, "interval_low": low,
             "interval_high": high, "p_value": pooled.p_value, "p_min": pooled.p_min}
        )  # fmt: skip
        rows.append(
            {"wave": "random_effects", "areas": "", "estimate": pooled.mean, "interval_low": mean_low,
             "interval_high": mean_high, "spread": pooled.spread}
        )  # fmt: skip
    return pd.DataFrame(rows, columns=contract.columns("waves.csv")).astype(
        {"first_day": "Int64", "last_day": "Int64", "n_treated": "Int64", "n_control": "Int64"}
    )


def _row(wave: Wave) -> dict[str, object]:
    common: dict[str, object] = {
        "wave": wave.first_day.isoformat(),
        "areas": " ".join(wave.areas),
        "why": wave.why or None,
    }
    return common if wave.effect is None else common | numbers_of(wave.effect)
