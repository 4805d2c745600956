"""Real drives to develop the forecast on: nineteen of five kinds, read in place beside the repository.

Any other drives are a folder of ``NAME_KIND.csv`` with ``area,date,cumulative,eligible``. Nothing of them is
chosen by hand: one rule (``judged_alike``) says which share's date is scored and where the origins lie.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.forecast import History, history_from_table
from analysis.forecast.clean import drop_impossible, fill_days, hold_last

PROJECT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("ANALYSIS_SHARED", PROJECT.parent / "shared"))
US_COLUMN, US_PEOPLE = "Administered_Dose1_Recip_18Plus", "Census2019_18PlusPop"
HORIZONS, DAYS = (7, 28), 60
LAST_DAYS = 28
FIRST, ORIGINS = 21, 10
"""Of a folder's drives: day of the first origin, and about how many there are."""
Tables = dict[str, pd.DataFrame]


class Drive(NamedTuple):
    """Of what kind a drive is, the share whose date is scored, and its first origin and step (days)."""

    kind: str
    share: float
    first: int
    step: int


DRIVES: Mapping[str, Drive] = {
    "at_dose1": Drive("doses", 0.6, 21, 28),
    "br_dose1": Drive("doses", 0.6, 21, 26),
    "ca_provinces_booster": Drive("boosters", 0.45, 21, 25),
    "ca_provinces_dose1": Drive("doses", 0.65, 21, 35),
    "cz_dose1": Drive("doses", 0.45, 21, 21),
    "de_laender_dose1_daily": Drive("doses", 0.6, 21, 28),
    "es_dose1": Drive("doses", 0.7, 21, 27),
    "it_regions_dose1_daily": Drive("doses", 0.6, 21, 28),
    "kerala_districts_dose1": Drive("doses", 0.8, 21, 23),
    "kr_dose1": Drive("doses", 0.6, 21, 16),
    "my_states_vaxreg_daily": Drive("registrations", 0.6, 21, 16),
    "no_dose1": Drive("doses", 0.6, 21, 20),
    "ru_dose1": Drive("doses", 0.25, 21, 24),
    "si_app_downloads": Drive("app", 0.35, 21, 12),
    "si_municipalities_dose1": Drive("doses", 0.5, 21, 28),
    "sk_dose1": Drive("doses", 0.4, 21, 28),
    "tr_dose1": Drive("doses", 0.5, 21, 14),
    "us_census2020_enumerated": Drive("paid work", 0.95, 14, 1),
    "us_states_adults": Drive("doses", 0.6, 21, 20),
}
SHAPED_ON = ("de_laender_dose1_daily", "it_regions_dose1_daily", "my_states_vaxreg_daily", "us_states_adults")
"""The four on which the model was shaped before the others were at hand."""


@dataclass(frozen=True)
class Task:
    """One origin of one drive and what came after it (days, areas).

    Attributes
    ----------
    scored : array (A,) of bool
        Areas begun by the origin and counted to 28 days after it.
    fixed, relative : array (A,), people
        Targets whose dates are scored: a share of the eligible, and what the pace of 28 days reaches in 28.
    """

    drive: str
    history: History
    after: NDArray[np.float64]
    scored: NDArray[np.bool_]
    start: NDArray[np.float64]
    fixed: NDArray[np.float64]
    relative: NDArray[np.float64]


Tasks = dict[str, list[Task]]


def judged_alike(name: str, table: pd.DataFrame) -> Drive:
    """Settle by one rule how a drive is scored that nobody looked at.

    The kind is what follows the last ``_`` of its name; the share is 80 % of its final level, rounded to
    .05 (.05 at least); the first origin is its day 21, and the step makes about ten origins.
    """
    history = history_from_table(table)
    level = np.nansum(hold_last(drop_impossible(history.cumulative))[-1]) / np.nansum(history.eligible)
    room = len(history.dates) - max(HORIZONS) - FIRST
    return Drive(
        kind=name.rpartition("_")[2],
        share=max(round(0.8 * level / 0.05), 1) * 0.05,
        first=FIRST,
        step=max(room // ORIGINS, 1),
    )


def tasks_of(name: str, drive: Drive, table: pd.DataFrame) -> list[Task]:
    """Make every `step`-th day from the `first` on an origin if 28 days after it are known of some area."""
    whole = history_from_table(table)
    truth = fill_days(drop_impossible(whole.cumulative))
    tasks = []
    for day in range(drive.first, len(whole.dates) - max(HORIZONS), drive.step):
        history = whole.until(whole.dates[day])
        held = hold_last(drop_impossible(history.cumulative))
        start = np.nan_to_num(held[-1])
        after = truth[day + 1 : day + 1 + DAYS]
        begun = np.isfinite(held[max(day - LAST_DAYS, 0)])
        known = np.isfinite(after[: max(HORIZONS)]).all(axis=0)
        pace = start - np.nan_to_num(held[max(day - LAST_DAYS, 0)])
        pace *= LAST_DAYS / min(LAST_DAYS, day)
        tasks.append(
            Task(
                drive=name,
                history=history,
                after=after,
                scored=known & begun & (whole.eligible > 0),
                start=start,
                fixed=drive.share * whole.eligible,
                relative=np.where((pace > 0) & (start + pace < whole.eligible), start + pace, np.nan),
            )
        )
    return [task for task in tasks if task.scored.any()]


def load(folder: Path | None) -> tuple[Mapping[str, Drive], Tables, Tasks]:
    """Read the drives of a folder, or of the panel; one without a task is named and left out."""
    tables = read_folder(folder) if folder else read_panel()
    drives = {name: judged_alike(name, table) for name, table in tables.items()} if folder else DRIVES
    tasks = {name: tasks_of(name, drive, tables[name]) for name, drive in drives.items()}
    for name in [name for name, some in tasks.items() if not some]:
        print(f"{name}: no area is counted {FIRST} days and {max(HORIZONS)} days after, so it is left out")
        del tasks[name], tables[name]
    if not tasks:
        raise SystemExit(f"no drives at {folder}: files NAME_KIND.csv with area,date,cumulative,eligible")
    return drives, tables, tasks


def read_folder(folder: Path) -> Tables:
    """Read files ``NAME_KIND.csv``."""
    return {path.stem: pd.read_csv(path, dtype={"area": str}) for path in sorted(folder.glob("*.csv"))}


def read_panel() -> Tables:
    """Read all drives of the panel in the contract's form."""
    if not SHARED.is_dir():
        raise SystemExit(f"no drives at {SHARED}: set ANALYSIS_SHARED")
    eligible = pd.read_csv(PROJECT / "benchmarks" / "eligible.csv", dtype={"area": str})
    folder = SHARED / "data"
    found = {"us_states_adults": load_us(folder / "us_vaccination" / "raw_csv")}
    for path in sorted([*(folder / "uptake").glob("*.csv"), *(folder / "drives").glob("*.csv")]):
        table = pd.read_csv(path, dtype={"area": str})
        table = table.rename(columns={"cum": "cumulative", "total": "cumulative"})
        if "eligible" not in table:
            known = eligible[eligible["rollout"] == path.stem]
            table = table.merge(known[["area", "eligible"]], on="area", how="inner")
        # a source that prints a day twice: the later print stands
        table = table.groupby(["area", "date"], as_index=False).last()
        found[path.stem] = table[["area", "date", "cumulative", "eligible"]]
    return {name: found[name] for name in DRIVES}


def load_us(folder: Path) -> pd.DataFrame:
    """Read adults with a first dose by state, as published day by day."""
    files = [pd.read_csv(path).assign(date=path.stem) for path in sorted(folder.glob("*.csv"))]
    table = pd.concat([one for one in files if US_COLUMN in one])
    people = table.dropna(subset=[US_PEOPLE]).groupby("Location")[US_PEOPLE].first()
    table = table.assign(eligible=table["Location"].map(people))
    table = table[(table["Location"] != "US") & table["eligible"].notna() & (table[US_COLUMN] > 0)]
    return table.rename(columns={"Location": "area", US_COLUMN: "cumulative"})
