"""Weeks in which an area that was moving stood still, and when it moves again.

A stall is no low hazard: its logarithm would fall without end and its spread grow as far. Such a week says
nothing of the pace an area has when it moves, so the models do not see it; what it says is that the area
stands, and a coming week brings it back with the chance at which stalls of this drive have ended
(equation 12 of ``docs/methods/forecast.md``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


DEAD = 0.05
"""A week with less than this part of the usual people is one of standing still."""
LEAST_PEOPLE = 5.0
"""Where fewer a week are usual, a week without any is chance."""
MEMORY = 0.25
"""Weight of the newest moving week in what is usual: a month."""
PRIOR_ENDS, PRIOR_WEEKS = 1.0, 3.0
"""Ends and weeks of stalls assumed beside those seen: a first dead week is as likely a holiday as a halt."""
FASTER = 2.0
"""Times an area's fastest week that it is after a stall at the most: on the panel once costs a date of Korea
1.3 %, twice nothing, and thrice lets drives of a few weeks leap."""


def find_stalls(
    people: NDArray[np.float64], known: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], float]:
    """Mark the weeks (W, A) on which an area stood still, and the areas (A,) that do; how likely stalls end.

    Parameters
    ----------
    people : array (W, A)
        Counted in each week.
    known : array (W, A) of bool
        Weeks that say anything; the others neither begin nor end a stall.
    """
    weeks, areas = people.shape
    dead = np.zeros((weeks, areas), dtype=np.bool_)
    usual, standing = np.zeros(areas), np.zeros(areas, dtype=np.bool_)
    ends, exposed = 0, 0
    for week in range(weeks):
        seen = known[week]
        still = seen & (usual >= LEAST_PEOPLE) & (people[week] < DEAD * usual)
        moving = seen & ~still
        ends += int((standing & moving).sum())
        exposed += int((standing & seen).sum())
        standing = (standing | still) & ~moving
        usual = np.where(
            moving, np.where(usual > 0, usual + MEMORY * (people[week] - usual), people[week]), usual
        )
        dead[week] = still
    share = max(areas, 1)  # areas stand together more often than not: all of them are one voice
    return dead, standing, (PRIOR_ENDS + ends / share) / (PRIOR_WEEKS + exposed / share)


def hold(
    hazard: NDArray[np.float64],
    past: NDArray[np.float64],
    standing: NDArray[np.bool_],
    ending: float,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Let standing areas wait before they go on as a model that saw no stall says.

    Nothing at first, and then, for all standing areas of a draw from the same week on, any part of the pace
    of the model, each as likely as another. A model's pace wanders also while nothing moves, so what comes is
    bounded by the fastest week that the area had.

    Parameters
    ----------
    hazard : array (draws, weeks, A)
        Coming weeks.
    past : array (W, A)
        Log hazards that were; NaN where not known or standing.
    standing : array (A,) of bool
    ending : float
        Chance that a stall ends in a week.
    """
    draws, weeks, _ = hazard.shape
    waits = rng.geometric(ending, size=(draws, 1, 1)) - 1
    pace = rng.uniform(size=(draws, 1, 1))
    moving = np.where(np.arange(weeks)[:, None] >= waits, pace, 0.0)
    most = FASTER * np.exp(np.max(past, axis=0, initial=-np.inf, where=np.isfinite(past)))
    return np.where(standing, np.minimum(moving * hazard, most), hazard)
