"""Prints ``docs/campaign.md``, which is made from the models: ``python -m analysis.campaign``."""

import sys
import tomllib
import types
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from importlib.resources import files
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from analysis.campaign.areas import Area, Border
from analysis.campaign.calendar import Calendar
from analysis.campaign.facts import (
    Assumption,
    Campaign,
    Event,
    Holiday,
    Member,
    Mobilisation,
    PublishedFigure,
    Target,
)
from analysis.campaign.issuer import Issuer
from analysis.campaign.layouts import AreaPlace, ColumnOfMeasure, DayPlace, Layout, NumberStyle
from analysis.campaign.measures import Measure
from analysis.campaign.record import Record
from analysis.campaign.rhythm import Rhythms
from analysis.campaign.text import Text

SECTIONS: tuple[tuple[str, type[Record], str], ...] = (
    ("`campaign.toml`", Campaign, "Only the areas, the name and a target with a deadline must be said."),
    ("`[[measures]]`", Measure, "What is counted, where no vocabulary fits or to add words to one."),
    ("`[[targets]]`", Target, "A later target or deadline is one more, with its own `known_from`."),
    ("`[rhythm]`", Rhythms, "From it follows what is due, late and silent."),
    ("`[calendar]`", Calendar, "Public holidays by country, from the `holidays` package."),
    ("`[[holidays]]`", Holiday, "Days beside those of the calendar."),
    ("`[[events]]`", Event, "Listed in the report, and marked in its course."),
    ("`[[assumptions]]`", Assumption, "What the analysis needs and no source states."),
    ("`[[members]]`", Member, "Where a campaign consists of others: one for each."),
    ("`[[layouts]]`", Layout, "One for each kind of file that is not as people type it."),
    ("`[[layouts.measures]]`", ColumnOfMeasure, "One for each measure and span of days."),
    ("`[layouts.area]`", AreaPlace, "One of these says where the areas are."),
    ("`[layouts.day]`", DayPlace, "One of the first five says where the days are."),
    ("`[layouts.numbers]`", NumberStyle, "Where marks could be taken for one another."),
    ("`[issuer]`", Issuer, "Letterhead and form of the Word document."),
    ("`areas.csv`", Area, "One row an area. Empty cells say that nothing is known."),
    ("`mobilisations.csv`", Mobilisation, "One row an area and push. No file: no push."),
    ("`published.csv`", PublishedFigure, "Every figure somebody printed. No file: none."),
    ("`borders.csv`", Border, "Which areas touch. No file: nobody knows."),
)
OWN_FILES = ("folder", "areas", "borders", "mobilisations", "published")
_TYPES = {
    str: "text", int: "whole number", float: "number", bool: "`true` or `false`", date: "day",
    datetime: "instant", Text: "text by language",
}  # fmt: skip


def page() -> str:
    """Return the reference of keys and columns as Markdown."""
    frame = (files("analysis.campaign") / "keys.md").read_text(encoding="utf-8")
    meanings = told()
    parts = [
        f"## {title}\n\n{about}\n\n| key | type | default | meaning | example |\n|---|---|---|---|---|\n"
        + "".join(_row(name, field, meanings[model.__name__][name]) for name, field in fields_of(model))
        for title, model, about in SECTIONS
    ]
    return frame.replace("{tables}\n", "\n".join(parts))


def told() -> Mapping[str, Mapping[str, str]]:
    """Return what is told of each key, by the model's name and the key."""
    return tomllib.loads((files("analysis.campaign") / "keys.toml").read_text(encoding="utf-8"))


def fields_of(model: type[Record]) -> Iterator[tuple[str, FieldInfo]]:
    """Yield the keys of a table in their order; those that have a file of their own are told of there."""
    for name, field in model.model_fields.items():
        if not (model is Campaign and name in OWN_FILES):
            yield name, field


def _row(name: str, field: FieldInfo, said: str) -> str:
    meaning, example, *default = (part.strip() for part in said.split(" ¦ "))
    stands = default[0] if default else _default(field)
    return f"| `{name}` | {_type(field.annotation)} | {stands} | {meaning} | {example} |\n"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    value = field.default
    if value is PydanticUndefined or value is None or value == ():
        return "none"
    return f"`{str(value).lower()}`" if isinstance(value, bool | int) else f'`"{value}"`'


def _type(annotation: Any) -> str:
    """Write the type of a key as a person would."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _type(inner[0])
    if origin is Literal:
        return " or ".join(f"`{one}`" for one in inner)
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(_type(one) for one in inner if one is not type(None)))
    if origin is tuple:
        one = _type(inner[0])
        return one if one == "table" else f"list of {one}"
    if origin is not None and issubclass(origin, Mapping):
        return "table"
    return _TYPES.get(annotation, "table")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(page())
