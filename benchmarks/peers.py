"""Clock the peers of the compare room in their own environment; prints seconds as JSON.

``compare_speed.py`` runs it with the Python of ``.venv-bench``, which has the peers and not this project.
"""

import importlib.util
import json
import sys

from panels import clock, long


def measure(slow: bool) -> dict[str, float]:
    """Clock the peers that are installed on the same data as ours, in seconds."""
    found: dict[str, float] = {}
    if importlib.util.find_spec("pyfixest"):
        import pyfixest

        table = long(10_600, 365, 2_000)

        def fit() -> object:
            return pyfixest.feols("y ~ d | area + time", table, vcov={"CRV1": "area"})

        fit()  # compiled on first use
        found["did, 10,600 x 365"] = clock(fit, repeat=2)
    if importlib.util.find_spec("diff_diff"):
        import diff_diff

        small = long(18, 84, 3)
        found["permutation, 18 x 84"] = clock(
            lambda: diff_diff.permutation_test(
                small, "y", "treated", post="post", unit="area", n_permutations=999, seed=1
            ),
            repeat=1,
        )
        if slow:
            large = long(700, 365, 100)
            wild = diff_diff.DifferenceInDifferences(
                inference="wild_bootstrap", cluster="area", n_bootstrap=9_999, seed=1
            )
            found["wild, 700 x 365"] = clock(
                lambda: wild.fit(large, outcome="y", treatment="treated", post="post"), repeat=1
            )
    return found


if __name__ == "__main__":
    print(json.dumps(measure("--slow" in sys.argv)))
