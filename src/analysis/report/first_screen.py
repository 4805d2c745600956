"""The first screen: three questions answered, and the main points, by how far the drive is and what is known.

A drive is early, running, after its deadline, or has reached its target; its data are fresh, late or silent.
Each of these says only what is known: silence is said, never counted as nothing; after the deadline there is
no chance of meeting it; a target that was reached has a day on which it was.
"""

import math
from collections.abc import Iterator
from typing import Any

from analysis import say
from analysis.report.document import Answer, Gauge, part
from analysis.report.numbers import Number
from analysis.report.sections.material import Material
from analysis.report.words import found, sentences

_ALIKE = 0.005  # a change that is written as 0 %
_MOVERS = 3  # areas named of those that gained ranks, and of those that lost some


def answers(material: Material) -> Iterator[Answer]:
    """Answer the three questions; the last one only once somebody mobilised."""
    if material.aimed:
        yield _where_answer(material)
        yield _make_it_answer(material)
    else:
        yield _count_answer(material)
        yield _pace_answer(material)
    if material.numbers.amount("mobilised") > 0:
        yield _worked_answer(material)


def points(material: Material) -> Iterator[str]:
    """Say what changed since the last report: count, pace, ranks, forecast; then what is known of it."""
    phase = material.phase
    if not material.aimed:
        yield from sentences.increase_words(material)
        yield from _last_week(material)
        yield from _data(material)
        return
    yield sentences.where_line(material)
    if phase not in ("early", "reached"):  # whose card says it
        yield sentences.pace_words(material, phase, material.evidence.workspace.last_day)
    yield from ranks_words(material)
    if phase == "reached":
        if (material.evidence.standing.leaves["target"] > 0).any():
            yield sentences.below_words(material, material.below)
    elif phase != "early":
        yield sentences.completion_words(material)
        if "completion_before" in material.numbers:
            yield _before(material)
    yield from _last_week(material)
    yield from _data(material)


def _before(material: Material) -> str:
    """Say what the report before stated: the date, and the chance where the deadline was still to come."""
    line = material.say("completion_before_line")
    known = material.numbers["probability_before"].known
    return f"{line} {material.say('probability_before_line')}" if known else line


def _data(material: Material) -> Iterator[str]:
    """Say of which areas nothing is known, in no count and no forecast; then the state of the data."""
    never = material.without("known_until")
    if never:
        line = material.say("uncounted_line", names=material.few(never, sentences.NAMED))
        yield f"{line} {material.say('uncounted_target')}" if material.aimed else line
    yield sentences.data_words(material, material.absentees(sentences.NAMED))


def _last_week(material: Material) -> Iterator[str]:
    if "last_week_said" in material.numbers and not material.silent:
        yield sentences.last_week_words(material)


def ranks_words(material: Material) -> Iterator[str]:
    """Name the areas that gained and lost most ranks in a period, of those whose share is shown."""
    table = material.tables.get("areas")
    if table is None or not material.evidence.own_targets:
        return
    rows = zip(table.column("area"), table.column("moved"), table.column("share"), strict=True)
    moved = [(str(area), step) for area, step, share in rows if isinstance(step, float) and step
             and isinstance(share, float)]  # fmt: skip
    gained, lost = (
        [f"{area} ({say.signed(step, material.language)})"
         for area, step in sorted(moved, key=lambda one: -sign * one[1])[:_MOVERS] if sign * step > 0]
        for sign in (1, -1)
    )  # fmt: skip
    if gained and lost:
        yield material.say("ranks_line", gained=", ".join(gained), lost=", ".join(lost))


def _where_answer(material: Material) -> Answer:
    """Say how far the drive is, and how far the forecast sees it at the deadline."""
    numbers = material.numbers
    share, ahead = numbers.amount("share"), numbers.get("at_deadline_share")
    gauge, legend = Gauge(part(share)), tuple[str, ...]()
    if ahead is not None and material.phase == "running":
        ends = (part(one) if isinstance(one, float) else None for one in (ahead.low, ahead.value, ahead.high))
        gauge = Gauge(part(share), *ends)
        legend = (material.say("key_now"), material.say("key_expected"))
    small = material.say("where_small") + sentences.known_words(material)
    small = f"{small}. {material.say('silent_words')}" if material.silent else small
    verdict = "met" if material.phase == "reached" else "missing_verdict"
    return _answer(material, "where", verdict, _number(material, "share"), small, gauge, legend)


def _count_answer(material: Material) -> Answer:
    """Say what was counted, where there is no target to set it beside."""
    small = material.say("count_small") + sentences.known_words(material)
    small = f"{small}. {material.say('silent_words')}" if material.silent else small
    return _answer(material, "where", "no_target_verdict", _number(material, "total"), small)


def _pace_answer(material: Material) -> Answer:
    """Say the present pace, and whether it is faster than the period before over the same areas."""
    numbers = material.numbers
    alone = numbers.amount("pushed_areas") > 0
    change = numbers.amount("unpushed_change" if alone else "change_share")
    side = "same" if abs(change) < _ALIKE else "up" if change > 0 else "down"
    side = "unknown" if math.isnan(change) else side
    figure = material.say("pace_figure") if numbers["pace"].known else ""
    small = " ".join([material.say("pace_small"), *sentences.change_words(material)]) if figure else ""
    return Answer("make_it", material.say("ask_pace"), material.say(f"pace_{side}"), figure, small)


def _make_it_answer(material: Material) -> Answer:
    """Say the chance while there is one; before that the pace it takes, after it what was reached when."""
    numbers, phase = material.numbers, material.phase
    if phase == "reached":
        verdict = "met_in_time" if sentences.in_time(numbers) else "met_late"
        return _answer(
            material, "make_it", verdict, _number(material, "reached_on"), material.say("met_small")
        )
    if phase == "after_deadline":
        verdict = "missed" if sentences.deadline_known(numbers) else "missed_unknown"
        figure, gauge = _number(material, "deadline_share"), Gauge(part(numbers.amount("deadline_share")))
        return _answer(material, "make_it", verdict, figure, material.say(f"{verdict}_small"), gauge)
    if phase == "early" or not numbers["probability"].known:
        form = numbers.enough or "_open" * (not numbers["pace_ratio"].known)
        figure = material.say("early_figure_open" if form else "early_figure")
        return _answer(material, "make_it", material.outcome, figure, material.say(f"early_small{form}"))
    chance = material.say("make_it_small") + sentences.counted_words(material)
    pace = [material.say(f"make_it_pace{numbers.enough}")] if numbers["pace_ratio"].known else []
    small = material.clauses([chance, *pace])
    small = f"{small}. {material.say('silent_basis')}" if material.silent else small
    figure, gauge = _number(material, "probability"), Gauge(part(numbers.amount("probability")))
    return _answer(material, "make_it", sentences.likelihood(numbers), figure, small, gauge)


def _worked_answer(material: Material) -> Answer:
    """Lead with the estimate where the evidence allows one; what nobody can tell is not printed large."""
    numbers, key = material.numbers, material.leading
    if not material.estimated:
        return _answer(material, "worked", material.strength, "", _not_compared(material))
    given = {
        "extra": material.number(key),
        "window": found.window_words(material, key),
        "extra_areas_words": material.compared,
    }
    if material.strength in ("cannot_tell", "too_few"):
        said = material.say("worked_small_unknown", **given)
        return _answer(material, "worked", material.strength, "", said)
    small = material.say("worked_small" if sentences.bounded(numbers, key) else "worked_small_open", **given)
    gauge = _interval_gauge(numbers[key])
    legend = (material.say("key_zero"),) if gauge else ()
    return _answer(material, "worked", material.strength, _number(material, key), small, gauge, legend)


def _not_compared(material: Material) -> str:
    """Say in a word why nothing was estimated, where one reason holds for all."""
    whys = {one["why"] for one in material.evidence.verdict.get("not_compared", ())}
    whys = whys - {"mobilised_before"} or whys  # of a second push it is the first that matters
    return material.say(f"why_{whys.pop()}") if len(whys) == 1 else ""


def _answer(material: Material, key: str, verdict: str, figure: str, *laid: Any) -> Answer:
    """Answer a question with a phrase, a figure, and what it is of."""
    return Answer(key, material.say(f"ask_{key}"), material.say(verdict), figure, *laid)


def _number(material: Material, key: str) -> str:
    return material.numbers[key].text(material.language)


def _interval_gauge(extra: Number) -> Gauge | None:
    """Lay an interval and its zero out on one scale; nothing where an end is missing."""
    if not (
        isinstance(extra.low, float) and isinstance(extra.high, float) and isinstance(extra.value, float)
    ):
        return None
    left, right = min(extra.low, 0.0), max(extra.high, 0.0)
    if right <= left:
        return None
    margin = 0.06 * (right - left)
    left, right = left - margin, right + margin
    low, point, high, zero = (
        (one - left) / (right - left) for one in (extra.low, extra.value, extra.high, 0.0)
    )
    return Gauge(0.0, low, point, high, zero)
