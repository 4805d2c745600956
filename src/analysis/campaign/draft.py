"""A campaign's folder to begin with: what is known of it, and a line for everything a person has to say."""

import csv
import io
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from string import Template
from typing import Any

from analysis.campaign.measures import Measure, vocabulary
from analysis.campaign.rhythm import Rhythm

AREA_COLUMNS = ("code", "name", "type", "parent", "also_called", "eligible", "target")


@dataclass(frozen=True)
class Draft:
    """What a new campaign's folder says at first.

    Attributes
    ----------
    code
        Name of the folder.
    languages
        Of its reports, the first one first.
    vocabulary
        That names what is counted.
    areas
        Code and name of each area.
    also_called
        The other names of those that have some, by code.
    rhythm
        How often files come; ``None`` where nothing is known of it.
    known
        What was found in files, and by what, one line each.
    unknown
        What a person has to say, one line each.
    measures
        What is counted, where no vocabulary has it.
    layouts
        Blocks of ``[[layouts]]``, where files cannot be read without.
    """

    code: str
    languages: tuple[str, ...] = ("en",)
    vocabulary: str = "general"
    areas: tuple[tuple[str, str], ...] = ()
    also_called: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rhythm: Rhythm | None = None
    known: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()
    layouts: tuple[str, ...] = ()

    def files(self) -> dict[str, str]:
        """Return the text of each file of the folder, by its name."""
        template, unsaid = ((files("analysis.campaign") / f"{name}.toml").read_text(encoding="utf-8")
                            for name in ("draft", "unsaid"))  # fmt: skip
        otherwise, first = tomllib.loads(unsaid), self.languages[0]
        toml = Template(template).substitute(
            code=self.code,
            languages=", ".join(f'"{one}"' for one in self.languages),
            vocabulary=self.vocabulary,
            first=first,
            unit=as_toml(self._worded("unit")),
            people=as_toml(self._worded("people")),
            rhythm="\n".join(["[rhythm]", *rhythm_lines(self.rhythm), ""])
            if self.rhythm
            else otherwise["rhythm"],
            measures="".join(map(_measure, self.measures)),
            layouts="\n".join(self.layouts) or otherwise["layouts"],
            found="".join(f"# Found: {line}\n" for line in self.known),
            missing="".join(f"# To say: {line}\n" for line in self.unknown),
        )
        return {
            "campaign.toml": toml,
            "areas.csv": _table(
                AREA_COLUMNS,
                [(code, name, "", "", ";".join(self.also_called.get(code, ()))) for code, name in self.areas],
            ),
            "mobilisations.csv": _table(("area", "first_day", "last_day", "kind", "note", "source"), []),
        }

    def _worded(self, key: str) -> str:
        """Return the words for what is counted, or of whom, in the first language."""
        given = (*self.measures, *vocabulary(self.vocabulary).measures)
        said = (text.get(self.languages[0]) for one in given if (text := getattr(one, key)))
        return next(filter(None, said), "…")


def rhythm_lines(rhythm: Rhythm) -> list[str]:
    """Write a rhythm as the lines that ``[rhythm]`` has of it, those that say nothing left out."""
    said = rhythm.model_dump(include=set(Rhythm.model_fields))
    return [f"{key} = {as_toml(value)}" for key, value in said.items() if value]


def _measure(one: Measure) -> str:
    """Write a measure as ``campaign.toml`` has it; one without words of its own stays in its vocabulary."""
    keys = ("code", "kind", "headline", "pairs_with", "name", "unit", "people", "words") if one.words else ()
    lines = [f"{key} = {as_toml(value)}" for key in keys if (value := getattr(one, key))]
    return "\n".join(["[[measures]]", *lines, "", ""]) if lines else ""


def as_toml(value: Any) -> str:
    """Write a value of TOML: texts, lists and numbers stand as in JSON."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {as_toml(one)}' for key, one in value.items())} }}"
    return json.dumps(value, ensure_ascii=False)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([*row, *[""] * (len(columns) - len(row))] for row in rows)
    return stream.getvalue()
