"""The campaigns that ship: what is simulated adds up, and nothing of any of them stands in code."""

import filecmp
import json
import re
import tomllib
from datetime import date

import numpy as np
import pandas as pd
import pytest

from analysis.campaign import load_campaign, survey
from analysis.compare.contrasts import effect_of, exact_test
from analysis.compare.counted import read_counts
from analysis.compare.design import Window
from analysis.panel import build_panel
from analysis.simulation import draw, write_campaign
from tests.conftest import PROJECT
from tests.test_architecture import texts_in_code

RAW = PROJECT / "data" / "raw"
SHIPPED = sorted(path.parent.name for path in RAW.glob("*/campaign.toml"))
SIMULATED = ("measles_2024", "quang_nam_2023", "quang_nam_communes_2023")


@pytest.fixture(scope="module")
def communes():
    campaign = load_campaign(RAW / "quang_nam_communes_2023")
    return campaign, draw(campaign)


@pytest.mark.parametrize("code", SHIPPED)
def test_nothing_is_wrong_with_what_ships(code):
    assert [str(one) for one in survey(RAW / code).faults if one.severity == "error"] == []


@pytest.mark.parametrize("code", SHIPPED)
def test_what_a_campaign_says_is_set_as_its_language_is(code):
    """In French no sign stands alone on a line; an apostrophe is one, and no mark of feet."""
    facts = tomllib.loads((RAW / code / "campaign.toml").read_text(encoding="utf-8"))
    said = list(texts_of(facts))
    assert said
    assert [
        text for language, text in said if language == "fr" and re.search(r" [;:!?»]|\d %|« ", text)
    ] == []
    assert [text for _, text in said if re.search(r"\w'\w", text)] == []


def texts_of(facts):
    """Yield what is said in a language, anywhere in a campaign's facts."""
    for key, value in facts.items() if isinstance(facts, dict) else enumerate(facts):
        if isinstance(value, str) and key in ("vi", "en", "fr"):
            yield key, value
        elif isinstance(value, (dict, list)):
            yield from texts_of(value)


def test_communes_add_up_to_their_district_to_the_account(communes):
    campaign, below = communes
    above = draw(load_campaign(RAW / "quang_nam_2023"))
    tree = campaign.tree(campaign.first_day)
    assert (len(tree.at(1)), len(tree.leaves)) == (18, 241)
    first = above.days.get_loc(below.days[0])
    for number, district in enumerate(above.areas):
        rows = [at for at, area in enumerate(below.areas) if area.parent == district.code]
        whole = above.cumulative[number, first : first + len(below.days)]
        np.testing.assert_array_equal(below.cumulative[rows].sum(axis=0), whole)
        push = above.without_push[number, first + 1 : first + len(below.days)]
        np.testing.assert_array_equal(below.without_push[rows, 1:].sum(axis=0), push)
    assert (below.new >= 0).all()
    assert (below.cumulative <= np.array([[area.eligible] for area in below.areas])).all()


def test_people_and_targets_of_communes_add_up_to_their_districts(communes):
    campaign, _ = communes
    districts = load_campaign(RAW / "quang_nam_2023")
    tree = campaign.tree(campaign.first_day)
    for code in tree.at(1):
        below = [campaign.area(leaf) for leaf in tree.leaves_of(code)]
        assert sum(area.eligible for area in below) == districts.area(code).eligible
        assert sum(area.target for area in below) == districts.area(code).target


@pytest.mark.parametrize("code", SIMULATED)
def test_the_committed_files_are_what_the_parameters_give(code, tmp_path):
    campaign = load_campaign(RAW / code)
    write_campaign(campaign, tmp_path)
    committed = filecmp.dircmp(campaign.folder / "tallies", tmp_path / "tallies")
    assert (committed.left_only, committed.right_only, committed.diff_files) == ([], [], [])
    for name in ("received.csv", "truth.json"):
        assert (campaign.folder / name).read_bytes() == (tmp_path / name).read_bytes()


def test_two_waves_of_several_days_are_known_to_the_child():
    told = json.loads((RAW / "measles_2024" / "truth.json").read_text(encoding="utf-8"))
    campaign = load_campaign(RAW / "measles_2024")
    begins = sorted({one.first_day for one in campaign.mobilisations})
    assert [sum(one.first_day == day for one in campaign.mobilisations) for day in begins] == [4, 3]
    assert (begins[1] - begins[0]).days == 14
    assert all(one.last_day > one.first_day for one in campaign.mobilisations)
    assert set(told["areas"]) == {one.area for one in campaign.mobilisations}
    assert all(area["extra_by_day"]["6"] > 0 for area in told["areas"].values())


def test_weekly_tallies_compare_in_whole_weeks():
    """The push of several days lies in the week counted from its own day on; its extra is found there."""
    campaign = load_campaign(RAW / "measles_2024")
    drawn = draw(campaign)
    told = json.loads((RAW / "measles_2024" / "truth.json").read_text(encoding="utf-8"))
    tuesdays = [at for at, day in enumerate(drawn.days) if day.day_of_week == 1 and at <= 69]
    tallies = pd.DataFrame(
        [
            (area.code, drawn.days[at], campaign.measure, float(drawn.cumulative[row, at]))
            for row, area in enumerate(drawn.areas)
            for at in tuesdays
        ],
        columns=["area_code", "date", "measure", "value"],
    )
    counts = read_counts(build_panel(tallies, campaign, date(2024, 3, 12)))
    week = counts.in_times(Window(0, 6))
    assert not counts.daily
    assert counts.in_days(week) == Window(0, 6)
    tested = exact_test(counts.design, week, rng=np.random.default_rng(1))
    extra = effect_of(counts.design, tested).details["extra_persons"]
    first = min(one.first_day for one in campaign.mobilisations)
    wave = [one.area for one in campaign.mobilisations if one.first_day == first]
    truth = sum(told["areas"][code]["extra_by_day"]["6"] for code in wave)
    assert extra["total"] == pytest.approx(truth, rel=0.25)


def test_a_push_of_an_area_above_is_one_of_all_below_it(communes):
    campaign, _ = communes
    tree = campaign.tree(campaign.first_day)
    assert {one.area for one in campaign.mobilisations} == {"503", "513", "517"}
    pushed = {one.area for one in campaign.pushes_on(campaign.last_day)}
    assert pushed == {leaf for code in ("503", "513", "517") for leaf in tree.leaves_of(code)}


WORDS, VOCABULARIES = ("tallies", "words"), ("campaign", "vocabularies")
"""Where words of languages and of kinds of drives stand, as data."""


def words_of_campaigns() -> set[str]:
    """Return what only a campaign says: its code, the names of its areas, its units and its people."""
    words = set()
    for code in SHIPPED:
        campaign = load_campaign(RAW / code)
        words |= {code, *(area.name for area in campaign.areas if len(area.name) > 5)}
        words |= {text for one in (campaign.unit, campaign.people) for text in one.values()}
    vocabularies = PROJECT / "src" / "analysis" / "campaign" / "vocabularies"
    for path in vocabularies.glob("*.toml"):
        words |= {one["code"] for one in tomllib.loads(path.read_text(encoding="utf-8"))["measures"]}
    return words | {"VNeID", "Đề án 06", "Công an thành phố", "định danh điện tử"}


def test_nothing_a_campaign_says_stands_in_code():
    """Names, units, people and measures of campaigns are in their folders and the vocabularies only."""
    words = words_of_campaigns()
    found = [
        f"{path.relative_to(PROJECT)}: {word}"
        for path in sorted((PROJECT / "src").rglob("*"))
        if path.suffix in (".py", ".toml", ".csv", ".j2", ".typ", ".html")
        and not (path.suffix == ".toml" and path.parent.parts[-2:] in (WORDS, VOCABULARIES))
        and path.name != "provinces.csv"
        for text in ["\n".join(texts_in_code(path)) if path.suffix == ".py" else path.read_text("utf-8")]
        for word in words
        if word in text
    ]
    assert found == []
