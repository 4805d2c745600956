"""Every bar of the forecast in one table: what is asked, what is measured, on which drives.

``python -m benchmarks forecast_bars``. Scores are ratios to burn-up Monte Carlo unless said otherwise. The
drives are those on which the model was developed, so a bar met here is not yet one met elsewhere: ``--from
FOLDER`` gives the bars that name no drive on others (``drives.py``). The peer (minutes) and the nation are
timed in the same run, in processes of their own.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from drives import LAST_DAYS, SHAPED_ON, Drive, Tables, Task, Tasks, load
from forecast_drives import (
    BANDS,
    DRAWS,
    against_burn_up,
    measure,
    measure_peer,
    over_drives,
    worse_than_simple,
)
from numpy.typing import NDArray

from analysis.campaign.rhythm import WEEK
from analysis.forecast import Deadline, History, ensemble, history_from_table, scores, simulate
from analysis.forecast.clean import hold_last
from analysis.forecast.nowcast import history_from_vintages, with_doubt

CENSUS, STATES = "us_census2020_enumerated", "us_states_adults"
GERMANY, ITALY = "de_laender_dose1_daily", "it_regions_dose1_daily"
DEADLINES = {
    CENSUS: Deadline(pd.Timestamp("2020-09-30"), known_from=pd.Timestamp("2020-08-03")),
    STATES: Deadline(pd.Timestamp("2021-07-04"), known_from=pd.Timestamp("2021-05-04")),
}
"""The one that bound, as it was announced (it was moved later), and the goal that did not."""
THREE = (CENSUS, ITALY, "my_states_vaxreg_daily")
"""Drives of three kinds."""
STOPPED = (ITALY, GERMANY, "ca_provinces_booster")
"""Three that are made to stand still."""
DEAD_DAYS, STANDS_AT, MEANT = 35, 0.19, 0.8
PLANTINGS = 10
KNOWN = np.array([0.55, 0.78, 0.88, 0.94, 0.97, 0.99, 1.0])
"""Part of a day known after 0, 1, 2 … days where reports are late."""
NATION, NATION_DAYS = 10_600, 120
TRIES = 200
"""Worlds drawn in which the forecast is right, to see what so few origins show of it."""


class Row(NamedTuple):
    """One line of the table; `met` is None where nothing is asked."""

    what: str
    figure: str
    bar: str
    met: bool | None


def least(what: str, figure: float, bar: float, digits: int = 3) -> Row:
    """Line of a figure that may not be above its bar."""
    return Row(what, f"{figure:.{digits}f}", f"<= {bar:g}", bool(figure <= bar))


def panel(summary: pd.DataFrame, drives: Mapping[str, Drive]) -> list[Row]:
    """Sharpness, dates, calibration, and drives that are worse than a reference."""
    table, hub = (against_burn_up(summary, method) for method in ("ensemble", "hub baseline"))
    means = over_drives(table, drives)
    every = means.loc["all"]
    off = [abs(every[f"total_{level}%"] - level) for level in (80, 95)]
    lowest = table["total_80%"].idxmin()
    worse = worse_than_simple(table, hub)
    return [
        least(f"28-day WIS, geometric mean of {len(table)} drives", every["wis_28"], 0.45),
        least("date CRPS, fixed share", every["date_fixed"], 0.58),
        least("date CRPS, relative level", every["date_relative"], 0.40),
        least("mean calibration error 50/80/95, areas", every["error"], 0.055),
        least("totals at 80 and 95 %: points off on average", max(off), 10, 1),
        Row(f"totals at 80 %: lowest drive ({lowest})", f"{table['total_80%'].min():.0f}", ">= 60",
            bool(table["total_80%"].min() >= 60)),
        Row("drives with a date worse than burn-up or 28 days worse than the hubs' baseline",
            ", ".join(worse) or "none", "none", not worse),
    ]  # fmt: skip


def old_four(summary: pd.DataFrame, drives: Mapping[str, Drive]) -> list[Row]:
    """Score the four drives that the first model was shaped on."""
    four = over_drives(against_burn_up(summary, "ensemble").loc[list(SHAPED_ON)], drives).loc["all"]
    return [
        least("old four: 28 days", four["wis_28"], 0.36),
        least("old four: date, fixed share", four["date_fixed"], 0.43),
    ]


def by_luck(tasks: Tasks) -> list[Row]:
    """Calibration that a forecast which is right would show at these origins: its own draws for the truth.

    The areas of an origin miss together, so a dozen origins a drive tell little.
    """
    rng, levels = np.random.default_rng(1), np.array(scores.INTERVALS)
    errors, lowest = np.zeros(TRIES), np.ones(TRIES)
    for some in tasks.values():
        areas, totals, weights = [], [], []
        for task in some:
            drawn = ours(task.history)[:, -1, task.scored]
            both = np.column_stack([drawn, drawn.sum(axis=1)])
            chosen = both[rng.integers(DRAWS, size=TRIES)]
            bounds = np.quantile(both, [(1 - levels) / 2, (1 + levels) / 2], axis=0)
            inside = (bounds[0, :, None] <= chosen) & (chosen <= bounds[1, :, None])
            areas.append(inside[:, :, :-1].mean(axis=2))
            totals.append(inside[1, :, -1])
            weights.append(task.scored.sum())
        held = np.average(areas, axis=0, weights=weights)
        errors += np.abs(held - levels[:, None]).mean(axis=0) / len(tasks)
        lowest = np.minimum(lowest, np.mean(totals, axis=0))
    tenth = np.quantile(errors, 0.1)
    return [
        Row(f"mean calibration error, were the forecast right (one in ten below {tenth:.3f})",
            f"{errors.mean():.3f}", "-", None),
        Row("chance that some drive's totals at 80 % are below 60, were the forecast right, %",
            f"{(lowest < 0.6).mean() * 100:.0f}", "-", None),
    ]  # fmt: skip


def dates_by_share(summary: pd.DataFrame) -> list[Row]:
    """Sum the date's scores over drives by the share counted, over burn-up's."""
    own, reference = (summary.xs(method, level="method").sum() for method in ("ensemble", "burn-up"))
    rows = []
    for low, high in pairwise(BANDS):
        words = [f"{word} {end * 100:g}" for word, end in (("above", low), ("to", high)) if np.isfinite(end)]
        for kind in ("fixed", "relative"):
            errors = own[f"{kind}_to_{high:g}"], reference[f"{kind}_to_{high:g}"]
            what = f"date {kind}, share counted {' '.join(words)} %"
            if not errors[1]:
                rows.append(Row(what, "no such date", "-", None))
                continue
            row = least(what, errors[0] / errors[1], 1.0)
            rows.append(row if np.isinf(high) else row._replace(bar="-", met=None))
    return rows


def deadlines(tasks: Tasks) -> list[Row]:
    """Declare a deadline that binds in three ways, and one that did not bind."""

    def ratios(name: str, word: str | None) -> pd.Series:
        found = {name: tasks[name]}
        if word is not None:
            told = replace(DEADLINES[name], binding=word)
            found = {name: [replace(one, history=replace(one.history, deadline=told)) for one in tasks[name]]}
        return against_burn_up(measure(found, ("ensemble", "burn-up")), "ensemble").loc[name]

    rows = []
    for word, bar in (("yes", 0.75), (None, 1.0), ("unknown", 1.0)):
        found = ratios(CENSUS, word)
        for what, column in (("28 days", "wis_28"), ("date", "date_fixed")):
            rows.append(
                least(f"deadline that binds, declared {word or 'not at all'}: {what}", found[column], bar)
            )
    without = ratios(STATES, None)
    for word, bar in (("unknown", 1.05), ("yes", np.nan)):
        found = ratios(STATES, word) / without
        for what, column in (("28 days", "wis_28"), ("date", "date_fixed")):
            row = least(
                f"deadline that did not bind, declared {word}, over without: {what}", found[column], bar
            )
            rows.append(row if word == "unknown" else row._replace(bar="(wrongly said)", met=None))
    return rows


def ours(history: History, days: int = LAST_DAYS) -> NDArray[np.float64]:
    """Paths as the command makes them."""
    return simulate(with_doubt(history), ensemble, days, DRAWS, np.random.default_rng(1)).values


def dead_weeks(tables: Tables) -> list[Row]:
    """Five weeks of nothing from 19 %: the chance of a leap, and what is left of the range."""
    chances, kept = {}, {}
    for name, table in tables.items():
        whole = history_from_table(table)
        total = np.nansum(hold_last(whole.cumulative), axis=1)
        day = int(np.argmax(total >= STANDS_AT * whole.eligible.sum()))
        if day < LAST_DAYS:
            continue  # it began above, came there too soon or never
        before = whole.until(whole.dates[day])
        held = hold_last(before.cumulative)
        dead = replace(
            before,
            dates=pd.date_range(before.dates[0], periods=day + 1 + DEAD_DAYS),
            cumulative=np.vstack([before.cumulative, np.repeat(held[-1:], DEAD_DAYS, axis=0)]),
            pushed=np.vstack([before.pushed, np.zeros((DEAD_DAYS, len(before.areas)), dtype=np.bool_)]),
        )
        sums = [ours(one, 60).sum(axis=2) for one in (before, dead)]
        chances[name] = (sums[1][:, -1] >= MEANT * whole.eligible.sum()).mean() * 100
        widths = [np.ptp(np.quantile(one[:, LAST_DAYS - 1], [0.025, 0.975])) for one in sums]
        kept[name] = widths[1] / widths[0] * 100
    return [
        Row(f"five dead weeks from 19 %: chance of 80 % within 60 days, % (largest of {len(kept)})",
            f"{max(chances.values()):.1f}", "< 2", max(chances.values()) < 2),
        Row("five dead weeks: % of the width of the 95 % range kept (smallest)",
            f"{min(kept.values()):.0f}", "> 20", min(kept.values()) > 20),
    ]  # fmt: skip


def mixed_up(tasks: Tasks) -> list[Row]:
    """Exchange two areas' newest counts, on one day or two: ten plantings in each drive."""
    rows = []
    for name, some in tasks.items():
        two = [task for task in some if task.scored.sum() > 1]
        rng = np.random.default_rng(len(name))
        for planting in range(PLANTINGS if two else 0):
            task = two[int(rng.integers(len(two)))]
            both = rng.choice(np.flatnonzero(task.scored), 2, replace=False)
            counts, days = task.history.cumulative.copy(), 1 + planting % 2
            counts[-days:, both] = counts[-days:, both[::-1]]
            truth, row = task.after[LAST_DAYS - 1], {"drive": name}
            forms = {"clean": task.history, "mixed": replace(task.history, cumulative=counts)}
            for form, history in forms.items():
                last = ours(history)[:, -1]
                wis = scores.wis(last, truth) / history.eligible
                row |= {f"all, {form}": wis[task.scored].mean(), f"the two, {form}": wis[both].mean()}
                row[f"inside, {form}"] = scores.covered(last, truth, 0.95)[both].mean() * 100
            rows.append(row)
    means = pd.DataFrame(rows).groupby("drive").mean()
    found = []
    for which, bar in (("all", 1.3), ("the two", np.nan)):
        ratio = means[f"{which}, mixed"] / means[f"{which}, clean"]
        row = least(
            f"newest count mixed up: 28-day WIS of {which} over clean (worst drive)", ratio.max(), bar
        )
        found.append(row if which == "all" else row._replace(bar="-", met=None))
    clean, held = means["inside, clean"].mean(), means["inside, mixed"].mean()
    lowest = means["inside, mixed"].min()
    what = f"newest count mixed up: % of the two inside 95 % (clean {clean:.0f}; lowest drive {lowest:.0f})"
    return [*found, Row(what, f"{held:.0f}", ">= 85", bool(held >= 85))]


def vintages_of(table: pd.DataFrame) -> pd.DataFrame:
    """Every version of a drive's counts as a late office sends them; a day is whole after six days."""
    whole = history_from_table(table)
    counts = pd.DataFrame(hold_last(whole.cumulative), whole.dates, list(whole.areas)).fillna(0.0)
    new = counts.diff().fillna(counts.iloc[:1])
    eligible = dict(zip(whole.areas, whole.eligible, strict=True))
    versions = []
    for behind in range(len(KNOWN)):
        # of a day and of those before it, as known so many days after it
        lacking = sum(
            (1 - KNOWN[behind + back]) * new.shift(back).fillna(0.0) for back in range(len(KNOWN) - behind)
        )
        rows = (counts - lacking).rename_axis("date").reset_index().melt("date", None, "area", "cumulative")
        versions.append(rows.assign(received=rows["date"] + pd.Timedelta(days=behind)))
    rows = pd.concat(versions, ignore_index=True)
    return rows.assign(eligible=rows["area"].map(eligible))


def late_reports(tasks: Tasks, tables: Tables) -> list[Row]:
    """Bias of the total's median after 28 days, and the 7-day score, of late reports that are completed."""
    rows = []
    for name, bar in ((GERMANY, 0.35), (ITALY, 0.7)):
        vintages, biases, wis = vintages_of(tables[name]), [], []
        for task in tasks[name]:
            origin, truth = task.history.origin, task.after[:, task.scored]
            known = vintages[vintages["received"] <= origin]
            reported = known.drop_duplicates(["area", "date"], keep="last").drop(columns="received")
            forms = (
                with_doubt(task.history),
                with_doubt(history_from_table(reported)),
                history_from_vintages(vintages, origin),
            )
            eligible = task.history.eligible[task.scored]
            for found in forms:
                paths = simulate(found, ensemble, LAST_DAYS, DRAWS, np.random.default_rng(1)).values
                paths = paths[:, :, task.scored]
                middle = np.median(paths[:, -1].sum(axis=1)) - truth[LAST_DAYS - 1].sum()
                biases.append(middle / eligible.sum() * 100)
                wis.append((scores.wis(paths[:, WEEK - 1], truth[WEEK - 1]) / eligible).mean() * 100)
        bias, week = (np.reshape(one, (-1, 3)).mean(axis=0) for one in (biases, wis))
        said = f"complete {bias[0]:.2f}, as reported {bias[1]:.2f}"
        rows += [
            least(f"late reports, {name}: 28-day bias of the total, points ({said})", abs(bias[2]), bar),
            least(f"late reports, {name}: 7-day WIS over complete", week[2] / week[0], 1.04),
        ]
    return rows


def nation() -> list[Row]:
    """CPU seconds and memory of the command for a nation of communes."""
    rng = np.random.default_rng(1)
    eligible = np.round(np.exp(rng.normal(8.5, 0.5, NATION)))
    share = np.cumsum(rng.gamma(2.0, 0.003, (NATION_DAYS, NATION)), axis=0)
    counts = np.round(eligible * (1 - np.exp(-share)))
    dates = pd.date_range("2023-01-01", periods=NATION_DAYS)
    table = pd.DataFrame(
        {
            "area": np.tile([f"C{number:05d}" for number in range(NATION)], NATION_DAYS),
            "date": np.repeat(dates.strftime("%Y-%m-%d"), NATION),
            "cumulative": counts.ravel().astype(np.int64),
            "eligible": np.tile(eligible.astype(np.int64), NATION_DAYS),
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        series = Path(folder) / "series.csv"
        table.to_csv(series, index=False)
        words = ["forecast", series, "--origins", f"{dates[-1]:%Y-%m-%d}", "--target-share", "0.8"]
        command = [Path(sys.executable).parent / "analysis", *words, "--out", Path(folder) / "out.csv"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"the nation's forecast ended with {process.returncode}")
    return [
        least(
            f"{NATION} areas x 200 paths by the command, CPU seconds", used.ru_utime + used.ru_stime, 10, 1
        ),
        least(f"{NATION} areas x 200 paths by the command, MB", used.ru_maxrss / 1024, 500, 0),
    ]


def against_peer(tasks: list[Task], table: pd.DataFrame) -> Row:
    """Area-origins a CPU second over those of AutoETS, on every fourth origin of Germany."""
    what = "area-origins a CPU second over AutoETS's, Germany"
    peer = measure_peer(GERMANY, table, tasks)
    if peer is None:
        return Row(what, "not measured: the peers' environment is not there", ">= 100", None)
    own = measure({GERMANY: tasks[::4]}, ("ensemble",))["per_second"].iloc[0]
    times = float(own / peer["per_second"].iloc[0])
    return Row(f"{what} ({own:.0f} over {own / times:.1f})", f"{times:.0f}", ">= 100", times >= 100)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--from", dest="folder", type=Path, help="files NAME_KIND.csv instead of the panel")
    folder = parser.parse_args().folder
    drives, tables, tasks = load(folder)
    summary = measure(tasks, ("burn-up", "hub baseline", "ensemble"))
    rows = panel(summary, drives)
    if folder:
        rows += by_luck(tasks) + dates_by_share(summary) + dead_weeks(tables) + mixed_up(tasks)
    else:
        rows += old_four(summary, drives) + by_luck(tasks) + dates_by_share(summary) + deadlines(tasks)
        rows += dead_weeks({name: tables[name] for name in STOPPED})
        rows += mixed_up({name: tasks[name] for name in THREE})
        rows += [*late_reports(tasks, tables), *nation(), against_peer(tasks[GERMANY], tables[GERMANY])]
    print("| what | figure | bar | met |\n|---|---|---|---|")
    for row in rows:
        met = {True: "yes", False: "**no**", None: "-"}[row.met]
        print(f"| {row.what} | {row.figure} | {row.bar} | {met} |")


if __name__ == "__main__":
    main()
