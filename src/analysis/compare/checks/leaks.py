"""If comparison areas caught a share of the effect: neighbours, or areas told to copy."""

from analysis.compare.checks.base import Case, Result, Row, table_of

SHARES = (0.25, 0.5)


class Leak:
    r"""What the effect would be had a share ``s`` of it leaked: :math:`\tau / (1 - s)`.

    It can only be larger, so the finding stands.
    """

    name = "leak"

    def suits(self, case: Case) -> bool:
        """Whether it could fail in this design."""
        return True

    def run(self, case: Case) -> Result:
        """Make the check."""
        effect = case.tested.test.difference
        rows: list[Row] = [(f"{share:.0%}", effect / (1 - share), None, None) for share in SHARES]
        return Result(self.name, rows[0][1], None, None, None, table_of(rows))
