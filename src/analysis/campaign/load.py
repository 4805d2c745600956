"""From a campaign folder to a Campaign, or one line that says which file and line is wrong."""

import csv
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from analysis.campaign.areas import Area, Border, type_words
from analysis.campaign.facts import Campaign, Mobilisation, PublishedFigure
from analysis.campaign.measures import (
    DEFAULT,
    Measure,
    Words,
    headline_of,
    inherited,
    vocabulary,
    vocabulary_names,
    vocabulary_with,
)
from analysis.campaign.record import Record
from analysis.campaign.tree import loops, strange_parents
from analysis.errors import InputError

R = TypeVar("R", bound=Record)
Convert = Callable[[str], Any]


def load_campaign(folder: Path) -> Campaign:
    """Load and validate the campaign in ``folder``.

    Raises
    ------
    InputError
        Naming the file and line of the first thing that is missing, unknown, mistyped or inconsistent.
    """
    path = folder / "campaign.toml"
    given = _with_headline(_with_measures(_tuples(_read_toml(path)), path), path)
    own_types = given.get("area_types")
    areas = load_areas(folder, own_types if isinstance(own_types, dict) else {})
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
    for key in (*tables, "folder"):
        if key in given:
            raise InputError(f"{path}: '{key}' does not belong here; it has its own file")
    try:
        campaign = Campaign.model_validate({"folder": folder, **given, **tables})
    except ValidationError as error:
        raise _complaint(path, error, _line_of) from None
    _check_consistency(campaign)
    return campaign


def _with_measures(given: dict[str, Any], path: Path) -> dict[str, Any]:
    """Add the measures of the vocabulary to the campaign's own."""
    own, named = given.get("measures", ()), given.get("measure")
    name = given.get("vocabulary")
    if name is None and not own:
        name = (vocabulary_with(named) if isinstance(named, str) else None) or DEFAULT
    if name is not None and name not in vocabulary_names():
        line = _line_of(path, ("vocabulary",))
        raise InputError(
            f"{path}, line {line}: vocabulary {str(name)[:40]!r} is none; "
            f"there is {', '.join(vocabulary_names())}"
        )
    own = inherited(own) if isinstance(own, tuple) else own
    if name is not None and isinstance(own, tuple):
        codes = {one.get("code") for one in own if isinstance(one, dict)}
        # The campaign's own headline takes the place of the vocabulary's.
        said = any(one.get("headline") for one in own if isinstance(one, dict))
        own = (
            *own,
            *(
                one.model_copy(update={"headline": one.headline and not said})
                for one in vocabulary(name).measures
                if one.code not in codes
            ),
        )
    return {**given, "measures": own}


def _with_headline(given: dict[str, Any], path: Path) -> dict[str, Any]:
    """Add the code of the headline measure, and its unit and people as the campaign's."""
    try:
        measures = TypeAdapter(tuple[Measure, ...]).validate_python(given["measures"])
    except ValidationError:
        return given  # told when the whole campaign is validated
    named = given.get("measure")
    headline = headline_of(measures, named if isinstance(named, str) else None)
    if headline is None:
        line = _line_of(path, ("measure",)) if named else None
        where = f"{path}, line {line}" if line else str(path)
        what = f"measure {named!r} is none of them" if named else "none of the measures is the headline"
        raise InputError(
            f"{where}: {what}; write measure = one of {', '.join(one.code for one in measures)}, "
            "or give it in [[measures]]"
        )
    codes = {one.code: one.kind for one in measures}
    for one in measures:
        if one.pairs_with is not None and {one.kind, codes.get(one.pairs_with)} != {"cumulative", "period"}:
            raise InputError(
                f"{path}: measure {one.code} pairs with {one.pairs_with!r}, "
                "no measure of the other kind; a sum pairs with the count of a period, or with nothing"
            )
    defaults = {key: getattr(headline, key) for key in ("unit", "people") if getattr(headline, key)}
    return {**defaults, **given, "measure": headline.code}


def load_areas(folder: Path, own_types: Mapping[str, Words] = MappingProxyType({})) -> tuple[Area, ...]:
    """Load ``areas.csv``; codes are text, leading zeros kept; a code may recur with another validity."""
    path = folder / "areas.csv"
    numbers = dict.fromkeys(("population", "eligible", "target", "tile_row", "tile_col"), int)
    words = type_words(own_types)
    convert: dict[str, Convert] = {
        **numbers,
        "valid_from": _day,
        "valid_to": _day,
        "type": lambda cell: words.get(_nfc(cell).casefold(), _nfc(cell)),
        "name": _nfc,
        "also_called": _names,
    }
    areas = _read_table(path, Area, convert)
    if not areas:
        raise InputError(f"{path}: no area; write one row an area, beginning with 'code,name'")
    seen: dict[str, list[Area]] = {}
    for number, area in enumerate(areas, start=2):
        twins = [other for other in seen.setdefault(area.code, []) if _validities_overlap(area, other)]
        if twins:
            raise InputError(
                f"{path}, line {number}: code {area.code} is already {twins[0].name!r} at that time; "
                "give the two validities (valid_from, valid_to) that do not overlap"
            )
        seen[area.code].append(area)
    return areas


def _names(cell: str) -> tuple[str, ...]:
    return tuple(_nfc(name.strip()) for name in cell.split(";") if name.strip())


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
    strange, slips = strange_parents(campaign.areas)
    for at in strange if slips else ():
        above = campaign.areas[at].parent
        raise refuse(
            "areas.csv", at + 2, f"parent {above!r} is no area; write the code of an area, or nothing"
        )
    parents = {area.code: area.parent for area in campaign.areas if area.parent}
    for ring in loops(parents):
        line = next(n for n, area in enumerate(campaign.areas, start=2) if area.code == ring[0])
        raise refuse(
            "areas.csv", line, f"areas lie above each other in a ring: {' < '.join((*ring, ring[0]))}"
        )
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
        raise InputError(f"{path}: no such file; write one row an area, beginning with 'code,name'") from None
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
    return "write the date as 2023-09-10"


def _day(cell: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell):
        raise ValueError(cell)
    return date.fromisoformat(cell)


def _nfc(cell: str) -> str:
    return unicodedata.normalize("NFC", cell)


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
