"""What a run survives, tried for real: ``python -m benchmarks.faults [--kills 50]`` (``make faults``).

Each fault is done to the small project of the tests, as a process of its own. Then three things must hold:
the report that was there is byte for byte as it was, nothing half made is visible, and the next run succeeds.
Faults that need a file system of their own are skipped, and said to be, where nothing can be mounted.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.run.house import CAMPAIGN, LABEL, build, write_notebook

from analysis.run.publish import damage

PUBLISHED = {0, 10}
ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Try every fault and print what came of it; exit 1 if one did harm."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50, help="kills at random moments of a whole run")
    parser.add_argument("--seed", type=int, default=20230910)
    options = parser.parse_args()
    rng = random.Random(options.seed)  # noqa: S311
    harmed = False
    print(f"| {'fault':<46} | tried | harmed nothing, next run well |")
    print(f"|{'-' * 48}|------:|{'-' * 30}:|", flush=True)
    with tempfile.TemporaryDirectory(prefix="faults-") as place:
        good = build(Path(place) / "good")
        began = time.monotonic()
        require(start(good).wait() in PUBLISHED, "the small project does not run")
        whole = time.monotonic() - began
        faults = [
            lambda: kills_at_random(good, options.kills, whole, rng),
            lambda: kernels_killed(good, 5),
            lambda: two_at_once(good, 5),
            lambda: disk_full_while_running(good),
            lambda: disk_full_while_publishing(good),
            lambda: read_only(good),
            lambda: clocks(good),
            lambda: kills_at_every_write(good),
        ]
        for fault in faults:
            name, tried, well = fault()
            harmed |= tried != well
            result = f"{well} of {tried}" if tried else "skipped: cannot mount"
            print(f"| {name:<46} | {tried:>5} | {result:>29} |", flush=True)
    sys.exit(harmed)


def start(house: Path, *options: str, **environment: str) -> "subprocess.Popen[str]":
    """Start a run of the small project as the leader of a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.run.house", str(house), *options],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE if "--debug" in options else subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )


def kills_at_random(good: Path, count: int, whole: float, rng: random.Random) -> tuple[str, int, int]:
    """Kill the whole process group at a random moment of a run that makes everything anew."""
    well = 0
    for _ in range(count):
        with copy(good) as house:
            process = start(house, "--force")
            time.sleep(rng.uniform(0, whole))
            kill(process)
            well += survived(good, house)
    return "SIGKILL of the process group, random moments", count, well


def kills_at_every_write(good: Path) -> tuple[str, int, int]:
    """Kill at each single change of the disk that publishing makes, one run a change.

    The report that is there was edited by hand, so each step is reused and a revision is published.
    """
    tried = well = 0
    while True:
        with copy(good) as house:
            (report(house) / "report.vi.html").write_text("edited", encoding="utf-8")
            command = [sys.executable, "-m", "benchmarks.killed", str(house), str(tried + 1)]
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            if process.wait() != -signal.SIGKILL:
                return "SIGKILL at every write, rename and removal", tried, well
            tried += 1
            second = report(house).with_name(f"{LABEL}.r2")
            whole = not second.exists() or not damage(second)
            well += whole and start(house).wait() in PUBLISHED and not damage(second) and clean(house)


def kernels_killed(good: Path, count: int) -> tuple[str, int, int]:
    """Kill a kernel from outside in the middle of a cell, as a system short of memory does."""
    well = 0
    for _ in range(count):
        with copy(good) as house:
            notebook, kept = house / "notebooks" / "03_right.ipynb", house / "kept.ipynb"
            shutil.copy(notebook, kept)
            write_notebook(
                notebook,
                [
                    "import os, pathlib, time\npathlib.Path('pid').write_text(str(os.getpid()))",
                    "time.sleep(60)",
                ],
            )
            process = start(house, "--force")
            while process.poll() is None and not (house / "pid").exists():
                time.sleep(0.02)
            time.sleep(0.2)
            os.kill(int((house / "pid").read_text()), signal.SIGKILL)
            failed = process.wait() == 30
            shutil.copy(kept, notebook)
            well += failed and survived(good, house)
    return "a kernel killed in mid-cell", count, well


def two_at_once(good: Path, count: int) -> tuple[str, int, int]:
    """Start the same run twice: one publishes or finds it there, the other is told to wait."""
    well = 0
    for _ in range(count):
        with copy(good) as house:
            both = [start(house, "--force"), start(house, "--force")]
            ended = sorted(process.wait() for process in both)
            well += ended[0] in PUBLISHED and ended[1] == 75 and survived(good, house)
    return "two runs at once", count, well


def disk_full_while_running(good: Path) -> tuple[str, int, int]:
    """Let a notebook fill the disk that the run's folder is on."""
    with copy(good) as house, mounted(house / "data" / "processed", "tmpfs", "size=70m") as there:
        if not there:
            return "disk full while notebooks run", 0, 0
        notebook, kept = house / "notebooks" / "03_right.ipynb", house / "kept.ipynb"
        shutil.copy(notebook, kept)
        write_notebook(
            notebook, ["from pathlib import Path\nPath(workspace, 'fill').write_bytes(bytes(90 << 20))"]
        )
        failed = start(house, "--force").wait() == 30
        shutil.copy(kept, notebook)
        return "disk full while notebooks run", 1, int(failed and survived(good, house))


def disk_full_while_publishing(good: Path) -> tuple[str, int, int]:
    """Have ``reports/`` on a disk of its own that is full."""
    name = "reports on another disk, and that full"
    with copy(good) as house:
        kept = house / "kept"
        (house / "reports").rename(kept)
        with mounted(house / "reports", "tmpfs", "size=600k") as there:
            if not there:
                return name, 0, 0
            shutil.copytree(kept, house / "reports", dirs_exist_ok=True)
            (report(house) / "report.vi.html").write_text("edited", encoding="utf-8")
            free = shutil.disk_usage(house / "reports").free
            filler = house / "reports" / "filler"
            filler.write_bytes(bytes(free - 8192))
            failed = start(house).wait() == 30
            only = [path.name for path in report(house).parent.iterdir()] == [LABEL]
            filler.unlink()
            well = failed and only and start(house).wait() in PUBLISHED
            well = well and not damage(report(house).with_name(f"{LABEL}.r2")) and clean(house)
            return name, 1, int(well)


def read_only(good: Path) -> tuple[str, int, int]:
    """Make ``reports/``, then ``data/processed/``, read-only for one run each."""
    tried = well = 0
    for place in ("reports", "data/processed"):
        with copy(good) as house:
            if place == "reports":
                (report(house) / "report.vi.html").write_text("edited", encoding="utf-8")
            with mounted(house / place, "bind", "ro") as there:
                if not there:
                    return "read-only reports, read-only processed data", 0, 0
                tried += 1
                failed = start(house, "--force").wait() == 30
            if place == "reports":
                shutil.rmtree(report(house))
                shutil.copytree(report(good), report(house))
            well += failed and survived(good, house)
    return "read-only reports, read-only processed data", tried, well


def clocks(good: Path) -> tuple[str, int, int]:
    """Run with the machine's clock in other zones: the same report, under the same name."""
    zones = ("UTC", "Asia/Ho_Chi_Minh", "America/Los_Angeles")
    well = 0
    for zone in zones:
        with copy(good) as house:
            well += start(house, "--force", TZ=zone).wait() in PUBLISHED and survived(good, house)
    return "clock in UTC, Asia/Ho_Chi_Minh, Los Angeles", len(zones), well


def survived(good: Path, house: Path) -> bool:
    """Say whether the report that was there is untouched, the next run succeeds, and nothing lies about."""
    same = damage(report(house)) == [] and tree(report(house)) == tree(report(good))
    return (
        same
        and start(house, "--force").wait() in PUBLISHED
        and tree(report(house)) == tree(report(good))
        and clean(house)
    )


def clean(house: Path) -> bool:
    """Say whether no folder of a dead run is left, and no half report beside the whole ones."""
    runs = house / "data" / "processed" / ".runs"
    strays = [path for path in report(house).parent.iterdir() if not path.name.startswith(LABEL)]
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


def kill(process: "subprocess.Popen[str]") -> None:
    """Kill a process with all of its group."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def require(holds: bool, otherwise: str) -> None:
    """End with a message unless it holds."""
    if not holds:
        sys.exit(f"faults: {otherwise}")


if __name__ == "__main__":
    main()
