"""The simulated campaign reproduces every published figure, and what it claims as truth is its truth."""

import json
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from analysis.campaign import PublishedFigure, load_campaign
from analysis.errors import InputError
from analysis.simulation import parameters_of, simulate, truth, write_campaign

SIMULATED = ("activated_cumulative", "activated_on_day", "activated_pct_of_target")


@pytest.fixture(scope="module")
def campaign(project):
    return load_campaign(project / "data" / "raw" / "quang_nam_2023")


@pytest.fixture(scope="module")
def simulation(campaign):
    return simulate(campaign, np.random.default_rng(campaign.seed))


def figures(project) -> list[PublishedFigure]:
    campaign = load_campaign(project / "data" / "raw" / "quang_nam_2023")
    return [one for one in campaign.published if one.area is not None and one.metric in SIMULATED]


def value_of(figure, campaign, simulation) -> float:
    day = (figure.date - campaign.first_day).days
    rows = [n for n, area in enumerate(campaign.areas) if figure.area in ("total", area.code)]
    if figure.metric == "activated_on_day":
        return simulation.new[rows, day].sum()
    count = simulation.cumulative[rows, day].sum()
    if figure.metric == "activated_pct_of_target":
        return 100 * count / sum(campaign.areas[n].target for n in rows)
    return count


def test_every_published_figure_is_reproduced_within_its_qualifier(project, campaign, simulation):
    checked = 0
    for figure in figures(project):
        value = value_of(figure, campaign, simulation)
        if figure.qualifier == "at_least":
            # "more than 6,600" is above it, and would have been printed as 6,700 had it been that
            assert figure.value < value < figure.value + 100, figure
        elif figure.unit == "percent":
            printed_decimals = len(str(figure.value).partition(".")[2])
            assert value == pytest.approx(figure.value, abs=0.5 * 10**-printed_decimals), figure
        else:
            assert value == figure.value, figure
        checked += 1
    assert checked == 12  # one total and seven percentages of 7 June, four counts of 10 September


def test_about_nine_hundred_elsewhere_on_the_day_of_the_push(campaign, simulation):
    day = (date(2023, 9, 10) - campaign.first_day).days
    elsewhere = [n for n, area in enumerate(campaign.areas) if area.code not in ("503", "513", "517")]
    assert 850 <= simulation.new[elsewhere, day].sum() <= 950


def test_it_has_the_features_the_analysis_must_cope_with(campaign, simulation):
    share = pd.Series(
        simulation.start / [area.target for area in campaign.areas],
        index=[area.code for area in campaign.areas],
    )
    assert share.idxmin() == "518"  # Phú Ninh
    assert set(share.nlargest(2).index) == {"519", "506"}  # Nông Sơn, Đại Lộc
    daily = pd.Series(simulation.without_push.sum(axis=0), index=simulation.days).iloc[1:]
    assert daily["2023-09-01":"2023-09-04"].mean() < 0.4 * daily["2023-08-25":"2023-08-28"].mean()
    by_weekday = daily["2023-07-01":"2023-08-31"].groupby(lambda day: day.day_of_week).mean()
    assert by_weekday[6] < 0.35 * by_weekday[0]
    eligible = np.array([area.eligible for area in campaign.areas])
    assert (simulation.cumulative <= eligible[:, None]).all()
    assert (simulation.new >= 0).all()


def test_the_truth_is_the_difference_of_the_two_paths(campaign, simulation):
    told = truth(campaign, simulation)
    push = (date(2023, 9, 10) - campaign.first_day).days
    difference = simulation.new - simulation.without_push
    pushed = [n for n, area in enumerate(campaign.areas) if area.code in told["areas"]]
    others = [n for n in range(len(campaign.areas)) if n not in pushed]
    assert not difference[others].any()
    assert not difference[:, :push].any()
    assert (difference[pushed, push] > 0).all()
    assert (difference[pushed, push + 1 :] <= 0).all()
    assert told["extra_by_day_total"]["6"] == difference[:, push : push + 7].sum()


def test_what_is_pulled_forward_is_the_declared_share(campaign, simulation):
    given = parameters_of(campaign)
    push = (given.push.day - campaign.first_day).days
    difference = (simulation.new - simulation.without_push).sum(axis=0)
    due = simulation.days.size - push - 1
    fading = np.exp(-np.arange(given.pulled_days) / (given.pulled_days / 2))
    expected = given.pulled_forward * difference[push] * fading[:due].sum() / fading.sum()
    assert -difference[push + 1 :].sum() == pytest.approx(expected, rel=0.01)


def test_a_push_on_the_last_day_or_before_days_of_nobody_takes_none_from_later(campaign):
    day = campaign.pushes[0].first_day
    short = campaign.model_copy(update={"simulation": {**campaign.simulation, "last_day": day}})
    drawn = simulate(short, np.random.default_rng(campaign.seed))
    assert drawn.days[-1] == pd.Timestamp(day)
    assert (drawn.new[:, -1] - drawn.without_push[:, -1])[drawn.pushed[:, 0] >= 0].min() > 0
    pace = (campaign.simulation["pace"][0], {"day": day, "weekly_hazard": 1e-12})
    still = campaign.model_copy(update={"simulation": {**campaign.simulation, "pace": pace}})
    quiet = simulate(still, np.random.default_rng(campaign.seed))
    assert not quiet.new[:, quiet.days > pd.Timestamp(day)].any()


def test_raw_data_are_never_written_over(campaign):
    with pytest.raises(InputError, match="append-only"):
        write_campaign(campaign, campaign.folder)


def test_every_simulated_file_says_so(campaign):
    for path in (campaign.folder / "tallies").glob("*.csv"):
        assert path.read_text(encoding="utf-8-sig").startswith("SỐ LIỆU MÔ PHỎNG")
    assert json.loads((campaign.folder / "truth.json").read_text(encoding="utf-8"))["simulated"] is True


def test_the_monday_report_sees_sunday_but_not_the_late_team(campaign):
    received = pd.read_csv(campaign.folder / "received.csv")
    at = received["received_at"].map(datetime.fromisoformat)
    week = received[received["name"].str.startswith("2023-W37") & (at <= campaign.as_of)]
    assert len(week) == 17
    assert not week["name"].str.contains("_510_").any()


def test_a_campaign_of_real_tallies_cannot_be_simulated(project):
    real = load_campaign(project / "data" / "raw" / "us_vaccination_2021")
    with pytest.raises(InputError, match="no \\[simulation\\]"):
        parameters_of(real)
