"""Forecasts at rolling origins of real roll-outs: scores and speed of ours, of references and of a peer.

``python -m benchmarks forecast_rollouts`` measures on the roll-outs beside the repository, the script itself
with ``--further`` on three more that nothing was chosen on, and on any files of the contract's form
(``area,date,cumulative,eligible``). Scores are means over areas and
origins; ratios are to burn-up Monte Carlo = 1. The peer runs in its own environment, on every fourth origin,
and is scored by WIS against burn-up on the same tasks.
"""

import argparse
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray
from references import burn_up, hub_baseline, seasonal_naive

from analysis.forecast import (
    History,
    ensemble,
    history_from_table,
    naive,
    pooled,
    scores,
    simulate,
    structural,
)
from analysis.forecast.clean import drop_impossible, fill_days, hold_last
from analysis.forecast.models import Model

PROJECT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("ANALYSIS_SHARED", PROJECT.parent / "shared"))
US = SHARED / "data" / "us_vaccination" / "raw_csv"
BENCH_PYTHON = Path(os.environ.get("ANALYSIS_BENCH_PYTHON", PROJECT / ".venv-bench" / "bin" / "python"))
HORIZONS, DAYS, DRAWS, TARGETS = (7, 14, 28), 60, 200, (0.5, 0.6)
LEAST_HISTORY = 28
Forecaster = Callable[[History, int, int, np.random.Generator], NDArray[np.float64]]


def ours(model: Model) -> Forecaster:
    """Wrap a model of the project as a reference is written."""
    return lambda history, days, draws, rng: simulate(history, model, days, draws, rng).values


FORECASTERS: Mapping[str, Forecaster] = {
    "burn-up": burn_up,
    "seasonal naive": seasonal_naive,
    "hub baseline": hub_baseline,
    "naive": ours(naive),
    "structural": ours(structural),
    "pooled": ours(pooled),
    "ensemble": ours(ensemble),
}


class Group(NamedTuple):
    """People of the United States' states: the column that counts them, and the shares they passed."""

    column: str
    targets: tuple[float, ...]


ADULTS = Group("Administered_Dose1_Recip_18Plus", TARGETS)
FURTHER: Mapping[str, Group] = {
    "us_over_65_first_dose": Group("Administered_Dose1_Recip_65Plus", (0.8, 0.85, 0.9)),
    "us_adults_complete": Group("Series_Complete_18Plus", (0.5, 0.6)),
    "us_over_65_complete": Group("Series_Complete_65Plus", (0.75, 0.8, 0.85)),
}


@dataclass(frozen=True)
class Task:
    """One origin of one roll-out, what came after it (days, areas), and the shares whose dates are scored."""

    rollout: str
    history: History
    after: NDArray[np.float64]
    scored: NDArray[np.bool_]
    targets: tuple[float, ...] = TARGETS


def tasks_of(name: str, table: pd.DataFrame, first: int, step: int) -> list[Task]:
    """Make every `step`-th day from the `first` on an origin, as long as 28 days after it are known."""
    whole = history_from_table(table)
    truth = fill_days(drop_impossible(whole.cumulative))
    tasks = []
    for day in range(first, len(whole.dates) - max(HORIZONS), step):
        history = whole.until(whole.dates[day])
        after = truth[day + 1 : day + 1 + DAYS]
        begun = np.isfinite(truth[max(day - LEAST_HISTORY, 0)])
        known = np.isfinite(after[: max(HORIZONS)]).all(axis=0) & begun
        targets = FURTHER[name].targets if name in FURTHER else TARGETS
        tasks.append(Task(name, history, after, known & (whole.eligible > 0), targets))
    return tasks


def score(task: Task, forecaster: Forecaster) -> dict[str, float]:
    """Scores of one task, in percentage points of the eligible and in days, and the CPU seconds it took."""
    start = time.process_time()
    paths = forecaster(task.history, DAYS, DRAWS, np.random.default_rng(len(task.history.dates)))
    row: dict[str, float] = {"seconds": time.process_time() - start, "areas": int(task.scored.sum())}
    paths, after = paths[:, :, task.scored], task.after[:, task.scored]
    eligible = task.history.eligible[task.scored]
    for horizon in HORIZONS:
        sample, actual = paths[:, horizon - 1], after[horizon - 1]
        row[f"crps_{horizon}"] = float((scores.crps(sample, actual) / eligible).mean() * 100)
        row[f"wis_{horizon}"] = float((scores.wis(sample, actual) / eligible).mean() * 100)
    total, everybody = paths[:, 27].sum(axis=1), after[27].sum()
    row["total_28"] = float(scores.crps(total, everybody) / eligible.sum() * 100)
    for level in scores.INTERVALS:
        row[f"covered_{level * 100:g}"] = float(scores.covered(paths[:, 27], after[27], level).mean())
        row[f"total_covered_{level * 100:g}"] = float(scores.covered(total, everybody, level))
    return row | date_scores(task, paths, after, eligible)


def date_scores(
    task: Task, paths: NDArray[np.float64], after: NDArray[np.float64], eligible: NDArray[np.float64]
) -> dict[str, float]:
    """Censored CRPS (days) of the dates on which areas reach fixed shares, summed, and how many."""
    start = np.nan_to_num(hold_last(task.history.cumulative)[-1])[task.scored]
    found = []
    for share in task.targets:
        for area in np.flatnonzero(start < share * eligible):
            met = np.flatnonzero(after[:, area] >= share * eligible[area])
            if met.size or len(after) == DAYS:
                cdf = (paths[:, :, area] >= share * eligible[area]).mean(axis=0)
                found.append(scores.date_crps(cdf, float(met[0] + 1) if met.size else np.inf))
    return {"date_sum": float(np.sum(found)), "date_count": len(found)}


def summarise(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean scores by roll-out and method, weighted by areas."""

    def means(one: pd.DataFrame) -> pd.Series:
        by_area = [name for name in one if name.startswith(("crps", "wis", "covered"))]
        by_origin = [name for name in one if name.startswith("total")]
        found = {name: np.average(one[name], weights=one["areas"]) for name in by_area}
        found |= {name: one[name].mean() for name in by_origin}
        found["date"] = one["date_sum"].sum() / max(one["date_count"].sum(), 1)
        found["tasks"] = one["areas"].sum()
        found["per_second"] = one["areas"].sum() / one["seconds"].sum()
        return pd.Series(found)

    return rows.groupby(["rollout", "method"]).apply(means, include_groups=False)


def ratios(summary: pd.DataFrame) -> pd.DataFrame:
    """Table to print: geometric means over roll-outs of ratios to burn-up, coverage, and speed."""
    reference = summary.xs("burn-up", level="method")
    table = {}
    for method, one in summary.groupby(level="method"):
        own = one.droplevel("method")
        ratio = {name: np.exp(np.log(own[name] / reference[name]).mean()) for name in RATIOS}
        inside = {name: own[name].mean() for name in own if "covered" in name}
        off = [abs(own[f"covered_{level * 100:g}"].mean() - level) for level in scores.INTERVALS]
        table[method] = (
            ratio | inside | {"coverage_error": np.mean(off), "per_second": own["per_second"].mean()}
        )
    return pd.DataFrame(table).T.sort_values("crps_28", ascending=False)


RATIOS = ("crps_7", "crps_14", "crps_28", "total_28", "date")


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
    return pd.DataFrame(found, index=pd.Index([name], name="rollout"))


def load_rollouts() -> dict[str, pd.DataFrame]:
    """Read the roll-outs beside the repository in the contract's form."""
    eligible = pd.read_csv(PROJECT / "benchmarks" / "eligible.csv", dtype={"area": str})
    if not SHARED.is_dir():
        raise SystemExit(
            f"no roll-outs at {SHARED}: set ANALYSIS_SHARED, or name files of the contract's form"
        )
    found = {}
    for path in sorted((SHARED / "data" / "uptake").glob("*.csv")):
        table = pd.read_csv(path, dtype={"area": str}).rename(
            columns={"cum": "cumulative", "total": "cumulative"}
        )
        if "eligible" not in table:
            known = eligible[eligible["rollout"] == path.stem]
            table = table.merge(known[["area", "eligible"]], on="area", how="inner")
        found[path.stem] = table[["area", "date", "cumulative", "eligible"]]
    return found | {"us_states_adults": load_us(US, ADULTS.column)}


def load_us(folder: Path, column: str) -> pd.DataFrame:
    """Read how many of a group were counted by state, as published day by day.

    How many they are is given for adults in some files, and else what the printed percentages say.
    """
    files = [pd.read_csv(path).assign(date=path.stem) for path in sorted(folder.glob("*.csv"))]
    table = pd.concat([one for one in files if column in one])
    if column == ADULTS.column:
        adults = "Census2019_18PlusPop"
        people = table.dropna(subset=[adults]).groupby("Location")[adults].first()
    else:
        percent = table[f"{column}Pop_Pct"]
        told = table[(percent > 5) & (percent < 95)]  # rounded too coarsely below, cut off above
        people = (100 * told[column] / told[f"{column}Pop_Pct"]).groupby(told["Location"]).median()
    table = table.assign(eligible=table["Location"].map(people))
    table = table[(table["Location"] != "US") & table["eligible"].notna() & (table[column] > 0)]
    renamed = table.rename(columns={"Location": "area", column: "cumulative"})
    return renamed[["area", "date", "cumulative", "eligible"]]


def draw(summary: pd.DataFrame) -> Figure:
    """Ratio to burn-up of the CRPS 28 days ahead, by method and roll-out."""
    reference = summary.xs("burn-up", level="method")["crps_28"]
    table = (summary["crps_28"].unstack("method").T / reference).drop(index="burn-up")
    table = table.loc[table.mean(axis=1).sort_values(ascending=False).index]
    figure = Figure(figsize=(7, 3.2), layout="constrained")
    axes = figure.add_subplot()
    for mark, (name, one) in zip("os^Dvx", table.items(), strict=False):
        axes.plot(one, np.arange(len(one)), mark, label=name)
    axes.set_yticks(np.arange(len(table)), table.index)
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_xlim(0, None)
    axes.set_xlabel("CRPS 28 days ahead, burn-up Monte Carlo = 1")
    axes.legend(frameon=False, fontsize=8)
    return figure


def main() -> None:
    """Measure, print the tables, write them and the picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("series", nargs="*", type=Path, help="files of the contract's form")
    parser.add_argument("--further", action="store_true", help="three series that nothing was chosen on")
    parser.add_argument("--first", type=int, default=42, help="days of history before the first origin")
    parser.add_argument("--step", type=int, default=10, help="days between origins")
    parser.add_argument("--out", type=Path, default=PROJECT / "data" / "processed" / "benchmarks")
    asked = parser.parse_args()
    read = partial(pd.read_csv, dtype={"area": str})
    rollouts = {path.stem: read(path) for path in asked.series}
    if asked.further:
        rollouts |= {name: load_us(US, group.column) for name, group in FURTHER.items()}
    rollouts = rollouts or load_rollouts()
    rows, peers = [], []
    for name, table in rollouts.items():
        tasks = tasks_of(name, table, asked.first, asked.step)
        for method, forecaster in FORECASTERS.items():
            rows += [{"rollout": name, "method": method} | score(task, forecaster) for task in tasks]
        peers.append(measure_peer(name, table, tasks))
    summary = summarise(pd.DataFrame(rows))
    asked.out.mkdir(parents=True, exist_ok=True)
    summary.to_csv(asked.out / "forecast_rollouts.csv")
    draw(summary).savefig(asked.out / "forecast_rollouts.png", dpi=120)
    print(summary[["tasks", "crps_7", "crps_28", "date", "total_28"]].round(2).to_string())
    print(
        "\nRatios to burn-up (geometric mean over roll-outs), coverage at 28 days, area-origins a CPU second:"
    )
    print(ratios(summary).round(3).T.to_string())
    measured = [one for one in peers if one is not None]
    if measured:
        print("\nAutoETS on every fourth origin: WIS at 28 days over burn-up, area-origins a CPU second:")
        print(pd.concat(measured).round(2).to_string())
    else:
        print(f"\nAutoETS: not measured, no environment of the peers at {BENCH_PYTHON.parent.parent.name}")


if __name__ == "__main__":
    main()
