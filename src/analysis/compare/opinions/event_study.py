"""Coefficients by week around the day of mobilising, and how sure they are together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.campaign.rhythm import WEEK
from analysis.compare.design import Design, Matrix, Vector
from analysis.compare.opinions.synthetic import require_complete
from analysis.errors import InputError

MANY_TIMES = 40
"""Integer times beyond which they are read as days and gathered in weeks, as dates are."""

MOST_AFTER = 5
"""Coefficients after treatment that are kept: vertices in the bounds on them grow as binomials."""


@dataclass(frozen=True)
class EventStudy:
    """Coefficients by block of time relative to the last block before treatment.

    Attributes
    ----------
    before, after
        ``(K,)`` and ``(P,)`` coefficients in time order, the reference left out.
    covariance
        ``(K + P, K + P)`` clustered by area.
    labels
        Block numbers, 0 the first after treatment.
    """

    before: Vector
    after: Vector
    covariance: Matrix
    labels: tuple[int, ...]


def event_study(design: Design) -> EventStudy:
    """Event-study coefficients of one treatment date with area and time effects, weekly for daily panels.

    The covariance is the sandwich clustered by area with the factor of
    :class:`analysis.compare.opinions.two_way.Clusters`.
    """
    require_complete(design, "honest")
    if design.staggered:
        raise InputError("honest needs one treatment time; give a window before the next areas are treated")
    outcome, labels = _blocks(design)
    first = int(np.flatnonzero(labels >= 0)[0])
    if first < 2:
        raise InputError("honest needs at least two periods (weeks of a daily panel) before treatment")
    kept = np.delete(np.arange(len(labels)), first - 1)
    kept = kept[: first - 1 + MOST_AFTER]
    steps = outcome[:, kept] - outcome[:, [first - 1]]
    treated = design.ever_treated
    spread = np.where(
        treated[:, None], steps - steps[treated].mean(axis=0), steps - steps[~treated].mean(axis=0)
    )
    spread = spread / np.where(treated, treated.sum(), (~treated).sum())[:, None]
    n, periods = len(outcome), outcome.shape[1]
    cells = n * periods
    counted = periods + periods - 1
    if cells <= counted:
        raise InputError("honest: too few areas for a clustered covariance")
    factor = n / (n - 1) * (cells - 1) / (cells - counted)
    difference = steps[treated].mean(axis=0) - steps[~treated].mean(axis=0)
    before, after = difference[: first - 1], difference[first - 1 :]
    return EventStudy(before, after, factor * spread.T @ spread, tuple(labels[kept].tolist()))


def _blocks(design: Design) -> tuple[Matrix, NDArray[np.int64]]:
    """Outcome by block (mean over its times) and block numbers; whole weeks only, for daily panels."""
    since = design.times - design.first_start
    if not design.dated and len(design.times) <= MANY_TIMES:
        return design.outcome, np.arange(len(since)) - int((since < 0).sum())
    week = since // WEEK
    numbers, sizes = np.unique(week, return_counts=True)
    whole = numbers[sizes == sizes.max()]
    if not (whole >= 0).any():
        whole = numbers[(sizes == sizes.max()) | (numbers == 0)]
    return np.stack([design.outcome[:, week == number].mean(axis=1) for number in whole], axis=1), whole
