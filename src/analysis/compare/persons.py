"""From a log rate to people: how many were counted who would not have been without mobilising."""

import numpy as np

from analysis.compare.changes import Changes
from analysis.compare.design import Contrast, Design, Matrix, Vector
from analysis.compare.details import ExtraPersons
from analysis.compare.together import Together


def extra_persons(
    design: Design, groups: Contrast, found: Changes, estimate: float, interval: tuple[float, float] | None,
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
        ``total``, ``interval`` (from the ends of the interval of :math:`\tau`), ``together``, ``by_area``,
        ``by_area_own_effect`` (each area's own change against the mean of the others), and ``percent`` of
        what would have been counted in the window.
    """
    treated = groups.treated
    y = np.nan_to_num(design.outcome[np.ix_(treated, groups.after)])

    def extra(effect: float | Vector) -> Vector:
        return extra_of(design, groups, found, np.broadcast_to(effect, int(treated.sum())))

    by_area = extra(estimate)
    own = extra(found.log_rate[treated] - found.log_rate[groups.control].mean())
    if sums is None:
        total = float(by_area.sum())
        ends = None if interval is None else [float(extra(end).sum()) for end in interval]
    else:
        total = extra_together(design, groups, found, sums.estimate)
        ends = None if sums.interval is None else [
            extra_together(design, groups, found, end) for end in sums.interval
        ]  # fmt: skip
    without = float(y.sum()) - total
    names = design.names(treated)
    return {
        "total": total,
        "interval": ends,
        "together": sums is not None,
        "percent": 100 * total / without if without > 0 else None,
        "by_area": dict(zip(names, by_area.tolist(), strict=True)),
        "by_area_own_effect": dict(zip(names, own.tolist(), strict=True)),
    }


def shares(design: Design, groups: Contrast, found: Changes) -> Vector:
    """``(k,)`` each treated area's own extra persons as a share of those not yet counted when it began."""
    assert design.exposure is not None  # noqa: S101 - the caller checks
    own = found.log_rate[groups.treated] - found.log_rate[groups.control].mean()
    left = np.nan_to_num(design.exposure[np.ix_(groups.treated, groups.after)])[:, 0]
    return np.asarray(extra_of(design, groups, found, own) / np.where(left > 0, left, np.nan))


def spread_of_shares(design: Design, groups: Contrast, found: Changes) -> float | None:
    """Return the standard deviation of :func:`shares` between areas; ``None`` with one area."""
    own = shares(design, groups, found)
    return float(own.std(ddof=1)) if len(own) > 1 else None


def extra_of(design: Design, groups: Contrast, found: Changes, effects: Vector) -> Vector:
    """``(k,)`` extra persons of each treated area when its own rate was multiplied by ``exp(effects)``."""
    treated = groups.treated
    y = np.nan_to_num(design.outcome[np.ix_(treated, groups.after)])
    assert design.exposure is not None  # noqa: S101 - the caller checks
    left = np.nan_to_num(design.exposure[np.ix_(treated, groups.after)])
    return _extra(y, left, _usual_days(found.profile[treated], left), effects)


def extra_together(design: Design, groups: Contrast, found: Changes, effect: float) -> float:
    """Extra persons of the treated areas taken as one, whose rate was multiplied by ``exp(effect)``."""
    treated = groups.treated
    y = np.nan_to_num(design.outcome[np.ix_(treated, groups.after)])
    left = np.nan_to_num(design.people[np.ix_(treated, groups.after)])
    usual = _usual_days(found.profile[treated], left)
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
    extra = np.zeros(len(y))
    for day in range(y.shape[1]):
        extra += y[:, day] - rate[:, day] * (left[:, day] + extra)
    return extra
