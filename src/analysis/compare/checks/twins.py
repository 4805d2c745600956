"""The same question by another measure: medians, sums of persons, areas that border no mobilised one."""

from math import comb

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.compare.borders import beside, touching
from analysis.compare.checks.base import Case, Result, on_values, retest, table_of, twin, varied
from analysis.compare.choices import assignments
from analysis.compare.design import Design, Mask, Matrix, Vector
from analysis.compare.inference import randomise
from analysis.compare.reasons import Reason


class Medians:
    """Medians over days instead of sums, which one broken day cannot move.

    A push that lasts less than half of the window cannot move them either: then it is not run.
    """

    name = "medians"

    def suits(self, case: Case) -> bool:
        """Whether it could fail in this design."""
        days = case.window.last - case.window.first + 1
        pushed = days if case.push_times is None else case.push_times - case.window.first
        return days > 1 and 2 * pushed >= days

    def run(self, case: Case) -> Result:
        """Make the check."""
        groups = case.tested.groups
        values = _median_changes(case.design.keep(groups.used), groups.after, groups.before)
        if not np.isfinite(values).all():
            return Result(self.name, None, None, None)
        return twin(case, "medians", *on_values(case, values))


def _median_changes(design: Design, after: NDArray[np.bool_], before: NDArray[np.bool_]) -> Vector:
    log_rate, weekday = design.log_rate, design.times % design.cycle
    gaps = np.full(log_rate[:, after].shape, np.nan)
    for column, t in enumerate(np.flatnonzero(after)):
        same = before & (weekday == weekday[t])
        if same.any():
            gaps[:, column] = log_rate[:, t] - _median(log_rate[:, same])
    return _median(gaps)


def _median(rows: Matrix) -> Vector:
    """Median of what is known of each row; NaN where nothing is."""
    return pd.DataFrame(rows).median(axis=1).to_numpy()


class CountedTogether:
    """Sums of persons instead of a mean of logs, where the two are far apart: then persons are counted so."""

    name = "together"

    def suits(self, case: Case) -> bool:
        """Whether sums say something else."""
        return case.tested.apart

    def run(self, case: Case) -> Result:
        """Test the sums: they too must show an effect, on the same side."""
        sums = case.tested.together(case.level)
        same = np.sign(sums.estimate) == np.sign(case.tested.test.difference)
        holds = bool(sums.p_value <= case.alpha and same) if case.convinces else None
        values = {"estimate": sums.estimate, "p": sums.p_value}
        reason = Reason("together", values) if holds is False else None
        table = table_of([("", sums.estimate, sums.p_value, holds)])
        return Result(self.name, sums.estimate, sums.p_value, holds, reason, table)


class NotNeighbours:
    """Only comparison areas that border no mobilised one, whose people the push may have reached."""

    name = "not_neighbours"

    def suits(self, case: Case) -> bool:
        """Whether it could fail in this design."""
        kept = far_from_treated(case)
        return bool((kept & case.tested.groups.control).sum() >= 2 and not kept.all())

    def run(self, case: Case) -> Result:
        """Make the check."""
        tested = retest(case, case.design.keep(far_from_treated(case)))
        left = int(tested.groups.control.sum())
        return twin(case, "not_neighbours", tested.test.difference, tested.test.p_value, areas=left)


class Beside:
    """Comparison areas that border a mobilised one, set against those that border none.

    Where they rose, too, the push reached them, or what befell that part of the country raised both: which of
    them it was no figure tells, so that it overturns nothing and is said.
    """

    name = "beside"

    def suits(self, case: Case) -> bool:
        """Whether so many areas can show it."""
        near = self._near(case)
        return bool(2 <= near.sum() <= len(near) - 2 and comb(len(near), int(near.sum())) * case.alpha >= 1)

    def run(self, case: Case) -> Result:
        """Make the check."""
        test = randomise(case.values[~case.treated], assignments(self._near(case), rng=case.rng()))
        return Result(self.name, test.difference, test.p_value, None, None, table_of([varied("", test)]))

    @staticmethod
    def _near(case: Case) -> Mask:
        """Which of the comparison areas border a mobilised one."""
        return ~far_from_treated(case)[case.tested.groups.control]


def far_from_treated(case: Case) -> Mask:
    """``(n,)`` true for treated areas and for those that touch none of them."""
    treated = case.tested.groups.treated
    return treated | ~beside(treated, touching(case.design.areas, case.borders))
