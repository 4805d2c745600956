"""Speed of the compare room beside its peers, in one run: times, ratios, memory.

``make bench`` runs it; the peers run in ``.venv-bench``, their own environment. A peer that is not installed
has no time; ``--slow`` adds those that take minutes.
"""

import argparse
import json
import resource
import subprocess
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
from panels import clock, first_treated, outcomes

from analysis.compare import Design, did, sdid, study_push, wcb
from analysis.compare.choices import assignments
from analysis.compare.design import NEVER
from analysis.compare.inference import randomise

FOLDER = Path(__file__).resolve().parent
BENCH_PYTHON = FOLDER.parent / ".venv-bench" / "bin" / "python"


def design(areas: int, times: int, treated: int) -> Design:
    """Make the panel of :mod:`panels` a design."""
    starts = np.where(np.arange(areas) < treated, first_treated(times), NEVER)
    names = tuple(f"A{i:05d}" for i in range(areas))
    return Design(names, np.arange(times), False, outcomes(areas, times), None, starts, None, "y")


def peak() -> float:
    """Peak resident memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def randomisation() -> float:
    """Every one of 816 choices, coefficient and studentised."""
    values = np.random.default_rng(2).normal(size=18)
    treated = np.arange(18) < 3
    return clock(lambda: randomise(values, assignments(treated)), repeat=20)


def two_way_memory(cells: Design) -> float:
    """Peak memory that a fit adds, in MB."""
    before = peak()
    did(cells)
    return peak() - before


def whole_study(areas: int, treated: int, before: int = 70, after: int = 20) -> tuple[float, float]:
    """CPU seconds of all that notebook 02 computes of a drive's push, and the process's peak memory in MB."""
    rng = np.random.default_rng(5)
    days = pd.date_range("2023-06-01", periods=before + after)
    weekday = np.array([1, 1, 1, 1, 1, 0.6, 0.5])[days.weekday]
    rate = rng.lognormal(-5.5, 0.3, (areas, 1)) * weekday * rng.lognormal(0, 0.2, (areas, len(days)))
    rate[:treated, before] *= 1.8
    left = np.round(rng.lognormal(8, 0.6, areas))
    new, remaining = np.empty_like(rate), np.empty_like(rate)
    for day in range(len(days)):
        remaining[:, day] = left
        new[:, day] = np.minimum(rng.poisson(rate[:, day] * left), left)
        left = left - new[:, day]
    starts = np.where(np.repeat(np.arange(areas) < treated, len(days)), days[before], pd.NaT)
    panel = pd.DataFrame(
        {
            "area": np.repeat([f"A{i:05d}" for i in range(areas)], len(days)),
            "date": np.tile(days, areas),
            "new": new.ravel(),
            "remaining": remaining.ravel(),
            "rate": (new / remaining).ravel(),
            "treated_from": pd.to_datetime(starts),
        }
    )
    begun = time.process_time()
    study_push(panel, seed=1)
    return time.process_time() - begun, peak()


def apart(areas: int, treated: int) -> tuple[float, float]:
    """Measure :func:`whole_study` in a process of its own, so that its memory is its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(whole_study, areas, treated).result()


def peers(slow: bool) -> dict[str, float]:
    """Clock the peers in their own environment; without it none has a time, and the table says so."""
    if not BENCH_PYTHON.is_file():
        return {}
    words = [str(BENCH_PYTHON), "-W", "ignore", str(FOLDER / "peers.py"), *(["--slow"] if slow else [])]
    answer = subprocess.run(words, check=True, capture_output=True, text=True)
    return dict(json.loads(answer.stdout.splitlines()[-1]))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slow", action="store_true", help="also run peers that take minutes")
    asked = parser.parse_args()
    nation = design(10_600, 365, 2_000)
    memory = two_way_memory(nation)
    rng = np.random.default_rng
    small, large = design(18, 84, 3), design(700, 365, 100)
    own = {
        "permutation, 18 x 84": (randomisation(), "<= 0.002"),
        "sdid, all 816 refits, 18 x 84": (clock(lambda: sdid(small)), "<= 1"),
        "wild, 700 x 365": (clock(lambda: wcb(large, rng=rng(1))), "<= 0.3"),
        "sdid, 200 placebos, 700 x 365": (clock(lambda: sdid(large, rng=rng(1)), repeat=1), "<= 20"),
        "did, 10,600 x 365": (clock(lambda: did(nation)), "<= 0.1 x pyfixest"),
    }
    others = peers(asked.slow)
    print(f"{'what':<32} {'own s':>10} {'bar':>18} {'peer s':>10} {'own/peer':>9}")
    for what, (seconds, bar) in own.items():
        other = others.get(what)
        ratio = "-" if other is None else f"{seconds / other:.5f}"
        said = "-" if other is None else f"{other:.2f}"
        print(f"{what:<32} {seconds:>10.4f} {bar:>18} {said:>10} {ratio:>9}")
    print(f"did, 10,600 x 365: {memory:.0f} MB above the panel (bar: 500)")
    seconds, megabytes = apart(705, 35)
    print(f"whole study, 35 of 705: {seconds:.1f} CPU-s (bar: 20), peak {megabytes:.0f} MB (bar: 1,000)")


if __name__ == "__main__":
    main()
