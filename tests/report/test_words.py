"""Numbers as each language writes them, and rules from numbers to sentences."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.report.numbers import Number, Numbers
from analysis.report.words import sentences
from analysis.report.words.inert import inert
from analysis.report.words.phrases import catalogues, phrases


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
    ("evidence", "said"),
    [
        ({"extra": 9.0, "low": 8.0, "high": 11.0, "extra_p": 0.0012}, "strong_gain"),
        ({"extra": 9.0, "low": 1.0, "high": 19.0, "extra_p": 0.03}, "gain"),
        ({"extra": -9.0, "low": -19.0, "high": -1.0, "extra_p": 0.03}, "loss"),
        ({"extra": 9.0, "low": -1.0, "high": 19.0, "extra_p": 0.03}, "cannot_tell"),
        ({"extra": 9.0, "low": 0.0, "high": 19.0, "extra_p": 0.001}, "cannot_tell"),
        ({"extra": 9.0, "low": 1.0, "high": 19.0, "extra_p": 0.06}, "cannot_tell"),
        ({"extra": 9.0, "low": None, "high": None, "extra_p": 0.001}, "cannot_tell"),
        ({"extra": 9.0, "low": 8.0, "high": 11.0, "extra_p": None}, "cannot_tell"),
        ({"extra": 9.0, "low": 8.0, "high": 11.0, "extra_p": 0.06, "extra_p_min": 1 / 17}, "too_few"),
        ({"mobilised": 0.0}, "nothing_to_compare"),
    ],
)
def test_no_claim_is_stronger_than_the_interval(evidence, said):
    assert sentences.strength(numbers(**evidence)) == said


@given(st.floats(-100, 100), st.floats(0, 100), st.floats(1e-6, 1), st.floats(1e-6, 0.2))
def test_an_interval_that_holds_zero_never_says_yes(middle, width, p_value, p_min):
    evidence = numbers(
        extra=middle, low=middle - width, high=middle + width, extra_p=p_value, extra_p_min=p_min
    )
    if middle - width <= 0 <= middle + width or p_value > 0.05:
        assert sentences.strength(evidence) in ("cannot_tell", "too_few")


def test_every_language_says_the_same_keys():
    keys = {language: catalogue.keys() for language, catalogue in catalogues().items()}
    assert len(keys) >= 2
    first = keys["en"]
    assert {language: first ^ own for language, own in keys.items() if own != first} == {}


def test_every_language_of_a_phrase_names_the_same_numbers():
    named = {key: {frozenset(re.findall(r"\{([^}:]+)", text)) for text in one.values()}
             for key, one in phrases().items()}  # fmt: skip
    assert {key for key, names in named.items() if len(names) > 1} == set()


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
