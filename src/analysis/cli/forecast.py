"""``analysis forecast``: any table of cumulative counts in, a hubverse file out."""

from pathlib import Path
from typing import Annotated, Any, BinaryIO

import pandas as pd
import pyarrow as pa
import typer
from pyarrow import csv

from analysis.artifacts import replacing
from analysis.errors import InputError


def forecast(
    series: Annotated[
        Path, typer.Argument(help="CSV: area,date,cumulative,eligible and, if there is one, target.")
    ],
    origins: Annotated[str, typer.Option(help="Days to forecast from, such as 2021-05-01,2021-06-01.")],
    out: Annotated[Path, typer.Option(help="CSV file to write, in hubverse columns.")],
    horizons: Annotated[str, typer.Option(help="Days ahead.")] = "7,14,28",
    target_share: Annotated[
        float | None, typer.Option(help="Target as a share of the eligible, instead of the column.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same file.")] = 0,
    draws: Annotated[
        int | None,
        typer.Option(min=20, max=20000, help="Sample paths. [default: 1000, or 200 for over 1000 areas]"),
    ] = None,
    holidays: Annotated[
        str, typer.Option(help="Days or ranges, such as 2021-05-01,2021-12-24..2021-12-26.")
    ] = "",
    pushes: Annotated[
        Path | None, typer.Option(help="CSV of pushes that ended: area,first_day,last_day.")
    ] = None,
    deadline: Annotated[
        str, typer.Option(help="Day, and whether people hurry toward it: 2021-07-04,yes|no|unknown.")
    ] = "",
    vintages: Annotated[
        bool,
        typer.Option(help="SERIES has every version, with the day received: late reports are completed."),
    ] = False,
    rhythm: Annotated[str, typer.Option(help="What one tally covers: day, week or month.")] = "day",
    samples: Annotated[int, typer.Option(min=0, help="Joint sample rows written beside the quantiles.")] = 0,
) -> None:
    """Forecast cumulative counts and the date on which each area and the total meet their target."""
    from analysis.forecast import Told, remarks, series_blocks

    table = read_series(series)
    days = [part.strip() for part in origins.split(",") if part.strip()]
    told = Told(
        _read_holidays(holidays), _read_pushes(pushes), _read_deadline(deadline), vintages, rhythm, samples
    )
    if deadline and target_share is None and "target" not in table:
        raise InputError(f"deadline {deadline}: there is no target; give --target-share or a column target")
    blocks = series_blocks(table, days, _read_days(horizons), target_share, seed, draws, told=told)
    with replacing(out) as draft, draft.open("wb") as stream:
        for number, block in enumerate(blocks):
            _append(block, stream, header=number == 0)
    for line in remarks(table, days, target_share=target_share, told=told):
        typer.echo(f"note: {line}", err=True)
    typer.echo(f"{out}: {table['area'].nunique()} areas and their total, {len(days)} origins")


def _read_holidays(text: str) -> tuple[pd.Timestamp, ...]:
    from analysis.forecast.history import read_day

    found: list[pd.Timestamp] = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        first, _, last = part.partition("..")
        days = [read_day(day, "holiday") for day in (first, last or first)]
        if days[1] < days[0]:
            raise InputError(f"holiday {part}: its last day lies before its first")
        found.extend(pd.date_range(days[0], days[1]))
    return tuple(found)


def _read_pushes(path: Path | None) -> tuple[Any, ...]:
    from analysis.forecast import Push
    from analysis.forecast.history import read_day

    if path is None:
        return ()
    table = read_series(path)
    if lacking := [name for name in ("area", "first_day", "last_day") if name not in table]:
        raise InputError(f"{path}: no column {', '.join(lacking)}; area, first_day, last_day are needed")
    found = []
    rows = table[["area", "first_day", "last_day"]].astype(object).fillna("").astype(str)
    for area, first, last in rows.itertuples(index=False):
        one = Push(area.strip(), *(read_day(day, f"push in area {area}: day") for day in (first, last)))
        if one.last < one.first:
            raise InputError(f"{path}: the push in area {one.area} ends before it begins")
        found.append(one)
    return tuple(found)


def _read_deadline(text: str) -> Any:
    from analysis.forecast import Deadline
    from analysis.forecast.history import read_day

    if not text:
        return None
    day, _, binding = text.partition(",")
    return Deadline(read_day(day, "deadline"), binding.strip() or "unknown")


def _append(block: pd.DataFrame, stream: BinaryIO, *, header: bool) -> None:
    """Write some rows as CSV; Arrow takes a fifth of pandas' time for the 1.4 million of a nation."""
    # It quotes all texts or none, and none is what every other reader of a block without commas expects.
    special = any(set(name) & set(',"\r\n') for name in block["location"].unique())
    options = csv.WriteOptions(
        include_header=header, quoting_style="needed" if special else "none", quoting_header="none"
    )
    csv.write_csv(pa.Table.from_pandas(block, preserve_index=False), stream, options)


_AS_WRITTEN: dict[str, Any] = {"encoding": "utf-8-sig", "keep_default_na": False, "na_values": [""]}


def read_series(path: Path) -> pd.DataFrame:
    """Read a series file; codes of areas stay text, zeros in front included."""
    try:
        table = pd.DataFrame(pd.read_csv(path, dtype={"area": str, "date": str}, **_AS_WRITTEN))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except (pd.errors.EmptyDataError, pd.errors.ParserError, UnicodeDecodeError, IsADirectoryError) as error:
        raise InputError(f"{path}: not a CSV file in UTF-8 ({str(error).splitlines()[0]})") from None
    # a nation has a million rows and few different codes and days
    few = {name: "category" for name in ("area", "date") if name in table}
    return table.astype(few)


def _read_days(text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",") if part.strip()]
    except ValueError:
        raise InputError(f"horizons {text!r}: whole days are needed, such as 7,14,28") from None
