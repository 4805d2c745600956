"""Forecasts at rolling origins of nineteen real drives of five kinds: scores of ours beside references.

``python -m benchmarks forecast_drives``. Every drive has the same weight. Ratios are to burn-up Monte Carlo
on the same tasks, the lower the better; over drives they are geometric means, between bounds that hold 95 %
of such means over drives drawn anew. A date's score says as much about the target as about the model, so
both a fixed share and the level that the last 28 days' pace reaches are scored. The peer runs in its own
environment on every fourth origin. ``--from FOLDER`` scores other drives the same way (``drives.py``).
"""

import argparse
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from drives import DAYS, HORIZONS, PROJECT, SHAPED_ON, Drive, Task, load
from numpy.typing import NDArray
from references import burn_up, hub_baseline

from analysis.forecast import History, ensemble, naive, scores, simulate
from analysis.forecast.models import Model
from analysis.forecast.nowcast import with_doubt

BENCH_PYTHON = Path(os.environ.get("ANALYSIS_BENCH_PYTHON", PROJECT / ".venv-bench" / "bin" / "python"))
DRAWS, RESAMPLES = 200, 10_000
BANDS = (-np.inf, 0.5, 0.7, 0.8, np.inf)
"""Shares counted between which the dates are summed apart too."""
RATIOS = ("wis_7", "wis_28", "total_28", "date_fixed", "date_relative")
Forecaster = Callable[[History, int, int, np.random.Generator], NDArray[np.float64]]


def ours(model: Model) -> Forecaster:
    """Wrap a model of the project, as the command runs it, as a reference is written."""
    return lambda history, days, draws, rng: simulate(with_doubt(history), model, days, draws, rng).values


FORECASTERS: Mapping[str, Forecaster] = {
    "burn-up": burn_up,
    "hub baseline": hub_baseline,
    "naive": ours(naive),
    "ensemble": ours(ensemble),
}


def score(task: Task, forecaster: Forecaster) -> dict[str, float]:
    """Scores of one task, in percentage points of the eligible and in days, and the CPU seconds it took."""
    start = time.process_time()
    paths = forecaster(task.history, DAYS, DRAWS, np.random.default_rng(len(task.history.dates)))
    row: dict[str, float] = {"seconds": time.process_time() - start, "areas": int(task.scored.sum())}
    inside, eligible = paths[:, :, task.scored], task.history.eligible[task.scored]
    after = task.after[:, task.scored]
    for horizon in HORIZONS:
        wis = scores.wis(inside[:, horizon - 1], after[horizon - 1])
        row[f"wis_{horizon}"] = float((wis / eligible).mean() * 100)
    total, everybody = inside[:, 27].sum(axis=1), after[27].sum()
    row["total_28"] = float(scores.wis(total, everybody) / eligible.sum() * 100)
    for level in scores.INTERVALS:
        row[f"covered_{level * 100:g}"] = float(scores.covered(inside[:, 27], after[27], level).mean())
        row[f"total_covered_{level * 100:g}"] = float(scores.covered(total, everybody, level))
    share = np.full(len(task.start), np.nan)
    np.divide(task.start, task.history.eligible, out=share, where=task.scored)
    for name, target in (("fixed", task.fixed), ("relative", task.relative)):
        row |= {f"sum_{name}": 0.0, f"count_{name}": 0}
        for low, high in pairwise(BANDS):
            band = replace(task, scored=task.scored & (share > low) & (share <= high))
            days = date_scores(band, paths, target)
            row[f"sum_{name}"] += sum(days)
            row[f"count_{name}"] += len(days)
            row[f"{name}_to_{high:g}"] = sum(days)
    return row


def date_scores(task: Task, paths: NDArray[np.float64], target: NDArray[np.float64]) -> list[float]:
    """Censored CRPS (days) of the date of each area that has its target to reach, as far as it is known."""
    found = []
    for area in np.flatnonzero(task.scored & (task.start < target)):
        met = np.flatnonzero(task.after[:, area] >= target[area])
        if met.size or len(task.after) == DAYS:
            cdf = (paths[:, :, area] >= target[area]).mean(axis=0)
            found.append(scores.date_crps(cdf, float(met[0] + 1) if met.size else np.inf))
    return found


def measure(tasks: Mapping[str, list[Task]], methods: Iterable[str] = FORECASTERS) -> pd.DataFrame:
    """Scores of some methods by drive and method."""
    rows = [
        {"drive": name, "method": method} | score(task, FORECASTERS[method])
        for name, some in tasks.items()
        for task in some
        for method in methods
    ]
    return summarise(pd.DataFrame(rows))


def summarise(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean scores by drive and method, weighted by areas."""

    def means(one: pd.DataFrame) -> pd.Series:
        by_area = [name for name in one if name.startswith(("wis", "covered"))]
        found = {name: np.average(one[name], weights=one["areas"]) for name in by_area}
        found |= {name: one[name].mean() for name in one if name.startswith("total")}
        for name in ("fixed", "relative"):
            found[f"date_{name}"] = one[f"sum_{name}"].sum() / max(one[f"count_{name}"].sum(), 1)
            found |= {f"{name}_to_{high:g}": one[f"{name}_to_{high:g}"].sum() for high in BANDS[1:]}
        found["tasks"] = one["areas"].sum()
        found["per_second"] = one["areas"].sum() / one["seconds"].sum()
        return pd.Series(found)

    return rows.groupby(["drive", "method"]).apply(means, include_groups=False)


def against_burn_up(summary: pd.DataFrame, method: str) -> pd.DataFrame:
    """One row a drive: ratios to burn-up, how often the ranges hold, how far that is from what they say."""
    own, reference = (summary.xs(name, level="method") for name in (method, "burn-up"))
    table = own[list(RATIOS)] / reference[list(RATIOS)]
    names = [f"covered_{level * 100:g}" for level in scores.INTERVALS]
    table["error"] = np.abs(own[names] - np.array(scores.INTERVALS)).mean(axis=1)
    table[[f"{name}%" for name in names]] = own[names] * 100
    table[["total_80%", "total_95%"]] = own[["total_covered_80", "total_covered_95"]] * 100
    return table.assign(tasks=own["tasks"], per_second=own["per_second"])


def worse_than_simple(table: pd.DataFrame, hub: pd.DataFrame) -> list[str]:
    """Name drives with a date worse than burn-up's, or 28 days worse than the hubs' baseline's."""
    names = table.index
    return [
        *(f"{name} {date}" for date in ("date_fixed", "date_relative") for name in names[table[date] > 1]),
        *(f"{name} wis_28" for name in names[table["wis_28"] > hub["wis_28"]]),
    ]


def over_drives(table: pd.DataFrame, drives: Mapping[str, Drive]) -> pd.DataFrame:
    """Every drive of the same weight: geometric means of ratios, means of the rest; by use and by kind."""
    ratios = list(RATIOS)
    logs = table.assign(**np.log(table[ratios]))
    kinds = pd.Series({name: drives[name].kind for name in table.index})
    parts = {"all": logs}
    if set(SHAPED_ON) <= set(table.index):
        parts |= {"the four shaped on": logs.loc[list(SHAPED_ON)]}
        parts |= {"the others": logs.drop(index=list(SHAPED_ON))}
    parts |= {f"kind: {kind}": logs[kinds == kind] for kind in sorted(set(kinds))}
    means = pd.DataFrame({name: part.mean() for name, part in parts.items()}).T
    drawn = np.random.default_rng(1).integers(len(logs), size=(RESAMPLES, len(logs)))
    bounds = np.nanquantile(np.nanmean(logs.to_numpy()[drawn], axis=1), [0.025, 0.975], axis=0)
    interval = pd.DataFrame(bounds, index=["all, from", "all, to"], columns=table.columns)
    means = pd.concat([means.iloc[:1], interval, means.iloc[1:]])
    return means.assign(**np.exp(means[ratios]))


def measure_peer(name: str, table: pd.DataFrame, tasks: list[Task]) -> pd.DataFrame | None:
    """WIS at 28 days of AutoETS over that of burn-up on the same tasks, and area-origins a CPU second."""
    if not BENCH_PYTHON.exists():
        return None
    chosen = tasks[::4]
    origins = ",".join(f"{task.history.origin:%Y-%m-%d}" for task in chosen)
    with tempfile.TemporaryDirectory() as folder:
        series, out = Path(folder) / "series.csv", Path(folder) / "quantiles.csv"
        table.dropna(subset=["cumulative"]).to_csv(series, index=False)
        script = PROJECT / "benchmarks" / "autoets.py"
        subprocess.run([BENCH_PYTHON, script, series, origins, "28", out], check=True)
        said = pd.read_csv(out, dtype={"area": str}, parse_dates=["origin"])
    levels = np.sort(said["level"].round(6).unique())
    peer, reference = [], []
    for task in chosen:
        one = said[said["origin"] == task.history.origin]
        wide = one.pivot_table(index=one["level"].round(6), columns="area", values="value")
        codes = np.asarray(task.history.areas)[task.scored]
        share = task.after[27, task.scored] / task.history.eligible[task.scored]
        peer.append(scores.quantile_wis(np.sort(wide[codes].to_numpy(), axis=0), levels, share))
        burnt = burn_up(task.history, 28, DRAWS, np.random.default_rng(1))[:, 27, task.scored]
        quantiles = np.quantile(burnt / task.history.eligible[task.scored], levels, axis=0)
        reference.append(scores.quantile_wis(quantiles, levels, share))
    count = sum(len(one) for one in peer)
    found = {
        "wis_28": np.concatenate(peer).mean() / np.concatenate(reference).mean(),
        "per_second": count / float(said["seconds"].iloc[0]),
    }
    return pd.DataFrame(found, index=pd.Index([name], name="drive"))


def main() -> None:
    """Measure, print the tables and write the scores."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("drives", nargs="*", help="names of drives; all unless told")
    parser.add_argument("--from", dest="folder", type=Path, help="files NAME_KIND.csv instead of the panel")
    parser.add_argument("--peer", action="store_true", help="AutoETS too, which takes many minutes")
    parser.add_argument("--out", type=Path, default=PROJECT / "data" / "processed" / "benchmarks")
    asked = parser.parse_args()
    drives, tables, tasks = load(asked.folder)
    tasks = {name: some for name, some in tasks.items() if name in (asked.drives or drives)}
    summary = measure(tasks)
    asked.out.mkdir(parents=True, exist_ok=True)
    summary.to_csv(asked.out / f"forecast_{asked.folder.name if asked.folder else 'drives'}.csv")
    found = {method: against_burn_up(summary, method) for method in ("hub baseline", "naive", "ensemble")}
    for method, table in found.items():
        share = pd.Series({name: drives[name].share for name in table.index})
        print(f"\n{method}, burn-up = 1:")
        print(table.assign(share=share).round(3).to_string())
        print(over_drives(table, drives).round(3).to_string())
    worse = worse_than_simple(found["ensemble"], found["hub baseline"])
    print("\ndate worse than burn-up's, 28 days than the hubs' baseline's:", ", ".join(worse) or "none")
    if asked.peer:
        peers = (measure_peer(name, tables[name], some) for name, some in tasks.items())
        measured = [one for one in peers if one is not None]
        print("\nAutoETS on every fourth origin: WIS at 28 days over burn-up, area-origins a CPU second:")
        print(pd.concat(measured).round(2).to_string() if measured else f"no environment at {BENCH_PYTHON}")


if __name__ == "__main__":
    main()
