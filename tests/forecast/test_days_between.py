"""Days without a count: a line between two counts, the newest held after it, whatever is missing."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.forecast.clean import fill_days, hold_last

counts = arrays(
    float, st.tuples(st.integers(1, 12), st.integers(1, 4)), elements=st.sampled_from([0, 3, 7.5, 99, np.nan])
)


@given(counts)
def test_all_areas_at_once_are_as_pandas_fills_them_one_by_one(cumulative):
    inside = pd.DataFrame(cumulative).interpolate(limit_area="inside")
    np.testing.assert_array_equal(fill_days(cumulative), inside.to_numpy())
    np.testing.assert_array_equal(hold_last(cumulative), inside.ffill().to_numpy())
