"""The mobilised areas counted together: sums of persons, not a mean of logs, where the two are far apart.

A mean of logs gives every area one vote, and adding half a person to counts of nothing draws it to zero.
Where large areas gained more than small ones, or most areas count nobody in the window, that mean is no
measure of how many persons came.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analysis.compare.changes import Changes
from analysis.compare.choices import Assignments
from analysis.compare.design import Mask, Matrix, Vector
from analysis.compare.inference import share_as_extreme
from analysis.compare.search import edge

FAR = 1.5
"""Standard errors of the mean of logs from which on persons are counted together."""

HALVINGS = 20
LARGEST = 300.0
"""Log points beyond which an effect taken away changes no statistic; its factor squared is a number yet."""


@dataclass(frozen=True)
class Together:
    """Log ratio of the persons counted to those expected, mobilised areas together over the others together.

    Attributes
    ----------
    estimate, se
        In log points, and its linearised standard error.
    interval
        All effects that its exact test does not reject; ``None`` where it has no end.
    p_value
        Of the same choices as the headline's.
    """

    estimate: float
    se: float
    interval: tuple[float, float] | None
    p_value: float


def apart(found: Changes, used: Mask, choices: Assignments, estimate: float, se: float) -> bool:
    """Whether sums of persons say something else than the mean of logs does; never of one area on a side."""
    k = choices.chosen.shape[1]
    if min(k, choices.n - k) < 2:
        return False
    sums, _ = ratio_of_sums(found, used, choices)
    return bool(np.isfinite(sums) and abs(sums - estimate) > FAR * se)


def together(found: Changes, used: Mask, choices: Assignments, level: float) -> Together:
    r"""Test sums of persons over the headline's choices, and invert the test.

    :math:`\log(\sum_T y / \sum_T \hat y) - \log(\sum_C y / \sum_C \hat y)` with :math:`\hat y` the persons
    expected from the same weekdays before; studentised by the linearised variance of the two ratios. An
    effect is taken away from the mobilised areas by dividing what they counted.
    """
    test = _statistics(found.observed[used], found.expected[used], choices)
    estimate, own = (float(one[0]) for one in test(0.0))

    def kept(effect: float) -> float:
        difference, se = test(effect)
        with np.errstate(divide="ignore", invalid="ignore"):
            size = np.abs(difference) / se
        return float(share_as_extreme(np.where(np.isnan(size), np.inf, size)))

    below, above = (
        edge(lambda step, side=side: kept(estimate + side * step * own) > 1 - level,  # type: ignore[misc]
             2.0, last=1e3, halvings=HALVINGS)
        for side in (-1, 1)
    )  # fmt: skip
    interval = (estimate - below[1] * own, estimate + above[1] * own) if below and above else None
    return Together(estimate, own, interval, kept(0.0))


def ratio_of_sums(found: Changes, used: Mask, choices: Assignments) -> tuple[float, float]:
    """Return the estimate of :func:`together` and its standard error, without any test."""
    observed = Assignments(choices.chosen[:1], choices.n, True)
    difference, se = _statistics(found.observed[used], found.expected[used], observed)(0.0)
    return float(difference[0]), float(se[0])


def _statistics(
    y: Vector, expected: Vector, choices: Assignments
) -> Callable[[float], tuple[Vector, Vector]]:
    """Say for any effect taken away what each choice's log ratio and its standard error are.

    Sums over the chosen are linear in what the mobilised areas are divided by, those of squares quadratic.
    """
    n, k = choices.n, choices.chosen.shape[1]
    treated = np.isin(np.arange(n), choices.chosen[0])
    ours, theirs = np.where(treated, y, 0.0), np.where(treated, 0.0, y)
    rows = np.stack([theirs, ours, theirs**2, ours**2, theirs * expected, ours * expected, expected,
                     expected**2])  # fmt: skip
    inside = choices.sums(rows)
    outside = rows.sum(axis=1, keepdims=True) - inside

    def side(sums: Matrix, size: int, kept: float) -> tuple[Vector, Vector]:
        total, squares = sums[0] + kept * sums[1], sums[2] + kept**2 * sums[3]
        both = sums[4] + kept * sums[5]
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = total / sums[6]
            spread = np.maximum(squares - 2 * ratio * both + ratio**2 * sums[7], 0.0)
            return np.log(ratio), spread / total**2 * size / (size - 1)

    def test(effect: float) -> tuple[Vector, Vector]:
        kept = float(np.exp(np.clip(-effect, -LARGEST, LARGEST)))
        (log_in, var_in), (log_out, var_out) = side(inside, k, kept), side(outside, n - k, kept)
        with np.errstate(invalid="ignore"):  # where neither side counted anybody
            return log_in - log_out, np.sqrt(var_in + var_out)

    return test
