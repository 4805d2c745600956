"""Draws in order: what is read off them is what numpy says of the draws themselves, to the last bit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.forecast.drawn import in_order, median, quantiles, share_at_least, slices

LEVELS = [0.0, 0.01, 0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975, 1.0]
samples = st.integers(1, 9).flatmap(
    lambda draws: arrays(float, (draws, 2, 3), elements=st.floats(-1e3, 1e3, allow_nan=False))
)


@given(samples, arrays(float, 3, elements=st.sampled_from([-5.0, 0.0, 0.1, 1e4, np.nan])))
def test_all_is_as_of_the_draws_themselves(sample, bound):
    ordered = in_order(sample)
    np.testing.assert_array_equal(ordered, np.sort(sample, axis=0))
    np.testing.assert_array_equal(quantiles(ordered, LEVELS), np.quantile(sample, LEVELS, axis=0))
    np.testing.assert_array_equal(median(ordered), np.median(sample, axis=0))
    np.testing.assert_array_equal(share_at_least(ordered, bound), (sample >= bound).mean(axis=0))


@pytest.mark.parametrize("width", [1, 1000, 10**9])
def test_slices_are_all_draws_once(width):
    assert [one for some in slices(300, width) for one in range(300)[some]] == list(range(300))
