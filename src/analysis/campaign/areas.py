"""Areas: what a reporting unit is, its type and its names, and which of them touch."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import Field

from analysis.campaign.measures import Words
from analysis.campaign.record import AreaCode, Record
from analysis.campaign.text import Line


class Area(Record):
    """A reporting unit. Counts are persons; ``None`` where no figure is known."""

    code: AreaCode
    name: Line
    type: Line | None = None
    also_called: tuple[Line, ...] = ()
    parent: AreaCode | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    successor: AreaCode | None = None
    divided_into: tuple[AreaCode, ...] = ()
    population: Annotated[int, Field(ge=0)] | None = None
    eligible: Annotated[int, Field(ge=0)] | None = None
    target: Annotated[int, Field(ge=0)] | None = None
    terrain: Line | None = None
    tile_row: Annotated[int, Field(ge=0, lt=100)] | None = None
    tile_col: Annotated[int, Field(ge=0, lt=100)] | None = None

    def valid_on(self, day: date) -> bool:
        """Whether the code means this area on ``day``; both ends of the validity are included."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


def sums_that_differ(area: Area, below: Sequence[Area]) -> Iterator[tuple[str, int, int]]:
    """Yield each number given for an area that is not the sum of those below it: its name, it, the sum."""
    for key in ("eligible", "target"):
        given, parts = getattr(area, key), [getattr(one, key) for one in below]
        if given is not None and parts and None not in parts and sum(parts) != given:
            yield key, given, sum(parts)


class Border(Record):
    """Two areas that touch, and for how many kilometres."""

    area: AreaCode
    neighbour: AreaCode
    border_km: Annotated[float, Field(gt=0)] | None = None


@cache
def known_types() -> Mapping[str, Words]:
    """Return the types that come with the package, each with its words by language."""
    text = (files("analysis.campaign") / "area_types.toml").read_text(encoding="utf-8")
    return {
        code: {language: tuple(words) for language, words in by_language.items()}
        for code, by_language in tomllib.loads(text).items()
    }


def type_words(own: Mapping[str, Words]) -> dict[str, str]:
    """Return the type that each word stands for, the campaign's own types before those that are built in."""
    words: dict[str, str] = {}
    for types in (own, known_types()):
        for code, by_language in types.items():
            for word in (code, *(one for several in by_language.values() for one in several)):
                words.setdefault(word.casefold(), code)
    return words
