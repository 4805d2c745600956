"""Tasks side by side in copies of this process: a copy has all that is loaded, and sends back its results."""

import gc
import os
import pickle
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from analysis.errors import AnalysisError, fault_of

T = TypeVar("T")
CORES = "ANALYSIS_CORES"
"""Name of the variable that says how many cores a process has where others work beside it."""

_WITH_THREADS: set[str] = set()


def can_fork() -> bool:
    """Say whether processes are forked here: on Linux, unless ``ANALYSIS_KERNELS=cold`` forbids it."""
    return sys.platform == "linux" and os.environ.get("ANALYSIS_KERNELS") != "cold"


def cores() -> int:
    """Return how many copies of this process may work at once, itself among them; 1 where none is forked."""
    here = len(os.sched_getaffinity(0)) if can_fork() else 1
    return min(here, int(os.environ.get(CORES, here)))


def uses_threads(library: str) -> None:
    """Note that a library has begun to keep threads in this process, for which a copy would wait for ever."""
    _WITH_THREADS.add(library)


def side_by_side(tasks: Sequence[Callable[[], T]], *, worth: bool = True) -> list[T]:
    """Do tasks, as many at once as this process may use cores; return what each gives, in their order.

    One after another where nothing can be forked, or where it is not `worth` a copy: each takes less than
    making one. What a task raises is raised here.

    Raises
    ------
    AnalysisError
        If a copy died.
    """
    many = cores() if worth and not _WITH_THREADS else 1
    groups = [tasks[at::many] for at in range(min(many, len(tasks)))]
    with ExitStack() as stack:
        stack.enter_context(_frozen())
        lines = [stack.enter_context(_copy(group)) for group in groups[1:]]
        made = [[task() for task in group] for group in groups[:1]]
        made += [_answer(line) for line in lines]
    return [made[at % many][at // many] for at in range(len(tasks))]


def begun(task: Callable[[], T], *, worth: bool = True) -> Callable[[], T]:
    """Begin a task in a copy of this process; return what waits for it, ends the copy and gives its result.

    The task is done at once where `side_by_side` would do one after another. What it raises is raised by what
    is returned.
    """
    if not worth or _WITH_THREADS or cores() < 2:
        made = task()
        return lambda: made
    stack = ExitStack()
    with _frozen():
        line = stack.enter_context(_copy([task]))

    def waited() -> T:
        with stack:
            only: T = _answer(line)[0]
            return only

    return waited


@contextmanager
def _frozen() -> Iterator[None]:
    """See that what is there already is neither looked through again nor, in a copy, written to.

    A process that was itself forked with all it had frozen, to run one notebook, stays so.
    """
    thawed = not gc.get_freeze_count()
    gc.freeze()
    try:
        yield
    finally:
        if thawed:
            gc.unfreeze()


@contextmanager
def _copy(tasks: Sequence[Callable[[], Any]]) -> Iterator[Connection]:
    """Do tasks in a copy of this process, which ends with the block; yield the line it answers on."""
    context = get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    copy = context.Process(target=_work, args=(tasks, theirs), daemon=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads here: see `uses_threads`
        copy.start()
    theirs.close()
    try:
        yield ours
    finally:
        ours.close()
        copy.kill()
        copy.join()


def _work(tasks: Sequence[Callable[[], Any]], line: Connection) -> None:
    try:
        line.send(([task() for task in tasks], None))
    except Exception as error:  # noqa: BLE001 - it is raised where the tasks were asked for
        line.send(([], _sendable(error)))


def _sendable(error: Exception) -> Exception:
    """Return an error that arrives as it is, or a line that says which it was."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    except Exception:  # noqa: BLE001 - whatever a library's error holds
        return fault_of(error)
    return error


def _answer(line: Connection) -> list[Any]:
    try:
        made, error = line.recv()
    except EOFError:
        raise AnalysisError("a copy of the process died, perhaps for want of memory; run again") from None
    if error is not None:
        raise error
    return list(made)
