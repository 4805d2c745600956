"""The headline: each area against its own same weekdays before, mobilised areas against the rest."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.compare.changes import Changes, changes, groups_with_rates
from analysis.compare.choices import Assignments, assignments
from analysis.compare.design import Contrast, Design, Mask, NotComparable, Vector, Window
from analysis.compare.details import AreaChange, ConstantEffect, Details
from analysis.compare.inference import Randomisation, invert, randomise, randomise_each
from analysis.compare.persons import extra_persons, spread_of_shares
from analysis.compare.result import LEVEL, Effect
from analysis.compare.together import Together, apart, together


@dataclass(frozen=True)
class Tested:
    """The headline's estimate with its exact test, before any interval.

    Attributes
    ----------
    groups, changes
        Who is compared on which days, and every area's number.
    choices, test
        The choices of treated areas tried, and what they gave.
    """

    groups: Contrast
    changes: Changes
    choices: Assignments
    test: Randomisation

    @property
    def values(self) -> Vector:
        """``(n,)`` change of each compared area, in log points."""
        return self.changes.log_rate[self.groups.used]

    @property
    def treated(self) -> Mask:
        """``(n,)`` which of the compared areas were treated."""
        return self.groups.treated[self.groups.used]

    @property
    def apart(self) -> bool:
        """Whether sums of persons say something else than the mean of logs: then persons are counted so."""
        return apart(self.changes, self.groups.used, self.choices, self.test.difference, self.test.se)

    def together(self, level: float = LEVEL) -> Together:
        """Count the mobilised areas together, tested over the same choices."""
        return together(self.changes, self.groups.used, self.choices, level)


def exact_test(
    design: Design,
    window: Window | None = None,
    *,
    allowed: NDArray[np.bool_] | None = None,
    strata: NDArray[np.int64] | None = None,
    rng: np.random.Generator | None = None,
    choices: Assignments | None = None,
) -> Tested:
    """Give estimate and exact p of the headline; inverting the test for an interval costs many times as much.

    Parameters
    ----------
    allowed
        ``(n,)`` areas that could have mobilised; the choices are restricted to them.
    strata
        ``(n,)`` codes; every choice takes as many areas of each as mobilised.
    choices
        Choices already made; they are taken where they are of the same areas.
    """
    cut = _cut(design, window, allowed, strata, rng, choices)
    return Tested(*cut, randomise(*_asked(cut)))


def exact_tests(design: Design, windows: Iterable[Window], rng: np.random.Generator) -> dict[Window, Tested]:
    """Test window after window as :func:`exact_test` does, but those in which nothing can be compared.

    One takes over the choices of the one before where they are of the same areas.
    """
    cuts, choices = dict[Window, Cut](), None
    for window in windows:
        try:
            cuts[window] = _cut(design, window, None, None, rng, choices)
        except NotComparable:
            continue  # nobody counted, or every other area has mobilised by then
        choices = cuts[window][2]
    tests = randomise_each(map(_asked, cuts.values()))
    return {window: Tested(*cut, test) for (window, cut), test in zip(cuts.items(), tests, strict=True)}


Cut = tuple[Contrast, Changes, Assignments]


def _asked(cut: Cut) -> tuple[Vector, Assignments]:
    """Return the numbers that are compared, and over which choices."""
    groups, found, choices = cut
    return found.log_rate[groups.used], choices


def _cut(
    design: Design,
    window: Window | None,
    allowed: Mask | None,
    strata: NDArray[np.int64] | None,
    rng: np.random.Generator | None,
    choices: Assignments | None,
) -> Cut:
    """Say who is compared on which days, by what numbers and over which choices."""
    groups = groups_with_rates(design, window)
    found = changes(design, groups)
    used = groups.used
    if choices is None or not _fits(choices, groups.treated[used]):
        choices = assignments(
            groups.treated[used],
            allowed=None if allowed is None else allowed[used],
            strata=None if strata is None else strata[used],
            rng=rng,
        )
    return groups, found, choices


def _fits(choices: Assignments, treated: NDArray[np.bool_]) -> bool:
    return choices.n == len(treated) and np.array_equal(choices.chosen[0], np.flatnonzero(treated))


def headline(
    design: Design,
    window: Window | None = None,
    *,
    allowed: NDArray[np.bool_] | None = None,
    level: float = LEVEL,
    rng: np.random.Generator | None = None,
) -> Effect:
    r"""Difference between mobilised and comparison areas in the log rate against the same weekdays before.

    :math:`\hat\tau = \frac1k\sum_{i\in T} d_i - \frac1{n-k}\sum_{i\in C} d_i` with :math:`d_i` from
    :func:`changes`; p from :func:`analysis.compare.inference.randomise` (exact, studentised), interval by
    inverting it. ``details`` holds the percent effect, extra persons when exposure is given, and the same
    test on differences of rates (a constant instead of a proportional effect). ``allowed`` as in
    :func:`exact_test`.
    """
    return effect_of(design, exact_test(design, window, allowed=allowed, rng=rng), level)


def effect_of(design: Design, tested: Tested, level: float = LEVEL) -> Effect:
    """Give a test that was made its interval and its persons."""
    groups, found, choices, test = tested.groups, tested.changes, tested.choices, tested.test
    interval = invert(tested.values, choices, level)
    return Effect(
        estimator="headline",
        estimand=f"log rate among those not yet counted, {groups.window}, mobilised minus comparison areas",
        n_treated=int(groups.treated.sum()),
        n_control=int(groups.control.sum()),
        estimate=test.difference,
        se=test.se if choices.n > 2 else None,
        interval=interval,
        p_value=test.p_value,
        p_method=f"{choices.method}, studentised",
        p_min=choices.p_min,
        level=level,
        window=groups.window,
        details={
            **_details(design, tested, interval, level),
            "p_coefficient": test.p_coefficient,
            "permutation": test.permutation,
            "constant_effect": _constant_effect(found.rate[groups.used], choices, level),
        },
    )


def _details(design: Design, tested: Tested, interval: tuple[float, float] | None, level: float) -> Details:
    groups, found, estimate = tested.groups, tested.changes, tested.test.difference
    details: Details = {
        "unit": "log points",
        "window": str(groups.window),
        "percent": 100 * float(np.expm1(estimate)),
        "percent_interval": None if interval is None else [100 * float(np.expm1(end)) for end in interval],
        "by_area": {
            name: AreaChange(log_rate_change=float(value), treated=bool(treated))
            for name, value, treated in zip(
                design.names(groups.used), tested.values, tested.treated, strict=True
            )
        },
        "left_out": list(groups.left_out),
        "base_days": int(found.base.sum()),
        "halves_added_for_zeros": found.halves_added,
    }
    if design.exposure is not None:
        sums = tested.together(level) if tested.apart else None
        details["extra_persons"] = extra_persons(groups, found, estimate, interval, sums)
        details["area_spread"] = spread_of_shares(groups, found)
    return details


def _constant_effect(rates: Vector, choices: Assignments, level: float) -> ConstantEffect:
    test = randomise(rates, choices)
    interval = invert(rates, choices, level)
    return {
        "unit": "rate per person exposed and day",
        "estimate": test.difference,
        "interval": interval,
        "p_value": test.p_value,
        "p_coefficient": test.p_coefficient,
    }
