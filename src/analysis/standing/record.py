"""What is said of where a drive stands: one row an area, each parent, and all together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import pandas as pd
import pandera.pandas as pa

TOTAL = "total"
"""Location that means all areas together."""

Phase = Literal["early", "running", "after_deadline", "reached"]
Data = Literal["fresh", "late", "silent"]

_TEXT, _DAY, _PEOPLE, _HOW_MANY = "str", "datetime64[us]", "float64", "int64"
COLUMNS: Mapping[str, tuple[str, str]] = {
    "location": (_TEXT, "code of an area, of a parent, or total"),
    "level": (_TEXT, "area, parent or total"),
    "phase": (_TEXT, "early, running, after_deadline or reached"),
    "data": (_TEXT, "of an area and a parent on_time, late or silent; of the total fresh, late or silent"),
    "known_until": (_DAY, "day of the newest tally; of a sum, of the area known longest"),
    "day": (_DAY, "day the count is of: the newest tally by the common day; of the total, the common day"),
    "count": (_PEOPLE, "persons counted by then"),
    "older_count": (_PEOPLE, "of a sum: persons in it of areas not known to its day"),
    "older_day": (_DAY, "the newest day that part is of"),
    "older_areas": (_HOW_MANY, "how many areas that part is of"),
    "eligible": (_PEOPLE, "persons who could be counted"),
    "target": (_PEOPLE, "persons to reach"),
    "counted_to_target": (_PEOPLE, "persons counted in areas that have a target"),
    "share": (_PEOPLE, "counted_to_target / target"),
    "share_of_eligible": (_PEOPLE, "persons counted where the eligible are known, over those eligible"),
    "missing": (_PEOPLE, "target less counted_to_target, zero at least"),
    "increase_from": (_DAY, "last day before the newest period"),
    "increase_to": (_DAY, "last day of that period"),
    "increase_days": (_HOW_MANY, "its length in days"),
    "increase": (_PEOPLE, "persons added in it by the areas known at both its ends"),
    "areas_compared": (_HOW_MANY, "how many areas those are"),
    "before_from": (_DAY, "last day before the period before it"),
    "change": (_PEOPLE, "persons a day more than in the period before, the same areas in both"),
    "change_share": (_PEOPLE, "change over the pace of the period before"),
    "change_areas": (_HOW_MANY, "areas known at all three ends"),
    "pushed_areas": (_HOW_MANY, "of those, areas with a push in either period"),
    "unpushed_change_share": (_PEOPLE, "change_share over the areas without a push in either period"),
    "unpushed_areas": (_HOW_MANY, "how many areas those are"),
    "unpushed_up": (_HOW_MANY, "how many of them did more a day than in the period before"),
    "pace": (_PEOPLE, "persons a day over an area's own newest period; of a sum, its areas' together"),
    "pace_needed": (_PEOPLE, "persons a day from `day` to the deadline; empty once it is over"),
    "pace_ratio": (_PEOPLE, "pace_needed / pace"),
    "areas": (_HOW_MANY, "areas in the sum"),
    "areas_counted": (_HOW_MANY, "areas with any tally"),
    "areas_on_time": (_HOW_MANY, "areas with all figures that are due"),
    "deadline": (_DAY, "last day of the target in force"),
    "deadline_count": (_PEOPLE, "counted_to_target on the deadline; empty before it is over"),
    "deadline_day": (_DAY, "day that count is of"),
    "reached_on": (_DAY, "first day from which every tally is at or above the target"),
}
SCHEMA = pa.DataFrameSchema(
    {
        name: pa.Column(kind, nullable=kind in (_DAY, _PEOPLE), description=meaning)
        for name, (kind, meaning) in COLUMNS.items()
    },
    strict=True,
    unique=["location"],
)


@dataclass(frozen=True)
class Standing:
    """Where a drive stands.

    Attributes
    ----------
    areas
        As `SCHEMA`: one row an area by code, then one a parent; all together in the last row.
    """

    areas: pd.DataFrame

    @classmethod
    def of(cls, rows: list[dict[str, Any]]) -> "Standing":
        """Lay rows out as `SCHEMA`; how many there are of something is zero where a row does not say it."""
        frame = pd.DataFrame(rows, columns=list(COLUMNS))
        frame = frame.fillna({name: 0 for name, (kind, _) in COLUMNS.items() if kind == _HOW_MANY})
        return cls(SCHEMA.validate(frame.astype({name: kind for name, (kind, _) in COLUMNS.items()})))

    @property
    def total(self) -> "pd.Series[Any]":
        """The row of all areas together."""
        return self.areas.iloc[-1]

    @property
    def leaves(self) -> pd.DataFrame:
        """The rows of areas, by their code."""
        return self.areas[self.areas["level"] == "area"].set_index("location")

    @property
    def phase(self) -> Phase:
        """How far the drive is on its way."""
        phase: Phase = self.total["phase"]
        return phase

    @property
    def data(self) -> Data:
        """Whether what is due is in."""
        data: Data = self.total["data"]
        return data

    @property
    def known_until(self) -> date:
        """The newest day of which anything is known."""
        return pd.Timestamp(self.total["known_until"]).date()

    @property
    def common_day(self) -> date:
        """The newest day by which areas with nine tenths of the target are known."""
        return pd.Timestamp(self.total["day"]).date()

    @property
    def late(self) -> tuple[tuple[str, date | None], ...]:
        """Areas whose figures are due and not in, and until when each is known; furthest behind first."""
        rows = self.leaves
        rows = rows[rows["data"] != "on_time"].sort_values("known_until", kind="stable", na_position="first")
        return tuple((str(code), as_date(day)) for code, day in rows["known_until"].items())


def as_date(stamp: Any) -> date | None:
    """Return a cell of a column of days as a day; ``None`` where it is empty."""
    return None if stamp is None or pd.isna(stamp) else pd.Timestamp(stamp).date()
