"""If comparison areas caught a share of the effect: neighbours, or areas told to copy."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from analysis.compare.checks.base import Case, Result, table_of


class Leak:
    """What the effect would be had a share of it leaked; it can only be larger, so the finding stands."""

    name = "leak"

    def suits(self, case: Case) -> bool:
        """Whether it could fail in this design."""
        return True

    def run(self, case: Case) -> Result:
        """Make the check."""
        found = contamination(case.tested.test.difference)
        rows = [
            (f"{row['share']:.0%}", row["estimate"], None, None)
            for row in found.to_dict("records")
            if row["share"] > 0
        ]
        return Result(self.name, rows[0][1], None, None, None, table_of(rows))


def contamination(estimate: float, shares: Collection[float] = (0.0, 0.25, 0.5)) -> pd.DataFrame:
    r"""Effect if comparison areas got a share ``s`` of it too: :math:`\tau / (1 - s)`."""
    return pd.DataFrame(
        [(share, estimate / (1 - share), 100 * float(np.expm1(estimate / (1 - share)))) for share in shares],
        columns=["share", "estimate", "percent"],
    )
