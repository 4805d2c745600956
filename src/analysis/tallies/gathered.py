"""From what is left of all file readings to the tables that everybody reads."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis import contract
from analysis.errors import AnalysisError
from analysis.tallies.result import Held, Ignored, Intake, findings_table, frame_of
from analysis.tallies.review.flat import Flat, Review
from analysis.tallies.words.values import QUALIFIERS


def gather(review: Review, codes: list[str]) -> Intake:
    """Put together what is left of some file readings; ``codes`` of areas are what their tallies point into.

    Raises
    ------
    AnalysisError
        If a row of any file is neither taken nor held nor ignored: the promise of this room is broken.
    """
    readings, flat = review.readings, review.flat.where(~review.out)
    for reading in readings:
        for kept in (reading.held, reading.ignored, reading.findings):
            kept.sort(key=lambda one: one.row or 0)
    return Intake(
        tallies=_tallies(review, flat, codes),
        held=frame_of(Held, [one for reading in readings for one in reading.held]),
        ignored=frame_of(Ignored, [one for reading in readings for one in reading.ignored]),
        findings=findings_table([one for reading in readings for one in reading.findings]),
        files=_account(review, flat),
    )


def _tallies(review: Review, flat: Flat, codes: list[str]) -> pd.DataFrame:
    readings, measures = review.readings, [one.code for one in review.measures]
    received = np.array([_utc(reading.received_at) for reading in readings], dtype="datetime64[us]")
    rows = int(flat.row.max(initial=0)) + 1
    # One key, because its ascending runs, the blocks, are only merged; four would each be sorted anew.
    place = (flat.reading * len(review.sheets) + flat.sheet) * rows + flat.row
    order = np.argsort(place * len(measures) + flat.measure, kind="stable")
    flat = Flat._make(column[order] for column in flat)

    def named(names: Sequence[str | None], at: NDArray[np.int64]) -> pd.Series:
        return pd.Series(pd.array(names, dtype="str").take(at) if names else [], dtype="str")

    frame = pd.DataFrame(
        {
            "area_code": named(codes, flat.area),
            "date": flat.day.astype("datetime64[D]").astype("datetime64[us]"),
            "measure": named(measures, flat.measure),
            "value": flat.value,
            "qualifier": named(list(QUALIFIERS), flat.qualifier),
            "received_at": pd.to_datetime(received[flat.reading], utc=True).as_unit("us"),
            "file": named([reading.file for reading in readings], flat.reading),
            "sheet": named(review.sheets, flat.sheet),
            "row": flat.row,
            "sha256": named([reading.sha256 for reading in readings], flat.reading),
        }
    )
    if frame.empty:
        return frame
    return contract.check("tallies.parquet", frame)


def _utc(instant: datetime | None) -> datetime | None:
    """Return an instant as numpy takes it: in UTC, without saying so."""
    return None if instant is None else instant.astimezone(UTC).replace(tzinfo=None)


def _account(review: Review, flat: Flat) -> pd.DataFrame:
    """Count for each file what became of its rows."""
    lines = []
    rows = int(flat.row.max(initial=0)) + 1
    taken_at = flat.sheet * rows + flat.row
    sheets = {name: at for at, name in enumerate(review.sheets)}
    bounds = np.searchsorted(flat.reading, np.arange(len(review.readings) + 1)).tolist()

    def place(one: Held | Ignored) -> int | tuple[str | None, int]:
        known = one.sheet in sheets and one.row < rows
        return sheets[one.sheet] * rows + one.row if known else (one.sheet, one.row)

    for reading, first, last in zip(review.readings, bounds, bounds[1:], strict=False):
        taken = pd.unique(taken_at[first:last])
        held = {place(one) for one in reading.held}
        ignored = {place(one) for one in reading.ignored} - held
        known = [at for at in (*held, *ignored) if isinstance(at, int)]
        both = set(np.intersect1d(taken, np.array(known, dtype=np.int64), assume_unique=True).tolist())
        held, ignored = held - both, ignored - both
        if reading.rows != len(taken) + len(held) + len(ignored):
            raise AnalysisError(
                f"{reading.file}: {reading.rows} rows came in, but {len(taken)} were taken, {len(held)} held "
                f"and {len(ignored)} ignored; this is a fault of the reader, please report it"
            )
        received = pd.Timestamp(reading.received_at) if reading.received_at else pd.NaT
        counts = (reading.rows, len(taken), len(held), len(ignored))
        lines.append((reading.file, reading.sha256, received, reading.refused, *counts))
    columns = ["file", "sha256", "received_at", "refused", "rows", "taken", "held", "ignored"]
    frame = pd.DataFrame(lines, columns=columns)
    frame["received_at"] = pd.to_datetime(frame["received_at"], utc=True)
    return frame
