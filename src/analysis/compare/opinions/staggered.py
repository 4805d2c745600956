"""When areas are told at different times: each is a control only until it is told."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.compare.design import NEVER, Design, Mask, Matrix, Vector, Window
from analysis.compare.details import Details
from analysis.compare.opinions.regression import two_way_effect, unit_and_window
from analysis.compare.opinions.synthetic import require_complete
from analysis.compare.opinions.two_way import CONSTANT, Table, TwoWayEffects, treated_cells
from analysis.compare.result import LEVEL, NO_SPREAD, Effect
from analysis.errors import InputError


@dataclass(frozen=True)
class GroupTime:
    """Effects by treatment time and calendar time, with their influence functions.

    Attributes
    ----------
    start, time, event
        ``(m,)`` treatment time, calendar time, and time since treatment.
    estimate
        ``(m,)``.
    influence
        ``(m, n)``; the standard error is ``sqrt(sum(influence**2)) / n``.
    """

    start: NDArray[np.int64]
    time: NDArray[np.int64]
    event: NDArray[np.int64]
    estimate: Vector
    influence: Matrix


def group_time(design: Design, *, never_only: bool = True) -> GroupTime:
    r"""Effect of each cohort at each time against areas not treated by then.

    :math:`ATT(g, t) = E[Y_t - Y_{b} \mid g] - E[Y_t - Y_{b} \mid C]` with base :math:`b = g - 1`
    for :math:`t \ge g` and :math:`b = t - 1` before. Controls are the never treated; where there are
    none, or when ``never_only`` is off, those not yet treated at :math:`\max(t, b)`.

    Raises
    ------
    InputError
        If no cohort has a time at which an untreated area stands beside it.

    Notes
    -----
    Callaway and Sant'Anna (2021), *Journal of Econometrics* 225, without covariates.
    """
    n, t_max = design.outcome.shape
    found: list[tuple[int, int, int, float, Vector]] = []
    never = design.starts > int(design.times[-1])
    for start in np.unique(design.starts[~never]):
        first = int(np.searchsorted(design.times, start))
        own = design.starts == start
        for t in range(1, t_max):
            base = first - 1 if t >= first else t - 1
            latest = int(design.times[max(t, base)])
            control = never if never_only and never.any() else (design.starts > latest) & ~own
            if base < 0 or not control.any():
                continue
            change = design.outcome[:, t] - design.outcome[:, base]
            ours, theirs = change[own].mean(), change[control].mean()
            influence = n * (own * (change - ours) / own.sum() - control * (change - theirs) / control.sum())
            event = int(design.times[t]) - int(start)
            found.append((int(start), int(design.times[t]), event, float(ours - theirs), influence))
    if not found:
        raise InputError("cs: no treated area has a time beside an untreated one; give more days")
    start_, time_, event_, estimate_, influence_ = zip(*found, strict=True)
    return GroupTime(
        np.array(start_), np.array(time_), np.array(event_), np.array(estimate_), np.array(influence_)
    )


def cs(design: Design, window: Window | None = None, *, level: float = LEVEL) -> Effect:
    """Average the effects on the treated over all treated cells, or those in each area's own window.

    ``details`` holds every group-time effect, the event-time, cohort and calendar averages, and
    ``dynamic``, the mean over event times. Standard errors are from influence functions, the estimated
    cohort shares included.
    """
    require_complete(design, "cs")
    found = group_time(design)
    after = _chosen(found.event, window)
    if not after.any():
        raise InputError(
            "cs: no treated cell in the window has an untreated area beside it; give another window"
        )
    shares = {int(g): float((design.starts == g).mean()) for g in np.unique(found.start)}
    simple, se, _ = _aggregate(design, found, after, shares)
    events = {int(e): _aggregate(design, found, found.event == e, shares) for e in np.unique(found.event)}
    dynamic = [events[int(e)] for e in np.unique(found.event[after])]
    dynamic_influence = np.mean([item[2] for item in dynamic], axis=0)
    twin = group_time(design, never_only=False)
    rows = zip(found.start, found.time, found.estimate, found.influence, strict=True)
    details: Details = {
        **unit_and_window(design, window),
        "controls": "not yet treated" if design.ever_treated.all() else "never treated",
        "simple": _row(simple, se),
        "not_yet_treated": _row(*_aggregate(design, twin, _chosen(twin.event, window), shares)[:2]),
        "dynamic": _row(float(np.mean([item[0] for item in dynamic])), _se(dynamic_influence)),
        "by_event": [{"event": e, **_row(*item[:2])} for e, item in events.items()],
        "by_cohort": _by(design, found, after, shares, found.start, "treated_from"),
        "by_time": _by(design, found, after, shares, found.time, "time"),
        "group_time": [
            {
                "treated_from": design.say_time(int(g)),
                "time": design.say_time(int(t)),
                **_row(float(b), _se(inf)),
            }
            for g, t, b, inf in rows
        ],
    }
    effect = Effect.of(
        design, estimator="cs", estimand=_average(design, window), estimate=simple, level=level,
        details=details,
    )  # fmt: skip
    return effect.judged(se, "normal, influence functions by area", alone=_no_spread(design, se))


def _chosen(event: NDArray[np.int64], window: Window | None) -> NDArray[np.bool_]:
    if window is None:
        return event >= 0
    return (event >= window.first) & (event <= window.last)


def _average(design: Design, window: Window | None) -> str:
    when = "all treated times" if window is None else f"{window} from each area's own start"
    return f"{design.outcome_name}, average effect on the treated, {when}"


def _aggregate(
    design: Design, found: GroupTime, rows: NDArray[np.bool_], shares: dict[int, float]
) -> tuple[float, float, Vector]:
    """Average of group-time effects by cohort size, its standard error and influence function."""
    starts, estimate = found.start[rows], found.estimate[rows]
    share = np.array([shares[int(g)] for g in starts])
    total = share.sum()
    value = float(share @ estimate / total)
    member = (design.starts[None, :] == starts[:, None]) - share[:, None]
    from_shares = (member / total).T @ estimate - member.sum(axis=0) * value / total
    influence = share @ found.influence[rows] / total + from_shares
    return value, _se(influence), influence


def _se(influence: Vector) -> float:
    return float(np.sqrt((influence * influence).sum()) / len(influence))


def _no_spread(design: Design, se: float) -> str:
    """Why an estimate stands alone: a standard error is only rounding, as with one area on each side."""
    return "" if se > CONSTANT * float(np.nanmax(np.abs(design.outcome))) else NO_SPREAD


def _row(estimate: float, se: float) -> dict[str, float]:
    return {"estimate": estimate, "se": se}


def _by(
    design: Design, found: GroupTime, after: Mask, shares: dict[int, float], key: NDArray[np.int64], name: str
) -> list[dict[str, Any]]:
    return [
        {name: design.say_time(int(value))}
        | _row(*_aggregate(design, found, after & (key == value), shares)[:2])
        for value in np.unique(key[after])
    ]


def bjs(design: Design, window: Window | None = None, *, level: float = LEVEL) -> Effect:
    r"""Imputation: untreated cells give area and time effects, and treated cells are compared with those.

    :math:`\hat\tau = \sum_{it: D=1} (y_{it} - \hat\alpha_i - \hat\gamma_t) / N_1`. The estimate is linear
    in the outcome, :math:`\sum v_{it} y_{it}`, and its variance is :math:`\sum_i (\sum_t v_{it}
    \tilde\varepsilon_{it})^2`, residuals of treated cells taken from the mean effect of their cohort and
    time.

    Notes
    -----
    Borusyak, Jaravel and Spiess (2024), *Review of Economic Studies* 91, theorem 3. With few treated
    areas of a cohort the variance is too small, for their residuals are then nearly nothing.
    """
    seen = ~np.isnan(design.outcome)
    y = np.where(seen, design.outcome, 0.0)
    d = treated_cells(design.times, design.starts) > 0
    free = (seen & ~d).astype(np.float64)
    comparable = (free.sum(axis=0) > 0)[None, :] & (free.sum(axis=1) > 0)[:, None]
    event = design.times[None, :] - np.where(design.starts == NEVER, design.times[0], design.starts)[:, None]
    target = seen & d & comparable & _chosen(event, window)
    if not target.any():
        raise InputError(
            "bjs: no treated cell in the window has an untreated area beside it; give another window"
        )
    free_effects = TwoWayEffects(free)
    by_area, by_time = free_effects.solve((free * y).sum(axis=1), (free * y).sum(axis=0))
    gap = y - by_area[:, None] - by_time[None, :]
    estimate = float(gap[target].mean())
    weight = target / target.sum()
    weight_area, weight_time = free_effects.solve(weight.sum(axis=1), weight.sum(axis=0))
    v = np.where(target, weight, -free * (weight_area[:, None] + weight_time[None, :]))
    residual = np.where(target, gap - _cohort_means(design, gap, target), gap * free)
    se = float(np.sqrt(((v * residual).sum(axis=1) ** 2).sum()))

    def means(name: str, key: NDArray[np.int64], say: Callable[[int], Any] = design.say_time) -> list[Any]:
        """Mean gap of the treated cells by a key of theirs."""
        cells = np.broadcast_to(key, gap.shape)[target]
        return [
            {name: say(int(one)), "estimate": float(gap[target][cells == one].mean())}
            for one in np.unique(cells)
        ]

    details: Details = {
        **unit_and_window(design, window),
        "treated_cells": int(target.sum()),
        "by_event": means("event", event, int),
        "by_cohort": means("treated_from", design.starts[:, None]),
        "by_time": means("time", design.times),
    }
    effect = Effect.of(
        design, estimator="bjs", estimand=_average(design, window), estimate=estimate, level=level,
        details=details,
    )  # fmt: skip
    by = "normal, conservative variance clustered by area"
    return effect.judged(se, by, alone=_no_spread(design, se))


def _cohort_means(design: Design, gap: Matrix, target: NDArray[np.bool_]) -> Matrix:
    """Mean effect of each treated cell's cohort at its time, spread back over the cells."""
    means = np.zeros_like(gap)
    for start in np.unique(design.starts[target.any(axis=1)]):
        own = design.starts == start
        count = target[own].sum(axis=0)
        means[own] = (gap[own] * target[own]).sum(axis=0) / np.maximum(count, 1)
    return means


def bacon(design: Design, window: Window | None = None, *, level: float = LEVEL) -> Effect:
    """Two-way fixed effects taken apart into the two-group comparisons that it averages.

    The estimate and its standard error are those of :func:`~analysis.compare.opinions.regression.did` on the
    whole table; ``details["rows"]`` has weight and estimate of each comparison and ``details["by_type"]`` of
    each kind. Weight on ``late-v-early`` is weight on comparisons with areas already treated.

    Notes
    -----
    Goodman-Bacon (2021), *Journal of Econometrics* 225, theorem 1. The window is not used.
    """
    require_complete(design, "bacon")
    rows = _comparisons(design)
    by_type = {}
    for kind in dict.fromkeys(row["type"] for row in rows):
        weights, estimates = zip(
            *((r["weight"], r["estimate"]) for r in rows if r["type"] == kind), strict=True
        )
        weight = sum(weights)
        by_type[kind] = {"weight": weight, "estimate": float(np.dot(weights, estimates)) / weight}
    return two_way_effect(
        design, Table(design), level, estimator="bacon",
        estimand=f"{design.outcome_name}, two-way coefficient over the whole table",
        details={**unit_and_window(design, None), "rows": rows, "by_type": by_type},
    )  # fmt: skip


def _comparisons(design: Design) -> list[dict[str, Any]]:
    last = int(design.times[-1])
    starts = np.unique(design.starts[design.starts <= last])
    never = design.starts > last
    everything = np.ones(len(design.times), dtype=bool)
    pairs: list[tuple[str, int, Mask, Mask, Mask]] = []
    for start in starts:
        if never.any():
            pairs.append(("treated-v-never", start, design.starts == start, never, everything))
        for later in starts[starts > start]:
            early, late = design.starts == start, design.starts == later
            pairs.append(("early-v-late", start, early, late, design.times < later))
            pairs.append(("late-v-early", later, late, early, design.times >= start))
    rows = [
        _two_by_two(design, kind, start, ours, theirs, times)
        for kind, start, ours, theirs, times in pairs
        if (times & (design.times < start)).any() and (times & (design.times >= start)).any()
    ]
    total = sum(row["weight"] for row in rows)
    if not rows:
        raise InputError(
            "bacon: no treated area has a time before its treatment and one after; give more days"
        )
    return [row | {"weight": row["weight"] / total} for row in rows]


def _two_by_two(
    design: Design, kind: str, start: int, ours: Mask, theirs: Mask, times: Mask
) -> dict[str, Any]:
    """One comparison; its weight is its sample's share squared times the variance of treatment in it."""
    after = times & (design.times >= start)
    before = times & (design.times < start)
    gap = design.outcome[ours].mean(axis=0) - design.outcome[theirs].mean(axis=0)
    size = (ours.sum() + theirs.sum()) * times.sum()
    split = ours.sum() / (ours.sum() + theirs.sum())
    treated = after.sum() / times.sum()
    other = int(design.starts[theirs][0])
    return {
        "type": kind,
        "treated_from": design.say_time(int(start)),
        "against": "never" if kind == "treated-v-never" else design.say_time(other),
        "estimate": float(gap[after].mean() - gap[before].mean()),
        "weight": float(size**2 * split * (1 - split) * treated * (1 - treated)),
    }
