"""The next push: drawn by a law that is kept, registered before it is made, and judged by that law."""

import json
import shutil
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from analysis.campaign import Text, load_campaign
from analysis.cli import app
from analysis.compare import Window
from analysis.compare.counted import read_counts
from analysis.compare.planning.kept import judge
from analysis.compare.planning.lottery import Lottery, stepped_order, stepped_test
from analysis.compare.planning.plan import Plan, plan_push
from analysis.compare.planning.power import power_table
from analysis.compare.planning.registration import Registration, contradictions, register, registrations
from analysis.compare.study import push_of, study_campaign
from analysis.errors import InputError
from analysis.report.figures.power import power, say_power
from analysis.report.numbers import Numbers
from analysis.report.plan import as_text
from analysis.report.words import found
from analysis.report.words.phrases import catalogues, languages_of
from analysis.report.words.voice import Voice
from analysis.validation.designed import Drawn, drawn_pushes
from analysis.validation.trials import Trial, simulate
from tests.compare.test_study import panel_of

CODES = tuple("ABCDEFGHIJ")
STRATA = {code: "town" if code in "ABCD" else "country" for code in CODES}
RING = tuple((CODES[at], CODES[(at + 1) % 10]) for at in range(10))


def test_areas_are_drawn_within_strata_and_apart():
    law = Lottery(CODES, 5, STRATA, RING)
    assert law.quotas == {"country": 3, "town": 2}
    drawn = law.draw(np.random.default_rng(1), 300)
    for row in drawn:
        codes = [CODES[at] for at in row]
        assert sum(STRATA[code] == "town" for code in codes) == 2
        assert not any(a in codes and b in codes for a, b in RING)
    assert len(np.unique(drawn, axis=0)) > 1


def test_every_choice_that_the_lot_could_have_drawn_is_in_its_test():
    law = Lottery(CODES, 3, STRATA)
    observed = np.isin(CODES, [CODES[at] for at in law.draw(np.random.default_rng(2))[0]])
    choices = law.choices(observed, np.random.default_rng(3))
    drawn = {tuple(row) for row in law.draw(np.random.default_rng(4), 2_000).tolist()}
    assert drawn == {tuple(row) for row in choices.chosen.tolist()}
    assert choices.chosen[0].tolist() == np.flatnonzero(observed).tolist()


def test_too_many_areas_apart_is_one_clear_line():
    with pytest.raises(InputError, match="apart"):
        Lottery(CODES, 6, {}, RING).draw(np.random.default_rng(1))
    with pytest.raises(InputError, match="compare with"):
        Lottery(CODES, 10)


def test_more_areas_see_smaller_lifts():
    noise = np.random.default_rng(5).normal(0, 0.1, (9, 18))
    names = tuple(f"A{at:02}" for at in range(18))
    table = power_table(noise, Lottery(names, 3), [1, 2, 3, 6], np.random.default_rng(6)).set_index("areas")
    assert np.isnan(table.loc[1, "smallest_percent"])  # 1 of 18 can show nothing
    assert (
        table.loc[6, "smallest_percent"] < table.loc[3, "smallest_percent"] < table.loc[2, "smallest_percent"]
    )
    assert table.loc[6, "power_50"] > 0.9


def test_a_stepped_order_is_even_and_its_test_sees_what_each_week_adds():
    order = stepped_order(len(CODES), 3, np.random.default_rng(7))
    assert sorted(np.bincount(order)) == [3, 3, 4]
    rng = np.random.default_rng(8)
    noise = rng.normal(0, 0.1, (10, 3))
    pushed = noise + 1.0 * (order[:, None] <= np.arange(3))
    estimate, p = stepped_test(pushed, order, rng, 999)
    assert estimate == pytest.approx(1.0, abs=0.2)
    assert p < 0.01
    assert stepped_test(noise, order, rng, 999)[1] > 0.01


def test_drawn_pushes_keep_their_level_and_show_what_the_sheet_promised():
    """Bounds four Monte Carlo standard errors wide."""
    for drawn in (Drawn(), Drawn(weeks=3)):
        assert drawn_pushes(drawn, 80, 1)["rejects"] <= 0.05 + 4 * 0.025
        lifted = drawn_pushes(drawn, 60, 2, 0.2)
        assert 0.2 < lifted["promised"] < 1
        assert lifted["rejects"] == pytest.approx(lifted["promised"], abs=4 * 0.065)


@pytest.fixture
def campaign(project, tmp_path):
    folder = tmp_path / "data" / "raw" / "quang_nam_2023"
    shutil.copytree(project / "data/raw/quang_nam_2023", folder)
    return folder


def test_the_command_draws_registers_and_writes_the_sheet_once(campaign, tmp_path, monkeypatch):
    monkeypatch.setenv("ANALYSIS_ROOT", str(tmp_path))
    words = ["design", "quang_nam_2023", "--areas", "4", "--strata", "terrain", "--apart", "--seed", "7"]
    first = CliRunner().invoke(app, [*words, "--out", str(tmp_path / "sheet")], catch_exceptions=False)
    assert first.exit_code == 0
    (path,) = (campaign / "registered").glob("*.json")
    written = json.loads(path.read_text(encoding="utf-8"))
    assert len(written["weeks"][0]) == 4
    assert written["hash"][:16] in first.output
    page = (tmp_path / "sheet" / "plan.vi.html").read_text(encoding="utf-8")
    assert "bốc thăm" in page
    assert (tmp_path / "sheet" / "plan.vi.docx").stat().st_size > 5_000
    with pytest.raises(InputError, match="registered already"):
        CliRunner().invoke(app, [*words, "--out", str(tmp_path / "sheet")], catch_exceptions=False)


def test_a_plan_can_be_read_before_it_is_promised(campaign):
    facts = load_campaign(campaign)
    names = {area.code: area.name for area in facts.areas}
    known = tuple(names)[:10]
    table = power_table(
        np.random.default_rng(5).normal(0, 0.1, (9, 10)),
        Lottery(known, 3),
        [1, 2, 3],
        np.random.default_rng(6),
    )
    promised = registration(weeks=((known[0], known[2], known[1]),), strata={known[0]: "coast"})
    plan = Plan(promised, table)
    assert plan.drawn["area"].tolist() == sorted(known[:3])
    assert plan.drawn["first_day"].unique().tolist() == ["2023-09-10"]
    for language in languages_of(facts):
        sheet = as_text(plan, facts, language)
        assert all(names[code] in sheet for code in known[:3])
        assert promised.hash[:16] in sheet
        assert len(power(table, language).axes[0].lines) == 4
    turned = facts.model_copy(update={"name": Text(vi="Đợt \u202egnod"), "unit": Text(vi="tài\u200b khoản")})
    assert as_text(plan, turned, "vi").count("⟨U+") == 2
    assert "with 1 to 3 areas" in say_power(table)
    stepped = Plan(registration(weeks=(known[:2], known[2:4]), days=("2023-09-10", "2023-09-17")), table[:0])
    assert stepped.drawn["first_day"].tolist() == ["2023-09-10"] * 2 + ["2023-09-17"] * 2
    assert "Nothing to draw" in say_power(stepped.power)
    assert not (campaign / "registered").exists()


def registration(**changed):
    given = {
        "campaign": "quang_nam_2023", "known_on": "2023-09-03", "seed": 1, "weeks": (("503", "513", "517"),),
        "days": ("2023-09-10",), "window": (0, 3), "apart": False, "strata": {},
        "candidates": tuple(str(code) for code in range(502, 520)),
    } | changed  # fmt: skip
    return Registration(**given)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, None),
        ({"weeks": (("503", "513"),)}, "more_areas"),
        ({"weeks": (("502", "503", "513", "517"),)}, "missing_areas"),
        ({"days": ("2023-09-17",)}, "other_days"),
        ({"known_on": "2023-09-12"}, "too_late"),
        ({"rule": "another"}, "other_rule"),
    ],
)
def test_facts_that_contradict_what_was_registered_are_named_and_said(campaign, changed, code):
    facts = load_campaign(campaign)
    register(registration(**changed), campaign)
    ((one, intact),) = registrations(campaign, date(2023, 9, 18))
    faults = contradictions(one, intact, facts)
    assert ([fault["code"] for fault in faults] or [None])[0] == code
    assert push_of(facts, date(2023, 9, 18)).registered
    said = {"first_day": one.days[0], "contradictions": faults, "p": None if faults else 0.02, "p_min": 0.001}
    for language in catalogues():
        (line,) = found.registered_words(Voice(language, Numbers.of()), {"registered": [said]}, {})
        assert "{" not in line


@pytest.mark.parametrize(
    ("p", "kept"), [(0.02, "was made so: over all that the lot"), (None, "have not all been")]
)
def test_a_revised_rule_does_not_make_a_push_that_was_drawn_one_that_was_chosen(p, kept):
    said = {"first_day": "2023-09-10", "contradictions": [{"code": "other_rule"}], "p": p, "p_min": 0.001}
    verdict = {"registered": [said], "push_day": "2023-09-10"}
    voice = Voice("en", Numbers.of())
    (line,) = found.registered_words(voice, verdict, {})
    assert kept in line
    assert "rule from evidence to words has been revised" in line
    assert "chosen" not in line
    assert found.caution_words(voice, verdict) == voice.say("caution_drawn")


def test_an_area_pushed_again_after_a_pause_is_named(campaign):
    design = simulate(Trial(after=21, lift=1.0), np.random.default_rng(3))
    start = date(1970, 1, 1) + timedelta(days=design.first_start)
    own = [name for name, one in zip(design.areas, design.ever_treated, strict=True) if one]
    facts = load_campaign(campaign)
    spans = [*((name, 0, 1) for name in own), (own[0], 2, 3), (own[1], 8, 9), (own[2], 30, 31)]
    pushes = [
        facts.mobilisations[0].model_copy(
            update={"area": name, "first_day": start + timedelta(first), "last_day": start + timedelta(last)}
        )
        for name, first, last in spans
    ]
    facts = facts.model_copy(update={"mobilisations": tuple(pushes), "borders": ()})
    study = study_campaign(panel_of(design), facts, start + timedelta(20))
    assert [(one.area, one.first_day, one.why) for one in study.not_compared] == [
        (own[1], start + timedelta(8), "mobilised_before")
    ]


def test_a_registration_that_was_rewritten_is_seen(campaign):
    path = register(registration(), campaign)
    path.write_text(path.read_text(encoding="utf-8").replace("517", "518"), encoding="utf-8")
    ((one, intact),) = registrations(campaign, date(2023, 9, 18))
    assert contradictions(one, intact, load_campaign(campaign))[0]["code"] == "rewritten"


@pytest.mark.parametrize(
    "change", [{"days": "x"}, {"days": []}, {"window": [0]}, {"weeks": None}, {"seed": "?"}]
)
def test_a_file_that_is_no_registration_is_refused_by_its_name(campaign, change):
    path = register(registration(), campaign)
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | change), encoding="utf-8")
    with pytest.raises(InputError, match=f"{path.name}: no registration"):
        registrations(campaign, date(2023, 9, 18))


def test_a_registered_push_that_nobody_made_is_named(campaign):
    design = simulate(Trial(after=7), np.random.default_rng(3))
    panel = panel_of(design).assign(treated_from=pd.Series(pd.NaT, dtype="datetime64[us]"))
    register(registration(weeks=(("A000", "A001"),), days=("2023-09-10",)), campaign)
    facts = load_campaign(campaign).model_copy(update={"mobilisations": ()})
    (said,) = study_campaign(panel, facts, date(2023, 9, 16)).kept
    assert [fault["code"] for fault in said["contradictions"]] == ["missing_areas"]


@pytest.mark.parametrize("language", catalogues())
def test_a_push_drawn_by_lot_is_not_called_undrawn(language):
    voice = Voice(language, Numbers.of())
    kept = {"push_day": "2023-09-10", "registered": [{"first_day": "2023-09-10", "contradictions": []}]}
    drawn, other = found.caution_words(voice, kept), found.caution_words(voice, {"push_day": "2023-09-10"})
    assert (drawn, other) == (voice.say("caution_drawn"), voice.say("caution_observational"))


def test_a_kept_promise_has_the_p_of_the_lot(campaign):
    design = simulate(Trial(after=7, lift=1.0), np.random.default_rng(3))
    counts = read_counts(panel_of(design))
    own = tuple(name for name, one in zip(design.areas, design.ever_treated, strict=True) if one)
    day = str(np.datetime64(design.first_start, "D"))
    promise = registration(
        weeks=(own,), days=(day,), candidates=design.areas, known_on="2023-01-01", window=(0, 6)
    )
    facts = load_campaign(campaign)
    pushes = [replace_push(facts.mobilisations[0], name, day) for name in own]
    facts = facts.model_copy(update={"mobilisations": tuple(pushes)})
    said = judge(promise, True, counts, facts, np.random.default_rng(1))
    assert said["contradictions"] == []
    assert said["p_min"] == pytest.approx(1 / 816)
    assert said["p"] <= 0.05
    assert said["estimate"] == pytest.approx(0.7, abs=0.3)
    early = judge(replace(promise, window=(0, 7)), True, counts, facts, np.random.default_rng(1))
    assert early["p"] is None  # a day of it is still to come: no look before the last one
    assert early["contradictions"] == [{"code": "not_reached"}]
    voice = Voice("en", Numbers.of())
    (line,) = found.registered_words(voice, {"registered": [early]}, {})
    assert "have not all been counted" in line
    assert found.caution_words(voice, {"push_day": day, "registered": [early]}) == voice.say("caution_drawn")


def replace_push(one, area, day):
    return one.model_copy(update={"area": area, "first_day": date.fromisoformat(day)})


def test_where_whole_weeks_are_counted_a_push_is_drawn_in_weeks(project, tmp_path, monkeypatch):
    """The one district whose children nobody counted cannot be judged, so it is not drawn."""
    shutil.copytree(project / "data/raw/measles_2024", tmp_path / "data" / "raw" / "measles_2024")
    monkeypatch.setenv("ANALYSIS_ROOT", str(tmp_path))
    words = ["design", "measles_2024", "--window", "0,3", "--out", str(tmp_path / "sheet")]
    made = CliRunner().invoke(app, [*words, "--areas", "2"], catch_exceptions=False)
    assert made.exit_code == 0
    (path,) = (tmp_path / "data/raw/measles_2024/registered").glob("*.json")
    written = json.loads(path.read_text(encoding="utf-8"))
    assert date.fromisoformat(written["days"][0]).strftime("%A") == "Wednesday"
    assert written["window"] == [0, 6]
    assert "OU06" not in written["candidates"]
    assert "the smallest p is 0.33" in made.output  # two of four, and their mirror
    assert "period by period" in (tmp_path / "sheet" / "plan.en.html").read_text(encoding="utf-8")
    with pytest.raises(InputError, match="as 2024-03-27"):
        CliRunner().invoke(app, [*words, "--areas", "2", "--on", "2024-03-22"], catch_exceptions=False)


def test_a_draft_says_that_nothing_is_registered_and_apart_needs_a_map(project, tmp_path, monkeypatch):
    shutil.copytree(project / "data/raw/measles_2024", tmp_path / "data" / "raw" / "measles_2024")
    monkeypatch.setenv("ANALYSIS_ROOT", str(tmp_path))
    words = ["design", "measles_2024", "--window", "0,3", "--out", str(tmp_path / "sheet"), "--draft"]
    made = CliRunner().invoke(app, [*words, "--weeks", "4"], catch_exceptions=False)
    assert made.exit_code == 0
    assert "no lift is seen four times in five: the smallest p is 0.042" in made.output
    page = (tmp_path / "sheet" / "plan.en.html").read_text(encoding="utf-8")
    assert "nothing is registered yet" in page
    assert "however large" in page
    with pytest.raises(InputError, match="no borders"):
        CliRunner().invoke(app, [*words, "--areas", "2", "--apart"], catch_exceptions=False)


def test_where_nobody_knows_how_many_are_eligible_no_area_can_be_chosen(project, tmp_path, monkeypatch):
    folder = tmp_path / "data" / "raw" / "measles_2024"
    shutil.copytree(project / "data/raw/measles_2024", folder)
    areas = pd.read_csv(folder / "areas.csv", dtype=str)
    areas.drop(columns="eligible").to_csv(folder / "areas.csv", index=False)
    monkeypatch.setenv("ANALYSIS_ROOT", str(tmp_path))
    with pytest.raises(InputError, match="0 of 12 areas could be chosen: 12 have no rate"):
        CliRunner().invoke(app, ["design", "measles_2024", "--areas", "3"], catch_exceptions=False)


def test_a_number_of_areas_that_cannot_be_drawn_is_named_without_numbers():
    noise = np.random.default_rng(2).normal(size=(8, 10))
    table = power_table(noise, Lottery(CODES, 2, {}, RING), [5, 6], np.random.default_rng(1))
    assert table["areas"].tolist() == [5, 6]
    assert table["p_min"].isna().tolist() == [False, True]
    assert "5 to 6 areas" in say_power(table)
    power(table, "en")


def test_where_whole_months_are_counted_a_push_begins_with_one(campaign):
    """Months of 31 days on end put the next one on the second."""
    ends, rng = pd.date_range("2023-10-31", "2024-03-31", freq="ME"), np.random.default_rng(3)
    rows = []
    facts = load_campaign(campaign)
    for area in facts.areas:
        done = 0.0
        for end in ends:
            new = float(rng.poisson(900))
            row = {"area": area.code, "date": end, "new": new, "remaining": 60_000.0 - done}
            done += new
            rows.append(row | {"cumulative": done, "days": end.days_in_month, "treated_from": pd.NaT})
    panel = pd.DataFrame(rows)
    may = date(2024, 5, 1)
    plan = plan_push(panel, facts, areas=3, window=Window(0, 6), seed=1, first_day=may)
    assert plan.registration.days == (may.isoformat(),)
    with pytest.raises(InputError, match="as 2024-06-01"):
        plan_push(panel, facts, areas=3, window=Window(0, 6), seed=1, first_day=date(2024, 5, 2))
