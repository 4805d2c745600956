"""What was published on the first vaccine lottery, from the files as they were on each day."""

import numpy as np
import pandas as pd
import pytest

from analysis.compare import read_design, sc

pytestmark = pytest.mark.real_data

COMPLETE = ("Series_Complete_Yes", "Administered_Dose2_Recip", "Administered_Dose2")
"""Column of people fully vaccinated, newest name first."""

WEEK_OF_ANNOUNCEMENT = 19  # ISO week of 12 May 2021
LAST_DRAWING = "2021-06-23"


def weekly_maxima(folder):
    """Percent fully vaccinated by state and week from the announcement, as published: -17 to 6."""
    days = []
    for path in sorted(folder.glob("2021-0[1-6]-*.csv")):
        if path.stem > LAST_DRAWING:
            continue
        table = pd.read_csv(path)
        name = next(column for column in COMPLETE if column in table)
        percent = 100 * table[name] / table["Census2019"]
        week = pd.Timestamp(path.stem).isocalendar().week - WEEK_OF_ANNOUNCEMENT
        days.append(pd.DataFrame({"area": table["Location"], "time": week, "percent": percent}))
    return pd.concat(days).groupby(["area", "time"], as_index=False)["percent"].max()


@pytest.fixture(scope="module")
def ohio(shared):
    folder = shared / "data" / "us_vaccination"
    lotteries = pd.read_csv(folder / "lotteries.csv")
    announced = lotteries.set_index(lotteries["state"].str.strip())["lottery_announce_date"]
    donors = announced[announced.isna()].index
    table = weekly_maxima(folder / "raw_csv")
    table = table[table["area"].isin([*donors, "OH"])]
    return sc(read_design(table.assign(treated_from=np.where(table["area"] == "OH", 0, np.nan)), "percent"))


def test_synthetic_ohio_is_the_published_one(ohio):
    """Lang, Esbenshade and Willer (2022): eight donors, 1.3 points below at the end, not significant."""
    gap = ohio.details["by_cohort"][0]["gap"]
    assert round(gap["6"], 1) == -1.3
    assert len([weight for weight in ohio.details["weights"].values() if weight > 0.001]) == 8
    assert {"KS", "WI", "VA", "GA", "CT", "IA", "HI"} < set(ohio.details["weights"])


def test_exact_inference_agrees_that_it_cannot_be_told(ohio):
    assert (ohio.n_treated, ohio.n_control) == (1, 32)
    assert ohio.p_min == pytest.approx(1 / 33)
    assert ohio.p_value == pytest.approx(19 / 33)
