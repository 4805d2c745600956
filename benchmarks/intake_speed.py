"""How fast tallies are read: beside the standard library on one large file, and file by file for a nation.

And how much memory one file takes, each in a process of its own.
"""

import csv
import io
import multiprocessing
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from analysis.campaign import Area
from analysis.tallies import Register, SentFile, read_files
from analysis.tallies.words.places import Gazetteer

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
RECEIVED = datetime(2023, 9, 18, 8, tzinfo=ZONE)
DISTRICTS, COMMUNES = 705, 10_600
REGISTER = Register(
    Gazetteer(tuple(Area(code=f"{n:03d}", name=f"Huyện số {n}", type="H") for n in range(DISTRICTS))), ZONE
)


def large_file(rows: int) -> bytes:
    """Write clean CSV of ``rows`` rows: as many districts and days as it takes."""
    lines = ["STT;Đơn vị;Ngày;Trong ngày;Lũy kế"]
    days = -(-rows // DISTRICTS)
    for n in range(rows):
        district, day = divmod(n, days)
        when = RECEIVED.date() - timedelta(days=days - day)
        total = f"{10_000 + 7 * day:,}".replace(",", ".")
        lines.append(f"{n + 1};Huyện số {district};{when:%d/%m/%Y};7;{total}")
    return ("\r\n".join(lines) + "\r\n").encode()


def daily_files(count: int) -> list[SentFile]:
    """Write files of twenty rows each, as districts would send them."""
    files = []
    for n in range(count):
        day, district = divmod(n, DISTRICTS // 20)
        when = RECEIVED.date() - timedelta(days=60 - day)
        rows = (f"{i};Huyện số {20 * district + i};{when:%d/%m/%Y};{10_000 + 7 * day}" for i in range(20))
        data = "\r\n".join(("STT;Đơn vị;Ngày;Lũy kế", *rows)).encode()
        files.append(SentFile(f"{n}.csv", data, RECEIVED))
    return files


def nation_files(count: int, rows: int) -> Iterator[SentFile]:
    """Write files of one nation, one by one: ``rows`` communes and two counts each, week after week."""
    groups = COMMUNES // rows
    for n in range(count):
        week, group = divmod(n, groups)
        when = RECEIVED.date() - timedelta(days=7 * (-(-count // groups) - week))
        lines = (
            f"{i + 1};Xã số {rows * group + i};{when:%d/%m/%Y};{70 + i};{10_000 + 500 * week + i}"
            for i in range(rows)
        )
        data = "\r\n".join(("STT;Đơn vị;Ngày;Trong ngày;Lũy kế", *lines)).encode()
        yield SentFile(f"{n}.csv", data, RECEIVED)


def nation(count: int, rows: int) -> tuple[int, float, float, float]:
    """Return the counts of some files, CPU seconds, and megabytes at the peak and of the result.

    A few files are read before, so that what is loaded once is not counted.
    """
    areas = tuple(Area(code=f"{n:05d}", name=f"Xã số {n}", type="X") for n in range(COMMUNES))
    register = Register(Gazetteer(areas), ZONE)
    read_files(nation_files(3, rows), register)
    before = resource.getrusage(resource.RUSAGE_SELF)
    intake = read_files(nation_files(count, rows), register)
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    tables = (intake.tallies, intake.held, intake.ignored, intake.findings, intake.files)
    weight = sum(int(table.memory_usage(deep=True).sum()) for table in tables) / 2**20
    return len(intake.tallies), cpu, (after.ru_maxrss - before.ru_maxrss) / 1024, weight


def plain_reading(data: bytes) -> int:
    """Do the least anybody could: split the file and turn both numbers of each row into integers."""
    reader = csv.reader(io.StringIO(data.decode(), newline=""), delimiter=";", strict=True)
    next(reader)
    return sum(int(row[3]) + int(row[4].replace(".", "")) for row in reader)


def seconds(work: Callable[[], object], times: int = 5) -> float:
    """Return the median time of several runs."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def megabytes(rows: int) -> float:
    """Return by how much reading a file of so many rows raises the peak memory of this process, in MB."""
    file = SentFile("a.csv", large_file(rows), RECEIVED)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    read_files([file], REGISTER)
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def main() -> None:
    """Print all measurements."""
    # Memory first, because a process begins with its parent's peak.
    print(f"{'rows of one file':>18} {'memory':>10} {'1,000 rows':>11}")
    for rows in (25_000, 50_000, 100_000, 200_000):
        with multiprocessing.get_context("spawn").Pool(1) as fresh:
            taken = fresh.apply(megabytes, (rows,))
        print(f"{rows:>18,} {taken:>7.1f} MB {1000 * taken / rows:>8.2f} MB")
    heads = ("files of a nation", "counts", "CPU", "peak", "its tables", "reading")
    print("\n{:>18} {:>10} {:>8} {:>9} {:>11} {:>9}".format(*heads))
    for count in (1_050, 2_625, 5_250, 10_500):
        with multiprocessing.get_context("spawn").Pool(1) as fresh:
            counts, cpu, peak, weight = fresh.apply(nation, (count, 81))
        memory = f"{peak:>6.0f} MB {weight:>8.0f} MB {peak - weight:>6.0f} MB"  # reading's own is the rest
        print(f"{count:>18,} {counts:>10,} {cpu:>6.1f} s {memory}")
    print(f"\n{'rows of one file':>18} {'csv + int()':>12} {'intake':>8} {'ratio':>6}")
    for rows in (10_000, 100_000):
        data = large_file(rows)
        file = SentFile("a.csv", data, RECEIVED)
        plain = seconds(lambda data=data: plain_reading(data))
        ours = seconds(lambda file=file: read_files([file], REGISTER))
        print(f"{rows:>18,} {plain:>10.3f} s {ours:>6.3f} s {ours / plain:>6.1f}")
    print(f"\n{'files of 20 rows':>18} {'intake':>8} {'a file':>9}")
    for count in (88, 352, 705, 1_410):
        files = daily_files(count)
        ours = seconds(lambda files=files: read_files(files, REGISTER), times=3)
        print(f"{count:>18,} {ours:>6.2f} s {1000 * ours / count:>6.2f} ms")


if __name__ == "__main__":
    main()
