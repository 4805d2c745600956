"""The simulated campaign drawn again: what is compared with what, and how the shares are added up."""

import numpy as np
import pandas as pd
import pytest

from analysis.campaign import load_campaign
from analysis.compare import Window
from analysis.simulation import simulate, truth
from analysis.validation.recovery import coverage, extra_truth, printed_lift, recover, redrawn


@pytest.fixture(scope="module")
def campaign(project):
    return load_campaign(project / "data" / "raw" / "quang_nam_2023")


def test_the_truth_is_the_one_the_simulation_writes_down(campaign):
    drawn = simulate(campaign, np.random.default_rng(5))
    areas = truth(campaign, drawn)["areas"].values()
    for last in (0, 6):
        told = sum(area["extra_by_day"][str(last)] for area in areas)
        assert extra_truth(drawn, Window(0, last)) == told


def test_people_remaining_and_new_ones_add_up(campaign):
    drawn = simulate(campaign, np.random.default_rng(5))
    design = redrawn(drawn)
    left = design.exposure[:, :-1] - design.outcome[:, :-1]
    assert np.array_equal(design.exposure[:, 1:], left)
    assert design.say_time(design.first_start) == "2023-09-10"
    assert design.ever_treated.sum() == 3


def test_every_draw_has_a_truth_of_its_own_and_the_same_seed_the_same_numbers(campaign):
    once, again = recover(campaign, 3, 1), recover(campaign, 3, 1)
    pd.testing.assert_frame_equal(once, again)
    assert len(once) == 6
    assert once.groupby("last_day")["truth"].nunique().eq(3).all()
    assert once.loc[once["last_day"] == 0, "truth"].between(11_000, 11_786).all()  # as printed, each time


def test_every_draw_is_lifted_alike_when_asked(campaign):
    days = recover(campaign, 3, 1, lift=5.0).query("last_day == 0")
    ordinary = days["truth"] / 4
    assert ordinary.between(200, 700).all()  # the three areas' ordinary Sunday


def test_areas_lifted_alike_have_the_ratio_asked_for_and_nothing_printed_is_held(campaign):
    lift = printed_lift(campaign)
    drawn = simulate(campaign, np.random.default_rng(5), lift=lift)
    day = (pd.Timestamp("2023-09-10") - drawn.days[0]).days
    pushed = np.array([area.code in ("503", "513", "517") for area in campaign.areas])
    assert drawn.new[pushed, day] == pytest.approx(lift * drawn.without_push[pushed, day], abs=0.5)
    held = simulate(campaign, np.random.default_rng(5))
    assert held.new[~pushed, day].sum() == 906 != drawn.new[~pushed, day].sum()


def test_coverage_counts_misses_by_side_and_intervals_without_ends():
    rows = pd.DataFrame(
        {
            "last_day": 0,
            "truth": [5.0, 1.0, 9.0, 5.0],
            "extra_persons": 5.0,
            "extra_low": [4.0, 4.0, 4.0, np.nan],
            "extra_high": [6.0, 6.0, 6.0, np.nan],
            "others_percent": 0.0,
            "inside": [True, False, False, True],
        }
    )
    (row,) = coverage(rows).to_dict("records")
    assert (row["coverage"], row["below"], row["above"], row["unbounded"]) == (0.5, 0.25, 0.25, 0.25)
    assert (row["low"], row["high"]) == pytest.approx((0.15, 0.85), abs=1e-3)
