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

from analysis.campaign.facts import Campaign
from analysis.campaign.record import Record
from analysis.campaign.text import Text


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((files("analysis.campaign") / name).read_text(encoding="utf-8"))


def _records(of: type[Record]) -> Iterator[type[Record]]:
    """Yield every kind of record of a campaign."""
    for one in of.__subclasses__():
        yield one
        yield from _records(one)


_BY_NAME = {one.__name__: one for one in _records(Record) if one.__module__.startswith("analysis.campaign.")}
SECTIONS: tuple[tuple[str, type[Record], str], ...] = tuple(
    (title, _BY_NAME[name], about) for name, (title, about) in _read("sections.toml").items()
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
    return _read("keys.toml")


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
        said = dict.fromkeys(_type(one) for one in inner if one is not type(None))
        return " or ".join(
            "list of these" if one.removeprefix("list of ") in {*said} - {one} else one for one in said
        )
    if origin is tuple:
        one = _type(inner[0])
        return one if one == "table" else f"list of {one}"
    if origin is not None and issubclass(origin, Mapping):
        return "table"
    return _TYPES.get(annotation, "table")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(page())
