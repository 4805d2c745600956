"""Rules from numbers to words: the same evidence always gets the same sentence, never a stronger one.

Of a probability (after the calibrated terms of the IPCC, Mastrandrea et al. 2010):

========================  ==========================================
above 99 %                almost certainly
from 90 %                 very likely
from 66 %                 likely
from 33 %                 open: about as likely as not
from 10 %                 unlikely
from 1 %                  very unlikely
below 1 %                 almost certainly not
========================  ==========================================

What may be said of an estimate is the comparison's own finding (`analysis.report.words.found`).
"""

import math
from collections.abc import Sequence

from analysis.report.numbers import Numbers
from analysis.report.words import found
from analysis.report.words.voice import Voice

_LIKELIHOODS = (
    (0.99, "surely_yes"),
    (0.90, "very_likely"),
    (0.66, "likely"),
    (0.33, "even"),
    (0.10, "unlikely"),
    (0.01, "very_unlikely"),
)


def likelihood(numbers: Numbers) -> str:
    """Name the phrase for the probability of meeting the deadline."""
    if numbers.amount("missing") <= 0:
        return "met"
    if numbers.amount("days_left") <= 0:
        return "missed"
    probability = numbers.amount("probability")
    for least, phrase in _LIKELIHOODS:
        if probability > least or (probability == least and least < 0.99):
            return phrase
    return "surely_no"


def where_line(voice: Voice) -> str:
    """Say the count, the last week and how it compares with the week before."""
    week, change = voice.numbers.amount("week"), voice.numbers.amount("change")
    if math.isnan(change):
        phrase = "change_unknown"
    else:
        phrase = "change_more" if change > 0 else "change_less" if change < 0 else "change_same"
    week_words = voice.say("week_less" if week < 0 else "week_more", change_words=voice.say(phrase))
    return voice.say("where_line", week_words=week_words)


def completion_words(voice: Voice) -> str:
    """Say when the target is met, and how likely it is met after all that was forecast."""
    if voice.numbers.amount("missing") <= 0:
        return voice.say("met_line")
    if not voice.numbers["completion"].low:
        return voice.say("completion_late")
    line = voice.say("completion_line")
    if voice.numbers.amount("beyond_horizon") > 0:
        line = f"{line} {voice.say('completion_beyond')}"
    return line


def last_week_words(voice: Voice) -> str:
    """Say what last week's forecast said for today, what came, and whether that lay in its range."""
    said, came = voice.numbers["last_week_said"], voice.numbers.amount("last_week_came")
    if isinstance(said.low, float) and came < said.low:
        where = "below_range"
    else:
        where = "above_range" if isinstance(said.high, float) and came > said.high else "in_range"
    return voice.say("last_week_line", where=voice.say(where))


def pace_words(voice: Voice) -> str:
    """Say the pace that is needed and the pace there is."""
    if voice.numbers.amount("missing") <= 0:
        return voice.say("met_line")
    return voice.say("pace_line" if voice.numbers["pace_needed"].known else "pace_over")


def bounded(numbers: Numbers, key: str) -> bool:
    """Whether an estimate has both ends of its interval."""
    return key in numbers and isinstance(numbers[key].low, float) and isinstance(numbers[key].high, float)


def effect_words(voice: Voice, key: str = "extra") -> str:
    """Say what mobilising brought over a window, with its interval and the p value with its floor."""
    numbers = voice.numbers
    if key not in numbers or not numbers[key].known:
        return voice.say("nobody_mobilised" if numbers.amount("mobilised") == 0 else "effect_unknown")
    phrase = "effect_line" if bounded(numbers, key) else "effect_line_open"
    p_words = voice.say("p_words", extra_p=voice.number(f"{key}_p"), extra_p_min=voice.number(f"{key}_p_min"))
    window = found.window_words(voice, key)
    return voice.say(phrase, window=window, p_words=p_words, extra=voice.number(key))


def data_words(voice: Voice, absent: Sequence[str], most: int = 5) -> str:
    """Say the state of the data, and name the areas whose figures have not come."""
    line = voice.say("data_line")
    if not absent:
        return line
    names = ", ".join(absent[:most])
    if len(absent) > most:
        names = voice.say("and_more", names=names, number=str(len(absent) - most))
    return f"{line} {voice.say('not_reported', names=names)}"
