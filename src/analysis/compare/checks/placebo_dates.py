"""As if the push had come earlier: where the real date stands among the others."""

from __future__ import annotations

from typing import ClassVar

import pandas as pd

from analysis.compare.checks.base import Case, Result, retest, table_of
from analysis.compare.earlier import earlier_dates, on_earlier_dates
from analysis.compare.inference import TIE
from analysis.compare.reasons import Reason


class PlaceboDates:
    """The real date's rank among earlier dates of the same weekday, its p in time.

    ``p = (1 + as large) / (1 + dates)``. One date as large among few is a doubt, among sixty it is not; with
    none as large there is none, however few the dates.
    """

    name: ClassVar[str] = "placebo_dates"

    def suits(self, case: Case) -> bool:
        """Whether it could fail in this design."""
        return bool(earlier_dates(case.design, case.window))

    def run(self, case: Case) -> Result:
        """Make the check."""
        found = placebo_dates(case)
        real = case.tested.test.difference
        as_large = int((found["estimate"].abs() >= abs(real) * (1 - TIE)).sum())
        p = (1 + as_large) / (1 + len(found))
        holds = as_large == 0 or p <= case.alpha if case.convinces and len(found) else None
        values = {"dates": len(found), "as_large": as_large, "p": p}
        rows = [(row["date"], row["estimate"], row["p_value"], None) for row in found.to_dict("records")]
        return Result(
            self.name, real, p if len(found) else None, holds,
            Reason("placebo_dates", values) if holds is False else None,
            table_of([("", real, p, holds), *rows] if len(found) else []), "by_date",
        )  # fmt: skip


def placebo_dates(case: Case) -> pd.DataFrame:
    """Headline on each earlier date with counts; ``date``, ``estimate``, ``p_value``."""
    rows = [
        (case.design.say_time(date), test.difference, test.p_value)
        for date, test in on_earlier_dates(
            case.design, case.window, lambda earlier: retest(case, earlier).test
        )
    ]
    return pd.DataFrame(rows, columns=["date", "estimate", "p_value"])
