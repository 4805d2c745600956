"""Why a finding is what it is, as a code with its values; the words for it live with the report."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Code = Literal[
    "no_push", "no_figures", "floor", "no_interval", "p_above", "holds_zero",
    "one_area", "one_other", "two_areas", "leave_one_out",
    "placebo_dates", "odds", "odds_unknown", "medians", "not_neighbours", "own_noise",
    "base_length", "together", "stratum", "siblings", "neighbours", "laggards", "leaders",
    "risers", "waited", "noisier",
]  # fmt: skip


SUSPICIONS: tuple[Code, ...] = (
    "stratum", "siblings", "neighbours", "noisier", "laggards", "leaders", "waited", "risers",
)  # fmt: skip
"""Codes of what may have made the areas that mobilised differ by themselves."""


@dataclass(frozen=True)
class Reason:
    """A code and what it was measured by: areas, counts, p values."""

    code: Code
    values: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Give the reason as it stands in ``verdict.json``."""
        return {"code": self.code, **self.values}
