"""Run every benchmark, or those named: ``python -m benchmarks [forecast_drives ... [--from FOLDER]]``.

Each is a script of its own that measures ours and its peers in one run and prints a table with ratios. What
follows the names, from the first option on, is handed to each.
"""

import os
import subprocess
import sys
from itertools import takewhile
from pathlib import Path

FOLDER = Path(__file__).parent
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""On shared cores, linear algebra of many threads is timed by its waiting: one thread for ours and peers."""


def main() -> None:
    """Run the benchmarks one after another, so that none disturbs another's clock."""
    there = sorted(path.stem for path in FOLDER.glob("[a-z]*_*.py"))
    given = sys.argv[1:]
    wanted = list(takewhile(lambda word: not word.startswith("-"), given))
    options = given[len(wanted) :]
    wanted = wanted or there
    if unknown := sorted(set(wanted) - set(there)):
        raise SystemExit(f"no benchmark {unknown[0]!r}; there is {', '.join(there)}")
    for name in wanted:
        print(f"\n== {name} ==", flush=True)
        command = [sys.executable, str(FOLDER / f"{name}.py"), *options]
        subprocess.run(command, check=True, env=os.environ | ONE_THREAD)


if __name__ == "__main__":
    main()
