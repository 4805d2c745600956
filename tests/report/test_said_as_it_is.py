"""Words follow what is so: a pace that is enough, a shortfall of few areas, checks of another window."""

import math
import re
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from analysis import contract
from analysis.compare.gains import lasting
from analysis.report import brief, compose, make_tables, read_evidence, summarise
from analysis.report.edition import Edition
from analysis.report.message import subject
from analysis.report.numbers import Numbers
from analysis.report.places.facts import Atlas
from analysis.report.places.said import say_place
from analysis.report.words.checked import finding_words
from analysis.report.words.found import gone_words, more_words
from analysis.report.words.phrases import word
from analysis.report.words.voice import Voice
from analysis.say import short_day
from analysis.standing import Standing
from analysis.tallies.checks import CHECKS, PARTICULARS
from analysis.validation.trials import Trial, simulate
from tests.report.conftest import LANGUAGES


def edition_of(evidence, language):
    numbers = summarise(evidence)
    tables = make_tables(evidence, numbers)
    return Edition(compose(evidence, numbers, tables, language), Atlas(evidence), numbers, tables)


def paragraphs(document, section):
    rows = next(one.blocks for one in document.sections if one.key == section)
    flat = [part for row in rows for part in ((*row.left, *row.right) if hasattr(row, "left") else (row,))]
    return [part.text for part in flat if hasattr(part, "text")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pace_that_is_enough_is_said_to_be_in_every_form(quang_nam, language):
    evidence = read_evidence(quang_nam.workspace)
    fast = replace(evidence, standing=Standing(evidence.standing.areas.assign(pace_ratio=0.8)))
    edition = edition_of(fast, language)
    enough, figure = word("make_it_pace_enough", language), edition.numbers["pace_ratio"].text(language)
    assert subject(edition).endswith(f", {enough}")
    assert edition.document.answers[1].of_what.endswith(enough)
    place = edition.atlas.places["502"]
    assert any(enough in line for line in say_place(place, language).lines)
    rows = brief._data(edition, picture=False)["rows"]
    assert all(word("brief_enough", language) in row["cells"] for row in rows)
    early = {**edition.numbers, "probability": replace(edition.numbers["probability"], value=None)}
    document = compose(fast, Numbers(early), edition.tables, language)
    assert figure not in f"{document.answers[1].figure} {document.answers[1].of_what}"
    assert edition.numbers["pace_needed"].text(language) in document.answers[1].figure


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_area_that_is_compared_whole_is_named_with_its_parts(quang_nam, language):
    """Of an area divided since, "Mobilisations" named the others alone."""
    evidence = read_evidence(quang_nam.workspace)
    campaign, day = evidence.workspace.campaign, date(2023, 9, 14)
    whole = campaign.area("503")
    parts = [
        whole.model_copy(update={"code": code, "name": f"Hội An {code}", "valid_from": day}) for code in "XY"
    ]
    ended = whole.model_copy(update={"valid_to": day - timedelta(1), "divided_into": ("X", "Y")})
    areas = (*(one for one in campaign.areas if one.code != "503"), ended, *parts)
    workspace = replace(evidence.workspace, campaign=campaign.model_copy(update={"areas": areas}))
    frame = evidence.standing.areas
    frame = frame.assign(location=frame["location"].replace("503", "X"))
    now = replace(evidence, workspace=workspace, standing=Standing(frame),
                  completion=evidence.completion.replace({"location": {"503": "X"}}),
                  verdict={**evidence.verdict, "compared": ["503", "513", "517"]})  # fmt: skip
    numbers = summarise(now)
    said = " ".join(paragraphs(compose(now, numbers, make_tables(now, numbers), language), "worked"))
    named = word("now_another", language).format(name="Hội An", now="Hội An X, Hội An Y")
    assert f"{named}, Núi Thành, Thăng Bình" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_is_late_is_named_with_the_last_day_sent(quang_nam, language):
    """ "Not yet received: Hội An (16 Sep)" read as if the figures of that day were missing."""
    evidence = read_evidence(quang_nam.workspace)
    rows = evidence.standing.areas
    late = rows["location"].isin(["502", "503"])
    for days in (("2023-09-15", "2023-09-15"), ("2023-09-14", "2023-09-15")):
        known = rows["known_until"].mask(late, pd.Series(pd.to_datetime(days), rows.index[late]))
        states = rows["data"].mask(late, "late").where(late, "on_time")
        numbers = summarise(evidence)
        now = replace(evidence, standing=Standing(rows.assign(data=states, known_until=known)))
        document = compose(now, numbers, make_tables(now, numbers), language)
        said = {short_day(date.fromisoformat(day), language) for day in days}
        for line in (document.points[-1], document.proposals[0]):
            assert [line.count(f"{day})") for day in said] == [1] * len(said)
            assert word("sent_until", language).partition("{day}")[0].removeprefix("{names}") in line


@pytest.mark.parametrize(
    ("language", "noun"), [("vi", "đơn vị cấp huyện"), ("en", "districts"), ("fr", "districts")]
)
def test_it_is_proposed_to_concentrate_only_where_few_areas_make_half(quang_nam, language, noun):
    evidence = read_evidence(quang_nam.workspace)
    rows = evidence.completion
    areas = rows["location"] != "total"
    even, few = (rows.assign(expected_shortfall=rows["expected_shortfall"].mask(areas, one))
                 for one in (100.0, pd.Series(range(len(rows)), rows.index) ** 4.0))  # fmt: skip
    likely = evidence.completion.assign(probability_by_deadline=0.6)
    assert not [line for line in said_of(evidence, likely, language) if noun in line]
    (spread,) = [line for line in said_of(evidence, even, language) if noun in line]
    assert "9" in spread
    assert "18" in spread
    (named,) = [line for line in said_of(evidence, few, language) if noun in line]
    assert "Nông Sơn" in named
    assert "Nông Sơn" not in spread


def said_of(evidence, completion, language):
    return edition_of(replace(evidence, completion=completion), language).document.proposals


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_stands_in_every_check_is_said_beside_the_checks_of_another_window(quang_nam, language):
    evidence = read_evidence(quang_nam.workspace)
    rows = [("leave_one_out", "503", 0.7, 0.06, False), ("medians", "", 0.8, 0.01, True)]
    checks = pd.DataFrame(rows, columns=contract.columns("sensitivity.csv"))
    of_day = replace(evidence, sensitivity=checks, verdict={**evidence.verdict, "last_day": 0})
    edition = edition_of(of_day, language)
    said = paragraphs(edition.document, "worked")
    assert word("holds_all", language) not in said
    (line,) = [one for one in said if word("window_day", language) in one and "1 " in one]
    assert "7" in line
    assert "0" in edition.tables["sensitivity"].note(language)
    assert "{" not in edition.tables["sensitivity"].note(language)
    alike = replace(of_day, sensitivity=checks.assign(holds=True))
    assert word("holds_all", language) in paragraphs(edition_of(alike, language).document, "worked")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kept", "gone"), [(0.0, True), (-1.0, True), (1.0, False)])
def test_a_gain_that_only_came_sooner_is_said_on_the_first_page(language, kept, gone):
    """Four times as many on the day; of these so large a share is missing in the thirteen days after."""
    design = simulate(Trial(after=14, unequal=False), np.random.default_rng(4))
    counts, own, push = design.outcome.copy(), design.ever_treated, 61
    gain = 3 * counts[own, push]
    counts[own, push] += gain
    counts[own, push + 1 :] -= (1 - kept) * gain[:, None] / 13
    followed = lasting(replace(design, outcome=counts), np.random.default_rng(0))
    voice, verdict = Voice(language, Numbers({})), {"daily": True}
    line = gone_words(voice, verdict, followed)
    assert bool(line) == gone
    assert "{" not in line
    said = [one for one in more_words(voice, verdict, pd.DataFrame(), followed, "") if line and one == line]
    assert said == []  # not a second time


def test_all_waves_together_are_not_said_to_rise_by_less_than_nothing():
    rows = {"wave": ["2023-09-10", "pooled"], "n_treated": [3, math.nan], "estimate": [0.1, -0.0513]}
    ends = {"interval_low": [0, -0.37], "interval_high": [0.2, 0.269], "p_value": [0.1, 0.73]}
    waves = pd.DataFrame(rows | ends)
    wanted = ("changed by −5%", "a varié de −5\N{NO-BREAK SPACE}%", "thay đổi −5%")
    for language, said in zip(("en", "fr", "vi"), wanted, strict=True):
        voice = Voice(language, Numbers({}))
        assert said in next(more_words(voice, {}, waves, pd.DataFrame(), ""))


def test_the_terms_of_the_method_are_explained_behind_a_french_colon(quang_nam):
    page = quang_nam.page("fr")
    assert '<strong class="lead">Médiane\N{NO-BREAK SPACE}:</strong>' in page
    assert not re.search(r'<strong class="lead">[^<]*\w:</strong>', page)


def test_the_mark_of_a_mobilised_area_and_a_day_are_never_broken_off_its_name_in_the_brief(quang_nam):
    rows = brief._data(edition_of(read_evidence(quang_nam.workspace), "fr"), picture=False)["rows"]
    names = [row["name"] for row in rows]
    assert any(name.endswith("\N{NO-BREAK SPACE}▲") for name in names)
    assert not any(re.search(r" ▲|\([^)]* ", name) for name in names)


@pytest.mark.parametrize(
    ("codes", "said"), [(("one_area",), ""), (("one_area", "p_above"), "1 check weakens")]
)
def test_that_one_area_mobilised_is_said_and_is_no_check(quang_nam, codes, said):
    evidence = read_evidence(quang_nam.workspace)
    reasons = [{"code": one, "k": 1, "n": 18, "p": 0.2, "low": -0.1, "high": 0.3} for one in codes]
    verdict = {**evidence.verdict, "finding": "raised_fragile", "reasons": reasons}
    text = " ".join(paragraphs(edition_of(replace(evidence, verdict=verdict), "en").document, "worked"))
    assert "only one area of 18 mobilised" in text
    assert text.count("weaken") == bool(said)
    assert said in text


def test_the_day_of_a_finding_is_written_as_the_language_writes_days():
    english = "Tam Kỳ: days missing after 06/08/2023: 3. Send the missing days."
    row = {
        "code": "days_missing",
        "message_vi": "Tam Kỳ: thiếu 3 ngày sau ngày 06/08/2023.",
        "message_en": english,
    }
    said = finding_words(row)
    assert said("en") == english.replace("06/08/2023", "6\xa0August 2023")
    assert "après le 6\xa0août 2023" in said("fr")
    assert said("vi") == row["message_vi"]


@pytest.mark.parametrize(("check", "key"), sorted(PARTICULARS))
def test_what_a_check_saw_is_said_in_each_language(check, key):
    """The English message is what the artifact keeps; French is made of it."""
    words = PARTICULARS[check, key]
    vietnamese, english = CHECKS[check].say({"found": key, "most": 6000})
    said = finding_words({"code": check, "message_vi": vietnamese, "message_en": english})
    for language, number in (("vi", "6.000"), ("en", "6,000"), ("fr", "6\u202f000")):
        assert f"({words[language].replace('{most}', number)})" in said(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_report_before_stated_has_a_chance_only_where_it_had_one(quang_nam, language):
    """After the deadline it ended in "The chance of meeting the deadline was then –."."""
    evidence = read_evidence(quang_nam.workspace)
    row = dict.fromkeys(contract.columns("drift.csv")) | {"date_p50": "2023-11-09"}
    said = word("probability_before_line", language).split("{")[0]
    for chance in (0.25, float("nan")):
        days = ("2023-09-11T0800", "2023-09-18T0800")
        drift = pd.DataFrame([row | {"as_of": day, "probability": chance} for day in days])
        points = edition_of(replace(evidence, drift=drift), language).document.points
        (line,) = (one for one in points if word("completion_before_line", language).split("{")[0] in one)
        assert (said in line) != math.isnan(chance)
        assert "–" not in line
