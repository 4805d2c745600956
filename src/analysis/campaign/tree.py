"""Areas above and below each other, by ``parent``; and which area an older one has become."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from analysis.campaign.areas import Area

SLIPS = 0.3
"""So many parents that are no area, for each row that is sound, can be slips of the pen."""


@dataclass(frozen=True)
class Tree:
    """The areas in force on one day; a parent that is no area stands for all of them together.

    Levels count from the top: areas without an area above them are of level 1, their children of level 2.
    """

    areas: tuple[Area, ...]

    @classmethod
    def on(cls, areas: Iterable[Area], day: date) -> "Tree":
        """Take the areas that are in force on ``day``."""
        return cls(tuple(area for area in areas if area.valid_on(day)))

    @cached_property
    def parents(self) -> Mapping[str, str]:
        """The area above each area that has one."""
        codes = {area.code for area in self.areas}
        return {area.code: area.parent for area in self.areas if area.parent in codes and area.parent}

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """The areas right below each area that has any, in the order of the file."""
        below: dict[str, list[str]] = {}
        for code, above in self.parents.items():
            below.setdefault(above, []).append(code)
        return {code: tuple(codes) for code, codes in below.items()}

    @cached_property
    def level(self) -> Mapping[str, int]:
        """The level of each area, 1 at the top."""
        return {area.code: len(self.above(area.code)) + 1 for area in self.areas}

    @property
    def levels(self) -> int:
        """How many levels there are."""
        return max(self.level.values(), default=0)

    @cached_property
    def tops(self) -> tuple[str, ...]:
        """The areas with none above them."""
        return tuple(area.code for area in self.areas if area.code not in self.parents)

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        """The areas with none below them: those that are counted, every other number is their sum."""
        return tuple(area.code for area in self.areas if area.code not in self.children)

    def above(self, code: str) -> tuple[str, ...]:
        """Return the areas above one, nearest first."""
        line: dict[str, None] = {}
        while (code := self.parents.get(code, "")) and code not in line:
            line[code] = None
        return tuple(line)

    def leaves_of(self, code: str) -> tuple[str, ...]:
        """Return the areas that add up to one: its leaves, or itself where it is one."""
        found: dict[str, None] = {}
        seen, left = {code}, [code]
        while left:
            one = left.pop()
            below = self.children.get(one, ())
            if not below:
                found[one] = None
            left += [child for child in reversed(below) if child not in seen]
            seen.update(below)
        return tuple(found)

    def at(self, level: int) -> tuple[str, ...]:
        """Return the areas of one level."""
        return tuple(area.code for area in self.areas if self.level[area.code] == level)


def loops(parents: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Return each ring of areas that lie above each other, once, from its first code on."""
    settled: set[str] = set()
    rings: list[tuple[str, ...]] = []
    for start in parents:
        line: dict[str, None] = {}
        code = start
        while code in parents and code not in settled and code not in line:
            line[code] = None
            code = parents[code]
        if code in line:
            whole = list(line)
            rings.append(tuple(whole[whole.index(code) :]))
        settled.update(line)
    return rings


def strange_parents(areas: Sequence[Area]) -> tuple[list[int], bool]:
    """Return the positions of the areas whose parent is no area, and whether these are slips.

    One code that is no area may stand for all of them together: the parent that most areas at the top share.
    Of the others a few are slips. Where they are many, the file is an excerpt of a longer list.
    """
    codes = {area.code for area in areas}
    outside = [at for at, area in enumerate(areas) if area.parent and area.parent not in codes]
    named = [areas[at].parent for at in outside]
    root = max(sorted({str(one) for one in named}), key=named.count, default=None)
    if len([area for area in areas if area.parent not in codes and area.parent != root]) >= named.count(root):
        root = None  # as many areas at the top lie under nothing, or under something else
    strange = [at for at in outside if areas[at].parent != root]
    return strange, len(strange) <= max(1, SLIPS * (len(areas) - len(strange)))


def lineages(areas: Iterable[Area], day: date) -> Mapping[str, tuple[Area, ...]]:
    """Return, of each area in force on ``day`` that has a history of several rows, all that have become it.

    An area that was merged or renamed names its ``successor``. A code that is used again stands for the same
    area where it has the same name and type, or names itself as successor; otherwise for another one, which
    begins with nothing. What ends in no area in force is left out.
    """
    by_code = rows_by_code(areas)
    found: dict[str, list[Area]] = {}
    for several in by_code.values():
        for area in several:
            heir = _heir(area, by_code, day)
            if heir is not None and (len(several) > 1 or heir is not area):
                found.setdefault(heir.code, []).append(area)
    for code, members in found.items():
        members += [one for one in by_code[code] if one.valid_on(day) and one not in members]
    return {code: tuple(members) for code, members in found.items()}


def rows_by_code(areas: Iterable[Area]) -> Mapping[str, Sequence[Area]]:
    """Return the rows of each code, the oldest first."""
    rows: dict[str, list[Area]] = {}
    for area in sorted(areas, key=lambda one: one.valid_from or date.min):
        rows.setdefault(area.code, []).append(area)
    return rows


def _heir(area: Area, by_code: Mapping[str, Sequence[Area]], day: date) -> Area | None:
    """Return what an area is on ``day``, itself or one that followed it; None where nothing has."""
    seen: list[Area] = []
    one: Area | None = area
    while one is not None and one not in seen and not one.valid_on(day):
        seen.append(one)
        one = _next(one, by_code)
    return one if one is not None and one.valid_on(day) else None


def became(area: Area, by_code: Mapping[str, Sequence[Area]], day: date) -> tuple[str, ...]:
    """Return the codes of the areas in force on ``day`` that have what an area counted: itself or heirs."""
    found: dict[str, None] = {}
    seen: list[Area] = []
    left = [area]
    while left:
        one = left.pop()
        if one in seen:
            continue
        seen.append(one)
        if one.valid_on(day):
            found[one.code] = None
            continue  # what is to become of it has not come yet
        parts = (part for code in one.divided_into for part in by_code.get(code, ()))
        after = [
            part for part in parts if part.valid_to is None or part.valid_to > (one.valid_to or date.min)
        ]
        left += [*reversed(after), *filter(None, [_next(one, by_code)])]
    return tuple(found)


def _next(area: Area, by_code: Mapping[str, Sequence[Area]]) -> Area | None:
    """Return what an area became on the day after its last."""
    if area.valid_to is None:
        return None
    later = [
        one
        for one in by_code.get(area.successor or area.code, ())
        if one is not area and (one.valid_to is None or one.valid_to > area.valid_to)
    ]
    same = area.successor or (later and (later[0].name, later[0].type) == (area.name, area.type))
    return later[0] if later and same else None
