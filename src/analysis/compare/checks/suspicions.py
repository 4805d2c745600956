"""What may have made the areas that mobilised differ by themselves: named by a rule, then put to a test.

Each suspicion asks the weeks before the push (or a map, or a list of strata) whether the mobilised areas
stand out among all choices of as many areas. Where they do it is named, and the finding must survive the test
that takes it away; a suspicion that was named and could not be dispelled is a doubt.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.compare.borders import pairs_touching, touching
from analysis.compare.checks.base import Case, Result, on_values, still_there, table_of
from analysis.compare.checks.before import Before, look_before
from analysis.compare.choices import Assignments, assignments
from analysis.compare.design import Mask, Vector
from analysis.compare.inference import TIE, randomise, share_as_extreme
from analysis.compare.reasons import Code, Reason

NAMED = 0.1
"""Share of choices that stand out as much at which a suspicion is named."""

LARGE = 1 / 4
"""Part of the effect at which what the areas did by themselves is named, however many choices stand out."""

RARE = 0.05
"""The same for where areas lie: of a map or of strata there is no noise."""


def stands_out(values: Vector, choices: Assignments, *, both: bool = False) -> float:
    """Share of choices whose areas' mean is as high as ours; as far from the others' where ``both``."""
    means = values[choices.chosen].mean(axis=1) - values.mean()
    return float(share_as_extreme(np.abs(means) if both else means, TIE * float(np.abs(values).max())))


def _answer(
    case: Case, code: Code, share: float, tested: tuple[float, float], threshold: float = NAMED,
    *, shown: bool = False, more: Mapping[str, Any] | None = None,
) -> Result:  # fmt: skip
    """Name the suspicion where few choices stand out as much, and say whether the test dispels it.

    The test is a row of the table where it is named, or ``shown`` in any case; ``more`` goes with the reason.
    """
    estimate, p = tested
    named = share <= threshold
    same = np.sign(estimate) == np.sign(case.tested.test.difference)
    holds = bool(p <= case.alpha and same) if case.convinces and named else None
    reason = Reason(code, {"share": share, "estimate": estimate, "p": p, **(more or {})}) if named else None
    table = table_of([("", estimate, p, holds)] if named or shown else [])
    return Result(code, estimate, p, holds, reason, table)


class Noisier:
    """Mobilised areas much noisier than the rest; tested in units of each area's own noise."""

    name = "noisier"

    def suits(self, case: Case) -> bool:
        """Whether the weeks before tell each area's noise, and two areas at least mobilised."""
        before = look_before(case)
        return case.treated.sum() >= 2 and before is not None and bool((before.noise > 0).all())

    def run(self, case: Case) -> Result:
        """Scale each area's change by its own noise."""
        noise = np.log(_before(case).noise)
        return _answer(case, "noisier", stands_out(noise, case.tested.choices), own_scaled(case), shown=True)


def own_scaled(case: Case) -> tuple[float, float]:
    """Estimate in units of own noise times the typical one, and its exact p."""
    noise = _before(case).noise
    others = ~case.treated
    weight = 1 / noise[others] ** 2
    middle = float((weight * case.values[others]).sum() / weight.sum())
    return on_values(case, (case.values - middle) / noise * float(np.median(noise)))


class Recent:
    """Mobilised areas below, or above, their own usual just before the push.

    Laggards catch up and leaders fall back by themselves; people may have waited. Tested with that gap taken
    away from the effect, once as if it lasted on and once as if it was made up for in the window.
    """

    name = "recent"

    def suits(self, case: Case) -> bool:
        """Whether there are weeks before to compare the last ones with."""
        return look_before(case) is not None

    def run(self, case: Case) -> Result:
        """Take the last week's or fortnight's gap, whichever stands out more."""
        before, choices = _before(case), case.tested.choices
        shares = {weeks: stands_out(gap, choices, both=True) for weeks, gap in _gaps(before).items()}
        weeks = min(shares, key=lambda one: shares[one])
        gap = _gaps(before)[weeks]
        ours = float(gap[case.treated].mean() - gap[~case.treated].mean())
        code: Code = "leaders" if ours > 0 else "waited" if weeks == 1 else "laggards"
        tests = [on_values(case, without) for without in _without_gap(case, before, gap, weeks)]
        share = 0.0 if _large(case, ours) else shares[weeks]
        return _answer(case, code, share, max(tests, key=lambda one: one[1]))


def _large(case: Case, own: float) -> bool:
    """Whether what the areas did by themselves could make up a good part of the effect."""
    return bool(abs(own) >= LARGE * abs(case.tested.test.difference))


def _gaps(before: Before) -> dict[int, Vector]:
    return {1: before.last, 2: before.recent}


def _without_gap(case: Case, before: Before, gap: Vector, weeks: int) -> tuple[Vector, Vector]:
    """Change left had the last weeks' gap lasted on, and had those missing (or too many) come in the window.

    The gap is taken out of the weeks before as well: what is usual is what was before it. The missing are
    counted in persons, of which a quiet Sunday has few: those of one week may be many times its usual.
    """
    expected = case.tested.changes.expected[case.tested.groups.used]
    missing = np.expm1(gap) * weeks
    usual = 1 + missing / before.weeks
    counted_back = np.where(before.length > 0, missing / np.maximum(before.length, TIE), 0.0)
    made_up = np.exp(case.values) * usual + counted_back
    least = 0.5 / np.maximum(expected, 0.5)  # half a person
    return case.values + np.log(usual) - gap, np.log(np.maximum(made_up, least))


class Risers:
    """Mobilised areas that were rising, or falling, by themselves; tested with their trends carried on."""

    name = "risers"

    def suits(self, case: Case) -> bool:
        """Whether there are weeks enough for a trend."""
        return look_before(case) is not None

    def run(self, case: Case) -> Result:
        """Carry each area's own trend on to the middle of the window."""
        before = _before(case)
        carried = on_values(case, case.values - before.slope * before.reach)
        share = stands_out(before.slope, case.tested.choices, both=True)
        own = float(before.slope[case.treated].mean() - before.slope[~case.treated].mean()) * before.reach
        return _answer(case, "risers", 0.0 if _large(case, own) else share, carried)


class Stratum:
    """All mobilised areas from one stratum; tested over the choices within it, whose floor is printed.

    Few choices give a small p by luck: against the stratum's own other areas at least half must be left too.
    """

    name = "stratum"

    def suits(self, case: Case) -> bool:
        """Whether strata are known and one of them, but not every area, holds all that mobilised."""
        return case.within is not None and not case.within.all()

    def run(self, case: Case) -> Result:
        """Keep the choices that lie within the stratum."""
        assert case.within is not None  # noqa: S101 - it suits
        inside = np.asarray(case.within[case.tested.choices.chosen].all(axis=1))
        stratum = case.strata[case.names[int(np.flatnonzero(case.treated)[0])]]
        if (case.within == case.treated).all():
            return _nobody_within(case, float(inside.mean()), stratum)
        choices = _subset(case.tested.choices, inside)
        test = randomise(case.values, choices)
        within = float(case.values[case.treated].mean() - case.values[case.within & ~case.treated].mean())
        result = _answer(
            case, "stratum", float(inside.mean()), (within, test.p_value), RARE,
            more=_floor(choices) | {"stratum": stratum},
        )  # fmt: skip
        if result.holds and not still_there(case, within):
            result = replace(result, holds=False, table=result.table.assign(holds=False))
        return result


def _nobody_within(case: Case, share: float, stratum: str) -> Result:
    """Name a stratum of which every area mobilised: nothing tells the push from what befell the stratum."""
    holds = False if case.convinces else None
    values = {"share": share, "p": 1.0, "p_min": 1.0, "choices": 1, "stratum": stratum}
    return Result(
        "stratum", None, 1.0, holds, Reason("stratum", values), table_of([("", np.nan, 1.0, holds)])
    )


class Siblings:
    """Mobilised areas that lie together under a few areas; tested within these, less what befell each."""

    name = "siblings"

    def suits(self, case: Case) -> bool:
        """Whether areas lie under others, and some of one that mobilised can be set against its own."""
        codes = _above(case)
        counts = np.bincount(codes), np.bincount(codes, weights=case.treated)
        divided = (counts[1] > 0) & (counts[1] < counts[0])
        return bool(len(counts[0]) > 1 and (counts[1] > 1).any() and divided.any())

    def run(self, case: Case) -> Result:
        """Deal the treatment out within each of the areas above, of changes less their mean there.

        Where they are not suspected nothing is tested: of thousands of areas that would take longer than all
        other suspicions.
        """
        codes = _above(case)
        pairs = _pairs_together(codes, case.tested.choices)
        share = float((pairs >= pairs[0] * (1 - TIE)).mean())
        usual = _means(codes, np.where(case.treated, np.nan, case.values))
        within = float(np.nanmean((case.values - usual[codes])[case.treated]))
        if share > RARE:
            return Result(self.name, within, None, None)
        choices = assignments(case.treated, strata=codes, rng=case.rng())
        test = randomise(case.values - _means(codes, case.values)[codes], choices)
        return _answer(case, "siblings", share, (within, test.p_value), RARE, more=_floor(choices))


def _pairs_together(codes: NDArray[np.int64], choices: Assignments) -> NDArray[np.int64]:
    """``(R,)`` how many ordered pairs of each choice's areas have the same code."""
    rows, many = len(choices.chosen), int(codes.max()) + 1
    held = codes[choices.chosen] + many * np.arange(rows)[:, None]
    counts = np.bincount(held.ravel(), minlength=rows * many).reshape(rows, many)
    return np.asarray((counts * (counts - 1)).sum(axis=1))


def _means(codes: NDArray[np.int64], values: Vector) -> Vector:
    """Return by code the mean of its values that are known; NaN where none is."""
    known, many = ~np.isnan(values), int(codes.max()) + 1
    counts = np.bincount(codes[known], minlength=many)
    sums = np.bincount(codes[known], values[known], many)
    return np.asarray(np.divide(sums, counts, out=np.full(many, np.nan), where=counts > 0))


def _above(case: Case) -> NDArray[np.int64]:
    """``(n,)`` codes of the area above each compared one; one alone for those under none."""
    above = [case.above.get(name, name) for name in case.names]
    return np.unique(above, return_inverse=True)[1].astype(np.int64)


class Neighbours:
    """Mobilised areas that touch each other; tested over choices that touch as much."""

    name = "neighbours"

    def suits(self, case: Case) -> bool:
        """Whether a map is known and two of those that mobilised touch."""
        return bool(len(case.borders) and _touching(case)[0] > 0)

    def run(self, case: Case) -> Result:
        """Keep the choices whose areas touch as often."""
        pairs = _touching(case)
        alike = pairs >= pairs[0]
        choices = _subset(case.tested.choices, alike)
        test = randomise(case.values, choices)
        tested = test.difference, test.p_value
        return _answer(case, "neighbours", float(alike.mean()), tested, RARE, more=_floor(choices))


def _floor(choices: Assignments) -> dict[str, Any]:
    """How many choices there are, and the smallest p that they could give."""
    return {"p_min": choices.p_min, "choices": len(choices.chosen)}


def _touching(case: Case) -> NDArray[np.int64]:
    """``(R,)`` how many pairs of each choice's areas share a border."""
    choices = case.tested.choices
    return pairs_touching(choices.chosen, choices.n, touching(case.names, case.borders))


def _subset(choices: Assignments, kept: Mask) -> Assignments:
    return Assignments(choices.chosen[kept], choices.n, choices.exact)


def _before(case: Case) -> Before:
    before = look_before(case)
    assert before is not None  # noqa: S101 - the check suits only where it is there
    return before
