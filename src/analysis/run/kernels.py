"""Kernels that start warm, forked from one process that has imported the stack; or ordinary ones.

Jupyter is told of them as of any kernel: by a kernel specification in a folder on ``JUPYTER_PATH``.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from analysis.forked import CORES, can_fork, cores

# Sums in another order differ in their last digit, and how many threads share a sum depends on the machine:
# the number of its cores must not decide what a report says. It is also faster, the matrices being small.
SETTINGS: dict[str, str | None] = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"
)
# Dask has its workers give back every 64 kB that are free: a third more of the system's time, for nothing.
SETTINGS["MALLOC_TRIM_THRESHOLD_"] = None

# Bytes of address space a kernel may map: the stack maps some two billion, and threads reserve more a core.
MEMORY_LIMIT = (8 << 30) + (os.cpu_count() or 1) * (256 << 20)
LONGEST = 60  # bytes of the path of the temporary folder; below it lie names of up to 40
STANDIN = Path(__file__).with_name("standin.py")


@contextmanager
def warm_kernels(first: Sequence[str], later: Sequence[str], folder: Path, beside: int = 1) -> Iterator[str]:
    """Start a process that imports modules; yield the name of the kernel that is forked from it.

    Where kernels cannot be forked each starts as ever; the results are the same, only later. In either,
    linear algebra keeps to one thread and, on Linux, memory to `MEMORY_LIMIT`. All forked kernels end with
    the block, or with this process if it is killed.

    Parameters
    ----------
    first
        What the first kernel imports; it is not forked before.
    later
        What others import, got ready while the first one works.
    folder
        Current folder of the process.
    beside
        How many kernels work at once on this machine; each forks no more copies than its part of the cores.
    """
    place = Path(tempfile.mkdtemp(prefix="analysis-", dir=_short()))
    path = [str(place), *filter(None, [os.environ.get("JUPYTER_PATH")])]
    # Connection files hold a key, and what a user has IPython run at its start is no part of a report.
    own = {"JUPYTER_RUNTIME_DIR": str(place), "IPYTHONDIR": f"{place}/ipython"}
    own[CORES] = str(max(cores() // beside, 1))
    if not os.access(os.environ.get("HOME", ""), os.W_OK):  # matplotlib would write a paragraph about it
        own["MPLCONFIGDIR"] = os.environ.get("MPLCONFIGDIR", f"{place}/matplotlib")
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, place, ignore_errors=True)
        stack.enter_context(_environment(SETTINGS | own | {"JUPYTER_PATH": os.pathsep.join(path)}))
        if sys.platform != "linux":
            yield "python3"
            return
        if can_fork():
            stack.enter_context(_server(place, [str(len(first)), *first, *later], folder))
        yield _specified(place)


def _short() -> str | None:
    """Choose a folder in which sockets can lie: their whole path may have some 100 bytes."""
    return "/tmp" if len(os.fsencode(tempfile.gettempdir())) > LONGEST else None  # noqa: S108


def _specified(place: Path) -> str:
    """Write the kernel specification and return its name."""
    started = [sys.executable, "-I", "-S", str(STANDIN), f"{place}/socket", str(MEMORY_LIMIT)]
    argv = [*started, "-f", "{connection_file}"]
    spec = place / "kernels" / place.name / "kernel.json"
    spec.parent.mkdir(parents=True)
    said = {"argv": argv, "display_name": "Python 3", "language": "python"}
    spec.write_text(json.dumps(said), encoding="utf-8")
    return place.name


@contextmanager
def _server(place: Path, arguments: list[str], folder: Path) -> Iterator[None]:
    """Run the process that kernels are forked from; it ends when its standard input does."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{place}/socket")
        listener.listen()  # here, so that whoever connects while it still imports waits its turn
        number = str(listener.fileno())
        command = [sys.executable, "-P", "-Xfrozen_modules=off", "-m", "analysis.run.warm"]
        server = subprocess.Popen(  # noqa: S603
            [*command, str(place), number, *arguments],
            stdin=subprocess.PIPE,
            pass_fds=[listener.fileno()],
            cwd=folder,
            start_new_session=True,
        )
    try:
        yield
    finally:
        if server.stdin:
            server.stdin.close()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@contextmanager
def _environment(settings: dict[str, str | None]) -> Iterator[None]:
    """Set variables, or take them away where there is no value, until the block ends."""
    before = {name: os.environ.get(name) for name in settings}
    try:
        _set(settings)
        yield
    finally:
        _set(before)


def _set(settings: dict[str, str | None]) -> None:
    for name, value in settings.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value
