"""Whether a notebook really ran: each clause answers a way in which papermill calls a failure done.

A cell of our own is put at the end of the notebook before it runs. It reads the parameters back from the
kernel, opens every declared artifact, and prints one line with the run's id; the gate demands that line.
"""

import ast
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat

from analysis import contract
from analysis.artifacts import read_json, read_table
from analysis.errors import AnalysisError

MARK = "analysis: ran to the end:"


def closing_cell(run_id: str, parameters: Mapping[str, str], files: Sequence[Path]) -> nbformat.NotebookNode:
    """Make the cell that ends a notebook: what it prints proves that the kernel lived to the end."""
    back = ", ".join(f"{name!r}: {name}" for name in sorted(parameters))
    names = [str(path) for path in files]
    source = (
        f"from analysis.run.gate import last_words\n\nprint(last_words({run_id!r}, {{{back}}}, {names!r}))"
    )
    return nbformat.NotebookNode(  # type: ignore[no-untyped-call]
        cell_type="code",
        id="run-end",
        metadata={"tags": ["run-end"]},
        source=source,
        outputs=[],
        execution_count=None,
    )


def last_words(run_id: str, parameters: Mapping[str, str], files: Sequence[str]) -> str:
    """Open every artifact, check it against its contract, and return the line that the gate looks for."""
    rows = {Path(name).name: _rows(Path(name)) for name in files}
    return (
        f"{MARK} {json.dumps({'run': run_id, 'parameters': dict(parameters), 'rows': rows}, sort_keys=True)}"
    )


def _rows(path: Path) -> int:
    """Count the rows of a table after checking it; the bytes of any other file, which may not be empty."""
    if not path.exists():
        raise AnalysisError(f"ended without writing {path.name}, which it declares")
    declared = path.name in contract.artifacts()
    if path.suffix not in {".csv", ".parquet"}:
        if not path.stat().st_size:
            raise AnalysisError(f"{path.name} is empty")
        found = read_json(path) if path.suffix == ".json" else None
        if declared:
            contract.check_object(path.name, found)
        return path.stat().st_size
    if not declared:
        return len(read_table(path))
    return len(contract.check(path.name, read_table(path, held_once=True)))


def require_complete(executed: Path, run_id: str, parameters: Mapping[str, Any]) -> None:
    """Raise unless every code cell ran in order without an error, as asked, and the last one spoke.

    Parameters
    ----------
    executed
        The notebook as papermill left it.
    run_id
        What the closing cell must have printed.
    parameters
        What was asked for; the injected cell and the kernel at its end must both have exactly these.
    """
    cells = nbformat.read(executed, as_version=4).cells  # type: ignore[no-untyped-call]
    code = [(place, cell) for place, cell in enumerate(cells, start=1) if cell.cell_type == "code"]
    for rank, (place, cell) in enumerate(code, start=1):
        if any(output.output_type == "error" for output in cell.outputs):
            raise AnalysisError(f"{executed.name}, cell {place}: has an error output; run it in JupyterLab")
        if cell.execution_count != rank:
            raise AnalysisError(
                f"{executed.name}, cell {place}: was not run in its turn (count {cell.execution_count}, "
                f"expected {rank}); did a cell before it end the kernel?"
            )
    _require_injected(executed.name, [cell for _, cell in code], parameters)
    _require_last_words(executed.name, code[-1][1], run_id, parameters)


def _require_injected(name: str, code: list[nbformat.NotebookNode], parameters: Mapping[str, Any]) -> None:
    """Raise unless one injected cell stands right after the declared one and holds what was asked for."""
    tags = [set(cell.metadata.get("tags", [])) for cell in code]
    places = [place for place, tagged in enumerate(tags) if "injected-parameters" in tagged]
    if len(places) != 1 or places[0] == 0 or "parameters" not in tags[places[0] - 1]:
        raise AnalysisError(f"{name}: its parameters were not injected right after their cell")
    injected = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.parse(code[places[0]].source).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    if injected != dict(parameters):
        raise AnalysisError(f"{name}: ran with {injected}, not with the parameters asked for")


def _require_last_words(
    name: str, cell: nbformat.NotebookNode, run_id: str, parameters: Mapping[str, Any]
) -> None:
    printed = "".join(output.get("text", "") for output in cell.outputs if output.output_type == "stream")
    lines = [line.removeprefix(MARK) for line in printed.splitlines() if line.startswith(MARK)]
    said = json.loads(lines[0]) if len(lines) == 1 else {}
    if said.get("run") != run_id:
        raise AnalysisError(
            f"{name}: its last cell did not report this run; its kernel did not live to the end"
        )
    if said["parameters"] != dict(parameters):
        raise AnalysisError(f"{name}: a cell changed its parameters to {said['parameters']}; it must not")
