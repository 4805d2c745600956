"""A deadline that binds: the odds of having been counted rise toward it, and after it nobody hurries.

Where nothing is counted after a day, as in a census from door to door, the weekly growth of the odds rises up
to it; where nobody believes in the day, it does not. The rise is a prior that the drive's own weeks move
(equation 13 of ``docs/methods/forecast.md``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.campaign.rhythm import WEEK

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.forecast.weekly import Weekly

RISE, RISE_SD = 0.25, 0.4
"""Weekly change of the log growth of the odds toward a deadline that binds, and how sure that is."""
APART = 0.3
"""How far the rise of coming weeks can be from that of the last ones: people hurry when the day is near."""
USUAL, USUAL_SD = -0.1, 0.25
"""The same toward one that does not, as in drives without: it fades."""
WITH_YES = 0.7
"""Share of the draws that hurry where the deadline is said to bind: those who say so can be wrong."""
UNTOLD, STRANGE = 0.1, 0.3
"""Share of them before any data where nobody said, and how much more of them in a drive of a strange kind."""
MOST = 0.5
"""Most of the draws that can hurry where nobody said."""
MOST_SURE = 1 - 1e-9
"""Where a rise is against all that was seen, beyond what numbers can tell."""
LAST_WEEKS = 6
"""Weeks whose change of pace tells the rise."""


def hurrying(weekly: Weekly, strange: float) -> float:
    """Share of the draws that hurry toward the deadline."""
    if weekly.deadline is None or weekly.deadline.binding == "no":
        return 0.0
    if weekly.deadline.binding == "yes":
        return WITH_YES
    change, error = _change(weekly)
    odds = _density(change, RISE, RISE_SD**2 + error**2) / _density(change, USUAL, USUAL_SD**2 + error**2)
    prior = UNTOLD + STRANGE * strange
    return float(min(prior * odds / (prior * odds + 1 - prior), MOST))


def draw_rise(weekly: Weekly, draws: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Weekly rise of the log growth of the odds (draws,): the prior, moved by the drive's own weeks.

    It is a rise in every draw, for that is what hurrying is; those that do not hurry are other members'.
    """
    # It takes a fifth of a second to import, for which the first notebook need not wait.
    from scipy.special import ndtr, ndtri

    change, error = _change(weekly)
    weight = RISE_SD**2 / (RISE_SD**2 + error**2 + APART**2)
    middle, spread = RISE + weight * (change - RISE), RISE_SD * np.sqrt(1 - weight)
    below = ndtr(-middle / spread)
    drawn = ndtri(np.minimum(below + (1 - below) * rng.uniform(size=draws), MOST_SURE))
    return np.asarray(np.maximum(middle + spread * drawn, 0.0))


def weeks_ahead(weekly: Weekly) -> float:
    """Weeks from the newest count to the deadline; none without one."""
    return 0.0 if weekly.deadline is None else (weekly.deadline.day - weekly.origin).days / WEEK


def _change(weekly: Weekly) -> tuple[float, float]:
    """Mean weekly change of the log growth of the odds of all areas in the last weeks, and its error."""
    known = np.isfinite(weekly.log_hazard)
    people = np.where(known, weekly.counts, 0.0).sum(axis=1)[-LAST_WEEKS - 1 :]
    left = np.maximum(weekly.ceiling - weekly.start, 0.5).sum() * weekly.remaining[-LAST_WEEKS - 1 :]
    usable = people > 0
    growth = np.log(people[usable] / left[usable])
    if len(growth) < 2:
        return RISE, float("inf")
    steps = np.diff(growth)
    # as many steps again are assumed of the usual size: few steps alike are no proof
    sd = np.sqrt((steps.var() * len(steps) + USUAL_SD**2 * LAST_WEEKS) / (len(steps) + LAST_WEEKS))
    return float(steps.mean()), float(sd / np.sqrt(len(steps)))


def _density(value: float, mean: float, variance: float) -> float:
    """Density of a normal law; equal everywhere where nothing is known."""
    if not np.isfinite(variance):
        return 1.0
    return float(np.exp(-((value - mean) ** 2) / (2 * variance)) / np.sqrt(variance))
