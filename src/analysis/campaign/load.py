"""From a campaign folder to a Campaign, or everything that is wrong with it, each with file and line."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import TypeAdapter, ValidationError

from analysis.campaign.areas import Area
from analysis.campaign.checks import REQUIRED, check_areas, check_campaign, check_pushes, check_references
from analysis.campaign.defaults import languages_of, with_defaults, with_measures
from analysis.campaign.facts import Campaign
from analysis.campaign.faults import Fault, in_order, refusal
from analysis.campaign.measures import Words
from analysis.campaign.tables import Tables, read_areas, read_tables
from analysis.campaign.text import LANGUAGE
from analysis.campaign.written import complaints, line_of, read_toml
from analysis.received import require_files

OWN_FILES = ("areas", "borders", "mobilisations", "published")
MOST_ROUNDS = 8
UNSAID = "?"
"""Stands in for a text that is missing, while the rest is looked at."""
_TYPES: TypeAdapter[dict[str, Words]] = TypeAdapter(dict[str, Words])


@dataclass(frozen=True)
class Survey:
    """A campaign's folder, looked at whole.

    Attributes
    ----------
    campaign
        ``None`` where a fault is an error.
    faults
        Errors first, then warnings, by file and line.
    """

    campaign: Campaign | None
    faults: tuple[Fault, ...]


def load_campaign(folder: Path) -> Campaign:
    """Load and validate the campaign in ``folder``.

    Raises
    ------
    InputError
        Naming file and line of the first thing that is missing, unknown, mistyped or inconsistent, and how
        many more there are; `survey` has them all.
    """
    seen = survey(folder)
    if error := refusal(seen.faults, folder):
        raise error
    assert seen.campaign is not None  # noqa: S101 - without an error there is one
    return seen.campaign


def load_areas(folder: Path, types: Mapping[str, Words] = MappingProxyType({})) -> tuple[Area, ...]:
    """Load ``areas.csv`` alone; a code may recur with another validity."""
    require_files(folder)
    areas = read_areas(folder, types)
    if error := refusal(in_order((*areas.faults, *check_areas(areas))), folder):
        raise error
    return areas.records


def survey(folder: Path) -> Survey:
    """Look at everything a campaign's folder says, and collect all that is wrong or worth a second look."""
    require_files(folder)
    files = sorted(path for ending in ("toml", "csv") for path in folder.glob(f"*.{ending}"))
    return _surveyed(folder, tuple((path.name, path.read_bytes()) for path in files if path.is_file()))


@lru_cache(maxsize=1)  # who loads a campaign may want its warnings later; a nation's tables take a second
def _surveyed(folder: Path, files: tuple[tuple[str, bytes], ...]) -> Survey:
    """Survey a folder in which these files stand."""
    path = folder / "campaign.toml"
    given, unread = read_toml(path)
    tables = read_tables(folder, _types(given.get("area_types", {})))
    faults = [*unread, *tables.faults, *check_areas(tables.areas), *check_references(tables)]
    faults += check_pushes(tables.mobilisations, tables.areas)
    if unread:
        return Survey(None, in_order(faults))
    faults += [
        Fault(path, line_of(path, (key,)), f"'{key}' does not belong here", f"it has its own file, {key}.csv")
        for key in OWN_FILES
        if key in given
    ]
    given = {key: value for key, value in given.items() if key not in (*OWN_FILES, "folder")}
    given, wrong = with_measures(given, path)
    campaign, invalid = _validated(given, tables, folder)
    faults += [*wrong, *invalid]
    if campaign is not None:
        faults += check_campaign(campaign, tables)
    listed = in_order(faults)
    return Survey(None if any(one.severity == "error" for one in listed) else campaign, listed)


def _types(given: Any) -> Mapping[str, Words]:
    """Return the types of ``[area_types]``; none where any is wrong, which is told with the rest."""
    try:
        return _TYPES.validate_python(given, strict=True)
    except ValidationError:
        return {}


def _validated(given: dict[str, Any], tables: Tables, folder: Path) -> tuple[Campaign | None, list[Fault]]:
    """Validate the facts; what is wrong is told and left out, so that the rest can be looked at too."""
    path = folder / "campaign.toml"
    faults: list[Fault] = []
    records = {key: getattr(tables, key).records for key in OWN_FILES}
    said = frozenset(given)
    for _ in range(MOST_ROUNDS):
        facts, notes = with_defaults(given, folder, tables.mobilisations, said)
        faults += notes
        try:
            context = {LANGUAGE: languages_of(facts)[0]}
            return Campaign.model_validate({"folder": folder, **facts, **records}, context=context), faults
        except ValidationError as error:
            errors = error.errors(include_url=False)
            faults += complaints(path, errors, Campaign)
            lacking = {one["loc"][0] for one in errors if one["type"] == "missing" and len(one["loc"]) == 1}
            left = given
            for one in sorted(errors, key=lambda one: str(one["loc"]), reverse=True):
                left = _without(left, one["loc"], alone=one["type"] == "extra_forbidden")
            # What is missing is stood in for, so that what is there can be looked at too.
            left = {**left, **{key: UNSAID for key in REQUIRED if key in lacking}}
            if left == given:
                break
            given = left
    return None, faults


def _without(value: Any, keys: tuple[Any, ...], *, alone: bool) -> Any:
    """Return facts without what ``keys`` lead to: that key ``alone``, or its whole entry."""
    if not keys:
        return value
    if isinstance(value, Mapping) and keys[0] in value:
        inner = value[keys[0]]
        last = (
            len(keys) == 1
            or not isinstance(inner, tuple | Mapping)
            or (isinstance(inner, Mapping) and not alone)
        )
        rest = {} if last else {keys[0]: _without(inner, keys[1:], alone=alone)}
        return {key: one for key, one in value.items() if key != keys[0]} | rest
    if isinstance(value, tuple) and isinstance(keys[0], int) and keys[0] < len(value):
        kept = (_without(value[keys[0]], keys[1:], alone=True),) if alone and len(keys) > 1 else ()
        return (*value[: keys[0]], *kept, *value[keys[0] + 1 :])
    return value
