"""What to do this week: at most three proposals, each by a rule that is written here.

1. Whoever has not sent what is due is asked for it, and until when they are known is said.
2. The fewest areas that make more than half of the shortfall expected on the deadline are named, where they
   are few; else it is said that the shortfall is spread, and over how many.
3. A push of those that have had none is proposed only where the evidence says that pushing raised the count.
"""

from collections.abc import Iterator

from analysis import say
from analysis.campaign import Text
from analysis.report.areas import level_noun
from analysis.report.sections.material import Material

_HALF = 0.5
_MOST = 7  # names in one line; of more areas nobody can say that effort is concentrated on them
_OPEN = ("early", "running")
_RAISED = ("strong_gain", "gain", "fragile_gain")


def proposals(material: Material) -> tuple[str, ...]:
    """Return the proposals in the language of the report, in the order in which they can be acted on."""
    return (*_send(material), *_half(material), *_push(material))


def _send(material: Material) -> Iterator[str]:
    if material.silent:
        everybody = material.say("everybody")
        yield material.say("propose_send", names=everybody, number=int(material.numbers.amount("areas")))
    elif material.absent:
        names = material.absentees(_MOST)
        yield material.say("propose_send", names=names, number=len(material.absent))


def _half(material: Material) -> Iterator[str]:
    """Name the areas that make most of what is lacking; nothing where a count of them is not shown.

    One that makes it more likely than not lacks something only on some of its courses: nobody need step in.
    """
    if material.phase not in _OPEN:
        return
    table = material.tables["risk"]
    lacking = list(zip(*map(table.column, ("area", "shortfall", "probability")), strict=True))
    known = [
        (str(area), value)
        for area, value, chance in lacking
        if isinstance(value, float) and value > 0 and not (isinstance(chance, float) and chance > _HALF)
    ]
    total = sum(value for _, value in known)
    if any(isinstance(value, Text) for _, value, _ in lacking) or len(known) <= 2 or total <= 0:
        return
    chosen, part = [], 0.0
    for area, value in sorted(known, key=lambda one: -one[1]):
        chosen.append(area)
        part += value / total
        if part > _HALF:
            break
    few, language = len(chosen) <= _MOST, material.language
    named = level_noun(material.evidence, chosen if few else [area for area, _ in known])(language)
    noun = say.plural(len(chosen) if few else len(known), named, language)
    names = material.few(chosen, _MOST)
    key = "propose_half" if few else "propose_spread"
    yield material.say(key, names=names, number=len(chosen), of=len(known), noun=noun)


def _push(material: Material) -> Iterator[str]:
    table = material.tables["scenarios"]
    if material.strength not in _RAISED or not table.rows or material.phase not in _OPEN:
        return
    first = dict(
        zip((column.key for column in table.columns), table.written(material.language)[0], strict=True)
    )
    yield material.say("propose_push", **{f"plan_{key}": said for key, said in first.items()})
