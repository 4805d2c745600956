"""How far long work is: a bar with a time left, on the terminal of whoever waits for it, or nothing."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")
TERMINAL = "ANALYSIS_TERMINAL"
"""Names the terminal at which somebody waits: what a notebook prints is a part of the notebook."""
DELAY = 2.0  # seconds; what is over by then needs no bar


def watch_from_here() -> None:
    """Let this process, and the kernels it starts, draw on the terminal of its stderr, if that has a name."""
    with suppress(OSError, AttributeError):  # in a container it may have none, on Windows never
        os.environ[TERMINAL] = os.ttyname(sys.stderr.fileno())


def watched(
    work: Iterable[T], said: str, unit: str, total: int, size: Callable[[T], int] = lambda one: 1
) -> Iterator[T]:
    """Yield work one by one; the time left goes by what is done.

    Parameters
    ----------
    work
        Pieces of it.
    said, unit
        What is done, and with what: ``read``, ``file``.
    total
        Units there are.
    size
        Units of a piece.
    """
    if not (terminal := os.environ.get(TERMINAL)):
        yield from work
        return
    from tqdm import tqdm

    with (
        open(terminal, "w", encoding="utf-8") as screen,  # noqa: PTH123 - a device
        tqdm(desc=said, unit=unit, total=total, file=screen, leave=False, delay=DELAY) as bar,
    ):
        for one in work:
            yield one
            bar.update(size(one))
