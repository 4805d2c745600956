"""From the comparison's finding and reasons to words: the finding decides, this room only says it.

=====================================  ==========================================
``raised``, p at or below 1 %          yes, with strong evidence
``raised``                             yes, with moderate evidence
``raised_unchecked``                   signs of an effect, which cannot be confirmed
``raised_fragile``                     signs of an effect, not yet conclusive
``cannot_tell``                        cannot tell
``cannot_be_told``                     cannot tell: too few areas; or nothing to compare
=====================================  ==========================================

``lowered`` alike, as a fall.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

import pandas as pd

from analysis import say
from analysis.report.numbers import Numbers
from analysis.report.words.voice import Voice

STRONG = 0.01
HALF = 0.5
"""Share of the first day's gain below which, where perhaps none is left, the first page says so."""
_NOTHING = {"no_push", "no_figures"}
NOT_OF_THE_PUSH = {"not_reached", "other_rule"}
"""What a registration is told of that does not say that its push was made otherwise."""


def leading(verdict: Mapping[str, Any], numbers: Numbers) -> str:
    """Name the number that the finding is about: ``extra_day`` where the push leads, else ``extra``."""
    own = "extra_day_last_day"
    if own in numbers and verdict.get("last_day") == numbers.amount(own):
        return "extra_day"
    return "extra"


def strength(verdict: Mapping[str, Any], p_value: float) -> str:
    """Name the phrase for a finding (module's table); ``p_value`` only tells strong from moderate."""
    finding = str(verdict.get("finding", "cannot_be_told"))
    if finding == "cannot_be_told":
        codes = {one["code"] for one in verdict.get("reasons", ())}
        if "floor" in codes:
            return "too_few"
        return "cannot_tell" if "no_interval" in codes else "nothing_to_compare"
    if finding == "cannot_tell":
        return finding
    direction, _, doubt = finding.partition("_")
    side = {"raised": "gain", "lowered": "loss"}[direction]
    if doubt:
        return f"{doubt}_{side}"
    return f"strong_{side}" if p_value <= STRONG else side


def reasons_words(voice: Voice, verdict: Mapping[str, Any], names: Mapping[str, str]) -> list[str]:
    """Say each reason why the finding is no stronger, with what it was measured by."""
    said = (_reason(voice, one, names) for one in verdict.get("reasons", ()))
    return [line for line in said if line]


def _reason(voice: Voice, reason: Mapping[str, Any], names: Mapping[str, str]) -> str:
    code = str(reason["code"])
    if code in _NOTHING:
        return ""
    if code == "leave_one_out":
        code = f"{code}_{reason['side']}"
    elif code == "stratum" and reason["choices"] == 1:
        code = "stratum_whole"
    said = voice.say(f"reason_{code}", **{key: _value(voice, key, one, names) for key, one in reason.items()})
    if "last_day" not in reason:
        return said
    first, last = int(reason["first_day"]), int(reason["last_day"])
    own = "window_short_day" if first == last == 0 else "window_short_days"
    ends = {key: say.count(day, voice.language) for key, day in (("first", first), ("last", last))}
    return f"{said} ({voice.say(own, **ends)})"


def _value(voice: Voice, key: str, value: Any, names: Mapping[str, str]) -> Any:
    if key == "stratum":
        return voice.say("stratum_named", name=names[value]) if value in names else voice.say("stratum_plain")
    if key in ("p", "p_min", "share"):
        return say.p_value(float(value), voice.language)
    if key in ("estimate", "lowest", "highest", "low", "high"):
        return say.signed_percent(math.expm1(float(value)), voice.language)
    if key == "gamma":
        return say.decimal(float(value), voice.language, 1)
    return names.get(value, value) if isinstance(value, str) else value


def window_words(voice: Voice, key: str) -> str:
    """Say the window of an effect; one that begins before the push covers whole periods between tallies."""
    numbers = voice.numbers
    if f"{key}_last_day" not in numbers:
        return ""
    first, last = (numbers[f"{key}_{end}"].value for end in ("from", "until"))
    if first == last or not isinstance(first, date) or not isinstance(last, date):
        return voice.say("window_day")
    ends = dict(zip(("first", "last"), say.days_from_to(first, last, voice.language), strict=True))
    phrase = "window_periods" if numbers.amount(f"{key}_first_day") < 0 else "window_days"
    return voice.say(phrase, days=voice.number(f"{key}_days"), **ends)


def dispelled_words(
    voice: Voice, one: Mapping[str, Any], names: Mapping[str, str] = MappingProxyType({})
) -> str:
    """Name what was suspected of the areas that mobilised, and did not overturn a window's finding."""
    said = [
        voice.say(
            f"suspicion_{it['code']}", **{key: _value(voice, key, own, names) for key, own in it.items()}
        )
        for it in one.get("suspicions", ())
        if it["holds"]
    ]
    return voice.say("suspicions_line", suspicions=voice.clauses(said)) if said else ""


def not_compared_words(voice: Voice, verdict: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[str]:
    """Name the areas that mobilised and are in no comparison, by the reason."""
    left: Sequence[Mapping[str, Any]] = verdict.get("not_compared", ())
    for why in dict.fromkeys(str(one["why"]) for one in left):
        codes = dict.fromkeys(one["area"] for one in left if one["why"] == why)  # some had several pushes
        yield voice.say(f"not_compared_{why}", names=voice.few([names.get(code, code) for code in codes]))


def told_words(voice: Voice, verdict: Mapping[str, Any]) -> str:
    """Say that the comparison areas were told to do the same, and what the effect is if some of it leaked."""
    day = verdict.get("told_day")
    spoilt = [
        one for one in verdict.get("windows", ()) if not one["clean"] and one["quarter_leaked"] is not None
    ]
    if day is None or not spoilt:
        return ""
    one = next((one for one in spoilt if one["last_day"] == 6), spoilt[0])
    return voice.say(
        "told_leak",
        told=int(day),
        last=int(one["last_day"]),
        without=_lift(voice, 0.75 * one["quarter_leaked"]),
        leaked=_lift(voice, one["quarter_leaked"]),
    )


def beside_words(voice: Voice, verdict: Mapping[str, Any]) -> str:
    """Say that areas beside the mobilised ones rose too, where they did in the leading days."""
    for one in verdict.get("windows", ()):
        if one["last_day"] == verdict.get("last_day") and "beside" in one:
            rise, far = _lift(voice, one["beside"]), _lift(voice, one["far"])
            return voice.say("beside", rise=rise, far=far, p=say.p_value(one["beside_p"], voice.language))
    return ""


def _lift(voice: Voice, log_points: float) -> str:
    return say.signed_percent(math.expm1(log_points), voice.language)


def registered_words(voice: Voice, verdict: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[str]:
    """Say of each push that was registered whether it was made so, and its p over the lot."""
    for one in verdict.get("registered", ()):
        day = say.day(date.fromisoformat(one["first_day"]), voice.language)
        codes = {fault["code"] for fault in one["contradictions"]}
        if broken := [fault for fault in one["contradictions"] if fault["code"] not in NOT_OF_THE_PUSH]:
            said = [_fault(voice, fault, names) for fault in broken]
            line = voice.say("registered_broken", day=day, faults=voice.clauses(said))
        elif one["p"] is None:
            line = voice.say("registered_open", day=day)
        else:
            p_value, floor = (say.p_value(float(one[key]), voice.language) for key in ("p", "p_min"))
            line = voice.say("registered_kept", day=day, p=p_value, p_min=floor)
        yield f"{line} {voice.say('registered_rule')}" if "other_rule" in codes else line


def caution_words(voice: Voice, verdict: Mapping[str, Any]) -> str:
    """Say what kind of comparison it is: of areas that a lot drew, as had been registered, or of others."""
    drawn = {
        one["first_day"]
        for one in verdict.get("registered", ())
        if all(fault["code"] in NOT_OF_THE_PUSH for fault in one["contradictions"])
    }
    return voice.say("caution_drawn" if verdict.get("push_day") in drawn else "caution_observational")


def _fault(voice: Voice, fault: Mapping[str, Any], names: Mapping[str, str]) -> str:
    given = {"areas": ", ".join(names.get(code, code) for code in fault.get("areas", ()))}
    if "day" in fault:
        given["day"] = say.day(date.fromisoformat(fault["day"]), voice.language)
    return voice.say(f"fault_{fault['code']}", **given)


def gone_words(voice: Voice, verdict: Mapping[str, Any], lasting: pd.DataFrame) -> str:
    """Say so where less than half of the first day's gain is left, and perhaps none."""
    line, said = _left(voice, verdict, lasting)
    return said if line == "gone_line" else ""


def _left(voice: Voice, verdict: Mapping[str, Any], lasting: pd.DataFrame) -> tuple[str, str]:
    """Name and fill in what is to be said of the first day's gain on the last day it is followed to."""
    if len(lasting) < 2 or not verdict.get("daily"):
        return "", ""
    row = lasting.iloc[-1]
    share = float(row["share_left"])
    if math.isnan(share) or share > 1:
        return "", ""
    line = "gone_line" if share < HALF and row["extra_low"] <= 0 else "left_line"
    apart = float(row["extra_high"] - row["extra_low"])
    low, high = (say.significant(row[f"extra_{end}"], voice.language, apart) for end in ("low", "high"))
    left = say.percent(max(share, 0.0), voice.language, 0)
    return line, voice.say(line, left=left, last=int(row["last_day"]), low=low, high=high)


def more_words(
    voice: Voice, verdict: Mapping[str, Any], waves: pd.DataFrame, lasting: pd.DataFrame, unit: str
) -> Iterator[str]:
    """Say what all waves come to, how much of the first day is left, how unlike areas were, and the cost."""
    together = waves[waves["wave"] == "pooled"] if len(waves) else waves
    if len(together):
        row = together.iloc[0]
        ends = [row["interval_low"], row["interval_high"]]
        if not any(math.isnan(end) for end in ends):
            said = [_lift(voice, float(one)) for one in (row["estimate"], *ends)]
            p_value = say.p_value(float(row["p_value"]), voice.language)
            number = int((waves["n_treated"].notna()).sum())
            yield voice.say("pooled_line", waves=number, rise=said[0], low=said[1], high=said[2], p=p_value)
    line, left = _left(voice, verdict, lasting)
    if line == "left_line":
        yield left
    if verdict.get("unlike"):
        yield voice.say("unlike_line")
    for one in verdict.get("yield", ()):
        _, low, high = one["values"]
        width = None if low is None or high is None else high - low
        said = [
            voice.say("no_end") if value is None else say.significant(value, voice.language, width)
            for value in one["values"]
        ]
        yield voice.say(
            f"yield_{one['what']}", value=said[0], low=said[1], high=said[2],
            currency=one["currency"] or "", unit=unit,
        )  # fmt: skip
