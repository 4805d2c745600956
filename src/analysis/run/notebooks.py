"""Running one notebook with papermill, and through the gate."""

import logging
import math
import secrets
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import nbformat
import papermill
from jupyter_core.paths import jupyter_runtime_dir
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from analysis.errors import AnalysisError, InputError
from analysis.run.gate import closing_cell, require_complete
from analysis.run.source import require_declared

# What it logs is in the error that it raises, too, and one line is enough.
logging.getLogger("papermill").addHandler(logging.NullHandler())

CELL_TIME_LIMIT = 600  # seconds; the slowest cell of the shipped campaigns takes some twenty


def execute(
    source: Path,
    output: Path,
    parameters: Mapping[str, str],
    folder: Path,
    *,
    files: Sequence[Path] = (),
    time_limit: float = CELL_TIME_LIMIT,
    progress: bool = True,
    kernel: str = "python3",
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
        Seconds that all of it may take; no cell may take more than `CELL_TIME_LIMIT` of them.
    kernel
        Name of a kernel that Jupyter knows.

    Raises
    ------
    InputError
        If a parameter is not declared, or a cell refused its input.
    AnalysisError
        If a cell failed or took too long, the kernel died, a cell was left out, or a file is missing.
    """
    require_declared(source, parameters)
    notebook = nbformat.read(source, as_version=4)  # type: ignore[no-untyped-call]
    ends = time.monotonic() + time_limit
    run_id = secrets.token_hex(8)
    notebook.cells.append(closing_cell(run_id, parameters, files))
    try:
        papermill.execute_notebook(
            notebook,
            str(output).replace("{", "{{").replace("}", "}}"),  # papermill formats paths
            parameters=dict(parameters),
            kernel_name=kernel,
            progress_bar={"desc": source.stem, "unit": "cell"} if progress else False,
            timeout_func=lambda _: math.ceil(max(1.0, min(CELL_TIME_LIMIT, ends - time.monotonic()))),
            extra_arguments=["--log-level=50"],
            request_save_on_cell_execute=False,  # once, at the end: until it is complete nobody may read it
            shutdown_kernel="immediate",  # what the gate saw is what there is; nothing is written after it
            resources={"metadata": {"path": str(folder)}},
            config=_connection(run_id),
        )
    except PapermillExecutionError as error:
        # Counted from 1 in the notebook as written, which has one cell less than what ran.
        message = f"{source.name}, cell {error.cell_index}: {error.ename}: {_first_line(error.evalue)}"
        raise (InputError if error.ename == InputError.__name__ else AnalysisError)(message) from error
    except (RuntimeError, TimeoutError) as error:  # a dead kernel, a time limit
        raise AnalysisError(f"{source.name}: {type(error).__name__}: {_first_line(str(error))}") from error
    except OSError as error:
        raise AnalysisError(f"{source.name}: {error.strerror or error}; nothing is published") from error
    require_complete(output, run_id, parameters)
    _forget_machine(output)


def _connection(run_id: str) -> Config:
    """Let client and kernel meet at files, not at ports: a free port can be taken before it is bound."""
    if sys.platform != "linux":
        return Config()
    place = f"{jupyter_runtime_dir()}/{run_id}.json"
    return Config(KernelManager={"transport": "ipc", "connection_file": place})


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
