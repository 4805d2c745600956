"""What a run survives, tried for real: ``python -m benchmarks.faults [--kills 50]`` (``make faults``).

Each fault is done to the small project of the tests, as a process of its own. Then three things must hold:
the report that was there is byte for byte as it was, nothing half made is visible, and the next run succeeds.
Faults that need a file system of their own are skipped, and said to be, where nothing can be mounted.
"""

import argparse
import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tests.run.house import CAMPAIGN, LABEL, build, write_notebook

from analysis.artifacts import sha256
from analysis.run.publish import damage
from benchmarks.harm import (
    PUBLISHED,
    clean,
    copy,
    kill,
    mounted,
    report,
    require,
    start,
    survived,
    whole_reports,
)

LATE = "2023-09-17T20:00+07:00"
FAILED, LOCKED, PATIENCE = 30, 75, 120.0
BACKFILL = ("backfill", "--from", "2023-W30", "--to", "2023-W33", "--jobs", "2")


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
            lambda: stopped(good, 10, whole, rng),
            lambda: kernels_killed(good, 5),
            lambda: source_of_kernels_killed(good, 5, rng),
            lambda: stale_locks(good),
            lambda: two_at_once(good, 5),
            lambda: disk_full_while_running(good),
            lambda: disk_full_while_publishing(good),
            lambda: read_only(good),
            lambda: clocks(good),
            lambda: backfill_killed(good, 8, rng),
            lambda: workers_killed(good, 10, rng),
            lambda: scheduler_killed(good, 2, rng),
            lambda: kills_at_every_write(good),
            lambda: receiving_killed(good),
        ]
        for fault in faults:
            name, tried, well = fault()
            harmed |= tried != well
            result = f"{well} of {tried}" if tried else "skipped: cannot mount"
            print(f"| {name:<46} | {tried:>5} | {result:>29} |", flush=True)
    sys.exit(harmed)


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
            process = start(house, str(tried + 1), "tests.run.house", str(house), module="benchmarks.killed")
            if process.wait() != -signal.SIGKILL:
                return "SIGKILL at every write, rename and removal", tried, well
            tried += 1
            second = report(house).with_name(f"{LABEL}.r2")
            whole = not second.exists() or not damage(second)
            well += whole and start(house).wait() in PUBLISHED and not damage(second) and clean(house)


def stopped(good: Path, count: int, whole: float, rng: random.Random) -> tuple[str, int, int]:
    """Ask the run to stop at a random moment, as systemd does; it ends by itself and leaves nothing."""
    well = 0
    for _ in range(count):
        with copy(good) as house:
            process = start(house, "--force")
            time.sleep(rng.uniform(0.5, whole))
            process.terminate()
            # Its own way out, or too late to matter, or so early that Python itself was still starting.
            ended = process.wait() in {128 + signal.SIGTERM, *PUBLISHED, -signal.SIGTERM}
            well += ended and clean(house) and survived(good, house)
    return "SIGTERM at random moments", count, well


def source_of_kernels_killed(good: Path, count: int, rng: random.Random) -> tuple[str, int, int]:
    """Kill the process that kernels are forked from, mostly while two notebooks run side by side."""
    well = 0
    for _ in range(count):
        with copy(good) as house:
            process = start(house, "--force")
            time.sleep(rng.uniform(1.2, 2.2))
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
            for child in children.read_text().split() if children.exists() else ():
                os.kill(int(child), signal.SIGKILL)
            # It is a failure, or came too late to matter, or so early that ordinary kernels do the work.
            well += process.wait() in {30, *PUBLISHED} and survived(good, house)
    return "the process kernels are forked from killed", count, well


def stale_locks(good: Path) -> tuple[str, int, int]:
    """Leave the lock files, the holder's name and the folder of a run that is long dead."""
    with copy(good) as house:
        runs = house / "data" / "processed" / ".runs"
        for name in (f"{CAMPAIGN}.{LABEL}.lock", "publish.lock"):
            (runs / name).touch()
        (runs / f"{CAMPAIGN}.{LABEL}.holder").write_text('[1, "elsewhere", "2020-01-01T00:00:00+00:00"]')
        (runs / f"{CAMPAIGN}.2023-06-19T0000.0badcafe" / "reports").mkdir(parents=True)
        return "lock files and folders of dead runs", 1, int(survived(good, house))


def backfill_killed(good: Path, count: int, rng: random.Random) -> tuple[str, int, int]:
    """Kill a backfill of four weeks by two jobs; started again it makes the rest."""
    well = 0
    for _ in range(count):
        with copy(good) as house:
            process = start(house, *BACKFILL)
            time.sleep(rng.uniform(0.5, 5))
            kill(process)
            half = whole_reports(house)
            again = start(house, *BACKFILL).wait() in PUBLISHED
            well += half and again and _made_whole(house)
    return "SIGKILL during a backfill, two jobs", count, well


def workers_killed(good: Path, count: int, rng: random.Random) -> tuple[str, int, int]:
    """Kill the worker of a cluster that makes a backfill's report; another makes it, and the rest."""
    well = 0
    for _ in range(count):
        with copy(good) as house:
            process = start(house, *BACKFILL[:-2], "--cluster", "local:2")
            killed = _kill_holder(house, process, rng)
            well += process.wait() in PUBLISHED and killed and _made_whole(house)
    return "SIGKILL of a worker during a backfill on a cluster", count, well


def scheduler_killed(good: Path, count: int, rng: random.Random) -> tuple[str, int, int]:
    """Kill the scheduler of a backfill; what is published stands, and the next run makes the rest."""
    well = 0
    for _ in range(count):
        with copy(good) as house, cluster(house) as (address, scheduler):
            process = start(house, *BACKFILL[:-2], "--cluster", address)
            _until_at_work(house, process)
            time.sleep(rng.uniform(0.0, 3.0))
            scheduler.kill()
            named = process.wait(timeout=PATIENCE) == FAILED
            half = whole_reports(house)
            while (again := start(house, *BACKFILL).wait()) == LOCKED:
                pass  # the worker that is left still makes the week it was at
            well += named and half and again in PUBLISHED and _made_whole(house)
    return "SIGKILL of the scheduler during a backfill", count, well


def _kill_holder(house: Path, process: subprocess.Popen[bytes], rng: random.Random) -> bool:
    """Kill, at a random moment, the process that is making a report; False where none ever was."""
    _until_at_work(house, process)
    time.sleep(rng.uniform(0.0, 2.0))
    while process.poll() is None:
        for holder in house.glob("data/processed/.runs/*.holder"):
            with suppress(OSError, ValueError):  # it may be gone, or half written, by now
                os.kill(json.loads(holder.read_text(encoding="utf-8"))[0], signal.SIGKILL)
                return True
        time.sleep(0.01)
    return False


def _until_at_work(house: Path, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None and not any(house.glob("data/processed/.runs/*.holder")):
        time.sleep(0.02)


def _made_whole(house: Path) -> bool:
    made = len(list(report(house).parent.glob("2023-0[78]*"))) == 4
    return made and whole_reports(house) and clean(house, LABEL, "2023-0")


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Start a scheduler and two workers, each a process; give the address, and the scheduler."""
    known, dask = folder.parent / f"{folder.name}.scheduler", [sys.executable, "-m", "distributed.cli."]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder.parent}
    alone = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(known)]
    with ExitStack() as stack:
        first = subprocess.Popen([*dask[:2], f"{dask[2]}dask_scheduler", *alone], **quiet)  # type: ignore[call-overload]
        stack.callback(first.wait)
        stack.callback(first.kill)
        while not (told := known.read_text(encoding="utf-8") if known.exists() else "").endswith("}"):
            require(first.poll() is None, "the scheduler does not start")
            time.sleep(0.05)  # the file is there before it is whole
        address = json.loads(told)["address"]
        two = [address, "--nworkers", "2", "--nthreads", "1", "--no-dashboard", "--death-timeout", "60"]
        second = subprocess.Popen([*dask[:2], f"{dask[2]}dask_worker", *two], **quiet)  # type: ignore[call-overload]
        stack.callback(second.wait)
        stack.callback(second.terminate)
        yield address, first


def receiving_killed(good: Path) -> tuple[str, int, int]:
    """Kill ``analysis receive`` at each single change of the disk; the register names only whole files."""
    tried = well = 0
    name = "SIGKILL at every write while a file is received"
    while True:
        with copy(good) as house:
            folder = house / "data" / "raw" / CAMPAIGN
            register = folder / "received.csv"
            tally = Path(shutil.copy(next((folder / "tallies").glob("*.csv")), house / "late.csv"))
            tally.write_bytes(tally.read_bytes() + b"\n")
            before = register.read_bytes()
            receive = (
                "receive",
                "--campaign",
                str(folder),
                "--received-at",
                "2023-09-17T20:00+07:00",
                str(tally),
            )
            process = start(house, str(tried + 1), "analysis", *receive, module="benchmarks.killed")
            if process.wait() != -signal.SIGKILL:
                return name, tried, well
            tried += 1
            whole = register.read_bytes().startswith(before) and names_whole_files(folder)
            again = start(house, "10000", "analysis", *receive, module="benchmarks.killed").wait()
            last = register.read_text(encoding="utf-8").count(LATE[:16])
            well += whole and again in PUBLISHED and last == 1 and names_whole_files(folder)


def names_whole_files(folder: Path) -> bool:
    """Say whether every line of ``received.csv`` names a file that has the bytes it tells of."""
    with (folder / "received.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return all(sha256(folder / "tallies" / row["name"]) == row["sha256"] for row in rows)


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


if __name__ == "__main__":
    main()
