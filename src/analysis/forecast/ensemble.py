"""The headline: the pooled model, joined by plainer ones while a drive is young or of a strange kind.

In its first weeks a drive has no course yet that a model of hazards could learn: supply opens, teams start,
and the simplest rules are as good as any. Equal weights are the safe choice where no past forecast can be
scored (Ray et al. 2022, *International Journal of Forecasting* 39); they give way as history grows, down to a
floor. A drive that goes far faster than any usual one with so many counted (paid workers going from door to
door) fades when it is done and not before: the members that go on with people a week have most of the draws.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.forecast.models import naive, walks
from analysis.forecast.pooled import MIDDLE_LEFT, SETTINGS, hurried, pooled, strangeness, usual_course
from analysis.forecast.rush import hurrying

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.forecast.models import Model, Sampler
    from analysis.forecast.weekly import Columns, Weekly

GIVES_WAY = 5.0
"""Weeks of history at which the plainer models have half their share: by hand; four and six did alike."""
FLOOR = 0.05
"""Share of the draws that each plainer model always keeps: no drive is known to be of the usual kind."""
PEOPLE = 0.45
"""Share of each of the two models of people a week where a drive is of another kind altogether."""
LAST_WEEKS = 4
"""Weeks that `steady` repeats: a month, as burn-up charts do."""
ROOM = 1e-3
"""Share of those left whom a path of people never counts, so that its hazard stays finite."""


def ensemble(weekly: Weekly, weeks: int, draws: int, rng: np.random.Generator) -> Sampler:
    """Deal the draws out to the members; a draw is one member's for all areas, so totals stay joint."""
    parts = [(member, count) for member, count in zip(MEMBERS, _dealt(weekly, draws), strict=True) if count]
    order = rng.permutation(draws)
    apart = rng.spawn(len(parts))
    samplers = [member(weekly, weeks, count, own) for (member, count), own in zip(parts, apart, strict=True)]

    def sample(columns: Columns, weeks: int, rng: np.random.Generator) -> NDArray[np.float64]:
        return np.concatenate([one(columns, weeks, rng) for one in samplers])[order]

    return sample


def steady(weekly: Weekly, weeks: int, draws: int, rng: np.random.Generator) -> Sampler:
    """Repeat the people of one of the last weeks in each coming week, the same week for all areas."""
    people = _people(weekly)[-LAST_WEEKS:]
    if len(people) < 2:  # of one week repeated all draws would be one line
        return naive(weekly, weeks, draws, rng)
    picked = rng.integers(len(people), size=(weeks, draws)).T
    return lambda columns, weeks, _: _as_hazard(people[:, columns][picked[:, :weeks]], weekly, columns)


def drifting(weekly: Weekly, weeks: int, draws: int, rng: np.random.Generator) -> Sampler:
    """Let last week's people go on, with past week-to-week changes of either sign, the same for all areas.

    The hubs' baseline (Ray et al., reichlab) on weekly people, with joint draws.
    """
    people = _people(weekly)
    if len(people) < 2:
        return naive(weekly, weeks, draws, rng)
    walk = walks(np.diff(people, axis=0), weeks, draws, rng)

    def sample(columns: Columns, weeks: int, _: np.random.Generator) -> NDArray[np.float64]:
        return _as_hazard(np.maximum(people[-1, columns] + walk(columns, weeks), 0.0), weekly, columns)

    return sample


MEMBERS: tuple[Model, ...] = (pooled, hurried, naive, steady, drifting)


def _dealt(weekly: Weekly, draws: int) -> NDArray[np.int64]:
    """Draws of each member: equal at first, most of them pooled in the end unless the drive is strange."""
    young = GIVES_WAY**4 / (len(weekly.log_hazard) ** 4 + GIVES_WAY**4) / 4
    strange = _strange(weekly)
    hurry = hurrying(weekly, strange)
    of_hazards = max(young, FLOOR) * (1 - strange) * (1 - hurry)
    of_people = max(young, FLOOR, PEOPLE * strange) * (1 - hurry)
    others = np.floor(draws * np.array([hurry, of_hazards, of_people, of_people])).astype(np.int64)
    return np.concatenate([[draws - others.sum()], others])


def _strange(weekly: Weekly) -> float:
    """How far the drive's last week is beyond what is usual with so many counted, from 0 to 1."""
    people = _people(weekly)[-1:].sum()
    left = float(np.maximum(weekly.ceiling - weekly.start, 0.5).sum())
    if people <= 0:
        return 0.0
    share = left / max(float(weekly.ceiling.sum()), 1.0)
    usual = usual_course(share, MIDDLE_LEFT, SETTINGS.opening, SETTINGS.fading)
    return float(strangeness(np.log(people / (left + people)) - usual))


def _people(weekly: Weekly) -> NDArray[np.float64]:
    """People counted in each whole week (W, A); a week not known is as the area's others are on average."""
    known = np.isfinite(weekly.log_hazard)
    whole = np.where(known, weekly.counts / np.where(known, weekly.covered, 1.0), 0.0)
    usual = whole.sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return np.where(known, whole, usual)


def _as_hazard(people: NDArray[np.float64], weekly: Weekly, columns: Columns) -> NDArray[np.float64]:
    """Weekly log hazards (draws, weeks, block) under which a path counts those people; see equation 4."""
    left = np.maximum(weekly.ceiling - weekly.start, 0.5)[columns]
    counted = np.minimum(np.cumsum(people, axis=1), (1 - ROOM) * left)
    odds = counted / (left - counted)
    grown = np.diff(odds, axis=1, prepend=0.0)
    return np.asarray(np.log(np.maximum(grown, 0.01 / left)))
