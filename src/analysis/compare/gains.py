"""Each mobilised area's own gain, how long the gain lasts, and what the same push would bring elsewhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.regression.linear_model import OLS

from analysis import contract
from analysis.compare.contrasts import Tested, exact_tests
from analysis.compare.design import Design, Vector, Window
from analysis.compare.inference import randomise_each
from analysis.compare.persons import extra_of, extra_together, shares
from analysis.compare.result import LEVEL
from analysis.compare.together import ratio_of_sums

FOLLOWED = 28
"""Times after the push to which its gain is followed."""


def area_gains(design: Design, tested: Tested) -> pd.DataFrame:
    r"""Each mobilised area's own change against the others' mean, with a prediction interval.

    What the area would have done without is one more draw from the comparison areas' changes:
    :math:`d_i - \bar d_0` with the half-width of :func:`one_more`. Empty ends with one comparison area.

    Returns
    -------
    DataFrame
        The rows of ``gains.csv``.
    """
    groups, found = tested.groups, tested.changes
    theirs = tested.values[~tested.treated]
    own = tested.values[tested.treated] - theirs.mean()
    half = one_more(theirs)
    ends = (own, own - half, own + half)
    made: dict[str, Any] = dict(zip(("estimate", "interval_low", "interval_high"), ends, strict=True))
    made["area"] = design.names(groups.treated)
    if design.exposure is not None:
        persons = [extra_of(groups, found, np.nan_to_num(end)) for end in ends]
        made |= dict(zip(("extra_persons", "extra_low", "extra_high"), persons, strict=True))
        if not np.isfinite(half):
            made |= {"extra_low": np.nan, "extra_high": np.nan}
    return pd.DataFrame(made).reindex(columns=contract.columns("gains.csv"))


def one_more(values: Vector) -> float:
    r"""Half the interval around their mean in which one more such value lies; NaN of one value.

    :math:`t_{n - 1}\, s \sqrt{1 + 1/n}`, the prediction interval of a least-squares fit of a constant.
    """
    if len(values) < 2:
        return float("nan")
    found = OLS(values, np.ones(len(values))).fit().get_prediction([1.0])
    low, high = found.conf_int(obs=True, alpha=1 - LEVEL)[0]
    return float(high - low) / 2


def unlike(tested: Tested) -> float:
    """Return the standard deviation of the effect between areas, beyond the comparison areas' own."""
    ours, theirs = tested.values[tested.treated], tested.values[~tested.treated]
    if min(len(ours), len(theirs)) < 2:
        return float("nan")
    return float(np.sqrt(max(0.0, ours.var(ddof=1) - theirs.var(ddof=1))))


def lasting(design: Design, rng: np.random.Generator) -> pd.DataFrame:
    """Follow the cumulative gain from the push on, one row a day (or period).

    Bands are estimate ± c standard errors; c is the quantile of the studentised statistic over the choices
    of areas, the effect taken off: of each day alone (pointwise), and of the largest over all days
    (simultaneous).

    Returns
    -------
    DataFrame
        The rows of ``lasting.csv``, ``last_day`` in times from the push; ``share_left`` is the gain so far as
        a share of the first day's.
    """
    end = min(FOLLOWED, int(design.times[-1]) - design.first_start)
    tests = exact_tests(design, (Window(0, day) for day in range(end + 1)), rng)
    if not tests:
        return pd.DataFrame(columns=contract.columns("lasting.csv"))
    apart = [np.abs(statistics) for statistics in _centred(tests.values())]
    same = [one for one in apart if one.shape == apart[0].shape]
    alone = [float(np.quantile(one, LEVEL)) for one in apart]
    together = max(float(np.quantile(np.max(same, axis=0), LEVEL)), *alone)
    rows = [
        _followed(window.last, one, c, together)
        for (window, one), c in zip(tests.items(), alone, strict=True)
    ]
    table = pd.DataFrame(rows)
    first = table["extra_persons"].iloc[0]
    table["share_left"] = table["extra_persons"] / first if first > 0 else np.nan
    return table.reindex(columns=contract.columns("lasting.csv"))


def _centred(tests: Iterable[Tested]) -> list[Vector]:
    """Statistics over the choices with the estimated effect taken off, so that they are what chance gives."""
    less = [(one.values - one.test.difference * one.treated, one.choices) for one in tests]
    found = [one.statistics for one in randomise_each(less)]
    return [np.where(np.isfinite(one), one, 0.0) for one in found]


def _followed(day: int, tested: Tested, alone: float, together: float) -> dict[str, float]:
    estimate, se = tested.test.difference, tested.test.se
    made: dict[str, float] = {"last_day": day, "estimate": estimate}
    ends = {"extra_persons": 0.0, "extra_low": -alone, "extra_high": alone,
            "all_low": -together, "all_high": together}  # fmt: skip
    groups, found, apart = tested.groups, tested.changes, tested.apart
    if apart:
        estimate, se = ratio_of_sums(found, groups.used, tested.choices)
    for name, times in ends.items():
        effect = estimate + times * se
        if apart:
            made[name] = extra_together(groups, found, effect)
        else:
            made[name] = float(extra_of(groups, found, effect).sum())
    return made


@dataclass(frozen=True)
class Elsewhere:
    """What the same push would bring in new areas, as a share of the people not yet counted there.

    Attributes
    ----------
    mean, low, high
        Share in one new area: the interval has the spread between areas in it, not only the mean's error.
    spread
        Standard deviation of the share between the areas that mobilised.
    seen
        In how many areas it was seen; ``once`` is all that was seen, so that a second push in a row was not.
    """

    mean: float
    low: float
    high: float
    spread: float
    seen: int


def elsewhere(design: Design, tested: Tested) -> Elsewhere | None:
    r"""Predict one new area from the areas that mobilised: :math:`\bar x \pm t_{k-1}\, s \sqrt{1 + 1/k}`.

    ``None`` with one area: nothing tells how unlike another would be.
    """
    groups, found = tested.groups, tested.changes
    if design.exposure is None or groups.treated.sum() < 2:
        return None
    share = shares(groups, found)
    mean, half = float(share.mean()), one_more(share)
    return Elsewhere(mean, mean - half, mean + half, float(share.std(ddof=1)), len(share))


@dataclass(frozen=True)
class Yield:
    """What the push brought for what it took, with the interval's ends; ``None`` where it is not known."""

    per_100_people: tuple[float, float, float] | None
    cost_per_extra: tuple[float, float, float] | None
    currency: str | None


def yield_of(
    extra: tuple[float, float, float], people: Sequence[int | None], costs: Sequence[float | None],
    currencies: Sequence[str | None],
) -> Yield:  # fmt: skip
    """Divide extra persons (estimate, low, high) by what was sent, and what was spent by them.

    A cost per extra person needs persons above zero: where the interval's low end is not, the cost has no
    upper end (``inf``).
    """
    sent = sum(one for one in people if one) if all(people) and people else None
    per_100 = None if sent is None else tuple(100 * one / sent for one in extra)
    spent = sum(one for one in costs if one is not None) if costs and None not in costs else None
    money = set(currencies)
    if spent is None or len(money) != 1 or extra[0] <= 0:
        return Yield(per_100, None, None)  # type: ignore[arg-type]
    cost = tuple(spent / one if one > 0 else float("inf") for one in (extra[0], extra[2], extra[1]))
    return Yield(per_100, cost, money.pop())  # type: ignore[arg-type]
