"""Sums of areas that send nothing but what came in a day or week: added up from what they sent."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.campaign import Measure, pairs_of
from analysis.tallies.asof import as_of_view
from analysis.tallies.result import Finding, Intake

GAP = 1.5
"""A step longer than this many usual ones leaves a period out: what is added up is at least so much."""


def with_sums(intake: Intake, measures: Sequence[Measure]) -> Intake:
    """Give areas that send counts of periods and never their sum that sum, each row where its count stands.

    A count of a period that is missing between two others makes every later sum one of ``at_least``; so does
    a count that is no exact one.
    """
    tallies, found = [intake.tallies], []
    for whole, period in pairs_of(measures):
        told = intake.tallies["area_code"][intake.tallies["measure"] == whole].unique()
        mine = (intake.tallies["measure"] == period) & ~intake.tallies["area_code"].isin(told)
        counts = as_of_view(intake.tallies[mine & intake.tallies["value"].notna()])
        if len(counts):
            tallies.append(_added_up(counts, whole))
            said: dict[str, str | float] = {"found": whole, "count": float(counts["area_code"].nunique())}
            said["day"] = f"{counts['date'].min():%Y-%m-%d}"
            found.append(Finding("sum_added_up", "", None, None, said))
    if not found:
        return intake
    return replace(intake, tallies=pd.concat(tallies, ignore_index=True)).with_findings(found)


def _added_up(counts: pd.DataFrame, whole: str) -> pd.DataFrame:
    of_area = counts.groupby("area_code", sort=False)
    steps = of_area["date"].diff().dt.days
    doubtful = (steps > GAP * steps.median()) | (counts["qualifier"] != "exact")
    unsure = doubtful.groupby(counts["area_code"], sort=False).cummax()
    return counts.assign(
        measure=pd.Series(whole, counts.index).astype(counts["measure"].dtype),
        value=of_area["value"].cumsum(),
        received_at=of_area["received_at"].cummax(),
        qualifier=pd.Series(np.where(unsure, "at_least", "exact"), counts.index).astype(
            counts["qualifier"].dtype
        ),
    )
