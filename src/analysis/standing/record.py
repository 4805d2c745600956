"""What is said of where a drive stands: one row an area, each parent, and all together."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Literal

import pandas as pd

from analysis import contract

NAME = "standing.parquet"
_KINDS = {"text": "str", "day": "datetime64[us]", "number": "float64", "whole": "int64"}

Phase = Literal["early", "running", "after_deadline", "reached"]
Data = Literal["fresh", "late", "silent"]


@dataclass(frozen=True)
class Standing:
    """Where a drive stands.

    Attributes
    ----------
    areas
        As the contract declares ``standing.parquet``: one row an area by code, then one a parent; all
        together in the last row.
    """

    areas: pd.DataFrame

    @classmethod
    def of(cls, rows: pd.DataFrame) -> "Standing":
        """Lay rows out as declared; how many there are of something is zero where a row does not say it."""
        kinds = {column.name: _KINDS[column.type] for column in contract.artifacts()[NAME].columns}
        frame = rows.reindex(columns=list(kinds))
        frame = frame.fillna({name: 0 for name, kind in kinds.items() if kind == "int64"})
        return cls(contract.check(NAME, frame.astype(kinds)))

    @cached_property  # asked for with every place of a nation
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
    def over(self) -> bool:
        """Whether the deadline has passed or the target is reached: there is no chance left to speak of."""
        return self.phase in ("after_deadline", "reached")

    @property
    def data(self) -> Data:
        """Whether what is due is in."""
        data: Data = self.total["data"]
        return data

    @property
    def known_until(self) -> date:
        """The newest day of which anything is known."""
        return pd.Timestamp(self.total["known_until"]).date()

    @cached_property
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
