"""Every wave of areas that mobilised together, against those that had not yet."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from analysis import contract
from analysis.compare.contrasts import Tested, effect_of, exact_test
from analysis.compare.counted import Counts
from analysis.compare.design import NEVER, NotComparable, Window
from analysis.compare.result import Effect, numbers_of


@dataclass(frozen=True)
class Wave:
    """Areas that mobilised from one day on.

    Attributes
    ----------
    effect, tested
        The headline on the wave's window against areas not yet mobilised in it; ``None`` where it cannot.
    why
        The code of why not; empty where it was compared.
    compared
        The areas on either side of it.
    """

    first_day: date
    areas: tuple[str, ...]
    effect: Effect | None
    tested: Tested | None
    why: str = ""
    compared: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pooled:
    """All waves together, in log points.

    Attributes
    ----------
    estimate, interval, p_value
        Mean over all mobilised areas, by the combined test that deals the treatment out within each wave; the
        interval is of one effect common to all waves.
    mean, mean_interval, spread
        Random-effects mean with its interval, and the standard deviation between waves; NaN with fewer than
        two waves that tell an error of their own.
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
        found.append(Wave(day, names, effect, tested, compared=own.names(tested.groups.used)))
    return tuple(found)


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
        if np.isfinite(pooled.mean):
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
