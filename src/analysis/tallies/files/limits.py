"""How long the reading of one file may take, whoever does it: the patterns, the parsers or the checks."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from analysis.tallies.files.text import Unreadable

SECONDS = 10.0
"""Whoever sends a file that takes longer is told so, and the file is not kept."""
PATIENT = 60.0
"""Of files that were kept: a busy machine must not change what a report says."""
AGAIN = 0.5
"""Seconds after which the alarm rings once more, where a library let the first one go by."""


@dataclass
class Allowance:
    """Seconds that the files of one archive have left together: it is one file that somebody sent."""

    left: float

    @classmethod
    def of(cls, size: int) -> "Allowance":
        """Give an archive of some bytes what a file has, for each MiB that it begins."""
        return cls(SECONDS * (1 + (size >> 20)))


@contextmanager
def sharing(seconds: float, allowance: Allowance | None) -> Iterator[None]:
    """As `within`, and take what the block takes from an allowance, which it may not exceed either."""
    if allowance is None:
        with within(seconds):
            yield
        return
    if allowance.left <= 0:
        raise Unreadable("too_slow", f"{SECONDS:.0f} s")
    began = time.monotonic()
    try:
        with within(min(seconds, allowance.left)):
            yield
    finally:
        allowance.left -= time.monotonic() - began


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise Unreadable in the block once it has taken so long.

    Patterns look at the alarm too, so that none of them can hold the reader. Only the main thread of a
    process hears one, and not on Windows; elsewhere it rests on patterns being linear or texts bounded.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise Unreadable("too_slow", f"{seconds:.0f} s")

    before = signal.signal(signal.SIGALRM, ring)
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, left, interval)
        signal.signal(signal.SIGALRM, before)
