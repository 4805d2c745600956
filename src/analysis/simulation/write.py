"""Simulated files on disk: what an office's spreadsheet program saves, as a workbook or as text."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path

import pandas as pd
import xlsxwriter

from analysis.artifacts import replacing, sha256, write_json, write_table
from analysis.campaign import Campaign
from analysis.errors import InputError
from analysis.received import COLUMNS
from analysis.simulation.model import draw
from analysis.simulation.parameters import Files, Holds
from analysis.simulation.senders import DayRow, Sent, files_of
from analysis.simulation.truth import truth

DASH = "-"


def write_campaign(campaign: Campaign, folder: Path) -> int:
    """Simulate the campaign from its own seed and write ``tallies/``, ``received.csv`` and ``truth.json``.

    Returns the number of files sent. The same campaign gives the same bytes.

    Raises
    ------
    InputError
        If ``folder`` already holds tallies: raw data are only ever added to.
    """
    if (folder / "received.csv").exists() or any((folder / "tallies").glob("*")):
        raise InputError(
            f"{folder}: there are tallies already, and raw data are append-only; name an empty folder"
        )
    simulation = draw(campaign)
    sent = sorted(files_of(campaign, simulation), key=lambda one: (one.received_at, one.name))
    register = []
    for one in sent:
        path = folder / "tallies" / one.name
        with replacing(path) as draft:
            draft.write_bytes(_workbook(one) if one.kind == "xlsx" else _text(one))
        register.append((sha256(path), one.name, one.received_at.isoformat(), one.sender))
    write_table(pd.DataFrame(register, columns=list(COLUMNS)), folder / "received.csv")
    write_json(truth(campaign, simulation), folder / "truth.json")
    return len(sent)


def _cells(files: Files, number: int, row: DayRow) -> list[object]:
    """Return what each column of a file holds in one row."""
    said: dict[Holds, object] = {
        "index": number, "date": row.day, "code": row.area.code, "area": row.area.name,
        "target": row.area.target, "new": row.new, "cumulative": row.cumulative, "share": row.percent,
    }  # fmt: skip
    return [said[column.holds] for column in files.columns]


def _total(files: Files, rows: Sequence[DayRow]) -> list[object] | None:
    """Return the row under the rows of one area: its label, and what they come to."""
    if not files.total:
        return None
    last = next((row for row in reversed(rows) if row.cumulative is not None), rows[-1])
    said: dict[Holds, object] = {
        "date": files.total, "target": rows[0].area.target, "new": sum(row.new or 0 for row in rows),
        "cumulative": last.cumulative, "share": last.percent,
    }  # fmt: skip
    return [said.get(column.holds, "") for column in files.columns]


def _text(sent: Sent) -> bytes:
    """Write what a spreadsheet program saves as CSV in the sender's country: UTF-8 with a mark."""
    files = sent.files

    def written(cell: object, holds: Holds) -> object:
        if cell is None:
            return DASH
        if holds == "date" and not isinstance(cell, str):
            return f"{cell:{files.day}}"
        if isinstance(cell, float):
            return f"{cell:.2f}".replace(".", files.decimal)
        if isinstance(cell, int) and holds in ("target", "new", "cumulative"):
            return f"{cell:,}".replace(",", files.thousands)
        return cell

    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=files.delimiter, lineterminator="\r\n")
    for title in sent.titles:
        writer.writerow([title, *[""] * (len(files.columns) - 1)])
    writer.writerow([column.heading for column in files.columns])
    rows = [_cells(files, number, row) for number, row in enumerate(sent.rows, start=1)]
    total = _total(files, sent.rows)
    for cells in [*rows, *([total] if total else [])]:
        writer.writerow(
            [written(cell, column.holds) for cell, column in zip(cells, files.columns, strict=True)]
        )
    return stream.getvalue().encode("utf-8-sig")


def _workbook(sent: Sent) -> bytes:
    """Make a sheet with merged titles, real dates, numbers with a thousands format, a totals row."""
    stream, files = io.BytesIO(), sent.files
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False})
    # A fixed date of making, so that the same campaign gives the same bytes.
    book.set_properties({"created": datetime.combine(sent.week, time()), "author": sent.sender})
    sheet = book.add_worksheet(files.sheet)
    bold = book.add_format({"bold": True})
    head = book.add_format({"bold": True, "border": 1, "align": "center"})
    forms = {
        "count": book.add_format({"num_format": "#,##0"}),
        "share": book.add_format({"num_format": "0.00"}),
        "date": book.add_format({"num_format": files.day_format}),
    }
    for line, title in enumerate(sent.titles):
        sheet.merge_range(line, 0, line, len(files.columns) - 1, title, bold)
    top = len(sent.titles)
    sheet.write_row(top, 0, [column.heading for column in files.columns], head)
    sheet.set_column(1, len(files.columns) - 1, 13)

    def write(line: int, at: int, cell: object) -> None:
        holds = files.columns[at].holds
        if cell is None:
            sheet.write_string(line, at, DASH)
        elif isinstance(cell, str):
            if cell:
                sheet.write_string(line, at, cell, *([bold] if cell == files.total else []))
        elif holds == "date":
            sheet.write_datetime(line, at, datetime.combine(cell, time()), forms["date"])  # type: ignore[arg-type]
        elif holds == "index":
            sheet.write_number(line, at, cell)
        else:
            sheet.write_number(line, at, cell, forms["share" if holds == "share" else "count"])

    rows = [_cells(files, number, row) for number, row in enumerate(sent.rows, start=1)]
    total = _total(files, sent.rows)
    for line, cells in enumerate([*rows, *([total] if total else [])], start=top + 1):
        for at, cell in enumerate(cells):
            write(line, at, cell)
    book.close()
    return stream.getvalue()
