"""Numbers as each language writes them, and rules from numbers to sentences."""

import re
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.compare.design import Missing
from analysis.compare.reasons import SUSPICIONS
from analysis.inert import inert
from analysis.report.numbers import Number, Numbers
from analysis.report.words import found, sentences
from analysis.report.words.phrases import catalogues, phrases
from analysis.report.words.voice import Voice
from analysis.tallies.checks import CHECKS


def numbers(**values: float | None) -> Numbers:
    given = {"missing": 100.0, "days_left": 13.0, "mobilised": 3.0, "extra_p_min": 1 / 816} | values
    low, high = given.pop("low", None), given.pop("high", None)
    made = [Number(key, value, "count", "test") for key, value in given.items() if key != "extra"]
    if "extra" in given:
        made.append(Number("extra", given["extra"], "estimate", "test", low=low, high=high, level=0.95))
    return Numbers.of(*made)


@pytest.mark.parametrize(
    ("probability", "said"),
    [(1.0, "surely_yes"), (0.991, "surely_yes"), (0.99, "very_likely"), (0.9, "very_likely"),
     (0.66, "likely"),
     (0.5, "even"), (0.33, "even"), (0.32, "unlikely"), (0.1, "unlikely"), (0.05, "very_unlikely"),
     (0.01, "very_unlikely"), (0.009, "surely_no"), (0.0, "surely_no")],
)  # fmt: skip
def test_likelihood_follows_the_written_scale(probability, said):
    assert sentences.likelihood(numbers(probability=probability)) == said


def test_a_target_reached_or_a_deadline_passed_needs_no_probability():
    assert sentences.likelihood(numbers(probability=0.2, missing=0.0)) == "met"
    assert sentences.likelihood(numbers(probability=0.2, days_left=0.0)) == "missed"


@pytest.mark.parametrize(
    ("finding", "codes", "p_value", "said"),
    [
        ("raised", [], 0.0012, "strong_gain"),
        ("raised", [], 0.03, "gain"),
        ("lowered", [], 0.03, "loss"),
        ("lowered", [], 0.001, "strong_loss"),
        ("raised_fragile", ["leave_one_out"], 0.0001, "fragile_gain"),
        ("raised_fragile", ["one_area"], 0.025, "fragile_gain"),
        ("raised_unchecked", ["two_areas"], 0.0065, "unchecked_gain"),
        ("lowered_unchecked", ["two_areas"], 0.0065, "unchecked_loss"),
        ("cannot_tell", ["p_above"], 0.06, "cannot_tell"),
        ("cannot_tell", ["holds_zero"], 0.001, "cannot_tell"),
        ("cannot_be_told", ["no_interval"], 0.001, "cannot_tell"),
        ("cannot_be_told", ["floor"], 1 / 17, "too_few"),
        ("cannot_be_told", ["no_push"], float("nan"), "nothing_to_compare"),
    ],
)
def test_the_words_follow_from_the_finding(finding, codes, p_value, said):
    verdict = {"finding": finding, "reasons": [{"code": code} for code in codes]}
    assert found.strength(verdict, p_value) == said


REASONS = [
    {"code": "floor", "k": 1, "n": 18, "p_min": 1 / 18},
    {"code": "no_interval", "k": 2, "n": 5},
    {"code": "p_above", "p": 0.2, "low": -0.1, "high": 0.3},
    {"code": "holds_zero", "low": -0.1, "high": 0.2},
    {"code": "one_area", "k": 1, "n": 40},
    {"code": "one_other", "k": 39, "n": 40},
    {"code": "two_areas", "k": 2, "n": 18},
    {"code": "leave_one_out", "area": "503", "side": "mobilised", "left": 2, "of": 17, "p": 0.0588,
     "lowest": 0.565, "highest": 0.881},
    {"code": "leave_one_out", "area": "503", "side": "comparison", "left": 3, "of": 17, "p": 0.0588,
     "lowest": 0.565, "highest": 0.881},
    {"code": "placebo_dates", "dates": 12, "as_large": 1, "p": 2 / 13},
    {"code": "odds", "gamma": 1.53},
    {"code": "odds_unknown", "gamma": 1.2},
    {"code": "medians", "estimate": 0.1, "p": 0.4},
    {"code": "not_neighbours", "estimate": 0.1, "p": 0.4, "areas": 9},
    {"code": "stratum", "share": 0.02, "estimate": 0.7, "p": 0.1, "p_min": 0.05, "choices": 20,
     "stratum": "coastal"},
    {"code": "stratum", "share": 0.001, "p": 1.0, "p_min": 1.0, "choices": 1, "stratum": "coastal",
     "first_day": 0, "last_day": 6},
    {"code": "neighbours", "share": 0.01, "estimate": 0.7, "p": 0.2, "p_min": 1 / 6, "choices": 6},
    {"code": "noisier", "share": 0.001, "estimate": 0.7, "p": 0.09},
    {"code": "laggards", "share": 0.01, "estimate": 0.1, "p": 0.4},
    {"code": "leaders", "share": 0.01, "estimate": 0.1, "p": 0.4},
    {"code": "waited", "share": 0.01, "estimate": 0.1, "p": 0.4},
    {"code": "risers", "share": 0.01, "estimate": 0.1, "p": 0.4},
    {"code": "base_length", "weeks": 2, "estimate": 0.1, "p": 0.4},
]  # fmt: skip


@pytest.mark.parametrize("reason", REASONS, ids=lambda reason: reason["code"])
def test_every_reason_is_said_with_what_it_was_measured_by(reason):
    for language in catalogues():
        voice = Voice(language, Numbers.of())
        (said,) = found.reasons_words(voice, {"reasons": [reason]}, {"503": "Hội An"})
        assert "{" not in said
        assert ("Hội An" in said) == ("area" in reason)
        if reason["code"] in SUSPICIONS:
            window = {"suspicions": [reason | {"holds": True}]}
            assert found.dispelled_words(voice, window)
            assert not found.dispelled_words(voice, {"suspicions": [reason | {"holds": False}]})


def test_every_language_says_the_same_keys():
    keys = {language: catalogue.keys() for language, catalogue in catalogues().items()}
    assert len(keys) >= 2
    first = keys["en"]
    assert {language: first ^ own for language, own in keys.items() if own != first} == {}


def test_what_the_checks_saw_is_said_in_every_language():
    assert {code for code, one in CHECKS.items() if one.says.keys() != catalogues().keys()} == set()


def test_every_language_of_a_phrase_names_the_same_numbers():
    named = {key: {frozenset(re.findall(r"\{([^}:]+)", text)) for text in one.values()}
             for key, one in phrases().items()}  # fmt: skip
    assert {key for key, names in named.items() if len(names) > 1} == set()


def test_french_never_parts_a_mark_from_its_word():
    said = [text for one in phrases().values() for language, text in one.items() if language == "fr"]
    said += [text for one in CHECKS.values() for text in (one.fr, one.do_fr)]
    assert [text for text in said if re.search(r"\S [:;?!%»]|« ", text)] == []


class TestInert:
    def test_directions_and_controls_become_visible(self):
        assert inert("Hội\u202eAn\x00\u2066") == "Hội⟨U+202E⟩An⟨U+0000⟩⟨U+2066⟩"

    def test_ten_thousand_characters_are_shortened(self):
        assert len(inert("x" * 10_000)) == 301

    @given(st.text())
    def test_any_text_becomes_one_harmless_line(self, text):
        shown = inert(text)
        assert not re.search(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", shown)
        assert shown.encode("utf-8") or not text


@pytest.mark.parametrize(
    "why",
    [*get_args(Missing), "partly", "nothing_before", "nothing_after", "no_eligible", "mobilised_before"],
)
def test_every_reason_for_not_comparing_an_area_has_words(why):
    verdict = {"not_compared": [{"area": "OH", "why": why}]}
    for language in catalogues():
        (said,) = found.not_compared_words(Voice(language, Numbers()), verdict, {"OH": "Ohio"})
        assert "Ohio" in said


def test_areas_beside_the_mobilised_ones_that_rose_too_are_told_of_the_leading_days():
    window = {"last_day": 6, "beside": 0.2, "beside_p": 0.01, "far": 0.7}
    for language in catalogues():
        voice = Voice(language, Numbers.of())
        said = found.beside_words(voice, {"last_day": 6, "windows": [{"last_day": 0}, window]})
        assert "22" in said
        assert "101" in said
        assert not found.beside_words(voice, {"last_day": 0, "windows": [{"last_day": 0}, window]})
