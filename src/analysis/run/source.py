"""A notebook as it is written: its code, and the parameters it declares."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from analysis.errors import AnalysisError, InputError
from analysis.parameters import declared

STRICT = ConfigDict(strict=True, allow_inf_nan=False)

# What a parameter can be declared as: what papermill writes and the notebook reads back unchanged.
TYPES: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool}


@dataclass(frozen=True)
class CodeCell:
    """The source of a code cell and its tags."""

    source: str
    tags: frozenset[str]


def code_cells(path: Path) -> list[CodeCell]:
    """Read the code cells of a notebook of format 4; stored outputs are left aside."""
    try:
        cells = [cell for cell in json.loads(path.read_bytes())["cells"] if cell["cell_type"] == "code"]
        return [
            CodeCell("".join(cell["source"]), frozenset(cell.get("metadata", {}).get("tags", [])))
            for cell in cells
        ]
    except FileNotFoundError:
        raise AnalysisError(f"{path}: no such notebook; restore it from git") from None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise AnalysisError(f"{path}: is no notebook ({type(error).__name__}); restore it from git") from None


def parameter_types(path: Path) -> dict[str, str]:
    """Return the names and written types of the notebook's one cell tagged ``parameters``.

    Papermill injects whatever it is given, so anything not declared is refused before papermill sees it.
    """
    tagged = [cell for cell in code_cells(path) if "parameters" in cell.tags]
    if len(tagged) != 1:
        raise AnalysisError(f"{path}: {len(tagged)} cells tagged 'parameters'; a notebook has exactly one")
    try:
        return declared(tagged[0].source)
    except SyntaxError as error:
        raise AnalysisError(f"{path}: its parameters cell is no Python: {error.msg}") from None


def require_declared(path: Path, parameters: Mapping[str, Any]) -> None:
    """Raise unless every parameter is declared by the notebook and has the type written there."""
    types = parameter_types(path)
    for name, value in parameters.items():
        if name not in types:
            raise InputError(
                f"{path.name}: parameter {name[:60]!r} is not declared; it has {', '.join(sorted(types))}"
            )
        if types[name] not in TYPES:
            raise AnalysisError(
                f"{path.name}: parameter {name} is declared as {types[name]}; declare {', '.join(TYPES)}"
            )
        try:
            TypeAdapter(TYPES[types[name]], config=STRICT).validate_python(value)
        except ValidationError:
            raise InputError(
                f"{path.name}: parameter {name} is {repr(value)[:60]}, not of type {types[name]}"
            ) from None
