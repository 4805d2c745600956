"""Small tables with known answers, and the reference tables in the shape of the contract."""

from pathlib import Path

import numpy as np
import pandas as pd


def long_table(values, starts, *, exposure=None, first_day=None):
    """One row an area and time from an (n, T) array; starts hold None for never."""
    rows = []
    for i, line in enumerate(values):
        for t, value in enumerate(line):
            time = (
                t
                if first_day is None
                else (pd.Timestamp(first_day) + pd.Timedelta(days=t)).date().isoformat()
            )
            row = {"area": f"A{i:02d}", "time": time, "y": value, "treated_from": starts[i]}
            if exposure is not None:
                row["e"] = exposure[i][t]
            rows.append(row)
    return pd.DataFrame(rows)


def noisy(rng, n=18, days=30, treated=3, start=20, effect=0.0):
    """Area and time effects plus noise; the first areas are treated, with a constant effect."""
    values = rng.normal(size=(n, 1)) + rng.normal(size=(1, days)) + rng.normal(size=(n, days))
    values[:treated, start:] += effect
    return long_table(values, [start if i < treated else None for i in range(n)])


def prop99(shared: Path) -> pd.DataFrame:
    table = pd.read_csv(shared / "reference" / "synthdid_california_prop99.csv", sep=";")
    table = table.rename(columns={"State": "area", "Year": "time"})
    return table.assign(treated_from=np.where(table["area"] == "California", 1989, np.nan))


def mpdta(shared: Path) -> pd.DataFrame:
    table = pd.read_csv(shared / "reference" / "mpdta.csv").rename(
        columns={"countyreal": "area", "year": "time"}
    )
    return table.assign(treated_from=table["first.treat"].replace(0, np.nan))


def boottest(shared: Path) -> pd.DataFrame:
    table = pd.read_csv(shared / "reference" / "boottest_collapsed.csv")
    starts = np.where(table["selfemployed"] == 1, 1988, np.nan)
    return table.assign(area=table["selfemployed"].astype(str), time=table["year"], treated_from=starts)
