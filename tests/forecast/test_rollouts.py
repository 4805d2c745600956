"""The bars on a real roll-out, and on a real deadline that was missed."""

import numpy as np
import pandas as pd
import pytest

from analysis.forecast import TOTAL, ensemble, forecast_series, history_from_table, scores, simulate
from analysis.forecast.clean import drop_impossible, hold_last

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def italy(shared):
    table = pd.read_csv(shared / "data" / "uptake" / "it_regions_dose1_daily.csv", dtype={"area": str})
    return table.rename(columns={"cum": "cumulative"})


def burn_up(counts, days, draws, rng):
    new = np.maximum(np.diff(counts[-29:], axis=0), 0)
    drawn = new[rng.integers(28, size=(draws, days, new.shape[1])), np.arange(new.shape[1])]
    return counts[-1] + np.cumsum(drawn, axis=1)


def test_twenty_eight_days_ahead_on_italys_regions(italy):
    whole = history_from_table(italy)
    counts = hold_last(drop_impossible(whole.cumulative))
    mine, reference, inside = [], [], []
    for day in range(60, len(whole.dates) - 28, 25):
        known = whole.until(whole.dates[day])
        paths = simulate(known, ensemble, 28, 200, np.random.default_rng(day)).values[:, 27]
        after = counts[day + 28]
        mine.append(scores.crps(paths, after) / whole.eligible)
        burnt = burn_up(counts[: day + 1], 28, 200, np.random.default_rng(day))[:, 27]
        reference.append(scores.crps(burnt, after) / whole.eligible)
        inside.append(scores.covered(paths, after, 0.8))
    # measured 0.49 on these origins; other origins of this roll-out give 0.44 to 0.55
    assert np.mean(mine) < 0.6 * np.mean(reference)
    assert 0.65 <= np.mean(inside) <= 0.95


def test_the_goal_of_seventy_percent_by_the_fourth_of_july(shared):
    column, people = "Administered_Dose1_Recip_18Plus", "Census2019_18PlusPop"
    folder = shared / "data" / "us_vaccination" / "raw_csv"
    days = sorted(path for path in folder.glob("*.csv") if "2021-02-22" <= path.stem <= "2021-06-14")
    table = pd.concat([pd.read_csv(path).assign(date=path.stem) for path in days])
    adults = table.dropna(subset=[people]).groupby("Location")[people].first()
    table = table.assign(eligible=table["Location"].map(adults)).dropna(subset=["eligible", column])
    table = table[(table["Location"] != "US") & (table["eligible"] > 0)].rename(
        columns={"Location": "area", column: "cumulative"}
    )
    rows = forecast_series(table, ["2021-06-14"], (28,), target_share=0.7, seed=1)
    total = rows[(rows["location"] == TOTAL) & (rows["output_type"] == "cdf")]
    total = total.set_index("output_type_id")["value"]
    assert total["2021-07-04"] < 0.1  # missed: about 67 %
    # reached about 2 August: neither excluded nor taken for granted
    assert 0.15 < total["2021-08-02"] < 0.85
