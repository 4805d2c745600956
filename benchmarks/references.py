"""Reference forecasts of a cumulative count: what anybody would do, written the obvious way.

Each is a function ``(history, days, draws, rng) -> array (draws, days, areas)`` of people.
"""

import numpy as np
from numpy.typing import NDArray

from analysis.forecast import History
from analysis.forecast.clean import drop_impossible, hold_last

LAST_DAYS = 28


def burn_up(history: History, days: int, draws: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw each coming day from the area's last four same weekdays: burn-up Monte Carlo."""
    counts = np.nan_to_num(hold_last(drop_impossible(history.cumulative))[-LAST_DAYS - 1 :])
    new = np.maximum(np.diff(counts, axis=0), 0)
    weeks, areas = len(new) // 7, np.arange(new.shape[1])
    same = new[len(new) - 7 * weeks :].reshape(weeks, 7, -1)
    week = rng.integers(weeks, size=(draws, days, len(areas)))
    drawn = same[week, (np.arange(days) % 7)[:, None], areas]
    ceiling = np.maximum(history.eligible, counts[-1])
    return np.asarray(np.minimum(counts[-1] + np.cumsum(drawn, axis=1), ceiling))


def hub_baseline(history: History, days: int, draws: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Repeat last week plus symmetrised past weekly differences: the hubs' baseline on weekly increments."""
    counts = np.nan_to_num(hold_last(drop_impossible(history.cumulative)))
    weeks = (len(counts) - 1) // 7
    new = np.maximum(np.diff(counts[len(counts) - 1 - 7 * weeks :: 7], axis=0), 0)
    steps = np.diff(new, axis=0) if weeks > 1 else np.zeros_like(new)
    ahead = -(-days // 7)
    areas = np.arange(new.shape[1])
    drawn = steps[rng.integers(len(steps), size=(draws, ahead, len(areas))), areas]
    sign = rng.choice([-1.0, 1.0], size=drawn.shape)
    weekly = np.maximum(new[-1] + np.cumsum(sign * drawn, axis=1), 0)
    daily = np.repeat(weekly / 7, 7, axis=1)[:, :days]
    ceiling = np.maximum(history.eligible, counts[-1])
    return np.asarray(np.minimum(counts[-1] + np.cumsum(daily, axis=1), ceiling))
