"""The first screen of every phase and state of the data, in every language, rendered and read back."""

import html
import re
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest

from analysis.artifacts import read_table, write_table
from analysis.panel import build_panel
from analysis.report import compose, make_tables, read_evidence, summarise
from analysis.report.html import render_page
from analysis.report.words.phrases import catalogues, word
from analysis.report.write import summary as summary_of
from analysis.standing import stand
from analysis.workspace import Workspace, parse_as_of
from tests.report.conftest import tallies_of, undrawn, write_artifacts

LANGUAGES = tuple(catalogues())
PHASES = {"early": 16, "running": 40, "after_deadline": 40, "reached": 40}
EVERYBODY = {"vi": "tất cả các địa bàn gửi", "en": "All areas: send", "fr": "Tous les territoires"}
SILENCE = {"fresh": 0, "late": 0, "silent": 14}
LEFT_THEN = {"vi": "Kể từ ngày 10/9/2023 còn", "en": "left on 10 September", "fr": "À partir du 10 septembre"}
SILENT = {"vi": "Chưa có số liệu nào sau ngày", "en": "No figures since", "fr": "Aucun chiffre après"}


@pytest.fixture(scope="module", params=[(phase, data) for phase in PHASES for data in SILENCE], ids="-".join)
def screen(request, quang_nam, tmp_path_factory):
    """A report of the shipped areas, whose tallies are cut so that the drive is in that state."""
    phase, data = request.param
    newest = date(2023, 10, 8) if phase == "after_deadline" else date(2023, 9, 10)
    as_of = newest + timedelta(days=SILENCE[data])
    campaign = quang_nam.workspace.campaign
    goal = 100_000 if phase == "reached" else campaign.targets[-1].value
    targets = tuple(one.model_copy(update={"value": goal}) for one in campaign.targets)
    campaign = campaign.model_copy(update={"targets": targets, "languages": LANGUAGES})
    workspace = Workspace(
        campaign, parse_as_of(as_of.isoformat(), campaign.zone), tmp_path_factory.mktemp(phase)
    )
    write_artifacts(workspace)
    sent = tallies_of(
        campaign, newest + timedelta(days=4)
    )  # whom they make late is late after the newest day
    sent = sent.sort_values("received_at").groupby(["area_code", "date", "measure"]).tail(1)
    sent = sent[sent["date"] > pd.Timestamp(newest - timedelta(days=PHASES[phase]))]
    if data == "late":
        week = pd.Timestamp(newest - timedelta(days=7))
        sent = sent[(sent["area_code"] != "510") | (sent["date"] <= week)]
    panel = build_panel(sent, campaign, newest)
    write_table(panel, workspace.processed / "panel.parquet")
    write_table(stand(panel, campaign, workspace.as_of).areas, workspace.processed / "standing.parquet")
    completion = read_table(workspace.processed / "completion.csv")
    if phase == "after_deadline":
        completion["probability_by_deadline"] = float("nan")
    write_table(completion, workspace.processed / "completion.csv")
    evidence = read_evidence(workspace)
    numbers = summarise(evidence)
    tables = make_tables(evidence, numbers)
    documents = {language: compose(evidence, numbers, tables, language) for language in LANGUAGES}
    firsts = {to: read(render_page(replace(one, sections=()), ())) for to, one in documents.items()}
    whole = {to: render_page(undrawn(one), ()) for to, one in documents.items()}
    return phase, data, newest, summary_of(evidence, numbers, tables), firsts, whole


def prose(page: str) -> list[str]:
    """Return what a page says beside headings, pictures and tables, without what is folded, part by part."""
    apart = r"<(head|style|svg|script|nav|footer|thead|tbody|details)\b.*?</\1>"
    parts = re.findall(
        r"<(p|li|caption|figcaption)\b[^>]*>(.*?)</\1>", re.sub(apart, " ", page, flags=re.S), re.S
    )
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split()) for _, text in parts]


def read(page: str) -> list[str]:
    """Return what a page without sections says, part by part: the heading, the cards and the main points."""
    first = re.sub(r"<(style|svg|script)\b.*?</\1>", " ", page, flags=re.S)
    parts = re.findall(r">([^<>]+)<", first)
    return [" ".join(html.unescape(one).split()) for one in parts if one.strip()]


def test_the_summary_says_the_state(screen):
    phase, data, newest, summary, *_ = screen
    assert (summary["phase"], summary["data"]) == (phase, data)
    assert summary["known_until"] == summary["common_day"] == newest.isoformat()
    if data == "late":
        assert {"area": "510", "known_until": (newest - timedelta(days=7)).isoformat()} in summary["late"]
    assert all(one["date"] for key, one in summary["numbers"].items() if one["value"] is not None), [
        key for key, one in summary["numbers"].items() if one["value"] is not None and not one["date"]
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_chance_by_day_is_drawn_of_a_target_that_is_reached(screen, language):
    """A curve that begins after that day had its median there, later than the day on the card."""
    phase, *_, whole = screen
    drawn = word("dates_caption", language) in html.unescape(whole[language])
    assert drawn == (phase != "reached")


@pytest.mark.parametrize("language", LANGUAGES)
def test_below_the_course_it_is_said_what_is_shaded(screen, language):
    _, data, *_, whole = screen
    told = word("course_shaded", language) in html.unescape(whole[language])
    assert told or data != "silent"


@pytest.mark.parametrize(("language", "head"), [("vi", "báo cáo trước"), ("en", "last report")])
def test_a_first_report_speaks_of_none_before_it(screen, language, head):
    assert head not in " ".join(screen[4][language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_screen_says_only_what_is_known(screen, language):
    phase, data, _, summary, pages, _ = screen
    said = " ".join(pages[language])
    assert not re.search(r"\b(nan|None|NaT|inf)\b", said)
    assert (SILENT[language] in said) == (data == "silent")
    numbers = {key: " ".join(one["text"][language].split()) for key, one in summary["numbers"].items()}
    assert numbers["total"] in said
    if data == "silent":
        assert EVERYBODY[language] in said
    if phase == "after_deadline":
        assert numbers["deadline_share"] in said
        assert numbers["probability"] not in said or numbers["probability"] == "–"
    if phase == "reached":
        assert numbers["reached_on"] in said
    if phase == "early":
        assert numbers["pace_needed"] in said
        assert numbers["probability"] not in said
    if phase == "running":
        assert numbers["probability"] in said
        assert (LEFT_THEN[language] in said) == (data == "silent"), "days are left from the day of the count"
    if data == "late":
        assert numbers["older"] in said


def test_no_french_mark_touches_the_word_before_it(screen):
    assert [one for one in prose(screen[5]["fr"]) + screen[4]["fr"] if re.search(r"\w[;?!](\s|$)", one)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_stands_twice_on_it(screen, language):
    sentences = [
        one.strip() for part in screen[4][language] for one in re.split(r"(?<=[.;])\s", part) if len(one) > 40
    ]
    assert len(sentences) == len(set(sentences)), [one for one in sentences if sentences.count(one) > 1]


HEADLINES = (
    "share", "total", "missing", "target", "pace", "pace_needed", "pace_ratio", "probability", "reached_on",
    "deadline", "deadline_count", "deadline_share", "at_deadline_share", "week", "change_share",
    "unpushed_change", "last_week_said", "extra_day", "extra",
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_said_twice_on_the_whole_page(screen, language):
    _, _, _, summary, _, whole = screen
    said = prose(whole[language])
    sentences = [one for part in said for one in re.split(r"(?<=[.;!?])\s", part) if len(one) > 25]
    assert [one for one in set(sentences) if sentences.count(one) > 1] == []
    text, numbers = "\n".join(said), summary["numbers"]
    ends = numbers["completion"]["interval"] or {}
    twice = {}
    for key in HEADLINES:
        if key not in numbers or numbers[key]["value"] in (None, 0, *ends.values()):
            continue  # an end of the forecast may fall on the deadline
        written = " ".join(numbers[key]["text"][language].split())
        found = re.findall(rf"(?<![\w.,−+-]){re.escape(written)}(?!\w|[.,/]\d)", text)
        if len(found) > 1:
            twice[key] = (written, len(found))
    assert twice == {}
