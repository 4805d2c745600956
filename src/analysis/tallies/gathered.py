"""From what is left of all file readings to the tables that everybody reads."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis import contract
from analysis.errors import AnalysisError
from analysis.tallies.result import Held, Ignored, Intake, findings_table, frame_of
from analysis.tallies.review.flat import AT_ONCE, Review
from analysis.tallies.words.values import QUALIFIERS


def gather(review: Review, codes: list[str]) -> Intake:
    """Put together what is left of some file readings; ``codes`` of areas are what their tallies point into.

    Raises
    ------
    AnalysisError
        If a row of any file is neither taken nor held nor ignored: the promise of this room is broken.
    """
    readings, columns = review.readings, review.left()
    for reading in readings:
        for kept in (reading.held, reading.ignored, reading.findings):
            kept.sort(key=lambda one: one.row or 0)
    return Intake(
        held=frame_of(Held, [one for reading in readings for one in reading.held]),
        ignored=frame_of(Ignored, [one for reading in readings for one in reading.ignored]),
        findings=findings_table([one for reading in readings for one in reading.findings]),
        files=_account(review, columns),
        tallies=_tallies(review, columns, codes),
    )


def _tallies(review: Review, columns: dict[str, NDArray[Any]], codes: list[str]) -> pd.DataFrame:
    """Make the table of tallies; each of ``columns`` is let go once what it becomes is made."""
    readings, measures = review.readings, [one.code for one in review.measures]
    came = pd.Series([reading.received_at for reading in readings], dtype="object")
    received = pd.to_datetime(came, utc=True).to_numpy(dtype="M8[us]")
    table: dict[str, Any] = dict.fromkeys(contract.columns("tallies.parquet"))
    of_reading = columns.pop("reading")
    table["file"] = _named([reading.file for reading in readings], of_reading)
    table["sha256"] = _named([reading.sha256 for reading in readings], of_reading)
    table["received_at"] = pd.DatetimeIndex(
        _spread(received.view("i8"), of_reading), dtype="datetime64[us, UTC]", copy=False
    )
    del of_reading
    table["date"] = _days(columns.pop("day"))
    table["area_code"] = _named(codes, columns.pop("area"))
    table["measure"] = _named(measures, columns.pop("measure"))
    table["qualifier"] = _named(list(QUALIFIERS), columns.pop("qualifier"))
    table["sheet"] = _named(review.sheets, columns.pop("sheet"))
    table["row"] = columns.pop("row").astype(np.int64)
    table["value"] = columns.pop("value")
    frame = pd.DataFrame(table, copy=False)
    return frame if frame.empty else contract.check("tallies.parquet", frame)


def _days(at: NDArray[np.integer[Any]]) -> NDArray[np.datetime64]:
    """Return days as numpy has them, from how many they are after the first of 1970."""
    first, last = at.min(initial=0), at.max(initial=0)
    days: NDArray[np.datetime64] = np.arange(first, last + 1).astype("M8[D]").astype("M8[us]")
    return _spread(days, at, first)


def _spread(values: NDArray[Any], at: NDArray[np.integer[Any]], first: int = 0) -> NDArray[Any]:
    """Return the values at some positions, which count from ``first``.

    Part by part, because numpy makes positions wide before it uses them.
    """
    spread = np.empty(len(at), dtype=values.dtype)
    for part in range(0, len(at), AT_ONCE):
        spread[part : part + AT_ONCE] = values[at[part : part + AT_ONCE] - first]
    return spread


def _named(names: Sequence[str | None], at: NDArray[np.integer[Any]]) -> pd.Categorical:
    """Return the names at some positions: each is held once, and they sort as text does."""
    different = sorted({name for name in names if name is not None})
    code = {name: number for number, name in enumerate(different)}
    codes = np.array([-1 if name is None else code[name] for name in names], dtype=np.int32)
    kept = pd.Categorical.from_codes(np.empty(0, dtype=np.int8), pd.Index(different, dtype="str"))
    narrow = codes.astype(kept.codes.dtype)
    return pd.Categorical.from_codes(_spread(narrow, at), dtype=kept.dtype, validate=False)


def _account(review: Review, columns: Mapping[str, NDArray[Any]]) -> pd.DataFrame:
    """Count for each file what became of its rows."""
    reading, sheet, row = (columns[name] for name in ("reading", "sheet", "row"))
    another = (reading[1:] != reading[:-1]) | (sheet[1:] != sheet[:-1]) | (row[1:] != row[:-1])
    first = np.flatnonzero(np.append(True, another))[: len(row)]  # of each row that was taken
    bounds = np.searchsorted(reading[first], np.arange(len(review.readings) + 1, dtype=reading.dtype))
    lines = []
    for one, start, end in zip(review.readings, bounds.tolist(), bounds[1:].tolist(), strict=False):
        taken = first[start:end]
        held = {(cell.sheet, cell.row) for cell in one.held}
        ignored = {(cell.sheet, cell.row) for cell in one.ignored} - held
        left = [place for _, place in held | ignored]
        if len(taken) and left and max(left) >= row[taken].min():
            both = taken[np.isin(row[taken], left)].tolist()
            places = {(review.sheets[sheet[at]], int(row[at])) for at in both}
            held, ignored = held - places, ignored - places
        if one.rows != len(taken) + len(held) + len(ignored):
            raise AnalysisError(
                f"{one.file}: {one.rows} rows came in, but {len(taken)} were taken, {len(held)} held "
                f"and {len(ignored)} ignored; this is a fault of the reader, please report it"
            )
        counts = (one.rows, len(taken), len(held), len(ignored))
        lines.append((one.file, one.sha256, one.received_at, one.refused, *counts))
    named = ["file", "sha256", "received_at", "refused", "rows", "taken", "held", "ignored"]
    frame = pd.DataFrame(lines, columns=named)
    frame["received_at"] = pd.to_datetime(frame["received_at"], utc=True)
    return frame
