"""The CSV files of a campaign's folder as records, each with its line; every fault of a file at once."""

import csv
import io
import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from analysis.campaign.areas import Area, Border, type_words
from analysis.campaign.faults import MOST_TOLD, Fault, perhaps
from analysis.campaign.measures import Words
from analysis.campaign.record import Record
from analysis.campaign.stated import Mobilisation, PublishedFigure
from analysis.campaign.written import complaint, types_in

R = TypeVar("R", bound=Record)
Convert = Callable[[str], Any]
BEGIN = "write one row an area, beginning with 'code,name'"


@dataclass(frozen=True)
class Rows(Generic[R]):
    """The sound rows of one file, the line each stands on, and what is wrong with the others."""

    path: Path
    records: tuple[R, ...] = ()
    lines: tuple[int, ...] = ()
    faults: tuple[Fault, ...] = ()

    def fault(self, at: int, found: str, write: str, *, warning: bool = False) -> Fault:
        """Return a fault of one of the records."""
        return Fault(self.path, self.lines[at], found, write, "warning" if warning else "error")


@dataclass(frozen=True)
class Tables:
    """All CSV files of a campaign's folder."""

    areas: Rows[Area]
    borders: Rows[Border]
    mobilisations: Rows[Mobilisation]
    published: Rows[PublishedFigure]

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with rows by themselves."""
        return tuple(
            fault
            for rows in (self.areas, self.borders, self.mobilisations, self.published)
            for fault in rows.faults
        )


def read_tables(folder: Path, types: Mapping[str, Words]) -> Tables:
    """Read every CSV file of a campaign's folder; ``types`` are the campaign's own types of areas."""
    return Tables(
        areas=read_areas(folder, types),
        borders=read_rows(folder / "borders.csv", Border, optional=True),
        mobilisations=read_rows(folder / "mobilisations.csv", Mobilisation, optional=True),
        published=read_rows(folder / "published.csv", PublishedFigure, optional=True),
    )


def read_areas(folder: Path, types: Mapping[str, Words]) -> Rows[Area]:
    """Read ``areas.csv``; codes are text, leading zeros kept; a code may recur with another validity."""
    words = type_words(types)
    return read_rows(
        folder / "areas.csv",
        Area,
        type=lambda cell: words.get(_nfc(cell).casefold(), _nfc(cell)),
        name=_nfc,
        also_called=_several,
        divided_into=_several,
    )


def read_rows(path: Path, record: type[R], *, optional: bool = False, **special: Convert) -> Rows[R]:
    """Read one CSV file of records: an empty cell is ``None``, others become what the record declares."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Rows(path) if optional else _none(path, "no such file", BEGIN)
    except UnicodeDecodeError as error:
        return _none(path, f"not UTF-8 ({error.reason} at byte {error.start})", "save it as UTF-8")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        rows = [(reader.line_num, cells) for cells in reader if any(map(str.strip, cells)) or not rows]
    except csv.Error as error:
        return _none(path, f"{error}", "close every quote, and double those inside a cell", reader.line_num)
    if len(rows) < 2:
        return Rows(path) if optional else _none(path, "no area", BEGIN)
    header = [cell.strip() for cell in rows[0][1]]
    if faults := _of_header(path, header, record):
        return Rows(path, faults=faults)
    return _records(path, header, rows[1:], record, {**_by_type(record), **special})


def _none(path: Path, found: str, write: str, line: int | None = None) -> Rows[Any]:
    return Rows(path, faults=(Fault(path, line, found, write),))


def _by_type(record: type[Record]) -> dict[str, Convert]:
    """Return what converts the cells of each column that holds numbers or days."""
    kinds = {name: types_in(field.annotation) for name, field in record.model_fields.items()}
    return {name: _CONVERT[one] for name, found in kinds.items() for one in found if one in _CONVERT}


def _of_header(path: Path, header: Sequence[str], record: type[Record]) -> tuple[Fault, ...]:
    columns = list(record.model_fields)
    listed = f"the columns are {', '.join(columns)}"
    found = [
        Fault(path, 1, f"unknown column {name!r}", f"{perhaps(name, columns)}; {listed}")
        for name in header
        if name not in columns
    ]
    twice = {name for name in header if header.count(name) > 1}
    found += [Fault(path, 1, f"column {name!r} given twice", "keep one of them") for name in sorted(twice)]
    needed = [name for name, field in record.model_fields.items() if field.is_required()]
    missing = [name for name in needed if name not in header]
    if missing and not found:
        found.append(Fault(path, 1, f"no column {', '.join(missing)}", "add it; every row needs it"))
    return tuple(found)


def _records(
    path: Path,
    header: Sequence[str],
    rows: Sequence[tuple[int, list[str]]],
    record: type[R],
    convert: Mapping[str, Convert],
) -> Rows[R]:
    kept: dict[int, R] = {}
    faults: list[Fault] = []
    converters = [(name, convert.get(name)) for name in header]
    for line, cells in rows:
        values, before = dict[str, Any](), len(faults)
        if len(cells) != len(header):
            found = f"{len(cells)} cells where the header has {len(header)}"
            faults.append(Fault(path, line, found, "give every column a cell, and quote cells with commas"))
        if before >= MOST_TOLD or len(faults) > before:
            continue
        for (name, into), cell in zip(converters, cells, strict=True):
            if text := cell.strip():
                try:
                    values[name] = text if into is None else into(text)
                except ValueError:
                    faults.append(Fault(path, line, f"{name} is {text[:60]!r}", _wanted(into)))
        if len(faults) > before:
            continue
        try:
            kept[line] = record.model_validate(values)
        except ValidationError as error:
            faults += (complaint(path, line, one, record) for one in error.errors(include_url=False))
    return Rows(path, tuple(kept.values()), tuple(kept), tuple(faults[:MOST_TOLD]))


def _wanted(convert: Convert | None) -> str:
    if convert is int:
        return "write a whole number without separators"
    if convert is _number:
        return "write a number with a decimal point"
    return "write the date as 2023-09-10"


def _number(cell: str) -> float:
    number = float(cell)
    if not math.isfinite(number):
        raise ValueError(cell)
    return number


def _day(cell: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell):
        raise ValueError(cell)
    return date.fromisoformat(cell)


def _several(cell: str) -> tuple[str, ...]:
    """Read what stands between semicolons."""
    return tuple(one for part in cell.split(";") if (one := _nfc(part.strip())))


def _nfc(cell: str) -> str:
    return unicodedata.normalize("NFC", cell)


_CONVERT: Mapping[type, Convert] = {int: int, float: _number, date: _day}
