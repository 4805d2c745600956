"""What a campaign counts: measures, each with its kind, its unit and the words that name it in files."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from analysis.campaign.record import Record
from analysis.campaign.text import LanguageCode, Line, Text
from analysis.campaign.written import tuples

Kind = Literal["cumulative", "period", "rate"]
Words = Mapping[LanguageCode, tuple[Line, ...]]

ROLES = frozenset((
    "index", "area", "code", "date", "target", "content", "part", "parent", "other", "unknown", "unnamed",
    "unclear", "by_row", "total", "from",
))  # fmt: skip
"""What else a column of a file can hold; no measure may be called so."""
MeasureCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]

VOCABULARIES = files("analysis.campaign") / "vocabularies"
DEFAULT = "general"
INHERITED = ("unit", "people", "words", "never")
"""What a measure takes from the one it pairs with where it does not say it itself."""


class Measure(Record):
    """Something that is counted; of people it cannot exceed how many of them there are."""

    code: MeasureCode
    kind: Kind
    name: Text | None = None
    unit: Text | None = None
    people: Text | None = None
    pairs_with: MeasureCode | None = None
    words: Words = Field(default_factory=dict)
    never: Words = Field(default_factory=dict)
    headline: bool = False

    @model_validator(mode="after")
    def _is_no_role(self) -> Self:
        if self.code in ROLES:
            raise ValueError(
                f"{self.code!r} is what a column of a file can hold beside measures; name another"
            )
        if self.headline and self.kind != "cumulative":
            raise ValueError(f"the headline measure is a sum: its kind is 'cumulative', not {self.kind!r}")
        return self


class Vocabulary(Record):
    """Measures with their words, and the words that may stand ``beside`` them and change nothing."""

    beside: Words = Field(default_factory=dict)
    measures: tuple[Measure, ...]


def vocabulary_names() -> list[str]:
    """Return the names of the vocabularies that come with the package."""
    return sorted(
        entry.name.removesuffix(".toml") for entry in VOCABULARIES.iterdir() if entry.name.endswith(".toml")
    )


@cache
def vocabulary(name: str) -> Vocabulary:
    """Return one of `vocabulary_names`."""
    given = tuples(tomllib.loads((VOCABULARIES / f"{name}.toml").read_text(encoding="utf-8")))
    return Vocabulary.model_validate({**given, "measures": inherited(given["measures"])})


def vocabulary_with(code: str) -> str | None:
    """Return the vocabulary that has a measure of that code, ``None`` where none or several have."""
    having = [
        name for name in vocabulary_names() if any(one.code == code for one in vocabulary(name).measures)
    ]
    return having[0] if len(having) == 1 else None


def inherited(measures: Sequence[Any]) -> tuple[Any, ...]:
    """Let each measure, as written, take what it leaves out from the one it pairs with."""
    by_code = {one["code"]: one for one in measures if isinstance(one, Mapping) and "code" in one}

    def completed(one: Any) -> Any:
        other = by_code.get(one.get("pairs_with")) if isinstance(one, Mapping) else None
        return one if other is None else {**{k: other[k] for k in INHERITED if k in other}, **one}

    return tuple(completed(one) for one in measures)


def pairs_of(measures: Iterable[Measure]) -> list[tuple[str, str]]:
    """Return the code of each sum beside that of the count of a period that belongs to it."""
    measures = list(measures)
    kinds = {one.code: one.kind for one in measures}
    said = {(one.code, one.pairs_with) for one in measures if one.pairs_with in kinds}
    both = said | {(other, code) for code, other in said}
    return sorted(
        (str(one), str(other))
        for one, other in both
        if (kinds[one], kinds[other]) == ("cumulative", "period")
    )
