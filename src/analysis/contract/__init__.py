"""Every artifact that a step leaves for the others, declared once: columns, types, units and meaning.

One TOML file a notebook, of its name. The order of the steps, the gate at the end of a notebook, the reading
of tables and ``docs/data-dictionary.md`` all come from it.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from analysis.errors import AnalysisError

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pa

Type = Literal["text", "number", "whole", "yes/no", "day", "instant", "list"]
ISO_DAY = r"\d{4}-\d{2}-\d{2}"
AT_ONCE = 1 << 17
"""Rows that are checked at a time: what checking holds besides does not grow with the table."""


@dataclass(frozen=True)
class Column:
    """A column of a table, or a key of a JSON object: what it is, in which unit, whether it can be empty."""

    name: str
    type: Type
    empty: bool
    unit: str
    meaning: str
    among: tuple[str, ...] = ()


@dataclass(frozen=True)
class Artifact:
    """A file that a step writes for the others; ``key`` names the columns no two rows have alike."""

    name: str
    step: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """What one notebook declares: the steps it comes after, its artifacts, its files of the report.

    One that is ``published`` also reads what reports of earlier as-ofs keep of their forecasts.
    """

    step: str
    after: tuple[str, ...]
    artifacts: tuple[Artifact, ...]
    report: tuple[str, ...] = ()
    published: bool = False


@cache
def parts() -> tuple[Part, ...]:
    """Return what every notebook declares, in the order of their numbers."""
    return tuple(_part(path) for path in sorted(Path(__file__).parent.glob("*.toml")))


@cache
def artifacts() -> dict[str, Artifact]:
    """Return every artifact by its file's name."""
    return {one.name: one for part in parts() for one in part.artifacts}


def columns(name: str) -> list[str]:
    """Return the names of an artifact's columns, in their order."""
    return [column.name for column in artifacts()[name].columns]


def reading(name: str) -> dict[str, Any]:
    """Return how pandas must read the CSV file of that name; nothing for one that is declared nowhere.

    Codes stay text with their zeros, days are ISO text, and a column without a value is still of its type.
    Of texts only what is empty is missing, for an area may have the code NA; of all else NA is, too.
    """
    if name not in artifacts():
        return {}
    types = {one.name: _IN_CSV.get((one.type, one.empty)) for one in artifacts()[name].columns}
    missing = {one.name: [""] if one.type == "text" else ["", _NOTHING] for one in artifacts()[name].columns}
    dtype = {name: found for name, found in types.items() if found}
    return {"dtype": dtype, "keep_default_na": False, "na_values": missing}


def check(name: str, table: "pd.DataFrame") -> "pd.DataFrame":
    """Return a table unchanged if it is as declared; text may be held once, as categories.

    Raises
    ------
    AnalysisError
        One line that says which artifact, and what is not as declared.
    """
    from pandera.errors import SchemaError  # a quarter of a second, which most commands do without

    if (found := [str(one) for one in table]) != columns(name):
        raise AnalysisError(f"{name} has the columns {found}, not {columns(name)}")
    categories = {one: kind.categories for one, kind in table.dtypes.items() if kind == "category"}
    held_once = frozenset(one for one, texts in categories.items() if texts.dtype == "str" or texts.empty)
    several = 1 if artifacts()[name].key else -(-len(table) // AT_ONCE)
    try:
        for part in range(max(several, 1)):
            some = table if several < 2 else table[part * AT_ONCE : (part + 1) * AT_ONCE]
            _schema(name, held_once).validate(some)
    except SchemaError as error:
        raise AnalysisError(f"{name} is not as declared: {' '.join(str(error).split())[:300]}") from None
    return table


def check_object(name: str, found: Any) -> None:
    """Raise one line unless a JSON object has the declared keys with values of their types."""
    wanted = {column.name: column for column in artifacts()[name].columns}
    if not isinstance(found, dict) or found.keys() != wanted.keys():
        keys = sorted(found) if isinstance(found, dict) else type(found).__name__
        raise AnalysisError(f"{name} has the keys {keys}, not {sorted(wanted)}")
    for key, value in found.items():
        column = wanted[key]
        if value is None and not column.empty:
            raise AnalysisError(f"{name}: {key} is empty")
        if value is not None and not isinstance(value, _IN_JSON[column.type]):
            raise AnalysisError(f"{name}: {key} is {value!r:.60}, not {column.type}")


@cache
def _schema(name: str, held_once: frozenset[str]) -> "pa.DataFrameSchema":
    """Return what a table must be in which some columns of text are categories of text."""
    import pandera.pandas as pa

    artifact = artifacts()[name]
    stored = _IN_PARQUET if name.endswith(".parquet") else _IN_FRAME
    fields = {}
    for one in artifact.columns:
        checks = [pa.Check.isin(one.among)] if one.among else []
        if one.type == "day" and stored is _IN_FRAME:
            checks.append(pa.Check.str_matches(rf"^{ISO_DAY}$"))
        if one.type == "yes/no" and one.empty:
            checks.append(pa.Check.isin([True, False]))
        dtype = "Int64" if one.type == "whole" and one.empty else stored[one.type]
        free = (one.type == "yes/no" and one.empty) or (one.type == "text" and one.name in held_once)
        fields[one.name] = pa.Column(None if free else dtype, checks, nullable=one.empty)
    return pa.DataFrameSchema(fields, strict=True, unique=list(artifact.key) or None)


def _part(path: Path) -> Part:
    declared = tomllib.loads(path.read_text(encoding="utf-8"))
    after, report = declared.pop("after"), declared.pop("report", [])
    published = bool(declared.pop("published", False))
    made = (_artifact(name, path.stem, facts) for name, facts in declared.items())
    return Part(path.stem, tuple(after), tuple(made), tuple(report), published)


def _artifact(name: str, step: str, facts: dict[str, Any]) -> Artifact:
    among = facts.get("among", {})
    fields = tuple(_column(key, text, among.get(key, ())) for key, text in facts["columns"].items())
    return Artifact(name, step, facts["meaning"], fields, tuple(facts.get("key", ())))


def _column(name: str, text: str, among: Any) -> Column:
    kind, unit, meaning = (part.strip() for part in text.split(";", 2))
    plain = kind.removesuffix("?")
    if plain not in get_args(Type):
        raise ValueError(f"{name}: type {kind!r} is none of {', '.join(get_args(Type))}")
    return Column(name, plain, kind.endswith("?"), unit, meaning, tuple(among))  # type: ignore[arg-type]


_IN_FRAME = {"text": str, "number": float, "whole": "int64", "yes/no": bool, "day": str, "instant": str}
_IN_PARQUET = _IN_FRAME | {"day": "datetime64[us]", "instant": "datetime64[us, UTC]"}
_IN_JSON: dict[str, Any] = _IN_FRAME | {"number": (int, float), "whole": int, "list": list}
# Yes, no and empty in one column are what pandas makes of them by itself.
_IN_CSV = {(kind, empty): "str" for kind in ("text", "day", "instant") for empty in (False, True)}
_IN_CSV |= {("number", False): "float64", ("number", True): "float64", ("whole", True): "Int64"}
_IN_CSV |= {("whole", False): "int64", ("yes/no", False): "bool"}
_NOTHING = "NA"  # as hubverse writes it
