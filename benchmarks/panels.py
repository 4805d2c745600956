"""Made-up panels that ours and the peers are measured on; needs numpy and pandas alone."""

import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def outcomes(areas: int, times: int, seed: int = 1) -> NDArray[np.float64]:
    """``(areas, times)`` area and time effects with persistent noise."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(areas, times)).cumsum(axis=1) * 0.2 + rng.normal(size=(areas, times))
    return np.asarray(rng.normal(size=(areas, 1)) + rng.normal(size=(1, times)) + noise)


def first_treated(times: int) -> int:
    """Treatment comes in the last third."""
    return times * 2 // 3


def long(areas: int, times: int, treated: int) -> pd.DataFrame:
    """Lay the panel out as a long table: ``area, time, y, treated, post, d``; the first areas are treated."""
    who = np.repeat(np.arange(areas) < treated, times).astype(int)
    when = np.tile(np.arange(times), areas)
    post = (when >= first_treated(times)).astype(int)
    table = pd.DataFrame({"area": np.repeat(np.arange(areas), times), "time": when})
    return table.assign(y=outcomes(areas, times).ravel(), treated=who, post=post, d=who * post)


def clock(work: Callable[[], object], repeat: int = 3) -> float:
    """Best wall time of a few runs, in seconds."""
    best = np.inf
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best
