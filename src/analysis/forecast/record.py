"""A drive's own record: every forecast as it was published, scored once the truth has come.

A report keeps its hub rows and the completion it stated. A later one reads them back, sets them beside what
was counted since, and scores them as they stand: nothing is forecast anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis import contract
from analysis.artifacts import read_table
from analysis.forecast import scores
from analysis.forecast.backtest import SCORE_COLUMNS
from analysis.forecast.clean import drop_impossible, fill_days
from analysis.forecast.history import TOTAL
from analysis.workspace import Workspace, project_root

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from analysis.forecast.history import History

FORECASTS, COMPLETION = "forecasts.parquet", "completion.csv"
"""What a report keeps of its forecast."""
PUBLISHED = "published"
"""The name under which what was published is scored beside the models."""
DAILY = 800
"""Areas up to which each has every day ahead; of more, a day a week and the deadline, and no record.

Rows of every day are too many to write, check and read weekly, and nobody reads them of 10,000 communes.
"""


@dataclass(frozen=True)
class Said:
    """One published forecast: the report's as-of as its folder is named, hub rows, and completion.

    ``locations`` are those that it is of, where the hub rows are of the total alone.
    """

    label: str
    forecasts: pd.DataFrame
    completion: pd.DataFrame
    locations: frozenset[str] = frozenset()

    @property
    def origin(self) -> pd.Timestamp:
        """The last day that it knew."""
        return pd.Timestamp(self.forecasts["origin_date"].iloc[0])


def read_said(workspace: Workspace) -> list[Said]:
    """Read what a run was given of the forecasts that reports of earlier as-ofs keep, oldest first.

    In a session in the project's own folder nothing is read: what a notebook shows there must not hang on
    what happens to have been published.
    """
    folder = workspace.folder / "reports" / workspace.campaign.code
    if workspace.folder.resolve() == project_root():
        return []
    found = sorted(path.parent for path in folder.glob(f"*/{FORECASTS}"))
    return [said for one in found if len((said := _read(one)).forecasts)]


def _read(report: Path) -> Said:
    locations = frozenset(read_table(report / FORECASTS, columns=["location"])["location"].unique())
    some = [("location", "==", TOTAL)] if len(locations) > DAILY else None
    return Said(
        report.name, read_table(report / FORECASTS, filters=some), read_table(report / COMPLETION), locations
    )


def score_said(said: Iterable[Said], history: History) -> pd.DataFrame:
    """Score published forecasts by what has been counted since.

    Of several with the same last day the newest counts: silence makes no second forecast.

    Returns
    -------
    DataFrame
        As `backtest` gives, with `published` for the model and no crps, which quantiles do not have; and
        ``as_of``, ``target_end_date``, ``p10``, ``p90`` (people). A day not counted yet has no row.
    """
    newest = {one.origin: one for one in said}
    rows = [pd.DataFrame(columns=COLUMNS)]
    rows += [_score(one, history) for origin, one in sorted(newest.items()) if origin < history.origin]
    return pd.concat(rows[1:] or rows, ignore_index=True)


COLUMNS = ["as_of", "target_end_date", "p10", "p90", *SCORE_COLUMNS]


def _score(said: Said, history: History) -> pd.DataFrame:
    rows = said.forecasts
    held, targeted = set(rows["location"].unique()), set(said.completion["location"])
    areas = [area for area in history.areas if area in (said.locations or held)]
    places = [*(area for area in areas if area in held), TOTAL]
    stated = said.completion.set_index("location").reindex(places)
    now = pd.Series(history.eligible, index=list(history.areas))[areas]
    eligible = said.completion.set_index("location")["eligible"].reindex(areas).fillna(now)
    eligible[TOTAL] = eligible.sum()  # of all that are forecast: of them is the share
    between, truth = _truth(history, areas)
    truth = truth[places]
    quantiles = rows[(rows["output_type"] == "quantile") & rows["location"].isin(places)]
    wide = quantiles.assign(level=quantiles["output_type_id"].astype(float)).pivot(
        index=["location", "horizon", "target_end_date"], columns="level", values="value"
    )
    at = wide.index.to_frame(index=False)
    people = wide.to_numpy().T * eligible[at["location"]].to_numpy()
    came = truth.reindex(pd.to_datetime(at["target_end_date"])).to_numpy()
    came = came[np.arange(len(at)), truth.columns.get_indexer(pd.Index(at["location"]))]
    percent = 100 / eligible[at["location"]].to_numpy()
    level = {round(float(one), 3): row for one, row in zip(wide.columns, people, strict=True)}
    inside = {
        f"covered_{part * 100:g}": (level[round((1 - part) / 2, 3)] <= came)
        & (came <= level[round((1 + part) / 2, 3)])
        for part in scores.INTERVALS
    }
    horizon = at["horizon"].astype(int)
    aimed = [area for area in areas if area in targeted]  # its target is of these
    beside = stated["count"].to_numpy()[-1] - said.completion.set_index("location")["count"][aimed].sum()
    toward = truth.assign(**{TOTAL: between[aimed].sum(axis=1, skipna=False) + beside})
    dates = _date_scores(said, toward, stated)
    table = at.assign(
        as_of=said.label,
        model=PUBLISHED,
        scope=np.where(at["location"] == TOTAL, "total", "areas"),
        origin_date=said.origin,
        horizon=horizon,
        truth=came,
        median=level[0.5],
        p10=level[0.1],
        p90=level[0.9],
        crps=np.nan,
        wis=scores.quantile_wis(people, np.asarray(wide.columns, dtype=np.float64), came) * percent,
        absolute_error=np.abs(level[0.5] - came) * percent,
        **inside,
        pit=np.nan,
        date_crps=at["location"].map(dates).where(horizon == horizon.max()),
    )
    return table[COLUMNS].dropna(subset="truth")


def _truth(history: History, areas: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return counts by day and area bridged between two of them; and as counted, with the bridged total."""
    counted = drop_impossible(history.reported)
    table = pd.DataFrame(counted, index=history.dates, columns=list(history.areas))
    between = pd.DataFrame(fill_days(counted), index=table.index, columns=table.columns)
    return between, table.assign(**{TOTAL: between[areas].sum(axis=1, skipna=False)})


def _date_scores(said: Said, truth: pd.DataFrame, stated: pd.DataFrame) -> dict[str, float]:
    """Censored CRPS (days) of the completion date that was stated; NaN where the target was met, or none."""
    cdf = said.forecasts[said.forecasts["output_type"] == "cdf"]
    by_place = {str(place): rows for place, rows in cdf.groupby("location") if place in truth}
    found = dict.fromkeys(truth.columns, float("nan"))
    for place, rows in by_place.items():
        course, (count, target) = (
            truth[place].dropna(),
            stated.loc[[place], ["count", "target"]].to_numpy()[0],
        )
        if course.empty or not count < target:
            continue
        days = pd.to_datetime(rows["output_type_id"])
        value = rows["value"].to_numpy()[(days <= course.index[-1]).to_numpy()]
        met = course.index[course >= target]
        day = float((met[0] - said.origin).days) if len(met) else np.inf
        if value.size:
            found[place] = float(scores.date_crps(value, day))
    return found


def record_table(scored: pd.DataFrame) -> pd.DataFrame:
    """Set each published forecast of the total beside what came: one row an as-of and horizon."""
    total = scored[scored["location"] == TOTAL]
    total = total.rename(columns={"median": "p50", "truth": "actual", "covered_80": "held"})
    total = total[contract.columns("record.csv")].astype({"held": bool}).round(6)
    return total.sort_values(["as_of", "horizon"], ignore_index=True)


def drift_table(said: Iterable[Said]) -> pd.DataFrame:
    """Show how the completion date of the total that was stated moved from report to report."""
    columns = contract.columns("drift.csv")
    rows = [
        one.completion[one.completion["location"] == TOTAL].assign(
            as_of=one.label, origin_date=f"{one.origin:%Y-%m-%d}"
        )
        for one in said
        if len(one.forecasts)
    ]
    table = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=columns)
    table = table.rename(columns={"probability_by_deadline": "probability"})
    days = {name: pd.to_datetime(table[name]) for name in columns if name.startswith("date_")}
    return table.assign(**days)[columns]
