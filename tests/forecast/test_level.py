"""The structural reference's levels, held to statsmodels' own."""

import warnings

import numpy as np
import pytest
from statsmodels.tsa.statespace.structural import UnobservedComponents

from analysis.forecast.level import fit_levels


def test_levels_are_those_of_statsmodels_for_all_series_at_once():
    rng = np.random.default_rng(0)
    walk = rng.choice([0.0, 0.05, 0.3], 24) * rng.standard_normal((15, 24))
    series = -4 + walk.cumsum(axis=0) + 0.1 * rng.standard_normal((15, 24))
    series[3:5, :8] = series[0, 5:12] = series[-1, 16:20] = np.nan
    ours = fit_levels(series)
    for at in range(24):
        model = UnobservedComponents(series[:, at], level="llevel")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            best = model.fit(disp=False, maxiter=200).llf
        theirs = model.filter([ours.noise_sd[at] ** 2, ours.step_sd[at] ** 2])
        assert theirs.llf > best - 1e-4  # above it where their search stopped short
        assert ours.level[at] == pytest.approx(theirs.filtered_state[0, -1], abs=1e-4)
        assert ours.level_sd[at] == pytest.approx(np.sqrt(theirs.filtered_state_cov[0, 0, -1]), abs=1e-4)
        seen = np.flatnonzero(np.isfinite(series[:, at]))[1:]
        assert ours.errors[seen, at] == pytest.approx(theirs.standardized_forecasts_error[0, seen], abs=1e-3)


def test_a_series_that_never_varies_has_a_level_and_no_spread():
    fit = fit_levels(np.full((8, 2), -3.0))
    assert fit.level == pytest.approx([-3.0, -3.0])
    assert fit.step_sd == pytest.approx([0.0, 0.0])
