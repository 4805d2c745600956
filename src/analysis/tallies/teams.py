"""Simulated tallies, put into the files that district teams would have sent for them.

One file an area and week, every second area as a workbook, the others as semicolon-separated text: a title
that says the figures are simulated, a header, one row a day, a totals row; sent on Sunday evening. What goes
wrong in a few of them is declared in campaign.toml.
"""

import csv
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import xlsxwriter

from analysis.artifacts import replacing, sha256, write_json, write_table
from analysis.campaign import Area, Campaign
from analysis.errors import InputError
from analysis.tallies.simulate import Mishap, Simulation, parameters_of, simulate, truth

HEADER = ("STT", "Ngày", "Đơn vị", "Chỉ tiêu", "Trong ngày", "Lũy kế", "Tỷ lệ (%)")
TYPE_WORDS = {"TP": "thành phố", "TX": "thị xã", "H": "huyện"}


@dataclass(frozen=True)
class DayRow:
    """What a team writes for one day; ``None`` is a cell with a dash."""

    day: date
    on_day: int | None
    cumulative: int | None
    percent: float | None


@dataclass(frozen=True)
class Sent:
    """One file: whose, for the week that ends when, what it says, when it arrived."""

    area: Area
    week: date
    rows: tuple[DayRow, ...]
    received_at: datetime
    correction: bool

    @property
    def name(self) -> str:
        """File name: ISO week, code, plain letters, and ``dinh-chinh`` for a correction."""
        plain = unicodedata.normalize("NFD", self.area.name.replace("Đ", "D").replace("đ", "d"))
        word = "".join(c for c in plain if not unicodedata.combining(c)).lower().replace(" ", "-")
        ending = "xlsx" if int(self.area.code) % 2 == 0 else "csv"
        suffix = "_dinh-chinh" if self.correction else ""
        return f"{self.week:%G-W%V}_{self.area.code}_{word}{suffix}.{ending}"

    @property
    def sender(self) -> str:
        """The police unit that sends for the area."""
        return f"Công an {TYPE_WORDS.get(self.area.type or '', '')} {self.area.name}"


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
    simulation = simulate(campaign, np.random.default_rng(campaign.seed))
    sent = sorted(files_of(campaign, simulation), key=lambda one: (one.received_at, one.name))
    register = []
    for one in sent:
        path = folder / "tallies" / one.name
        with replacing(path) as draft:
            draft.write_bytes(_workbook(campaign, one) if path.suffix == ".xlsx" else _text(campaign, one))
        register.append((sha256(path), one.name, one.received_at.isoformat(), one.sender))
    write_table(
        pd.DataFrame(register, columns=["sha256", "name", "received_at", "sender"]), folder / "received.csv"
    )
    write_json(truth(campaign, simulation), folder / "truth.json")
    return len(sent)


def files_of(campaign: Campaign, simulation: Simulation) -> Iterator[Sent]:
    """Yield the files of every area and week, mishaps included, in no particular order."""
    given = parameters_of(campaign)
    mishaps = {(mishap.area, mishap.week): mishap for mishap in given.mishaps}
    cumulative = simulation.cumulative
    sundays = sorted({day + timedelta(days=6 - day.weekday()) for day in simulation.days.date})
    for number, area in enumerate(campaign.areas):
        rows = [
            DayRow(
                day,
                int(simulation.new[number, d]) if d else None,
                int(cumulative[number, d]),
                round(100 * int(cumulative[number, d]) / (area.target or 1), 2),
            )
            for d, day in enumerate(simulation.days.date)
        ]
        for sunday in sundays:
            week = tuple(row for row in rows if sunday - timedelta(days=6) <= row.day <= sunday)
            arrival = datetime.combine(sunday, time(21), campaign.zone)
            arrival += timedelta(minutes=3 * number)
            plain = Sent(area, sunday, week, arrival, correction=False)
            yield from _with_mishap(plain, mishaps.get((area.code, sunday)))


def _with_mishap(sent: Sent, mishap: Mishap | None) -> Iterator[Sent]:
    """Yield the file as it really arrives, and the correction that follows it if one does."""
    if mishap is None:
        yield sent
        return
    rows = list(sent.rows)
    middle, last = rows[len(rows) // 2], rows[-1]
    arrival = sent.received_at + timedelta(days=mishap.late_days or 0)
    if mishap.kind == "mistyped_cumulative":
        digits = str(middle.cumulative)
        typed = int(digits[:1] + digits[2] + digits[1] + digits[3:])
        rows[len(rows) // 2] = DayRow(middle.day, middle.on_day, typed, middle.percent)
    elif mishap.kind == "blank_day":
        rows[-1] = DayRow(last.day, None, None, None)
    elif mishap.kind == "wrong_percentage":
        rows[-1] = DayRow(last.day, last.on_day, last.cumulative, round((last.percent or 0) * 0.964, 2))
    yield Sent(sent.area, sent.week, tuple(rows), arrival, correction=False)
    if mishap.corrected_after_days:
        later = sent.received_at + timedelta(days=mishap.corrected_after_days)
        yield Sent(sent.area, sent.week, sent.rows, later, correction=True)


def _titles(campaign: Campaign, sent: Sent) -> list[str]:
    monday = sent.week - timedelta(days=6)
    first = max(monday, campaign.first_day)
    return [
        "SỐ LIỆU MÔ PHỎNG - KHÔNG PHẢI SỐ LIỆU THẬT (SIMULATED DATA)",
        "BÁO CÁO KẾT QUẢ KÍCH HOẠT TÀI KHOẢN ĐỊNH DANH ĐIỆN TỬ"
        + (" (ĐÍNH CHÍNH)" if sent.correction else ""),
        f"Đơn vị: {sent.sender}",
        f"Từ ngày {first:%d/%m/%Y} đến ngày {sent.week:%d/%m/%Y}",
    ]


def _total(sent: Sent) -> tuple[int, int | None, float | None]:
    on_days = sum(row.on_day or 0 for row in sent.rows)
    last = next((row for row in reversed(sent.rows) if row.cumulative is not None), sent.rows[-1])
    return on_days, last.cumulative, last.percent


def _text(campaign: Campaign, sent: Sent) -> bytes:
    """Write what a Vietnamese Excel saves as CSV: semicolons, dot thousands, UTF-8 with a mark."""

    def count(value: int | None) -> str:
        return "-" if value is None else f"{value:,}".replace(",", ".")

    def percent(value: float | None) -> str:
        return "-" if value is None else f"{value:.2f}".replace(".", ",")

    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    for title in _titles(campaign, sent):
        writer.writerow([title, *[""] * (len(HEADER) - 1)])
    writer.writerow(HEADER)
    target = count(sent.area.target)
    for number, row in enumerate(sent.rows, start=1):
        day = f"{row.day:%d/%m/%Y}"
        counts = count(row.on_day), count(row.cumulative)
        writer.writerow([number, day, sent.area.name, target, *counts, percent(row.percent)])
    on_days, cumulative, rate = _total(sent)
    writer.writerow(["", "Tổng cộng", "", target, count(on_days), count(cumulative), percent(rate)])
    return stream.getvalue().encode("utf-8-sig")


def _workbook(campaign: Campaign, sent: Sent) -> bytes:
    """Make a sheet with merged titles, real dates, numbers with a thousands format, a totals row."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False})
    # A fixed date of making, so that the same campaign gives the same bytes.
    book.set_properties({"created": datetime.combine(sent.week, time()), "author": sent.sender})
    sheet = book.add_worksheet("Báo cáo")
    bold = book.add_format({"bold": True})
    head = book.add_format({"bold": True, "border": 1, "align": "center"})
    number_of = book.add_format({"num_format": "#,##0"})
    percent_of = book.add_format({"num_format": "0.00"})
    day_of = book.add_format({"num_format": "dd/mm/yyyy"})
    for line, title in enumerate(_titles(campaign, sent)):
        sheet.merge_range(line, 0, line, len(HEADER) - 1, title, bold)
    top = len(_titles(campaign, sent))
    sheet.write_row(top, 0, HEADER, head)
    sheet.set_column(1, 6, 13)

    def write(line: int, column: int, value: float | None, form: xlsxwriter.format.Format) -> None:
        if value is None:
            sheet.write_string(line, column, "-")
        else:
            sheet.write_number(line, column, value, form)

    for line, row in enumerate(sent.rows, start=top + 1):
        sheet.write_number(line, 0, line - top)
        sheet.write_datetime(line, 1, datetime.combine(row.day, time()), day_of)
        sheet.write_string(line, 2, sent.area.name)
        write(line, 3, sent.area.target, number_of)
        write(line, 4, row.on_day, number_of)
        write(line, 5, row.cumulative, number_of)
        write(line, 6, row.percent, percent_of)
    bottom = top + 1 + len(sent.rows)
    on_days, cumulative, rate = _total(sent)
    sheet.write_string(bottom, 1, "Tổng cộng", bold)
    write(bottom, 3, sent.area.target, number_of)
    write(bottom, 4, on_days, number_of)
    write(bottom, 5, cumulative, number_of)
    write(bottom, 6, rate, percent_of)
    book.close()
    return stream.getvalue()
