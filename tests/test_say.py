"""Numbers, days and plurals as each language writes them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from babel.numbers import parse_decimal
from hypothesis import given
from hypothesis import strategies as st

from analysis import say

LOCALES = {"vi": "vi_VN", "en": "en_GB", "fr": "fr_FR", "de": "de"}
THIN, FIRM = "\u202f", "\u00a0"  # spaces of French: between thousands, and before a percent sign


@pytest.mark.parametrize(
    ("write", "vi", "en", "fr"),
    [
        (lambda to: say.count(12600.4, to), "12.600", "12,600", f"12{THIN}600"),
        (lambda to: say.decimal(12600.5, to, 1), "12.600,5", "12,600.5", f"12{THIN}600,5"),
        (lambda to: say.percent(0.24371, to), "24,4%", "24.4%", f"24,4{FIRM}%"),
        (lambda to: say.signed_percent(0.121, to), "+12%", "+12%", f"+12{FIRM}%"),
        (lambda to: say.signed_percent(-0.031, to), "−3%", "−3%", f"−3{FIRM}%"),
        (lambda to: say.signed_percent(0.998, to), "+100%", "+100%", f"+100{FIRM}%"),
        (lambda to: say.signed_percent(-0.001, to), "0%", "0%", f"0{FIRM}%"),
        (lambda to: say.signed(-300, to), "−300", "−300", "−300"),
        (lambda to: say.signed(1200, to), "+1.200", "+1,200", f"+1{THIN}200"),
        (lambda to: say.signed(-0.2, to), "0", "0", "0"),
        (lambda to: say.significant(11512.3, to), "11.500", "11,500", f"11{THIN}500"),
        (lambda to: say.significant(0.012345, to), "0,0123", "0.0123", "0,0123"),
        (lambda to: say.significant(11432.0, to, 81.0), "11.430", "11,430", f"11{THIN}430"),
        (lambda to: say.significant(11432.0, to, 600.0), "11.400", "11,400", f"11{THIN}400"),
        (lambda to: say.p_value(1 / 816, to), "0,0012", "0.0012", "0,0012"),
        (lambda to: say.p_value(0.00003, to), "dưới 0,0001", "below 0.0001", "moins de 0,0001"),
        (lambda to: say.probability(0.004, to), "dưới 1%", "below 1%", f"moins de 1{FIRM}%"),
        (lambda to: say.probability(0.996, to), "trên 99%", "above 99%", f"plus de 99{FIRM}%"),
        (lambda to: say.probability(1.0, to), "trên 99%", "above 99%", f"plus de 99{FIRM}%"),
        (lambda to: say.percent(0.9999, to), "99,9%", "99.9%", f"99,9{FIRM}%"),
        (lambda to: say.percent(1.0, to), "100,0%", "100.0%", f"100,0{FIRM}%"),
        (lambda to: say.day(date(2023, 9, 10), to),
         "10/9/2023", "10\xa0September 2023", "10\xa0septembre 2023"),
        (lambda to: say.day(date(2023, 6, 7), to), "07/6/2023", "7\xa0June 2023", "7\xa0juin 2023"),
        (lambda to: say.day(date(2024, 2, 1), to), "01/02/2024", "1\xa0February 2024", "1er\xa0février 2024"),
        (lambda to: " ".join(say.days_from_to(date(2024, 2, 1), date(2024, 3, 31), to)),
         "01/02 31/3/2024", "1\xa0February 31\xa0March 2024", "1er\xa0février 31\xa0mars 2024"),
        (lambda to: say.days_from_to(date(2024, 3, 1), date(2024, 3, 31), to)[0], "01/3", "1", "1er"),
        (lambda to: "–".join(say.short_days_from_to(date(2023, 9, 1), date(2023, 9, 10), to)),
         "01–10/9", "1–10\xa0Sep", "1er–10\xa0sept."),
        (lambda to: "–".join(say.short_days_from_to(date(2023, 8, 31), date(2023, 9, 10), to)),
         "31/8–10/9", "31\xa0Aug–10\xa0Sep", "31\xa0août–10\xa0sept."),
        (lambda to: say.short_day(date(2023, 9, 10), to), "10/9", "10\xa0Sep", "10\xa0sept."),
        (lambda to: say.long_day(date(2023, 9, 10), to),
         "Chủ Nhật, 10/9/2023", "Sunday 10\xa0September 2023", "dimanche 10\xa0septembre 2023"),
        (lambda to: say.after(date(2023, 11, 8), to),
         "sau ngày 08/11/2023", "later than 8\xa0November 2023", "après le 8\xa0novembre 2023"),
        (lambda to: say.instant(datetime(2023, 9, 18, 8, tzinfo=UTC), to),
         "08 giờ 00 ngày 18/9/2023", "08:00 on 18\xa0September 2023", "18\xa0septembre 2023 à 8\xa0h\xa000"),
        (lambda to: say.zone_name(ZoneInfo("Asia/Ho_Chi_Minh"), to),
         "giờ Việt Nam", "Vietnam Time", "heure du Viêt Nam"),
        (lambda to: say.zone_name(ZoneInfo("Asia/Kolkata"), to), "giờ Ấn Độ", "India Time", "heure d’Inde"),
        (lambda to: say.zone_name(ZoneInfo("Africa/Abidjan"), to),
         "giờ Côte d’Ivoire", "Côte d’Ivoire Time", "heure de Côte d’Ivoire"),
        (lambda to: say.zone_name(ZoneInfo("UTC"), to), "UTC", "UTC", "UTC"),
        (lambda to: say.count(None, to), "–", "–", "–"),
        (lambda to: say.count(float("nan"), to), "–", "–", "–"),
    ],
)  # fmt: skip
def test_each_language_writes_it_its_own_way(write, vi, en, fr):
    assert (write("vi"), write("en"), write("fr")) == (vi, en, fr)


def test_a_language_without_customs_is_written_by_its_locale_data():
    assert say.count(12600, "de") == "12.600"
    assert say.day(date(2023, 9, 10), "de") == "10. September 2023"
    assert say.probability(0.004, "de") == "< 1\xa0%"


@given(st.floats(-1e7, 1e7), st.floats(1e-3, 1e7))
def test_the_two_ends_of_an_interval_never_read_as_one_number(low, width):
    assert say.significant(low, "en", width) != say.significant(low + width, "en", width)


@pytest.mark.parametrize(
    ("language", "forms", "said"),
    [
        ("en", "cell|cells", {0: "cells", 1: "cell", 2: "cells", 1.5: "cells"}),
        ("fr", "cellule|cellules", {0: "cellule", 1: "cellule", 1.5: "cellule", 2: "cellules"}),
        ("vi", "ô", {0: "ô", 1: "ô", 2: "ô"}),
        ("pl", "dzień|dni|dni|dnia", {1: "dzień", 3: "dni", 5: "dni", 1.5: "dnia"}),
    ],
)
def test_a_number_asks_for_its_form(language, forms, said):
    assert {number: say.plural(number, forms, language) for number in said} == said


def test_a_number_that_is_not_known_asks_for_the_form_of_many():
    assert say.plural(None, "cell|cells", "en") == say.plural(float("nan"), "cell|cells", "en") == "cells"


def test_too_few_forms_for_a_language_are_a_mistake_and_not_a_guess():
    with pytest.raises(ValueError, match="one, few, many, other"):
        say.plural(2, "dzień|dni|dni", "pl")


@given(st.integers(-(10**12), 10**12), st.sampled_from(sorted(LOCALES)))
def test_a_written_count_reads_back_as_itself(value, language):
    text = say.count(float(value), language).replace("−", "-")
    assert int(parse_decimal(text, locale=LOCALES[language])) == value


@given(st.floats(1e-9, 1 - 1e-9))
def test_no_forecast_is_called_certain(probability):
    assert say.probability(probability, "en") not in ("0%", "100%")
