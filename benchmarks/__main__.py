"""Run every benchmark, or those named: ``python -m benchmarks [compare_randomisation ...]``.

Each is a script of its own that measures ours and its peers in one run and prints a table with ratios.
"""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def main() -> None:
    """Run the benchmarks one after another, so that none disturbs another's clock."""
    there = sorted(path.stem for path in FOLDER.glob("[a-z]*_*.py"))
    wanted = sys.argv[1:] or there
    if unknown := sorted(set(wanted) - set(there)):
        raise SystemExit(f"no benchmark {unknown[0]!r}; there is {', '.join(there)}")
    for name in wanted:
        print(f"\n== {name} ==", flush=True)
        subprocess.run([sys.executable, str(FOLDER / f"{name}.py")], check=True)


if __name__ == "__main__":
    main()
