"""From a campaign folder to a Campaign, or one line that says which file and line is wrong."""

import csv
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from analysis.campaign.facts import Area, Border, Campaign, Mobilisation, PublishedFigure
from analysis.campaign.record import Record
from analysis.errors import InputError

R = TypeVar("R", bound=Record)
Convert = Callable[[str], Any]

_TYPE_WORDS = {
    "thành phố": "TP",
    "thị xã": "TX",
    "thị trấn": "TT",
    "huyện": "H",
    "xã": "X",
    "phường": "P",
}


def load_campaign(folder: Path) -> Campaign:
    """Load and validate the campaign in ``folder``.

    Raises
    ------
    InputError
        Naming the file and line of the first thing that is missing, unknown, mistyped or inconsistent.
    """
    facts = _read_toml(folder / "campaign.toml")
    areas = load_areas(folder)
    tables: dict[str, Any] = {
        "areas": areas,
        "borders": _read_table(folder / "borders.csv", Border, {"border_km": float}, optional=True),
        "mobilisations": _read_table(
            folder / "mobilisations.csv", Mobilisation, {"first_day": _day, "last_day": _day}, optional=True
        ),
        "published": _read_table(
            folder / "published.csv",
            PublishedFigure,
            {"date": _day, "value": float, "denominator": float},
            optional=True,
        ),
    }
    given = _tuples(facts)
    for key in (*tables, "folder"):
        if key in given:
            raise InputError(f"{folder / 'campaign.toml'}: '{key}' does not belong here; it has its own file")
    try:
        campaign = Campaign.model_validate({"folder": folder, **given, **tables})
    except ValidationError as error:
        raise _complaint(folder / "campaign.toml", error, _line_of) from None
    _check_consistency(campaign)
    return campaign


def load_areas(folder: Path) -> tuple[Area, ...]:
    """Load ``areas.csv``; codes are text, leading zeros kept; a code may recur with another validity."""
    path = folder / "areas.csv"
    numbers = dict.fromkeys(("population", "eligible", "target", "tile_row", "tile_col"), int)
    areas = _read_table(
        path, Area, {**numbers, "valid_from": _day, "valid_to": _day, "type": _area_type, "name": _nfc}
    )
    if not areas:
        raise InputError(f"{path}: no area; write one row an area, beginning with 'code,name,type'")
    for number, area in enumerate(areas, start=2):
        twins = [
            other
            for other in areas[: number - 2]
            if other.code == area.code and _validities_overlap(area, other)
        ]
        if twins:
            raise InputError(
                f"{path}, line {number}: code {area.code} is already {twins[0].name!r} at that time; "
                "give the two validities (valid_from, valid_to) that do not overlap"
            )
    return areas


def _validities_overlap(one: Area, other: Area) -> bool:
    starts = max(one.valid_from or date.min, other.valid_from or date.min)
    ends = min(one.valid_to or date.max, other.valid_to or date.max)
    return starts <= ends


def _check_consistency(campaign: Campaign) -> None:
    codes = {area.code for area in campaign.areas}
    last, first = campaign.last_day, campaign.first_day
    where = campaign.folder

    def refuse(file: str, line: int, what: str) -> InputError:
        return InputError(f"{where / file}, line {line}: {what}")

    if last < first:
        raise InputError(f"{where / 'campaign.toml'}: last_day {last} lies before first_day {first}")
    if campaign.code != where.resolve().name:
        raise InputError(
            f"{where / 'campaign.toml'}: code {campaign.code!r} differs from its folder's name {where.name!r}"
        )
    for code in campaign.rhythm.areas if campaign.rhythm else ():
        if code not in codes:
            raise InputError(f"{where / 'campaign.toml'}: rhythm.areas.{code}: no such area in areas.csv")
    for line, mobilisation in enumerate(campaign.mobilisations, start=2):
        if mobilisation.area not in codes:
            raise refuse("mobilisations.csv", line, f"area {mobilisation.area!r} is not in areas.csv")
        if not first <= mobilisation.first_day <= last:
            raise refuse(
                "mobilisations.csv", line, f"{mobilisation.first_day} lies outside {first} to {last}"
            )
    for line, border in enumerate(campaign.borders, start=2):
        for code in (border.area, border.neighbour):
            if code not in codes:
                raise refuse("borders.csv", line, f"area {code!r} is not in areas.csv")
    for line, figure in enumerate(campaign.published, start=2):
        if figure.area is not None and figure.area != "total" and figure.area not in codes:
            raise refuse("published.csv", line, f"area {figure.area!r} is not in areas.csv")


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(
            f"{path}: no such file; a campaign is a folder with campaign.toml and areas.csv"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not valid TOML in UTF-8: {error}") from None
    except RecursionError:
        raise InputError(f"{path}: nested too deep to be a campaign; write it anew") from None


def _tuples(value: Any) -> Any:
    """TOML arrays become tuples, which strict immutable records ask for."""
    if isinstance(value, list):
        return tuple(_tuples(item) for item in value)
    if isinstance(value, dict):
        return {key: _tuples(item) for key, item in value.items()}
    return value


def _read_table(
    path: Path, record: type[R], convert: Mapping[str, Convert], *, optional: bool = False
) -> tuple[R, ...]:
    """Read one CSV file of records; an empty cell is ``None``, other cells are text unless converted."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        if optional:
            return ()
        raise InputError(
            f"{path}: no such file; write one row an area, beginning with 'code,name,type'"
        ) from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: not UTF-8 ({error.reason} at byte {error.start}); save it as UTF-8"
        ) from None
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    rows: list[R] = []
    header: list[str] = []
    try:
        for cells in reader:
            if not header:
                header = _checked_header(path, cells, record)
            elif any(cell.strip() for cell in cells):
                rows.append(_record_of(path, reader.line_num, header, cells, record, convert))
    except csv.Error as error:
        raise InputError(f"{path}, line {reader.line_num}: {error}") from None
    return tuple(rows)


def _checked_header(path: Path, cells: list[str], record: type[Record]) -> list[str]:
    header = [cell.strip() for cell in cells]
    unknown = [name for name in header if name not in record.model_fields]
    if unknown or len(set(header)) < len(header):
        what = f"unknown column {unknown[0]!r}" if unknown else "a column given twice"
        raise InputError(f"{path}, line 1: {what}; the columns are {', '.join(record.model_fields)}")
    return header


def _record_of(
    path: Path,
    line: int,
    header: list[str],
    cells: list[str],
    record: type[R],
    convert: Mapping[str, Convert],
) -> R:
    if len(cells) != len(header):
        raise InputError(f"{path}, line {line}: {len(cells)} cells where the header has {len(header)}")
    values: dict[str, Any] = {}
    for name, cell in zip(header, (cell.strip() for cell in cells), strict=True):
        try:
            values[name] = convert.get(name, str)(cell) if cell else None
        except ValueError:
            raise InputError(
                f"{path}, line {line}: {name} is {cell[:60]!r}; {_wanted(name, convert)}"
            ) from None
    try:
        return record.model_validate({name: value for name, value in values.items() if value is not None})
    except ValidationError as error:
        raise _complaint(path, error, lambda *_: line) from None


def _wanted(name: str, convert: Mapping[str, Convert]) -> str:
    wanted = convert.get(name)
    if wanted is int:
        return "write a whole number without separators"
    if wanted is float:
        return "write a number with a decimal point"
    if wanted is _area_type:
        return "write TP, TX, TT, H, X, P or the full word"
    return "write the date as 2023-09-10"


def _day(cell: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell):
        raise ValueError(cell)
    return date.fromisoformat(cell)


def _nfc(cell: str) -> str:
    return unicodedata.normalize("NFC", cell)


def _area_type(cell: str) -> str:
    return _TYPE_WORDS.get(_nfc(cell).casefold(), cell)


def _complaint(
    path: Path, error: ValidationError, line_of: Callable[[Path, tuple[Any, ...]], int | None]
) -> InputError:
    # A misspelt key makes two errors, unknown and missing: the one that was typed is the one to show.
    first = min(error.errors(include_url=False), key=lambda one: one["type"] != "extra_forbidden")
    keys = ".".join(str(part) for part in first["loc"]) or "the file"
    line = line_of(path, first["loc"])
    where = f"{path}, line {line}" if line else str(path)
    found = "" if first["type"] in ("missing", "extra_forbidden") else f" (found {first['input']!r:.80})"
    message = first["msg"].removeprefix("Value error, ")
    more = f"; and {error.error_count() - 1} more" if error.error_count() > 1 else ""
    return InputError(f"{where}: {keys}: {message}{found}{more}")


def _line_of(path: Path, keys: Iterable[Any]) -> int | None:
    """Find the line of a key in TOML text, which the parser does not tell: the deepest part that is there."""
    wanted = [str(key) for key in keys]
    best: tuple[int, int] | None = None
    table: list[str] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if heading := re.match(r"\s*(\[{1,2})\s*([\w.\-]+)\s*\]", line):
            table = heading[2].split(".")
            if heading[1] == "[[":
                seen[heading[2]] = seen.get(heading[2], -1) + 1
                table = [*table, str(seen[heading[2]])]
            here = table
        elif key := re.match(r"\s*([\w\-]+)\s*=", line):
            here = [*table, key[1]]
        else:
            continue
        depth = len(here)
        if here == wanted[:depth] and (best is None or depth > best[0]):
            best = (depth, number)
    return best[1] if best else None
