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
) -> None:
    """Forecast cumulative counts and the date on which each area and the total meet their target."""
    from analysis.forecast import remarks, series_blocks

    table = read_series(series)
    days = [part.strip() for part in origins.split(",") if part.strip()]
    blocks = series_blocks(table, days, _read_days(horizons), target_share, seed, draws)
    with replacing(out) as draft, draft.open("wb") as stream:
        for number, block in enumerate(blocks):
            _append(block, stream, header=number == 0)
    for line in remarks(table if target_share is None else table.drop(columns="target", errors="ignore")):
        typer.echo(f"note: {line}", err=True)
    typer.echo(f"{out}: {table['area'].nunique()} areas and their total, {len(days)} origins")


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
