"""Speed of the compare room beside its peers, in one run: times, ratios, memory.

``make bench`` runs it; the peers run in ``.venv-bench``, their own environment. A peer that is not installed
has no time; ``--slow`` adds those that take minutes.
"""

import argparse
import importlib.util
import json
import os
import resource
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.compare import Design, did, sdid, wcb
from analysis.compare.design import NEVER
from analysis.compare.inference import assignments, randomise

PROJECT = Path(__file__).resolve().parents[1]
BENCH_PYTHON = PROJECT / ".venv-bench" / "bin" / "python"


def design(areas: int, times: int, treated: int, seed: int = 1) -> Design:
    """Area and time effects with persistent noise; treatment in the last third."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(areas, times)).cumsum(axis=1) * 0.2 + rng.normal(size=(areas, times))
    outcome = rng.normal(size=(areas, 1)) + rng.normal(size=(1, times)) + noise
    starts = np.where(np.arange(areas) < treated, times * 2 // 3, NEVER)
    names = tuple(f"A{i:05d}" for i in range(areas))
    return Design(names, np.arange(times), False, outcome, None, starts, None, "y")


def long(cells: Design) -> pd.DataFrame:
    """Lay the same panel out as a long table for the peers."""
    n, t = cells.outcome.shape
    treated = np.repeat(cells.ever_treated, t)
    time_ = np.tile(cells.times, n)
    table = pd.DataFrame({"area": np.repeat(np.arange(n), t), "time": time_, "y": cells.outcome.ravel()})
    post = (time_ >= cells.first_start).astype(int)
    return table.assign(treated=treated.astype(int), post=post, d=treated * post)


def clock(work: Callable[[], object], repeat: int = 3) -> float:
    """Best wall time of a few runs, in seconds."""
    best = np.inf
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


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


def measure_peers(slow: bool) -> dict[str, float]:
    """Clock the peers that are installed here on the same data, in seconds."""
    found: dict[str, float] = {}
    if importlib.util.find_spec("pyfixest"):
        import pyfixest

        table = long(design(10_600, 365, 2_000))

        def fit() -> object:
            return pyfixest.feols("y ~ d | area + time", table, vcov={"CRV1": "area"})

        fit()  # compiled on first use
        found["did, 10,600 x 365"] = clock(fit, repeat=2)
    if importlib.util.find_spec("diff_diff"):
        import diff_diff

        small, large = long(design(18, 84, 3)), long(design(700, 365, 100))
        found["permutation, 18 x 84"] = clock(
            lambda: diff_diff.permutation_test(
                small, "y", "treated", post="post", unit="area", n_permutations=999, seed=1
            ),
            repeat=1,
        )
        if slow:
            wild = diff_diff.DifferenceInDifferences(
                inference="wild_bootstrap", cluster="area", n_bootstrap=9_999, seed=1
            )
            found["wild, 700 x 365"] = clock(
                lambda: wild.fit(large, outcome="y", treatment="treated", post="post"), repeat=1
            )
    return found


def peers(slow: bool) -> dict[str, float]:
    """Clock the peers in their own environment where there is one, else in this one."""
    if not BENCH_PYTHON.is_file():
        return measure_peers(slow)
    words = [str(BENCH_PYTHON), "-W", "ignore", __file__, "--only-peers", *(["--slow"] if slow else [])]
    environment = os.environ | {"PYTHONPATH": str(PROJECT / "src")}
    answer = subprocess.run(words, check=True, capture_output=True, text=True, env=environment)
    return dict(json.loads(answer.stdout.splitlines()[-1]))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slow", action="store_true", help="also run peers that take minutes")
    parser.add_argument("--only-peers", action="store_true", help="print the peers' times as JSON")
    asked = parser.parse_args()
    if asked.only_peers:
        print(json.dumps(measure_peers(asked.slow)))
        return
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


if __name__ == "__main__":
    main()
