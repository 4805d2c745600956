"""What faults are done to: copies of the small project, runs of it, and whether its report survived."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.run.house import CAMPAIGN, LABEL

from analysis.run.publish import damage

PUBLISHED = {0, 10}
ROOT = Path(__file__).resolve().parents[1]


def start(
    house: Path, *options: str, module: str = "tests.run.house", **environment: str
) -> "subprocess.Popen[str]":
    """Start a command on the small project as the leader of a process group of its own; a run if not told."""
    return subprocess.Popen(
        [sys.executable, "-m", module, str(house), *options],
        cwd=ROOT,
        env={**os.environ, "ANALYSIS_ROOT": str(house), **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )


def survived(good: Path, house: Path) -> bool:
    """Say whether the report that was there is untouched, the next run succeeds, and nothing lies about."""
    same = damage(report(house)) == [] and tree(report(house)) == tree(report(good))
    return (
        same
        and start(house, "--force").wait() in PUBLISHED
        and tree(report(house)) == tree(report(good))
        and clean(house)
    )


def clean(house: Path, *reports: str) -> bool:
    """Say whether no folder of a dead run is left, and no report but those whose names begin so."""
    runs = house / "data" / "processed" / ".runs"
    strays = [
        path for path in report(house).parent.iterdir() if not path.name.startswith(reports or (LABEL,))
    ]
    return not strays and not any(path.is_dir() for path in runs.iterdir())


def report(house: Path) -> Path:
    """Return the folder of the small project's report."""
    return house / "reports" / CAMPAIGN / LABEL


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@contextmanager
def copy(good: Path) -> Iterator[Path]:
    """Give a copy of the small project with its published report, to be harmed."""
    with tempfile.TemporaryDirectory(prefix="house-", dir=good.parent) as folder:
        house = Path(folder) / "house"
        shutil.copytree(good, house)
        yield house


@contextmanager
def mounted(place: Path, kind: str, options: str) -> Iterator[bool]:
    """Put a file system over a folder, or the same folder read-only; False if that is not allowed here."""
    kept = place.with_name(place.name + ".before")
    if kind == "bind":
        steps = [["mount", "--bind", place, place], ["mount", "-o", f"remount,bind,{options}", place]]
    else:
        if place.exists():
            shutil.copytree(place, kept)
        place.mkdir(parents=True, exist_ok=True)
        steps = [["mount", "-t", kind, "-o", options, kind, place]]
    there = all(subprocess.run(step, capture_output=True).returncode == 0 for step in steps)
    if there and kept.exists():
        shutil.copytree(kept, place, dirs_exist_ok=True)
    try:
        yield there
    finally:
        if there:
            subprocess.run(["umount", place], check=True)
        shutil.rmtree(kept, ignore_errors=True)


def whole_reports(house: Path) -> bool:
    """Say whether every report that is there is as it was sealed."""
    there = [path for path in report(house).parent.glob("[0-9]*") if path.is_dir()]
    return not any(damage(path) for path in there)


def kill(process: "subprocess.Popen[str]") -> None:
    """Kill a process with all of its group."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def require(holds: bool, otherwise: str) -> None:
    """End with a message unless it holds."""
    if not holds:
        sys.exit(f"faults: {otherwise}")
