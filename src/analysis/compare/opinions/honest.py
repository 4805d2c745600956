"""How unlike the two groups' trends could be before the conclusion falls."""

from collections.abc import Callable

import numpy as np

from analysis.compare.design import Design, Vector, Window
from analysis.compare.details import Bounds
from analysis.compare.opinions.event_study import EventStudy, event_study
from analysis.compare.opinions.magnitudes import RelativeMagnitudes, relative_interval
from analysis.compare.opinions.regression import restrict, unit_and_window
from analysis.compare.opinions.smoothness import smoothness
from analysis.compare.result import LEVEL, Effect
from analysis.compare.search import edge

RELATIVE = (0.0, 0.5, 1.0, 1.5, 2.0)
"""Bounds on violations after, as multiples of the largest step between neighbours before."""

LARGEST = 20.0
"""Where the search for a breakdown value ends."""

BISECTIONS = 13


def honest(design: Design, window: Window | None = None, *, level: float = LEVEL) -> Effect:
    r"""Bound the first period's effect when trends may differ after as much as they did before.

    ``interval`` allows violations between neighbouring periods as large as the largest seen before
    (:math:`\bar M = 1`); ``details`` has the other multiples, the smoothness bounds (second differences
    at most :math:`M`), the same for the average of the periods after, and the breakdown values: the
    largest violation at which the interval still leaves out zero (``None`` when it never does).

    Notes
    -----
    Rambachan and Roth (2023), *Review of Economic Studies* 90: relative magnitudes by the conditional
    least-favourable hybrid test of Andrews, Roth and Pakes (2023), smoothness by optimal fixed-length
    intervals. The covariance is clustered; with few treated areas it is too small, and the interval with
    it.
    """
    cells = restrict(design, window)
    study = event_study(cells)
    first = np.zeros(len(study.after))
    first[0] = 1.0
    main = _bounds(study, first, level)
    after = len(study.after)
    average = main if after == 1 else _bounds(study, np.full(after, 1 / after), level)
    at_one = next(row for row in main["relative_magnitudes"] if row["mbar"] == 1.0)["interval"]
    errors = np.sqrt(np.diag(study.covariance))
    coefficients = np.concatenate([study.before, study.after])
    return Effect.of(
        cells,
        estimator="honest",
        estimand=f"{cells.outcome_name}, first period after treatment, mobilised minus comparison areas",
        estimate=main["estimate"],
        se=main["se"],
        interval=None if at_one is None else (at_one[0], at_one[1]),
        level=level,
        p_method="none; interval under relative magnitudes, Mbar = 1",
        details={
            **unit_and_window(cells, window),
            "event_study": [
                {"event": label, "estimate": value, "se": error}
                for label, value, error in zip(
                    study.labels, coefficients.tolist(), errors.tolist(), strict=True
                )
            ],
            "covariance": study.covariance,
            "relative_magnitudes": main["relative_magnitudes"],
            "breakdown_mbar": main["breakdown_mbar"],
            "smoothness": main["smoothness"],
            "breakdown_m": main["breakdown_m"],
            "average": average,
        },
    )


def _bounds(study: EventStudy, weights: Vector, level: float) -> Bounds:
    post = slice(len(study.before), None)
    se = float(np.sqrt(weights @ study.covariance[post, post] @ weights))
    estimate = float(weights @ study.after)
    said: Bounds = {"estimate": estimate, "se": se}
    if se <= 0:
        said["relative_magnitudes"], said["smoothness"] = [{"mbar": 1.0, "interval": None}], []
        said["breakdown_mbar"] = said["breakdown_m"] = None
        return said
    tests = [RelativeMagnitudes(study, weights, mbar, level) for mbar in RELATIVE]
    said["relative_magnitudes"] = [
        {"mbar": mbar, "interval": relative_interval(test, estimate, se)}
        for mbar, test in zip(RELATIVE, tests, strict=True)
    ]
    said["breakdown_mbar"] = _breakdown(
        lambda mbar: not RelativeMagnitudes(study, weights, mbar, level).accepts(np.zeros(1))[0], LARGEST
    )
    said["smoothness"] = [
        {"m": m, "interval": list(smoothness(study, weights, m, level))} for m in (0.0, 0.5 * se, se, 2 * se)
    ]
    said["breakdown_m"] = _breakdown(
        lambda m: _leaves_out_zero(smoothness(study, weights, m, level)), LARGEST * se
    )
    return said


def _leaves_out_zero(interval: tuple[float, float]) -> bool:
    return interval[0] > 0 or interval[1] < 0


def _breakdown(holds: Callable[[float], bool], largest: float) -> float | None:
    """Largest violation at which the conclusion holds; ``None`` when it does not hold even without any."""
    if not holds(0.0):
        return None
    found = edge(holds, largest, last=largest, halvings=BISECTIONS)
    return largest if found is None else found[0]
