"""One notebook: what parameters it declares, and running it with papermill through the gate."""

import ast
import math
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat

from analysis.errors import AnalysisError, InputError
from analysis.run.gate import closing_cell, require_complete

CELL_TIME_LIMIT = 600  # seconds; the slowest cell of the shipped campaigns takes some twenty
TYPES = {"str": str, "int": int, "float": float, "bool": bool}


def parameter_types(path: Path) -> dict[str, str]:
    """Return the names and written types of the notebook's one cell tagged ``parameters``.

    Papermill injects whatever it is given and runs a parameter's name as code, so names are read from the
    syntax tree here and anything not declared is refused before papermill sees it.
    """
    try:
        notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    except FileNotFoundError:
        raise AnalysisError(f"{path}: no such notebook") from None
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, KeyError, AttributeError) as error:
        raise AnalysisError(f"{path}: is no notebook ({type(error).__name__}); restore it from git") from None
    cells = [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code" and "parameters" in cell.metadata.get("tags", [])
    ]
    if len(cells) != 1:
        raise AnalysisError(f"{path}: {len(cells)} cells tagged 'parameters'; a notebook has exactly one")
    try:
        statements = ast.parse(cells[0].source).body
    except SyntaxError as error:
        raise AnalysisError(f"{path}: its parameters cell is no Python: {error.msg}") from None
    types: dict[str, str] = {}
    for statement in statements:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            types[statement.target.id] = ast.unparse(statement.annotation)
        elif isinstance(statement, ast.Assign):
            types |= {target.id: "Any" for target in statement.targets if isinstance(target, ast.Name)}
    return types


def declared_parameters(path: Path) -> frozenset[str]:
    """Return the names that the notebook's ``parameters`` cell assigns."""
    return frozenset(parameter_types(path))


def require_declared(path: Path, parameters: Mapping[str, Any]) -> None:
    """Raise unless every parameter is declared by the notebook and has the type written there."""
    types = parameter_types(path)
    for name, value in parameters.items():
        if name not in types:
            raise InputError(
                f"{path.name}: parameter {name[:60]!r} is not declared; it has {', '.join(sorted(types))}"
            )
        if (wanted := TYPES.get(types[name])) and type(value) is not wanted:
            raise InputError(f"{path.name}: parameter {name} is {value!r:.60}, not of type {types[name]}")


def execute(
    source: Path,
    output: Path,
    parameters: Mapping[str, str],
    folder: Path,
    *,
    files: Sequence[Path] = (),
    time_limit: float = CELL_TIME_LIMIT,
    progress: bool = True,
    **kernel: Any,
) -> None:
    """Run a notebook with these parameters, write it as executed, and raise unless it passes the gate.

    Parameters
    ----------
    source, output
        The notebook, and where its executed copy goes (its folder must exist).
    parameters
        Each must be declared in the notebook's ``parameters`` cell.
    folder
        Current folder of the kernel.
    files
        What the notebook must have written when it ends.
    time_limit
        Seconds that a cell may take.
    kernel
        Handed to papermill's engine, such as ``kernel_manager_class``.

    Raises
    ------
    InputError
        If a parameter is not declared, or a cell refused its input.
    AnalysisError
        If a cell failed or took too long, the kernel died, a cell was left out, or a file is missing.
    """
    require_declared(source, parameters)
    # Papermill takes half a second to import; a run in which nothing changed does without.
    import papermill
    from papermill.exceptions import PapermillExecutionError

    notebook = nbformat.read(source, as_version=4)  # type: ignore[no-untyped-call]
    run_id = secrets.token_hex(8)
    notebook.cells.append(closing_cell(run_id, parameters, files))
    try:
        papermill.execute_notebook(
            notebook,
            str(output).replace("{", "{{").replace("}", "}}"),  # papermill formats paths
            parameters=dict(parameters),
            kernel_name="python3",
            progress_bar={"desc": source.stem, "unit": "cell"} if progress else False,
            execution_timeout=math.ceil(min(time_limit, CELL_TIME_LIMIT)),
            extra_arguments=["--log-level=50"],
            resources={"metadata": {"path": str(folder)}},
            **kernel,
        )
    except PapermillExecutionError as error:
        message = f"{source.name}, cell {error.cell_index + 1}: {error.ename}: {_first_line(error.evalue)}"
        raise (InputError if error.ename == InputError.__name__ else AnalysisError)(message) from error
    except (RuntimeError, TimeoutError) as error:  # a dead kernel, a time limit
        raise AnalysisError(f"{source.name}: {type(error).__name__}: {_first_line(str(error))}") from error
    except OSError as error:
        raise AnalysisError(f"{source.name}: {error.strerror or error}; nothing is published") from error
    require_complete(output, run_id, parameters)
    _forget_machine(output)


def _forget_machine(executed: Path) -> None:
    """Take this machine's folders out of papermill's metadata: the notebook is published."""
    notebook = nbformat.read(executed, as_version=4)  # type: ignore[no-untyped-call]
    for key in ("input_path", "output_path"):
        notebook.metadata.get("papermill", {}).pop(key, None)
    draft = executed.with_suffix(".draft")
    nbformat.write(notebook, draft)  # type: ignore[no-untyped-call]
    draft.replace(executed)


def _first_line(text: str) -> str:
    return next((line for line in text.splitlines() if line.strip()), "no message")[:500]
