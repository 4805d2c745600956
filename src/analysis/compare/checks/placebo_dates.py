"""As if the push had come earlier: where the real date stands among the others."""

from analysis.compare.checks.base import Case, Result, retest, table_of, varied
from analysis.compare.earlier import earlier_dates, on_earlier_dates
from analysis.compare.inference import TIE
from analysis.compare.reasons import Reason


class PlaceboDates:
    """The real date's rank among earlier dates of the same weekday, its p in time.

    ``p = (1 + as large) / (1 + dates)``. One date as large among few is a doubt, among sixty it is not; with
    none as large there is none, however few the dates.
    """

    name = "placebo_dates"

    def suits(self, case: Case) -> bool:
        """Whether it could fail in this design."""
        return bool(earlier_dates(case.design, case.window))

    def run(self, case: Case) -> Result:
        """Make the check."""
        real = case.tested.test.difference
        dates = on_earlier_dates(case.design, case.window, lambda earlier: retest(case, earlier).test)
        found = [test for _, test in dates if test is not None]
        as_large = sum(bool(abs(test.difference) >= abs(real) * (1 - TIE)) for test in found)
        p = (1 + as_large) / (1 + len(found)) if found else None
        holds = as_large == 0 or p <= case.alpha if case.convinces and p is not None else None
        reason = Reason("placebo_dates", {"dates": len(found), "as_large": as_large, "p": p})
        rows = [varied(case.design.say_time(date), test) for date, test in dates]
        table = table_of([("", real, p, holds), *rows])
        return Result(self.name, real, p, holds, reason if holds is False else None, table)
