"""Last week's forecast against what came, and days later than any that was forecast."""

from dataclasses import replace
from datetime import date

import pytest

from analysis.report.numbers import Number, Numbers
from analysis.report.words.sentences import completion_words, last_week_words
from analysis.report.words.voice import Voice


def test_the_page_sets_what_was_said_beside_what_came(quang_nam):
    numbers, page = quang_nam.summary["numbers"], quang_nam.page("en")
    assert numbers["last_week_areas"]["value"] == 17
    assert numbers["last_week_inside"]["value"] == 16
    assert numbers["last_week_came"]["value"] == numbers["total"]["value"]  # said already
    assert "What came: the count above, inside the range." in page
    rows = quang_nam.summary["tables"]["last_week"]["rows"]["en"]
    assert rows[-1][0] == "All areas"
    assert sum(row[-1] == "No" for row in rows) == 1
    assert sum(row[-2] == "–" for row in rows) == 1


@pytest.mark.parametrize(
    ("came", "words"), [(89.0, "below the range"), (90.0, "inside the range"), (121.0, "above the range")]
)
def test_words_follow_where_the_count_lies(came, words):
    said = Number("last_week_said", 100.0, "count", "", low=90.0, high=120.0, level=0.8)
    others = (Number(f"last_week_{key}", 1.0, "count", "") for key in ("areas", "inside"))
    day = Number("last_week_origin", date(2023, 9, 10), "day", "")
    numbers = Numbers.of(said, Number("last_week_came", came, "count", ""), day, *others)
    assert words in last_week_words(Voice("en", numbers))


def test_what_came_is_said_to_be_of_the_areas_that_have_that_day_where_the_count_is_of_more():
    said = Number(
        "last_week_said", 100.0, "count", "", day=date(2023, 9, 17), low=90.0, high=120.0, level=0.8
    )
    others = (Number(f"last_week_{key}", 17.0, "count", "") for key in ("areas", "inside"))
    came = Number("last_week_came", 99.0, "count", "")
    origin = Number("last_week_origin", date(2023, 9, 10), "day", "")
    known = Numbers.of(said, came, Number("total", 105.0, "count", ""), origin, *others)
    assert "17\xa0September 2023, in the 17 areas with figures of that day: 100" in last_week_words(
        Voice("en", known)
    )
    whole = Numbers({**known, "total": Number("total", 99.0, "count", "")})
    assert "17\xa0September 2023: 100" in last_week_words(Voice("en", whole))


def test_a_day_not_reached_is_later_than_the_last_one_forecast():
    known = Number("completion", date(2023, 11, 16), "day", "", low=date(2023, 10, 27), level=0.8,
                   horizon=date(2023, 11, 29))  # fmt: skip
    others = (
        Number("missing", 5.0, "count", ""),
        Number("beyond_horizon", 0.95, "probability", ""),
        Number("horizon_end", date(2023, 11, 29), "day", ""),
    )
    numbers = Numbers.of(known, *others)
    assert "27\xa0October 2023 to later than 29\xa0November 2023)." in completion_words(Voice("en", numbers))
    assert "27/10/2023 đến sau ngày 29/11/2023)." in completion_words(Voice("vi", numbers))
    never = Numbers.of(replace(known, value=None, low=None), *others)
    assert completion_words(Voice("en", never)) == (
        "Completion date: later than 29\xa0November 2023, with a probability of 95%."
    )
