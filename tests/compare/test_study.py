"""The walk of the notebook on a panel: with a push, before any, and with more counted than eligible."""

import matplotlib.figure
import numpy as np
import pandas as pd
import pytest

from analysis.compare import EFFECT_COLUMNS, push_headlines, study_push
from analysis.compare.trials import Trial, simulate
from analysis.report.figures import compare as draw


def panel_of(design):
    n, t = design.outcome.shape
    start = pd.Timestamp(np.datetime64(design.first_start, "D"))
    return pd.DataFrame(
        {
            "area": np.repeat(design.areas, t),
            "date": pd.to_datetime(np.tile(design.times.astype("datetime64[D]"), n)),
            "new": design.outcome.ravel(),
            "remaining": design.exposure.ravel(),
            "rate": (design.outcome / design.exposure).ravel(),
            "treated_from": np.where(np.repeat(design.ever_treated, t), start, pd.NaT),
        }
    ).astype({"treated_from": "datetime64[us]"})


@pytest.fixture(scope="module")
def panel():
    return panel_of(simulate(Trial(lift=0.8, before=33, after=9), np.random.default_rng(1)))


@pytest.fixture(scope="module")
def study(panel):
    return study_push(panel, seed=1)


def test_windows_are_fixed_and_cut_once(study):
    assert [effect.details["window"] for effect in study.headlines] == ["day 0", "days 0-6", "days 0-8"]
    assert str(study.main) == "days 0-6"
    assert list(study.effects.columns) == EFFECT_COLUMNS
    assert study.effects.query("estimator == 'headline'")["window"].is_unique
    assert study.verdicts[1].finding in {"raised", "raised_fragile"}


def test_everything_agrees_on_the_sign(study):
    estimates = [effect.estimate for effect in study.opinions]
    assert all(estimate > 0 for estimate in estimates)
    assert study.opinion_table["estimator"].is_unique


def test_same_panel_same_study(panel, study):
    pd.testing.assert_frame_equal(study_push(panel, seed=1).effects, study.effects)


def test_the_headline_alone_is_the_headline_of_the_study(panel, study):
    alone = push_headlines(panel)
    told = study.effects.query("estimator == 'headline'").reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, told, check_dtype=False)
    before = panel.assign(treated_from=pd.NaT).astype({"treated_from": "datetime64[us]"})
    assert list(push_headlines(before).columns) == EFFECT_COLUMNS
    assert push_headlines(before).empty


def test_before_any_push_everything_is_empty_and_said(panel):
    before = panel.assign(treated_from=pd.NaT).astype({"treated_from": "datetime64[us]"})
    nothing = study_push(before, seed=1)
    assert nothing.effects.empty
    assert list(nothing.effects.columns) == EFFECT_COLUMNS
    assert "no area" in nothing.sentences
    assert nothing.left_out_table.empty
    assert "Nothing to draw" in draw.say_permutation(nothing.main_headline)
    assert isinstance(draw.permutation(nothing.main_headline), matplotlib.figure.Figure)
    assert isinstance(draw.placebos(nothing.placebo_dates), matplotlib.figure.Figure)


def test_an_area_counted_above_its_eligible_is_left_out(panel):
    name = panel.loc[panel["treated_from"].isna(), "area"].iloc[0]
    late = (panel["area"] == name) & (panel["date"] > panel["date"].max() - pd.Timedelta(days=12))
    above = panel.assign(remaining=panel["remaining"].where(~late, -5.0), rate=panel["rate"].where(~late))
    found = study_push(above, seed=1)
    assert found.main_headline.details["left_out"] == [name]


def test_figures_say_what_they_show(study):
    for said in (
        draw.say_around_push(study.counts, study.main),
        draw.say_permutation(study.main_headline),
        draw.say_placebos(study.placebo_dates),
        draw.say_opinions(study.opinions, "new per 1,000 remaining"),
    ):
        assert any(character.isdigit() for character in said)
    assert isinstance(draw.opinions(study.opinions, "new per 1,000 remaining"), matplotlib.figure.Figure)
