"""Numbers as each language writes them, and rules from numbers to sentences."""

import re
from datetime import UTC, date, datetime

import pytest
from babel.numbers import parse_decimal
from hypothesis import given
from hypothesis import strategies as st

from analysis.report import words
from analysis.report.numbers import Number, Numbers
from analysis.report.words import sentences
from analysis.report.words.inert import inert
from analysis.report.words.phrases import catalogues, phrases

LOCALES = {"vi": "vi_VN", "en": "en_GB"}


@pytest.mark.parametrize(
    ("say", "vi", "en"),
    [
        (lambda to: words.count(12600.4, to), "12.600", "12,600"),
        (lambda to: words.decimal(12600.5, to, 1), "12.600,5", "12,600.5"),
        (lambda to: words.percent(0.24371, to), "24,4%", "24.4%"),
        (lambda to: words.signed(-300, to), "−300", "−300"),
        (lambda to: words.signed(1200, to), "+1.200", "+1,200"),
        (lambda to: words.signed(-0.2, to), "0", "0"),
        (lambda to: words.significant(11512.3, to), "11.500", "11,500"),
        (lambda to: words.significant(0.012345, to), "0,0123", "0.0123"),
        (lambda to: words.p_value(1 / 816, to), "0,0012", "0.0012"),
        (lambda to: words.p_value(0.00003, to), "dưới 0,0001", "below 0.0001"),
        (lambda to: words.probability(0.004, to), "dưới 1%", "below 1%"),
        (lambda to: words.probability(0.996, to), "trên 99%", "above 99%"),
        (lambda to: words.probability(1.0, to), "100%", "100%"),
        (lambda to: words.day(date(2023, 9, 10), to), "10/9/2023", "10 September 2023"),
        (lambda to: words.short_day(date(2023, 9, 10), to), "10/9", "10 Sep"),
        (lambda to: words.long_day(date(2023, 9, 10), to), "Chủ Nhật, 10/9/2023", "Sunday 10 September 2023"),
        (lambda to: words.count(None, to), "–", "–"),
        (lambda to: words.count(float("nan"), to), "–", "–"),
    ],
)  # fmt: skip
def test_each_language_writes_it_its_own_way(say, vi, en):
    assert (say("vi"), say("en")) == (vi, en)


def test_an_instant_is_written_in_the_zone_it_carries():
    assert words.instant(datetime(2023, 9, 18, 8, tzinfo=UTC), "vi") == "08:00 ngày 18/9/2023"


@given(st.integers(-(10**12), 10**12), st.sampled_from(["vi", "en"]))
def test_a_written_count_reads_back_as_itself(value, language):
    text = words.count(float(value), language).replace("−", "-")
    assert int(parse_decimal(text, locale=LOCALES[language])) == value


@given(st.floats(1e-9, 1 - 1e-9))
def test_no_forecast_is_called_certain(probability):
    assert words.probability(probability, "en") not in ("0%", "100%")


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
