"""One notebook: what parameters it declares, running it with papermill, and whether it really ran."""

import ast
from collections.abc import Mapping
from pathlib import Path

import nbformat
import papermill
from papermill.exceptions import PapermillExecutionError

from analysis.errors import AnalysisError, InputError

CELL_TIME_LIMIT = 600  # seconds; the slowest cell of the shipped campaigns takes some twenty


def declared_parameters(path: Path) -> frozenset[str]:
    """Return the names assigned in the notebook's one cell tagged ``parameters``.

    Papermill injects whatever it is given and runs a parameter's name as code, so names are read from the
    syntax tree here and anything not declared is refused before papermill sees it.
    """
    cells = [
        cell
        for cell in _cells(path)
        if cell.cell_type == "code" and "parameters" in cell.metadata.get("tags", [])
    ]
    if len(cells) != 1:
        raise AnalysisError(f"{path}: {len(cells)} cells tagged 'parameters'; a notebook has exactly one")
    names: set[str] = set()
    for statement in ast.parse(cells[0].source).body:
        targets = (
            statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        )
        names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return frozenset(names)


def execute(source: Path, output: Path, parameters: Mapping[str, str], folder: Path) -> None:
    """Run a notebook with these parameters, write it as executed, and raise unless every cell ran.

    Parameters
    ----------
    source, output
        The notebook, and where its executed copy goes (its folder must exist).
    parameters
        Each must be declared in the notebook's ``parameters`` cell.
    folder
        Current folder of the kernel.

    Raises
    ------
    InputError
        If a parameter is not declared, or a cell refused its input.
    AnalysisError
        If a cell failed, the kernel died, or a cell was left out.
    """
    declared = declared_parameters(source)
    if unknown := sorted(set(parameters) - declared):
        raise InputError(
            f"{source.name}: parameter {unknown[0]!r} is not declared; it has {', '.join(sorted(declared))}"
        )
    try:
        papermill.execute_notebook(
            str(source),
            str(output),
            parameters=dict(parameters),
            cwd=str(folder),
            kernel_name="python3",
            progress_bar={"desc": source.stem, "unit": "cell"},
            execution_timeout=CELL_TIME_LIMIT,
            extra_arguments=["--log-level=40"],
        )
    except PapermillExecutionError as error:
        message = f"{source.name}, cell {error.cell_index + 1}: {error.ename}: {_first_line(error.evalue)}"
        raise (InputError if error.ename == InputError.__name__ else AnalysisError)(message) from error
    except RuntimeError as error:  # a dead kernel, a time limit
        raise AnalysisError(f"{source.name}: {type(error).__name__}: {_first_line(str(error))}") from error
    require_complete(output)


def require_complete(executed: Path) -> None:
    """Raise unless every code cell ran, in order, without an error output.

    Papermill calls a notebook complete whose kernel died or whose cell called ``sys.exit(0)``; execution
    counts tell the truth.
    """
    cells = _cells(executed)
    code = [(place, cell) for place, cell in enumerate(cells, start=1) if cell.cell_type == "code"]
    for rank, (place, cell) in enumerate(code, start=1):
        if any(output.output_type == "error" for output in cell.outputs):
            raise AnalysisError(f"{executed.name}, cell {place}: has an error output; run it in JupyterLab")
        if cell.execution_count != rank:
            raise AnalysisError(
                f"{executed.name}, cell {place}: was not run in its turn (count {cell.execution_count}, "
                f"expected {rank}); did a cell before it end the kernel?"
            )


def _cells(path: Path) -> list[nbformat.NotebookNode]:
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    return list(notebook.cells)


def _first_line(text: str) -> str:
    return next((line for line in text.splitlines() if line.strip()), "no message")[:500]
