"""Rules from numbers to words: the same evidence always gets the same sentence, never a stronger one.

What may be said of an estimate is the comparison's own finding (`analysis.report.words.found`).
"""

import math
from collections.abc import Sequence
from datetime import date, timedelta

from analysis import say
from analysis.report.numbers import Numbers
from analysis.report.words import found
from analysis.report.words.voice import Voice
from analysis.standing import Phase, Standing

# Of a probability, after the calibrated terms of the IPCC (Mastrandrea et al. 2010).
_LIKELIHOODS = (
    (0.99, "surely_yes"),
    (0.90, "very_likely"),
    (0.66, "likely"),
    (0.33, "even"),
    (0.10, "unlikely"),
    (0.01, "very_unlikely"),
)
NAMED = 5
"""Areas that a sentence names; of the others it says how many."""
_UNSEEN = 0.01  # chance from which it is said that the target may have been reached unseen


def likelihood(numbers: Numbers) -> str:
    """Name the phrase for the probability of meeting the deadline."""
    if numbers.amount("missing") <= 0:
        return "met"
    if numbers.amount("days_left") <= 0:
        return "missed"
    probability = numbers.amount("probability")
    if math.isnan(probability):
        return "not_forecast"
    for least, phrase in _LIKELIHOODS:
        if probability > least or (probability == least and least < 0.99):
            return phrase
    return "surely_no"


def period_title(voice: Voice, standing: Standing, *, silent: bool) -> str:
    """Say which days the report is about: the newest period, or since when nothing is known."""
    if silent:
        return voice.say("report_silent")
    if not voice.numbers["week"].known:
        return voice.say("report_first")
    key = "weekly_report" if standing.total["increase_days"] == 7 else "report_period"
    return voice.say(key, **_period(voice))


def _period(voice: Voice) -> dict[str, str]:
    """Say the first and the last day of the newest period."""
    last = voice.numbers["week"].day or date.min
    first = last - timedelta(days=int(voice.numbers.amount("week_days")) - 1)
    return dict(zip(("first", "last"), say.days_from_to(first, last, voice.language), strict=True))


def where_line(voice: Voice) -> str:
    """Say the count with its day, then the increase of the newest period and how it compares."""
    outside = voice.say("untargeted_words") if voice.numbers["untargeted"].known else ""  # and so in no share
    counted = voice.say("where_line", outside_words=outside)
    return " ".join([counted, *increase_words(voice), *change_words(voice)])


def known_words(voice: Voice) -> str:
    """Say how much of the count is older, and of how many areas it is; nothing where it is whole."""
    several = "" if voice.numbers.amount("older_areas") == 1 else "_many"
    older = voice.say(f"older_words{several}") if voice.numbers["older"].known else ""
    return older + counted_words(voice)


def counted_words(voice: Voice) -> str:
    """Say of how many areas anything is known, beside a share of those with a target; nothing where all."""
    found = voice.numbers.get("aimed_areas" if "share" in voice.numbers else "counted_areas")
    if found is None:
        return ""
    known, every = int(found.value), int(found.denominator)  # type: ignore[arg-type]
    return voice.say("counted_words", counted_areas=known, areas=every)


def increase_words(voice: Voice) -> list[str]:
    """Say what was added by whom in the newest period."""
    numbers = voice.numbers
    week = numbers.amount("week")
    if not numbers["week"].known:
        return []
    everybody = numbers.amount("week_areas") == numbers.amount("areas")
    where = "in_all_areas" if everybody else "in_known_areas"
    said = "week_more" if week > 0 else "week_less" if week < 0 else "week_none"
    several = numbers.amount("areas") > 1
    return [voice.say(said, in_areas=voice.say(where) if several else "", **_period(voice))]


def change_words(voice: Voice) -> list[str]:
    """Say the change on the period before over the same areas, without those that had a push."""
    numbers = voice.numbers
    alone = numbers.amount("pushed_areas") > 0
    several = "change_all" if numbers.amount("areas") > 1 else "change_one"
    key, phrase = ("unpushed_change", "change_unpushed") if alone else ("change_share", several)
    return [voice.say(phrase)] if numbers[key].known else []


def in_time(numbers: Numbers) -> bool:
    """Whether a target that was reached was reached by its deadline."""
    reached, deadline = numbers["reached_on"].value, numbers["deadline"].value
    return isinstance(reached, date) and isinstance(deadline, date) and reached <= deadline


def deadline_known(numbers: Numbers) -> bool:
    """Whether what was reached on the deadline is a count of that day."""
    return numbers["deadline_count"].day == numbers["deadline"].value


def completion_words(voice: Voice) -> str:
    """Say when the target is met, how likely after all that was forecast, and whether it may be already."""
    numbers = voice.numbers
    if not numbers.amount("missing") > 0:
        return voice.say("met_line")
    if not numbers["horizon_end"].known:
        return not_forecast_words(voice)
    if not numbers["completion"].low:
        return voice.say("completion_late")
    line = voice.say("completion_line")
    if numbers.amount("already") >= _UNSEEN:
        line = f"{line} {voice.say('completion_already')}"
    if numbers.amount("beyond_horizon") > 0:
        line = f"{line} {voice.say('completion_beyond')}"
    return line


def not_forecast_words(voice: Voice) -> str:
    """Say what is missing for a forecast: how many can be reached at all, or more days."""
    return voice.say("completion_none" if voice.numbers["eligible"].known else "completion_unrated")


def last_week_words(voice: Voice) -> str:
    """Say what last week's forecast said for today, what came, and whether that lay in its range."""
    said, came = voice.numbers["last_week_said"], voice.numbers.amount("last_week_came")
    if isinstance(said.low, float) and came < said.low:
        where = "below_range"
    else:
        where = "above_range" if isinstance(said.high, float) and came > said.high else "in_range"
    total = came == voice.numbers.amount("total")  # said already, and of all areas
    given = voice.say("came_total") if total else voice.number("last_week_came")
    areas = "" if total else voice.say("of_reported")
    return voice.say("last_week_line", where=voice.say(where), came=given, of_areas=areas)


def pace_words(voice: Voice, phase: Phase, today: date) -> str:
    """Say the pace that is needed and the pace there is; after the deadline, what was reached on it.

    Days are left from the day of the count, which is said where today is later.
    """
    numbers = voice.numbers
    if phase == "after_deadline":
        said = voice.say("pace_over" if deadline_known(numbers) else "pace_over_unknown")
        return f"{said} {voice.say('pace_now')}" if numbers["pace"].known else said
    left = voice.say("left_now" if numbers["days_left"].day == today else "left_then")
    return voice.say("pace_line" if numbers["pace_ratio"].known else "pace_line_open", left_words=left)


def below_words(voice: Voice, below: Sequence[str]) -> str:
    """Say which areas have not reached their own target."""
    return voice.say("below_line", names=voice.few(below, NAMED)) if below else voice.say("none_below")


def bounded(numbers: Numbers, key: str) -> bool:
    """Whether an estimate has both ends of its interval."""
    return key in numbers and isinstance(numbers[key].low, float) and isinstance(numbers[key].high, float)


def effect_words(voice: Voice, key: str = "extra") -> str:
    """Say what mobilising brought over a window, with its interval and the p value with its floor."""
    phrase = "effect_line" if bounded(voice.numbers, key) else "effect_line_open"
    p_words = voice.say("p_words", extra_p=voice.number(f"{key}_p"), extra_p_min=voice.number(f"{key}_p_min"))
    window = found.window_words(voice, key)
    return voice.say(phrase, window=window, p_words=p_words, extra=voice.number(key))


def data_words(voice: Voice, absent: str) -> str:
    """Say the state of the data, and name the areas whose figures have not come."""
    line = voice.say("data_line")
    return f"{line} {voice.say('not_reported', names=absent)}" if absent else line
