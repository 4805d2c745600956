"""A deadline that binds makes people hurry, one said not to does not, and data move what is not said."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.forecast import TOTAL, ensemble, history_from_table, simulate
from analysis.forecast.history import Deadline
from analysis.forecast.rush import hurrying
from analysis.forecast.weekly import to_weeks
from tests.forecast.conftest import drive, of


def rising(rise, weeks=8, eligible=1e5, areas=5):
    """Weeks in which the growth of the odds changes by `rise` in its logarithm each week."""
    odds = 0.02 * np.cumprod(np.repeat(1 + 0.05 * np.exp(rise * np.arange(weeks)), 7) ** (1 / 7))
    share = np.append(0.02, odds) / (1 + np.append(0.02, odds))
    days = pd.date_range("2024-01-01", periods=len(share))
    return history_from_table(
        pd.DataFrame(
            {
                "area": np.tile(list("abcdefgh")[:areas], len(share)),
                "date": np.repeat(days, areas),
                "cumulative": np.round(np.repeat(share, areas) * eligible),
                "eligible": eligible,
            }
        )
    )


def share_on(history, deadline, day):
    paths = simulate(replace(history, deadline=deadline), ensemble, 60, 300, np.random.default_rng(1))
    return of(paths, TOTAL)[:, day - 1] / paths.eligible.sum()


def test_people_hurry_toward_a_deadline_that_binds_and_not_past_it():
    history = history_from_table(drive(np.random.default_rng(3), days=100))
    ahead = history.origin + pd.Timedelta(days=35)
    bound, free = (share_on(history, Deadline(ahead, word), 35) for word in ("yes", "no"))
    assert np.median(bound) > np.median(free)
    assert np.quantile(bound, 0.9) > np.quantile(free, 0.9) + 0.03
    paths = simulate(
        replace(history, deadline=Deadline(ahead, "yes")), ensemble, 60, 300, np.random.default_rng(1)
    )
    total = np.mean(of(paths, TOTAL), axis=0)
    assert total[34] - total[27] > 1.5 * (total[48] - total[41])


def test_a_deadline_said_not_to_bind_passed_or_not_yet_announced_changes_nothing():
    history = history_from_table(drive(np.random.default_rng(3), days=100))
    without = share_on(history, None, 28)
    soon, gone = (history.origin + pd.Timedelta(days=days) for days in (20, -20))
    for one in (Deadline(soon, "no"), Deadline(gone, "yes"), Deadline(soon, "yes", known_from=soon)):
        np.testing.assert_array_equal(share_on(history, one, 28), without)


def test_where_nobody_said_the_weeks_say_whether_people_hurry():
    def chance(rise, word="unknown"):
        history = rising(rise)
        deadline = Deadline(history.origin + pd.Timedelta(days=21), word)
        return hurrying(to_weeks(replace(history, deadline=deadline)), strange=0.0)

    assert chance(0.3) > 2 * chance(-0.1)
    assert chance(-0.1) < 0.1
    assert chance(0.0, "no") == 0
    assert chance(0.0, "yes") > 0.5


def test_a_word_that_means_nothing_is_refused():
    with pytest.raises(InputError, match="binding is 'perhaps'; yes, no, unknown are meant"):
        Deadline(pd.Timestamp("2024-03-01"), "perhaps")
