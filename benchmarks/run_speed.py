"""A run, a run with nothing to do and a backfill, against plain papermill and nbconvert.

``python benchmarks/run_speed.py [--weeks 12] [--repeats 3] [--campaign quang_nam_2023] [--last 2023-12-03]``;
in a copy of the project, so that nothing made before is reused. The peer is what one would write without this
room: the commands ``papermill`` and ``jupyter nbconvert --to html`` for each notebook in turn. Single weeks
alternate with the peer's and the medians are compared; ``--repeats 0`` leaves
them out, ``--weeks 0`` the backfill.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from statistics import median

PROJECT = Path(__file__).resolve().parents[1]
SCRIPTS = Path(sys.executable).parent
PUBLISHED = {0, 10}


def main() -> None:
    """Measure each, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weeks", type=int, default=12)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--campaign", default="quang_nam_2023")
    parser.add_argument("--last", type=date.fromisoformat, default=date(2023, 12, 3), help="a Sunday")
    options = parser.parse_args()
    days = [options.last - timedelta(weeks=count) for count in reversed(range(options.weeks))]
    print("| what                               | ours, s | plain papermill, s |  ratio |    bar |")
    print("|------------------------------------|--------:|-------------------:|-------:|-------:|")
    with tempfile.TemporaryDirectory(prefix="run-speed-") as place:
        house = Path(place)
        for name in ("notebooks", "requirements"):
            shutil.copytree(PROJECT / name, house / name)
        raw = Path("data", "raw", options.campaign)
        shutil.copytree(PROJECT / raw, house / raw)
        if options.repeats:
            one_week(house, options.campaign, options.last, options.repeats)
        if options.weeks:
            many_weeks(house, options.campaign, days)


def one_week(house: Path, campaign: str, day: date, repeats: int) -> None:
    """Compare a week made from nothing, and see how long it takes to find nothing to do."""
    run = ["run", "--campaign", campaign, "--week", week_of(day)]
    ours, plain = [], []
    for _ in range(repeats):
        plain.append(timed(lambda: papermill(house, campaign, day)))
        forget(house)
        ours.append(timed(lambda: analysis(house, *run)))
    row("one week, nothing there before", median(ours), median(plain), "0.50 x")
    nothing = median(timed(lambda: analysis(house, *run)) for _ in range(5))
    row("the same again, nothing changed", nothing, None, "1.0 s")


def many_weeks(house: Path, campaign: str, days: list[date]) -> None:
    """Compare a backfill, then make every one of its reports again and compare."""
    forget(house)
    span = ["--from", week_of(days[0]), "--to", week_of(days[-1]), "--campaign", campaign, "--jobs", "2"]
    ours = timed(lambda: analysis(house, "backfill", *span))
    plain = timed(lambda: [papermill(house, campaign, day) for day in days])
    row(f"{len(days)} weeks, two jobs", ours, plain, "0.35 x")
    done = subprocess.run(command("verify", "--all"), env=environment(house), capture_output=True, text=True)
    print(f"verify: {done.stdout.count(': identical')} of {len(days)} reports identical")


def row(what: str, ours: float, plain: float | None, bar: str) -> None:
    """Print a line of the table."""
    theirs, ratio = (f"{plain:.1f}", f"{ours / plain:.2f}") if plain else ("", "")
    print(f"| {what:<34} | {ours:>7.2f} | {theirs:>18} | {ratio:>6} | {bar:>6} |", flush=True)


def week_of(day: date) -> str:
    """Return the ISO week of a day as the commands take it."""
    return f"{day:%G}-W{day:%V}"


def forget(house: Path) -> None:
    """Remove everything made before."""
    for folder in (house / "data" / "processed", house / "reports"):
        shutil.rmtree(folder, ignore_errors=True)


def papermill(house: Path, campaign: str, last_day: date) -> None:
    """Run the notebooks one after another by papermill's command, and convert each to a page."""
    as_of = f"{last_day + timedelta(days=1)}T00:00+07:00"
    with tempfile.TemporaryDirectory(dir=house) as folder:
        given = ["-r", "campaign", campaign, "-r", "as_of", as_of, "-r", "workspace", folder]
        for notebook in sorted((house / "notebooks").glob("0*.ipynb")):
            made = f"{folder}/{notebook.name}"
            call(house, SCRIPTS / "papermill", notebook, made, "--cwd", house, *given)
            call(house, SCRIPTS / "jupyter", "nbconvert", "--to", "html", "--no-input", made)


def call(house: Path, *words: str | Path) -> None:
    """Run a command; one that fails ends the measurement."""
    line = [str(word) for word in words]
    done = subprocess.run(line, env=environment(house), capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{line[0]} {line[1]}: status {done.returncode}\n{done.stderr[-2000:]}")


def analysis(house: Path, *arguments: str) -> None:
    """Run a command of the console script; anything but published ends the measurement."""
    done = subprocess.run(command(*arguments), env=environment(house), capture_output=True, text=True)
    if done.returncode not in PUBLISHED:
        raise SystemExit(f"analysis {' '.join(arguments)}: status {done.returncode}\n{done.stderr[-2000:]}")


def command(*arguments: str) -> list[str]:
    """Return the console script's command line."""
    return [sys.executable, "-m", "analysis", *arguments]


def environment(house: Path) -> dict[str, str]:
    """Return the environment in which everything works on the copy."""
    return {**os.environ, "ANALYSIS_ROOT": str(house)}


def timed(work: Callable[[], object]) -> float:
    """Return the seconds a call takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
