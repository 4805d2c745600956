"""The same headline against shorter spells of weeks before."""

from analysis.compare.checks.base import Case, Result, Row, retest, still_there, table_of, varied
from analysis.compare.design import NotComparable
from analysis.compare.reasons import Reason

WEEKS = (2, 4)


class BaseLength:
    """Two and four weeks before the push instead of all; none wins everywhere, so each must still show it."""

    name = "base_length"

    def suits(self, case: Case) -> bool:
        """Whether there are more weeks before than the shortest spell."""
        return int(case.tested.changes.base.sum()) > min(WEEKS) * case.design.cycle

    def run(self, case: Case) -> Result:
        """Measure against each spell."""
        design = case.design
        span = (design.first_start - int(design.times[0])) // design.cycle
        rows: list[Row] = []
        for weeks in (one for one in WEEKS if one < span):
            kept = design.times >= design.first_start - weeks * design.cycle
            try:
                test = retest(case, design.during(kept)).test
            except NotComparable:
                rows.append(varied(str(weeks), None))  # nobody counted those weeks in some area
                continue
            rows.append(varied(str(weeks), test, still_there(case, test.difference)))
        rows.append(varied("all", case.tested.test))
        gone = next((row for row in rows if row[3] is False), None)
        holds = None if not case.convinces else gone is None
        values = {"weeks": int(gone[0]), "estimate": gone[1], "p": gone[2]} if gone else {}
        reason = Reason("base_length", values) if gone else None
        shown = gone or next(row for row in rows if row[1] is not None)
        return Result(self.name, shown[1], shown[2], holds, reason, table_of(rows))
