"""Rambachan and Roth's bounds on the Medicaid event study, as their R package prints them."""

import numpy as np
import pytest
from scipy import stats

from analysis.compare.opinions.event_study import EventStudy
from analysis.compare.opinions.magnitudes import RelativeMagnitudes, relative_interval
from analysis.compare.opinions.smoothness import FAR, critical_value, smoothness

COEFFICIENTS = np.array(
    [-0.00528535, -0.01129732, -0.00267599, -0.00141931, 0.00033966, 0.04644685, 0.06920618]
)
COVARIANCE = 1e-6 * np.array(
    [
        [74.8848, 60.3987, 44.4462, 33.8576, 43.2801, 47.6588, 24.2513],
        [60.3987, 72.6650, 37.8933, 28.6658, 45.4332, 44.2885, 28.2466],
        [44.4462, 37.8933, 50.5205, 26.7368, 27.7819, 30.6064, 9.6375],
        [33.8576, 28.6658, 26.7368, 40.0322, 24.1286, 23.8087, 2.9239],
        [43.2801, 45.4332, 27.7819, 24.1286, 54.6266, 36.8253, 9.7229],
        [47.6588, 44.2885, 30.6064, 23.8087, 36.8253, 83.7567, 63.2140],
        [24.2513, 28.2466, 9.6375, 2.9239, 9.7229, 63.2140, 107.1235],
    ]
)
FIRST = np.array([1.0, 0.0])
GRID = 0.0004  # the package's own grid of effects is this coarse


@pytest.fixture(scope="module")
def medicaid():
    return EventStudy(COEFFICIENTS[:5], COEFFICIENTS[5:], COVARIANCE, (-6, -5, -4, -3, -2, 0, 1))


@pytest.mark.parametrize(
    ("mbar", "interval"),
    [(0.5, (0.0241, 0.0673)), (1.0, (0.0171, 0.0720)), (1.5, (0.00859, 0.0796)), (2.0, (-0.00107, 0.0883))],
)
def test_relative_magnitudes(medicaid, mbar, interval):
    found = relative_interval(RelativeMagnitudes(medicaid, FIRST, mbar, 0.95), COEFFICIENTS[5], 0.00915)
    assert found == pytest.approx(interval, abs=GRID)


@pytest.mark.parametrize(
    ("m", "interval"),
    [(0, (0.0259, 0.0607)), (0.01, (0.0132, 0.0787)), (0.02, (0.00286, 0.0907)), (0.05, (-0.0271, 0.121))],
)
def test_smoothness(medicaid, m, interval):
    assert smoothness(medicaid, FIRST, m, 0.95) == pytest.approx(interval, abs=GRID)


@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
@pytest.mark.parametrize("bias", [0.0, 0.5, 2.0, FAR, np.nextafter(FAR, 11), 300.0])
def test_near_and_far_the_critical_value_is_that_of_a_normal_on_both_sides(bias, level):
    found = critical_value(bias, level)
    covered = stats.norm.cdf(found - bias) - stats.norm.cdf(-found - bias)
    assert covered == pytest.approx(level, abs=1e-12)
