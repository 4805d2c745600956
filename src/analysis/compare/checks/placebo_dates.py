"""As if the push had come earlier: where the real date stands among the others."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import numpy as np
import pandas as pd

from analysis.compare.checks.base import Case, Result, retest, table_of
from analysis.compare.design import NEVER, Design, Window
from analysis.compare.inference import TIE
from analysis.compare.reasons import Reason
from analysis.errors import InputError


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


def earlier_dates(design: Design, window: Window) -> list[int]:
    """Earlier times on the push's weekday with a week before them, whose window ends before the push."""
    start, step = design.first_start, design.cycle
    first = int(design.times[0]) + step
    dates = range(start - ((start - first) // step) * step, start, step)
    return [date for date in dates if date + window.last + 1 <= start]


def pretend(design: Design, date: int, window: Window) -> Design:
    """Return the design as if the first areas had been treated from ``date`` on, cut at the window's end."""
    shown = (design.times < date + window.last + 1) & (design.times < design.first_start)
    starts = np.where(design.starts == design.first_start, date, NEVER)
    return replace(design.during(shown), starts=starts)


def placebo_dates(case: Case) -> pd.DataFrame:
    """Headline on each earlier date with counts; ``date``, ``estimate``, ``p_value``."""
    rows = []
    for date in earlier_dates(case.design, case.window):
        try:
            test = retest(case, pretend(case.design, date, case.window)).test
        except InputError:
            continue  # an area has no count on those days: that date cannot serve as a placebo
        rows.append((case.design.say_time(date), test.difference, test.p_value))
    return pd.DataFrame(rows, columns=["date", "estimate", "p_value"])
