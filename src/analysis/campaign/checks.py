"""What a campaign's facts must agree on, each check one function that yields what is wrong."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path

from analysis.campaign.areas import Area, sums_that_differ
from analysis.campaign.facts import Campaign
from analysis.campaign.faults import Fault, perhaps
from analysis.campaign.record import TOTAL
from analysis.campaign.stated import Mobilisation
from analysis.campaign.tables import Rows, Tables
from analysis.campaign.text import Text, folded
from analysis.campaign.tree import loops, strange_parents
from analysis.campaign.written import line_of

REQUIRED = ("name", "unit")
"""Texts without which there is no campaign."""
MOST_NAMED = 5
"""So many areas are named in one line; of the others it says how many."""


def check_areas(areas: Rows[Area]) -> Iterator[Fault]:
    """Check the areas with each other: one meaning a code and day, a tree, successors that are there."""
    yield from _codes_twice(areas)
    yield from _parents(areas)
    yield from _successors(areas)
    yield from _names_twice(areas)


def _overlap(one: Area, other: Area) -> bool:
    starts = max(one.valid_from or date.min, other.valid_from or date.min)
    return starts <= min(one.valid_to or date.max, other.valid_to or date.max)


def _codes_twice(areas: Rows[Area]) -> Iterator[Fault]:
    seen: dict[str, list[Area]] = defaultdict(list)
    for at, area in enumerate(areas.records):
        if area.valid_from and area.valid_to and area.valid_to < area.valid_from:
            yield areas.fault(
                at, f"valid_to {area.valid_to} lies before valid_from {area.valid_from}", "swap them"
            )
        twin = next((other for other in seen[area.code] if _overlap(area, other)), None)
        if twin:
            found = f"code {area.code} is already {twin.name!r} at that time"
            yield areas.fault(at, found, "give the two validities (valid_from, valid_to) that do not overlap")
        seen[area.code].append(area)
    folded: dict[str, str] = {}
    if len({code.casefold() for code in seen}) == len(seen):
        return
    for at, area in enumerate(areas.records):
        other = folded.setdefault(area.code.casefold(), area.code)
        if other != area.code:
            found = f"code {area.code} differs from {other} in capitals only"
            yield areas.fault(at, found, "give it another code: files are named after codes")


def _parents(areas: Rows[Area]) -> Iterator[Fault]:
    codes = {area.code for area in areas.records}
    strange, slips = strange_parents(areas.records)
    for at in strange:
        above = str(areas.records[at].parent)
        write = f"{perhaps(above, codes)}, or nothing" if slips else "give the areas above, or leave it empty"
        yield areas.fault(at, f"parent {above!r} is no area", write, warning=not slips)
    parents = {area.code: area.parent for area in areas.records if area.parent}
    for ring in loops(parents):
        at = next(at for at, area in enumerate(areas.records) if area.code == ring[0])
        found = f"areas lie above each other in a ring: {' < '.join((*ring, ring[0]))}"
        yield areas.fault(at, found, "leave the parent of the topmost one empty")


def _successors(areas: Rows[Area]) -> Iterator[Fault]:
    codes = {area.code for area in areas.records}
    for at, area in enumerate(areas.records):
        if area.successor and area.successor not in codes:
            yield areas.fault(at, f"successor {area.successor!r} is no area", perhaps(area.successor, codes))
        elif area.successor and not area.valid_to:
            found = f"{area.code} has a successor and no last day"
            yield areas.fault(at, found, "write valid_to, the last day on which it counts", warning=True)
        for part in area.divided_into:
            if part not in codes or part == area.code:
                yield areas.fault(at, f"divided_into {part!r} is no other area", perhaps(part, codes))
        if area.divided_into and (area.successor or not area.valid_to):
            found = f"{area.code} is divided and has {'a successor' if area.successor else 'no last day'}"
            yield areas.fault(at, found, "write valid_to, its last day, and no successor")


def _names_twice(areas: Rows[Area]) -> Iterator[Fault]:
    """Two areas of one name, type and parent at one time: a file that names it means either."""
    seen: dict[tuple[str, str | None, str | None], list[Area]] = defaultdict(list)
    for at, area in enumerate(areas.records):
        for name in (area.name, *area.also_called):
            alike = seen[folded(name), area.type, area.parent]
            if twin := next((one for one in alike if one.code != area.code and _overlap(one, area)), None):
                found = f"{area.code} and {twin.code} are both called {name!r}"
                write = "give their types or parents, so that files can tell them apart"
                yield areas.fault(at, found, write, warning=True)
            alike.append(area)


def check_pushes(mobilisations: Rows[Mobilisation], areas: Rows[Area]) -> Iterator[Fault]:
    """Check who was mobilised when."""
    codes = {area.code for area in areas.records}
    spans: dict[str, list[tuple[date, date, int]]] = defaultdict(list)
    for at, one in enumerate(mobilisations.records):
        if codes and one.area not in codes:
            yield mobilisations.fault(at, f"area {one.area!r} is not in areas.csv", perhaps(one.area, codes))
        if one.last_day and one.last_day < one.first_day:
            found = f"last_day {one.last_day} lies before first_day {one.first_day}"
            yield mobilisations.fault(at, found, "write the days in order")
        spans[one.area].append((one.first_day, one.last_day or date.max, at))
    for code, listed in spans.items():
        for before, after in pairwise(sorted(listed)):
            if after[0] <= before[1]:
                found = (
                    f"area {code} is mobilised twice on {after[0]}: line {mobilisations.lines[before[2]]} too"
                )
                write = "keep one row, or give days that do not overlap"
                yield mobilisations.fault(after[2], found, write, warning=True)


def check_references(tables: Tables) -> Iterator[Fault]:
    """Check that borders and published figures are of areas there are."""
    codes = {area.code for area in tables.areas.records}
    if not codes:
        return
    for at, border in enumerate(tables.borders.records):
        for code in (border.area, border.neighbour):
            if code not in codes:
                yield tables.borders.fault(at, f"area {code!r} is not in areas.csv", perhaps(code, codes))
    for at, figure in enumerate(tables.published.records):
        if figure.area not in (None, TOTAL, *codes):
            write = f"{perhaps(str(figure.area), codes)}, 'total', or nothing for a place outside"
            yield tables.published.fault(at, f"area {figure.area!r} is not in areas.csv", write)


def check_campaign(campaign: Campaign, tables: Tables) -> Iterator[Fault]:
    """Check the facts of ``campaign.toml`` with each other and with the tables."""
    path = campaign.folder / "campaign.toml"
    yield from _days(campaign, path, tables.mobilisations)
    for keys, name, known, found in _names(campaign):
        if name not in known:
            yield Fault(path, line_of(path, keys), found, perhaps(name, known))
    yield from _members(campaign, path)
    yield from _targets(campaign, path, tables.areas)
    yield from _unnamed_people(campaign, path)
    yield from _unknown_people(campaign, tables.areas)
    yield from _parents_numbers(campaign, tables.areas)
    yield from _without_heir(campaign, tables.areas)
    yield from _languages(campaign, path)


def _without_heir(campaign: Campaign, areas: Rows[Area]) -> Iterator[Fault]:
    """Areas that end during the drive and leave nobody what they counted: it would be in no sum, unsaid."""
    above = {area.parent for area in areas.records}
    newest = {area.code: at for at, area in enumerate(areas.records)}  # a code that recurs goes on
    for at, area in enumerate(areas.records):
        heirs = area.successor or area.divided_into or area.code in above or newest[area.code] != at
        if area.valid_to and area.valid_to < campaign.last_day and not heirs:
            found = f"{area.code} ends on {area.valid_to}: from then on its counts are in no sum"
            write = "write its successor, or the areas it was divided_into"
            yield areas.fault(at, found, write, warning=True)


def _days(campaign: Campaign, path: Path, mobilisations: Rows[Mobilisation]) -> Iterator[Fault]:
    first, last = campaign.first_day, campaign.last_day
    if campaign.code != campaign.folder.resolve().name:
        found = f"code {campaign.code!r} differs from its folder's name {campaign.folder.resolve().name!r}"
        yield Fault(path, line_of(path, ("code",)), found, "rename one of them, or leave the code out")
    if last < first:
        found = f"last_day {last} lies before first_day {first}"
        yield Fault(path, line_of(path, ("last_day",)), found, "write the days in order")
        return
    for at, one in enumerate(mobilisations.records):
        if not first <= one.first_day <= last:
            found = f"{one.first_day} lies outside {first} to {last}"
            yield mobilisations.fault(at, found, "mend the day, or first_day and last_day of the campaign")
    for at, target in enumerate(campaign.targets):
        if target.deadline < first or target.deadline < target.known_from:
            what = "first_day" if target.deadline < first else "known_from"
            found = f"deadline {target.deadline} lies before {what}"
            yield Fault(path, line_of(path, ("targets", at, "deadline")), found, "mend the day", "warning")


def _names(campaign: Campaign) -> Iterator[tuple[tuple[str | int, ...], str, Collection[str], str]]:
    """Yield what names something else: its keys, the name, the names there are, and what else is wrong."""
    measures, areas = [one.code for one in campaign.measures], {area.code for area in campaign.areas}
    for number, layout in enumerate(campaign.layouts):
        named = [*(column.measure for column in layout.measures), layout.measure]
        for one in dict.fromkeys(filter(None, named)):
            yield ("layouts", number), one, measures, f"layout {layout.name!r}: {one!r} is no measure"
    if (column := campaign.strata) is not None:
        yield ("strata",), column, list(Area.model_fields), f"strata: {column!r} is no column of areas.csv"
    for code in campaign.rhythm.areas if campaign.rhythm else ():
        yield ("rhythm", "areas", code), code, areas, f"rhythm: area {code!r} is not in areas.csv"


def _members(campaign: Campaign, path: Path) -> Iterator[Fault]:
    """Each member counts for one area there is, and no campaign and no area counts twice."""
    leaves = campaign.tree(campaign.last_day).leaves if campaign.members else ()
    seen = {campaign.code}
    for at, one in enumerate(campaign.members):
        line = line_of(path, ("members", at))
        if one.area not in leaves:
            found = f"member {one.campaign!r}: area {one.area!r} is none that is counted"
            yield Fault(path, line, found, perhaps(one.area, leaves))
        if twice := seen & {one.campaign, f"area {one.area}"}:
            yield Fault(
                path, line, f"member {one.campaign!r}: {min(twice)} is taken", "name each of them once"
            )
        seen |= {one.campaign, f"area {one.area}"}


def _targets(campaign: Campaign, path: Path, areas: Rows[Area]) -> Iterator[Fault]:
    """Targets of nobody or above the people there are, of all and of areas; those that do not add up."""
    for at, target in enumerate(campaign.targets):
        tree = campaign.tree(target.deadline)
        leaves = [campaign.area(code) for code in tree.leaves]
        eligible = [area.eligible for area in leaves]
        people = sum(one for one in eligible if one is not None)
        if target.value is None:
            if not people:
                found = "a share of the eligible people, and areas.csv says of no area how many there are"
                write = "write eligible there, or value, a count, in the place of share"
                yield Fault(path, line_of(path, ("targets", at, "share")), found, write)
            continue
        if None not in eligible and people and target.value > people:
            found = f"target {target.value:,} is above all {people:,} eligible people"
            yield Fault(path, line_of(path, ("targets", at, "value")), found, "mend one of them", "warning")
        wanted = [area.target for area in leaves if area.target is not None]
        if len(wanted) == len(leaves) and sum(wanted) != target.value and target == campaign.targets[-1]:
            found = f"the areas' targets add up to {sum(wanted):,}, the target is {target.value:,}"
            yield Fault(path, line_of(path, ("targets", at, "value")), found, "mend one of them", "warning")
    for at, area in enumerate(areas.records):
        if area.target is not None and area.eligible is not None and area.target > area.eligible:
            found = f"{area.code}: target {area.target:,} is above its {area.eligible:,} eligible people"
            yield areas.fault(at, found, "mend one of them", warning=True)


def _unnamed_people(campaign: Campaign, path: Path) -> Iterator[Fault]:
    """Eligible people stand in the report with a word; a drive that counts trees may have none of them."""
    if campaign.people is None and any(area.eligible is not None for area in campaign.areas):
        found = "people: not said, and areas.csv says how many are eligible"
        write = f'write people = "…", what those are, in {campaign.languages[0]}; or leave eligible empty'
        yield Fault(path, line_of(path, ("people",)), found, write)


def _unknown_people(campaign: Campaign, areas: Rows[Area]) -> Iterator[Fault]:
    tree = campaign.tree(campaign.last_day)
    unknown = [code for code in tree.leaves if campaign.area(code).eligible is None]
    if unknown:
        found = f"eligible: not known for {len(unknown)} of {len(tree.leaves)} areas: {_some(unknown)}"
        write = (
            "they are outside every rate and the forecast until areas.csv says how many people can be counted"
        )
        at = next(at for at, area in enumerate(areas.records) if area.code == unknown[0])
        yield areas.fault(at, found, write, warning=True)


def _parents_numbers(campaign: Campaign, areas: Rows[Area]) -> Iterator[Fault]:
    """Numbers given for an area with others below it are those of the others together, or a fault."""
    tree = campaign.tree(campaign.last_day)
    lines: Mapping[str, int] = {area.code: at for at, area in enumerate(areas.records)}
    for code in tree.children:
        leaves = [campaign.area(leaf) for leaf in tree.leaves_of(code)]
        for key, given, below in sums_that_differ(campaign.area(code), leaves):
            found = f"{code}: {key} {given:,}, but the areas below it add up to {below:,}"
            write = "the sum is used; mend it, or leave the cell empty"
            yield areas.fault(lines[code], found, write, warning=True)


def _languages(campaign: Campaign, path: Path) -> Iterator[Fault]:
    """Wordings that are not given in a language of the reports."""
    for keys, text in _texts(campaign):
        if line_of(path, keys) is None and keys[0] in REQUIRED:
            continue  # it is missing altogether, which is told
        missing = [language for language in campaign.languages if language not in text]
        if missing:
            found = f"{'.'.join(map(str, keys))}: no wording in {', '.join(missing)}"
            write = f"add it; until then the one in {next(iter(text))} stands in"
            yield Fault(path, line_of(path, keys), found, write, "warning")


def _texts(campaign: Campaign) -> Iterator[tuple[tuple[str | int, ...], Text]]:
    for key in ("name", "unit", "people"):
        if (text := getattr(campaign, key)) is not None:
            yield (key,), text
    for word, text in campaign.words.items():
        yield ("words", word), text
    yield from ((("events", at, "name"), one.name) for at, one in enumerate(campaign.events))
    yield from ((("holidays", at, "name"), one.name) for at, one in enumerate(campaign.holidays))
    for at, one in enumerate(campaign.assumptions):
        yield ("assumptions", at, "text"), one.text
        yield ("assumptions", at, "impact"), one.impact


def _some(codes: list[str]) -> str:
    more = len(codes) - MOST_NAMED
    return ", ".join(codes[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
