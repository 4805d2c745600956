"""From a log rate to people: how many were counted who would not have been without mobilising."""

import numpy as np

from analysis.compare.changes import Changes
from analysis.compare.design import Contrast, Matrix, Vector
from analysis.compare.details import ExtraPersons
from analysis.compare.together import Together


def extra_persons(
    groups: Contrast, found: Changes, estimate: float, interval: tuple[float, float] | None,
    sums: Together | None = None,
) -> ExtraPersons:  # fmt: skip
    r"""Persons counted by the end of the window who would not have been without mobilising.

    Without mobilising, an area's rate over the window would have been the observed one divided by
    :math:`e^{\tau}`, falling on the days as the same weekdays before did. Day by day that rate meets the
    people still to be counted then: those left, and those whom the push has counted already, so that someone
    pulled forward is not counted twice. Where the areas are counted together (``sums``) so are these persons.

    Returns
    -------
    dict
        ``total``, ``interval`` (from the ends of the interval of :math:`\tau`), ``together``, and
        ``percent`` of what would have been counted in the window.
    """

    def extra(effect: float) -> float:
        if sums is not None:
            return extra_together(groups, found, effect)
        return float(extra_of(groups, found, effect).sum())

    total = extra(estimate if sums is None else sums.estimate)
    between = interval if sums is None else sums.interval
    ends = None if between is None else [extra(end) for end in between]
    without = float(found.counts[groups.treated].sum()) - total
    return {
        "total": total,
        "interval": ends,
        "together": sums is not None,
        "percent": 100 * total / without if without > 0 else None,
    }


def shares(groups: Contrast, found: Changes) -> Vector:
    """``(k,)`` each treated area's own extra persons as a share of those not yet counted when it began."""
    own = found.log_rate[groups.treated] - found.log_rate[groups.control].mean()
    left = found.left[groups.treated].max(axis=1)  # fewer are left from day to day
    return np.asarray(extra_of(groups, found, own) / np.where(left > 0, left, np.nan))


def spread_of_shares(groups: Contrast, found: Changes) -> float | None:
    """Return the standard deviation of :func:`shares` between areas; ``None`` with one area."""
    own = shares(groups, found)
    return float(own.std(ddof=1)) if len(own) > 1 else None


def extra_of(groups: Contrast, found: Changes, effects: float | Vector) -> Vector:
    """``(k,)`` extra persons of each treated area when its own rate was multiplied by ``exp(effects)``."""
    y, left = found.counts[groups.treated], found.left[groups.treated]
    return _extra(y, left, _usual_days(found.profile[groups.treated], left), effects)


def extra_together(groups: Contrast, found: Changes, effect: float) -> float:
    """Extra persons of the treated areas taken as one, whose rate was multiplied by ``exp(effect)``."""
    y, left = found.counts[groups.treated], found.left[groups.treated]
    usual = _usual_days(found.profile[groups.treated], left)
    whole = left.sum(axis=0, keepdims=True)
    profile = (usual * left).sum(axis=0, keepdims=True) / np.where(whole > 0, whole, 1.0)
    return float(_extra(y.sum(axis=0, keepdims=True), whole, profile, effect)[0])


def _usual_days(profile: Matrix, left: Matrix) -> Matrix:
    """Relative rate of the window's days ``(k, W)``; alike where a weekday is unknown or nothing came."""
    known = np.isfinite(profile).all(axis=1, keepdims=True)
    known &= (np.nan_to_num(profile) * left).any(axis=1, keepdims=True)
    return np.where(known, profile, 1.0)


def _extra(y: Matrix, left: Matrix, profile: Matrix, effect: float | Vector) -> Vector:
    """``(k,)`` extra persons of each treated area when its rate was multiplied by ``exp(effect)``."""
    counted_without = y.sum(axis=1) * np.exp(-np.broadcast_to(effect, len(y)))
    reference = (profile * left).sum(axis=1)
    scale = counted_without / np.where(reference > 0, reference, 1.0)
    # A wide interval's end cannot count more people than are left.
    rate = np.minimum(scale[:, None] * profile, 1.0)
    extra, still = np.zeros(len(y)), np.full(len(y), np.inf)
    for day in range(y.shape[1]):
        counted = left[:, day] > 0
        still = np.where(counted, left[:, day] - y[:, day], still)
        # On a day that nobody counted nobody is expected; where nobody was left, some would have come.
        met = np.where(counted | (still <= 0), left[:, day] + extra, 0.0)
        extra += y[:, day] - rate[:, day] * met
    return extra
