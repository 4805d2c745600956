"""Running one notebook with papermill, and through the gate."""

import logging
import math
import secrets
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty

import nbformat
import papermill
import zmq
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_core.paths import jupyter_runtime_dir
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from analysis.errors import AnalysisError, InputError, why
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
            extra_arguments=["--log-level=50", "--HistoryManager.enabled=False"],
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
        raise AnalysisError(f"{source.name}: {why(error)}; nothing is published") from error
    require_complete(output, run_id, parameters)
    _forget_machine(output)


def _connection(run_id: str) -> Config:
    """Let client and kernel meet at files, not at ports: a free port can be taken before it is bound."""
    if sys.platform != "linux":
        return Config(KernelManager={"client_factory": Client})
    place = f"{jupyter_runtime_dir()}/{run_id}.json"
    return Config(KernelManager={"client_factory": Client, "transport": "ipc", "connection_file": place})


class Client(AsyncKernelClient):
    """Jupyter's client, without the fifth of a second in which it waits for more than a kernel's answer.

    Nothing reads that: what runs a cell takes the messages of that cell alone. And a kernel that is forked
    answers sooner than a tenth of a second, after which a socket that found nobody tries again.
    """

    def start_channels(self, *args: bool, **kwargs: bool) -> None:
        """Connect."""
        self.context.setsockopt(zmq.RECONNECT_IVL, 10)  # milliseconds
        super().start_channels(*args, **kwargs)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Return when the kernel answers and what it prints is heard."""
        ends = time.monotonic() + (timeout or math.inf)
        while time.monotonic() < ends:
            self.kernel_info()
            with suppress(Empty):
                await self.get_shell_msg(timeout=1)
                await self.get_iopub_msg(timeout=0.2)  # else what it prints would not be heard
                return
            if not await self.is_alive():
                raise RuntimeError("the kernel died before it answered")
        raise RuntimeError(f"the kernel did not answer within {timeout} s")


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
