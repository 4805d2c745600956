"""A file as it was understood: the heading, what each column is and why, what became of each cell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from analysis.tallies.files.child import WorkbookReader
from analysis.tallies.files.limits import SECONDS, within
from analysis.tallies.files.text import Unreadable
from analysis.tallies.layouts.kinds import table_of
from analysis.tallies.layouts.page import Page, title_lines
from analysis.tallies.layouts.seen import what_was_found
from analysis.tallies.layouts.table import Column, Table
from analysis.tallies.opening import SentFile, open_pages
from analysis.tallies.read import read_files
from analysis.tallies.register import Register
from analysis.tallies.result import Intake
from analysis.tallies.words.headings import is_measure
from analysis.tallies.words.spelling import word_table
from analysis.workbook.cells import letters_of

FIRST_ROWS = 8
"""Rows shown of each sheet below its heading."""
MEANINGS = word_table("roles")


@dataclass(frozen=True)
class Understood:
    """One sheet: its columns as (letter, heading, meaning), its first rows as (number, cells with fates)."""

    file: str
    sheet: str | None
    verdict: str
    heading: str = ""
    title: str = ""
    columns: tuple[tuple[str, str, str], ...] = ()
    rows: tuple[tuple[int, tuple[tuple[str, str], ...]], ...] = ()
    missing: tuple[str, ...] = ()


def explain(sent: SentFile, register: Register, now: datetime) -> list[Understood]:
    """Return every sheet of a file as it was understood."""
    intake = read_files([sent], register, now)
    fates = _fates(intake)
    try:
        with WorkbookReader() as workbooks, within(SECONDS):
            return [_view(page, fates) for page in open_pages(sent, register, now, workbooks).pages]
    except Unreadable as error:
        said = str(intake.findings["message_en"].iloc[0]) if len(intake.findings) else error.code
        return [Understood(sent.name, None, f"refused: {said}")]


def _view(page: Page, fates: Mapping[object, str]) -> Understood:
    table, name = table_of(page), page.sheet.name
    if table is None:
        found = what_was_found([page.records], page.register)
        missing = found.get("seen_en", "nothing that looks like a heading")
        return Understood(page.file, name, "no table", missing=(missing,))
    by = f"by the layout “{table.declared.name}”" if table.declared else "as teams type it"
    claim = page.subject_above(table.first).claim
    title = {
        "own": f"counts {', '.join(claim.families)}",
        "several": f"counts several things: {', '.join((*claim.families, *claim.words))}",
        "other": f"counts something else: {', '.join(claim.words)}",
        "silent": "does not say what is counted",
    }[claim.verdict]
    columns = tuple(
        (letters_of(one.at), one.heading, _meaning(table, one)) for one in table.columns if one.heading
    )
    body = [at for at in range(table.last + 1, len(table.records)) if any(map(str.strip, table.records[at]))]
    rows = tuple((row + 1, tuple(_cells(table, row, fates))) for row in body[:FIRST_ROWS])
    heading = f"row {table.first + 1}" + (f" to {table.last + 1}" if table.last > table.first else "")
    lines = "" if table.declared else " / ".join(title_lines(page.records, table.first))
    said = f"{lines[:200]}: {title}" if lines else title
    return Understood(page.file, name, f"read {by}", heading, said, columns, rows, tuple(_missing(table)))


def _meaning(table: Table, column: Column) -> str:
    area = ", the heading is the area" if column.at in table.across else ""
    if is_measure(column.role):
        day = f", of {column.day}" if column.day is not None else ""
        return f"{column.role}{day}{area}"
    if column.role == "unclear":
        if column.doubt and column.doubt.words:
            return f"held: counts something else ({', '.join(column.doubt.words)})"
        return "held: of the day or in all, or there twice"
    return f"{MEANINGS[column.role]}{area}"


def _cells(table: Table, row: int, fates: Mapping[object, str]) -> Iterable[tuple[str, str]]:
    sheet = table.sheet
    whole = fates.get((sheet.name, row + 1), "")
    for column in table.columns:
        text = sheet.records.cell(row, column.at).strip()
        if not text:
            continue
        own = fates.get((sheet.name, row + 1, column.role), "") if is_measure(column.role) else ""
        if column.role in ("area", "parent", "code", "date", "unclear", "by_row") or is_measure(column.role):
            yield f"{letters_of(column.at)} {text[:40]}", own or whole


def _fates(intake: Intake) -> dict[object, str]:
    """Return what became of rows, by sheet and row, and of cells, by sheet, row and measure."""
    fates: dict[object, str] = {}
    for one in intake.ignored.itertuples():
        fates.setdefault((_none(one.sheet), one.row), f"ignored: {one.reason}")
    for one in intake.held.itertuples():
        measure = _none(one.measure)
        key = (_none(one.sheet), one.row) if measure is None else (_none(one.sheet), one.row, measure)
        fates[key] = f"held: {one.reason}"
    for one in intake.tallies.itertuples():
        qualifier = "" if one.qualifier == "exact" else f" ({one.qualifier})"
        said = f"taken: {one.area_code} {one.date:%Y-%m-%d} {one.value:g}{qualifier}"
        fates[(_none(one.sheet), one.row, one.measure)] = said
    return fates


def _none(value: object) -> object:
    return None if value != value else value


def _missing(table: Table) -> Iterable[str]:
    if not table.holding("area", "code") and not table.across:
        yield "no column of areas: the title or a layout must name the area"
    if not table.holding("date") and not any(one.day is not None for one in table.columns):
        yield "no column of days: the title, the sheet's or the file's name must give the day"
    if not table.measures and not table.holding("by_row"):
        yield "no column counts anything of the campaign"


def as_text(views: Iterable[Understood]) -> str:
    """Return sheets as they were understood, for a terminal."""
    lines = []
    for view in views:
        where = f"{view.file}, sheet “{view.sheet}”" if view.sheet else view.file
        lines.append(f"{where}: {view.verdict}")
        if view.heading:
            lines += [f"  title    {view.title}", f"  heading  {view.heading}"]
        lines += [
            f"    {letter:<3} {heading[:40]:<40} {meaning}" for letter, heading, meaning in view.columns
        ]
        for number, cells in view.rows:
            lines.append(f"  row {number}")
            lines += [f"    {text:<44} {fate}" for text, fate in cells]
        lines += [f"  missing  {one}" for one in view.missing]
    return "\n".join(lines)


def as_html(views: Iterable[Understood]) -> str:
    """Return sheets as they were understood, as a small page of its own."""
    page = files("analysis.tallies").joinpath("explain.html.j2").read_text(encoding="utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined).from_string(page).render(views=views)
