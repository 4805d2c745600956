"""A nation: a generated campaign of any size, and what each step of a report of it costs.

``python benchmarks/nation.py --provinces 63 --districts 705 --communes 10600 --weeks 15`` makes a campaign in
a folder of its own, and measures in processes of their own the four notebooks one by one, then `analysis run`
as of the last week but one (cold), of the last week (one file in fifteen is new), and once more with nothing
new. CPU seconds are of a process with its children, and so is peak memory: what all of them hold at once, by
their proportional shares, looked at four times a second. Wall time is printed beside them and means something
on a quiet machine only. ``--growth 700,2800,10600`` runs instead nations of so many communes, each cold, and
sets beside each other what every stage of each took; ``--apart 63`` measures instead four weeks of 63
provinces, each a campaign of its own, by one process that is held to one core, by one that uses all (a run's
steps overlap, and it forks copies), and by a Dask cluster of two workers on this machine; ``--rows`` chooses.
``--communes 0`` counts districts; ``--into FOLDER`` keeps it.
"""

import argparse
import csv
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import neg
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

PROJECT = Path(__file__).resolve().parents[1]
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST = date(2023, 5, 29)  # a Monday
PUBLISHED = {0, 10}
APART_WEEKS = 4
APART = {
    "core": ("one process, one core", ["--jobs", "1"]),
    "one": ("one process", ["--jobs", "1"]),
    "dask": ("Dask, two workers", ["--cluster", "local:2"]),
}
WHOLE = (63, 705, 10_600)  # provinces, districts and communes of the nation of which others are a part
HEAD = """
| what                     |  CPU, s | peak, GB | wall, s |
|--------------------------|--------:|---------:|--------:|"""
SYLLABLES = [
    *("An", "Bình", "Châu", "Đông", "Giang", "Hòa", "Khánh", "Lâm", "Minh", "Nam", "Phú", "Quang", "Sơn"),
    *("Tân", "Thạnh", "Trung", "Vĩnh", "Xuân", "Yên", "Hưng", "Long", "Mỹ", "Ninh", "Phước", "Tây"),
    *("Thanh", "Thuận", "Trà", "Đại", "Điền"),
]
NOTEBOOKS = ("01_clean", "02_compare", "03_forecast", "04_report")
TOML = """\
timezone = "Asia/Ho_Chi_Minh"
vocabulary = "eid"
simulated = true
first_day = {first}
last_day = {last}
as_of = {as_of}
seed = 63

[name]
vi = "Kích hoạt tài khoản toàn quốc (mô phỏng)"
en = "Accounts activated, whole nation (simulated)"

[words]
students = {{ vi = "sinh viên tình nguyện", en = "students" }}

[rhythm]
counts = "day"
sent = "week"
on = "sunday"

[[targets]]
known_from = {first}
deadline = {deadline}
share = 0.7
source = "simulated"
"""


@dataclass(frozen=True)
class Size:
    """How many areas of each level, and for how many weeks they report."""

    provinces: int
    districts: int
    communes: int
    weeks: int
    silent: int = 0
    alike: int = 1

    @property
    def senders(self) -> int:
        """Offices that send a file a week: those right above the areas that are counted."""
        return self.districts if self.communes else self.provinces


def areas_of(size: Size) -> list[dict[str, str]]:
    """Return the rows of ``areas.csv``, parents first; only areas that are counted have eligible people."""
    rng = np.random.default_rng(size.communes or size.districts)
    levels = [("province", size.provinces, "P"), ("H", size.districts, "D"), ("X", size.communes, "C")]
    rows: list[dict[str, str]] = []
    above: list[str] = []
    for kind, count, letter in levels:
        names = _names(count, letter, size.alike if kind == "X" else 1)
        codes = [f"{letter}{number:05d}" for number in range(count)]
        parents = [above[number * len(above) // count] for number in range(count)] if above else [""] * count
        counted = kind == ("X" if size.communes else "H")
        eligible = np.exp(rng.normal(8.5 if size.communes else 11.2, 0.5, count)).astype(int)
        for code, name, parent, people in zip(codes, names, parents, eligible, strict=True):
            rows.append(
                {
                    "code": code,
                    "name": name,
                    "type": kind,
                    "parent": parent,
                    "eligible": str(people) if counted else "",
                }
            )
        above = codes or above
    return rows


def _names(count: int, letter: str, alike: int) -> list[str]:
    """Names of two or three words, each borne by `alike` areas far from each other."""
    different = -(-count // alike)
    base, most = len(SYLLABLES), len(SYLLABLES) ** 3
    start = {"P": 7, "D": 1001, "C": 10007}[letter]
    picked = [(start + number * 7919) % most for number in range(different)]
    made = [" ".join(SYLLABLES[one // base**place % base] for place in range(3)) for one in picked]
    return [made[number % different] for number in range(count)]


def counts_of(eligible: NDArray[np.float64], size: Size) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Return people counted by day (days, areas), and the areas that mobilise: one in six, in week ten."""
    rng = np.random.default_rng(size.weeks)
    days, areas = 7 * size.weeks, len(eligible)
    common = -4.9 + 0.15 * rng.standard_normal(days).cumsum() / 3
    weekday = np.log(np.tile([1.1, 1.1, 1.1, 1.1, 1.1, 0.9, 0.6], size.weeks))
    own = 0.3 * rng.standard_normal(areas)
    pushed = np.sort(rng.choice(areas, max(areas // 6, 2), replace=False))
    hazard = np.exp(common[:, None] + weekday[:, None] + own + 0.2 * rng.standard_normal((days, areas)))
    hazard[min(7 * 9 + 6, days - 8), pushed] *= 4
    left = eligible * np.exp(-np.cumsum(hazard, axis=0)) * 0.9
    return (eligible - left).astype(np.int64), pushed


def generate(folder: Path, size: Size, code: str = "nation") -> None:
    """Write a campaign into a project folder."""
    raw = folder / "data" / "raw" / code
    (raw / "tallies").mkdir(parents=True)
    areas = areas_of(size)
    with (raw / "areas.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(areas[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(areas)
    counted = [one for one in areas if one["eligible"]]
    counts, pushed = counts_of(np.array([float(one["eligible"]) for one in counted]), size)
    day = FIRST + timedelta(days=min(7 * 9 + 6, 7 * size.weeks - 8))
    lines = [f"{counted[at]['code']},{day},{day},students,,simulated" for at in pushed]
    (raw / "mobilisations.csv").write_text(
        "\n".join(["area,first_day,last_day,kind,note,source", *lines, ""]), encoding="utf-8"
    )
    last = FIRST + timedelta(days=7 * size.weeks + 60)
    as_of = end_of(size.weeks).isoformat()
    text = TOML.format(first=FIRST, last=last, deadline=last, as_of=as_of)
    (raw / "campaign.toml").write_text(text, encoding="utf-8")
    with (raw / "received.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["sha256", "name", "received_at", "sender"])
        for name, data, received_at, sender in files_of(areas, counted, counts, size):
            (raw / "tallies" / name).write_bytes(data)
            writer.writerow([hashlib.sha256(data).hexdigest(), name, received_at, sender])


def files_of(
    areas: list[dict[str, str]], counted: list[dict[str, str]], counts: NDArray[np.int64], size: Size
) -> Iterator[tuple[str, bytes, str, str]]:
    """Yield the weekly files: name, bytes, time of receipt, sender."""
    names = {one["code"]: one["name"] for one in areas}
    members: dict[str, list[int]] = {}
    for at, one in enumerate(counted):
        if at < len(counted) - size.silent:
            members.setdefault(one["parent"], []).append(at)
    office = "Công an huyện" if size.communes else "Công an tỉnh"
    for week in range(size.weeks):
        days = range(7 * week, 7 * week + 7)
        at = end_of(week + 1) - timedelta(hours=3)
        for number, (parent, below) in enumerate(members.items()):
            sender = f"{office} {names[parent]}"
            lines = [f"{sender}: kết quả kích hoạt tài khoản", "STT;Đơn vị;Ngày;Trong ngày;Lũy kế"]
            for area in below:
                for day in days:
                    before = counts[day - 1, area] if day else 0
                    when = f"{FIRST + timedelta(days=day):%d/%m/%Y}"
                    cells = (counted[area]["name"], when, counts[day, area] - before, counts[day, area])
                    lines.append(";".join(map(str, (len(lines) - 1, *cells))))
            received_at = (at + timedelta(seconds=number)).isoformat()
            yield f"W{week + 1:02d}_{parent}.csv", "\r\n".join([*lines, ""]).encode(), received_at, sender


def end_of(week: int) -> datetime:
    """Return the instant at which a week of the campaign is over."""
    return datetime.combine(FIRST + timedelta(weeks=week), datetime.min.time(), ZONE)


def measured(what: str, command: list[str], house: Path, cores: set[int] | None = None) -> float:
    """Run a command, print what it took with all its children, and return its wall time, in seconds.

    It is held to ``cores`` where they are named. One that fails ends the measurement.
    """
    began = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        before = os.sched_getaffinity(0)
        os.sched_setaffinity(0, cores or before)  # a child has what its parent has
        child = subprocess.Popen(
            command, env={**os.environ, "ANALYSIS_ROOT": str(house)}, cwd=house, stdout=said, stderr=said
        )
        os.sched_setaffinity(0, before)
        peak = 0
        while not (ended := os.wait4(child.pid, os.WNOHANG))[0]:
            peak = max(peak, held_by(child.pid))
            time.sleep(0.25)
        _, status, used = ended
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in PUBLISHED:
            said.seek(0)
            raise SystemExit(f"{what}: status {child.returncode}\n{said.read().decode()[-3000:]}")
    cpu, wall = used.ru_utime + used.ru_stime, time.perf_counter() - began
    print(f"| {what:<24} | {cpu:>7.1f} | {peak / 2**30:>8.2f} | {wall:>7.1f} |", flush=True)
    return wall


def held_by(process: int) -> int:
    """Return the bytes that a process and all below it hold, what several share once."""
    below: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            number, _, rest = stat.read_text().partition(" (")
            below.setdefault(int(rest.rpartition(") ")[2].split()[1]), []).append(int(number))
    held, left = 0, [process]
    while left:
        one = left.pop()
        left += below.get(one, [])
        with suppress(OSError, StopIteration):
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
            held += 1024 * int(next(line for line in lines if line.startswith("Pss:")).split()[1])
    return held


def measure(house: Path, size: Size, steps: list[str]) -> None:
    """Print the table of one size."""
    print(f"{size}: {sum(1 for _ in (house / 'data/raw/nation/tallies').iterdir()):,} files")
    print(HEAD, flush=True)
    as_of = end_of(size.weeks).isoformat()
    alone = house / "alone"
    alone.mkdir(exist_ok=True)
    for name in NOTEBOOKS:
        if name in steps:
            (alone / "data/processed/nation").mkdir(parents=True, exist_ok=True)
            given = ["-r", "campaign", "nation", "-r", "as_of", as_of, "-r", "workspace", str(alone)]
            notebook = str(PROJECT / "notebooks" / f"{name}.ipynb")
            measured(name, [*python("papermill"), notebook, str(alone / f"{name}.ipynb"), *given], house)
    if "run" in steps:
        run = [*python("analysis"), "run", "--campaign", "nation", "--as-of"]
        measured("run, last week but one", [*run, end_of(size.weeks - 1).isoformat()], house)
        measured("run, one new week", [*run, as_of], house)
        measured("run, nothing new", [*run, as_of], house)


def measure_growth(house: Path, communes: list[int], weeks: int) -> None:
    """Print what each stage of a run takes in nations of the same shape, and how that grows with the areas.

    A stage's time is the run's own, from its provenance; two of them run beside each other, so they do not
    add up to the whole.
    """
    print(f"nations of {', '.join(f'{many:,}' for many in communes)} communes, {weeks} weeks, cold: {HEAD}")
    took: dict[str, list[float]] = {name: [] for name in (*NOTEBOOKS, "whole run")}
    for many in communes:
        parts = (max(WHOLE[0] * many // WHOLE[2], 1), max(WHOLE[1] * many // WHOLE[2], 2))
        generate(folder := house / str(many), Size(*parts, many, weeks))
        run = [*python("analysis"), "run", "--campaign", "nation", "--as-of", end_of(weeks).isoformat()]
        took["whole run"].append(measured(f"{many:,} communes", run, folder))
        (made,) = folder.glob("reports/nation/*/provenance.json")
        steps = json.loads(made.read_bytes())["steps"]
        for name in NOTEBOOKS:
            took[name].append(steps[name]["seconds"])
    print(f"\n| stage, wall s | {' | '.join(f'{many:,}' for many in communes)} | largest growth, of linear |")
    print(f"|---|{'---:|' * len(communes)}---:|")
    for name, seconds in took.items():
        pairs = zip(communes, communes[1:], seconds, seconds[1:], strict=False)
        growth = max((after / before * small / large for small, large, before, after in pairs), default=1.0)
        print(f"| {name} | {' | '.join(f'{one:.1f}' for one in seconds)} | {growth:.2f} |", flush=True)


def measure_apart(house: Path, size: Size, many: int, rows: list[str]) -> None:
    """Print what the last weeks of so many provinces take, each a campaign of its own, by one and two.

    And that wall time of a cluster over the one of each process: what a cluster brings beside what a run's
    own overlap does.
    """
    codes = [f"province_{number:02d}" for number in range(many)]
    own = Size(1, -(-size.districts // size.provinces), 0, size.weeks)
    for code in codes:
        if not (house / "data" / "raw" / code).is_dir():
            generate(house, own, code)
    given = [part for code in codes for part in ("--campaign", code)]
    ends = [end_of(week) - timedelta(days=1) for week in (size.weeks - APART_WEEKS + 1, size.weeks)]
    first, last = (f"{day:%G-W%V}" for day in ends)
    print(f"{many} provinces of {own.districts} districts, {APART_WEEKS} weeks: {HEAD}", flush=True)
    wall: dict[str, float] = {}
    for row in rows:
        for made in ("data/processed", "reports"):
            shutil.rmtree(house / made, ignore_errors=True)
        what, how = APART[row]
        command = [*python("analysis"), "backfill", *given, "--from", first, "--to", last, *how]
        wall[row] = measured(what, command, house, {min(os.sched_getaffinity(0))} if row == "core" else None)
    if "dask" not in wall:
        return
    for row in sorted(wall.keys() - {"dask"}):
        print(f"Dask over {APART[row][0]}: {wall['dask'] / wall[row]:.2f} of the wall time")
    os.environ["ANALYSIS_ROOT"] = str(house)
    print(f"an empty task on such a cluster, one after another: {1000 * empty_task():.1f} ms", flush=True)


def empty_task(many: int = 200) -> float:
    """Return the seconds that a task takes in which nothing is done, sent as reports are."""
    from analysis.run.work import workers

    with workers(1, "local:2") as (pool, _):
        pool.submit(neg, 0).result()  # by now both are there
        began = time.perf_counter()
        for number in range(1, many + 1):  # each another one: a scheduler knows what it was asked before
            pool.submit(neg, number).result()
        return (time.perf_counter() - began) / many


def python(module: str) -> list[str]:
    """Return the command that runs a module of this environment."""
    return [sys.executable, "-m", module]


def main() -> None:
    """Generate and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--provinces", type=int, default=63)
    parser.add_argument("--districts", type=int, default=705)
    parser.add_argument("--communes", type=int, default=0, help="0: districts are counted")
    parser.add_argument("--weeks", type=int, default=15)
    parser.add_argument("--silent", type=int, default=0, help="counted areas of which no file tells")
    parser.add_argument("--alike", type=int, default=1, help="communes that share a name")
    parser.add_argument("--steps", default=",".join((*NOTEBOOKS, "run")), help="what to measure")
    parser.add_argument("--apart", type=int, default=0, help="instead: so many provinces, each a campaign")
    parser.add_argument("--rows", default=",".join(APART), help="which of these to measure with --apart")
    parser.add_argument("--growth", default="", help="instead: nations of so many communes, such as 700,2800")
    parser.add_argument("--into", type=Path, help="folder to keep; measured again where it is there")
    given = parser.parse_args()
    if given.apart and given.weeks <= APART_WEEKS:
        parser.error(
            f"--apart: give more than {APART_WEEKS} --weeks; the first is too short to forecast from"
        )
    rows = given.rows.split(",")
    if unknown := set(rows) - set(APART):
        parser.error(f"--rows: {', '.join(sorted(unknown))}; there is {', '.join(APART)}")
    size = Size(given.provinces, given.districts, given.communes, given.weeks, given.silent, given.alike)
    with tempfile.TemporaryDirectory(prefix="nation-") as place:
        house = (given.into or Path(place)).resolve()
        if given.apart:
            measure_apart(house, size, given.apart, rows)
            return
        if given.growth:
            measure_growth(house, [int(many) for many in given.growth.split(",")], given.weeks)
            return
        if not (house / "data" / "raw" / "nation").is_dir():
            generate(house, size)
        measure(house, size, given.steps.split(","))


if __name__ == "__main__":
    main()
