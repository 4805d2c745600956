"""What would overturn a finding: one class a check, one shape of answer."""

from analysis.compare.checks.base import Case, Check, Result
from analysis.compare.checks.bases import BaseLength
from analysis.compare.checks.leaks import Leak
from analysis.compare.checks.leave_one_out import LeaveOneOut
from analysis.compare.checks.odds import OddsBound
from analysis.compare.checks.placebo_dates import PlaceboDates
from analysis.compare.checks.suspicions import Neighbours, Noisier, Recent, Risers, Siblings, Stratum
from analysis.compare.checks.twins import Beside, CountedTogether, Medians, NotNeighbours

CHECKS: tuple[Check, ...] = (
    LeaveOneOut(), PlaceboDates(), OddsBound(), Stratum(), Siblings(), Neighbours(), Noisier(), Recent(),
    Risers(), BaseLength(), Medians(), CountedTogether(), NotNeighbours(), Beside(), Leak(),
)  # fmt: skip
"""Every check, in the order of the report's table."""


def run_checks(case: Case) -> tuple[Result, ...]:
    """Make every check that suits the case."""
    return tuple(check.run(case) for check in CHECKS if check.suits(case))


__all__ = ["CHECKS", "Case", "Check", "Result", "run_checks"]
