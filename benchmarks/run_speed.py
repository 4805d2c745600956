"""A run, a run with nothing to do and a backfill, against plain papermill and nbconvert.

``python benchmarks/run_speed.py [--weeks 12] [--campaign quang_nam_2023]``; in a copy of the project, so that
nothing made before is reused. The peer is what one would write without this room: ``papermill`` for each
notebook in turn, then ``jupyter nbconvert`` of the last to HTML.
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

PROJECT = Path(__file__).resolve().parents[1]
SCRIPTS = Path(sys.executable).parent
LAST = date(2023, 12, 3)  # of the last week made; the first of twelve is the one after the push
PUBLISHED = {0, 10}


def main() -> None:
    """Measure each, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weeks", type=int, default=12)
    parser.add_argument("--campaign", default="quang_nam_2023")
    options = parser.parse_args()
    days = [LAST - timedelta(weeks=count) for count in reversed(range(options.weeks))]
    weeks = [f"{day:%G}-W{day:%V}" for day in days]
    with tempfile.TemporaryDirectory(prefix="run-speed-") as place:
        house = Path(place)
        for name in ("notebooks", "requirements"):
            shutil.copytree(PROJECT / name, house / name)
        shutil.copytree(
            PROJECT / "data" / "raw" / options.campaign, house / "data" / "raw" / options.campaign
        )
        run = ["run", "--campaign", options.campaign, "--week", weeks[-1]]
        plain = timed(lambda: papermill(house, options.campaign, days[-1]))
        ours = timed(lambda: analysis(house, *run))
        nothing = min(timed(lambda: analysis(house, *run)) for _ in range(5))
        for name in ("processed", "reports"):
            shutil.rmtree(house / "data" / name if name == "processed" else house / name)
        span = ["--from", weeks[0], "--to", weeks[-1], "--campaign", options.campaign, "--jobs", "2"]
        many = timed(lambda: analysis(house, "backfill", *span))
        many_plain = timed(lambda: [papermill(house, options.campaign, day) for day in days])
        verified = subprocess.run(
            command("verify", "--all"), env=environment(house), capture_output=True, text=True
        )
    same = verified.stdout.count(": identical")
    rows = [
        ("one week, nothing there before", ours, plain, "0.50 x"),
        ("the same again, nothing changed", nothing, None, "1.0 s"),
        (f"{len(weeks)} weeks, two jobs", many, many_plain, "0.35 x"),
    ]
    print("| what                               | ours, s | plain papermill, s |  ratio |    bar |")
    print("|------------------------------------|--------:|-------------------:|-------:|-------:|")
    for what, mine, peer, bar in rows:
        theirs, ratio = (f"{peer:.1f}", f"{mine / peer:.2f}") if peer else ("", "")
        print(f"| {what:<34} | {mine:>7.2f} | {theirs:>18} | {ratio:>6} | {bar:>6} |")
    print(f"verify: {same} of {len(weeks)} reports identical")


def papermill(house: Path, campaign: str, last_day: date) -> None:
    """Run the notebooks one after another, each by papermill's command, and convert the last."""
    as_of = f"{last_day + timedelta(days=1)}T00:00+07:00"
    with tempfile.TemporaryDirectory(dir=house) as folder:
        for notebook in sorted((house / "notebooks").glob("0*.ipynb")):
            given = ["-r", "campaign", campaign, "-r", "as_of", as_of, "-r", "workspace", folder]
            called = [SCRIPTS / "papermill", notebook, f"{folder}/{notebook.name}", "--cwd", house, *given]
            subprocess.run(called, env=environment(house), check=True, capture_output=True)
        subprocess.run(
            [SCRIPTS / "jupyter", "nbconvert", "--to", "html", "--no-input", f"{folder}/{notebook.name}"],
            env=environment(house),
            check=True,
            capture_output=True,
        )


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


def timed(call: Callable[[], object]) -> float:
    """Return the seconds a call takes."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
